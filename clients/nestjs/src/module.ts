import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Mimiyori } from '@mimiyori/client';
import { ConfigurableModuleClass, MIMIYORI_OPTIONS, type MimiyoriOptions } from './options';

/** Gives {@link Mimiyori} to whoever injects it, and has the configured feeds made. */
@Module({
  providers: [
    {
      provide: Mimiyori,
      useFactory: (options: MimiyoriOptions) => new Mimiyori(options),
      inject: [MIMIYORI_OPTIONS],
    },
  ],
  exports: [Mimiyori, MIMIYORI_OPTIONS],
})
export class MimiyoriModule extends ConfigurableModuleClass implements OnApplicationBootstrap {
  constructor(
    private readonly mimiyori: Mimiyori,
    @Inject(MIMIYORI_OPTIONS) private readonly options: MimiyoriOptions,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const feed of this.options.feeds ?? []) await this.mimiyori.ensureFeed(feed);
  }
}
