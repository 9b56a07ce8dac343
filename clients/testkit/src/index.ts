export { Cutter } from './cutter';
export { freePort } from './port';
export { Program } from './program';
export { Service, type Settings } from './service';
export { Site } from './site';
