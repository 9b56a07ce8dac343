export { Mimiyori, type MimiyoriOptions } from './client';
export { backoff, type Patience, sleep } from './patience';
export { MimiyoriProblem, PROBLEM_KINDS, type ProblemKind } from './problem';
export type { components, operations, paths } from './schema';
export type * from './types';
