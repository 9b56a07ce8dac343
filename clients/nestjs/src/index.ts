export { callBack, type Verdict } from './generator/callback';
export { type Commission, FolderLedger, type Ledger } from './generator/ledger';
export { Generator } from './generator/generator';
export { type GeneratorOptions, MimiyoriGeneratorModule } from './generator/module';
export type {
  GivenUp,
  MadeProgram,
  NothingToSay,
  ProgramAnswer,
  ProgramMaker,
  ProgramWish,
} from './generator/program';
export { MimiyoriModule } from './module';
export { MIMIYORI_OPTIONS, type MimiyoriOptions, type Purpose } from './options';
export { Message, Signed, type SignedMessage } from './signed';
export { Mimiyori, MimiyoriProblem, type ReadyProgram, type WebhookEvent } from '@mimiyori/client';
