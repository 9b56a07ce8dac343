import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { MimiyoriOptions as ClientOptions, NewFeed } from '@mimiyori/client';

/** What is signed: messages about programs, or requests to make one. */
export type Purpose = 'webhooks' | 'generator';

export interface MimiyoriOptions extends ClientOptions {
  /** By purpose: one `whsec_…`, or two while one replaces the other. */
  secrets?: Partial<Record<Purpose, readonly string[]>>;
  /** Feeds that are there, as they are here, before the application listens. */
  feeds?: readonly NewFeed[];
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: MIMIYORI_OPTIONS } =
  new ConfigurableModuleBuilder<MimiyoriOptions>()
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
