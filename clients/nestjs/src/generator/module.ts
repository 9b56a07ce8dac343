import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { Generator, LEDGER, PROGRAM_MAKER, SLOTS } from './generator';
import type { Ledger } from './ledger';
import type { ProgramMaker } from './program';
import { Slots } from './slots';

export interface GeneratorOptions {
  /** Injected as any provider. */
  maker: Type<ProgramMaker>;
  ledger: Ledger;
  /** Programs that are made at the same time. Usually 2. */
  parallel?: number;
  /** What the maker needs. */
  imports?: ModuleMetadata['imports'];
}

/** Beside {@link MimiyoriModule}: gives {@link Generator} to the controller that takes requests. */
@Module({})
export class MimiyoriGeneratorModule {
  static with({ maker, ledger, parallel = 2, imports = [] }: GeneratorOptions): DynamicModule {
    return {
      module: MimiyoriGeneratorModule,
      imports,
      providers: [
        maker,
        { provide: PROGRAM_MAKER, useExisting: maker },
        { provide: LEDGER, useValue: ledger },
        { provide: SLOTS, useValue: new Slots(parallel) },
        Generator,
      ],
      exports: [Generator, maker],
    };
  }
}
