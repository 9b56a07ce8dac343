import { Module } from '@nestjs/common';
import { FolderLedger, MimiyoriGeneratorModule, MimiyoriModule } from '@mimiyori/nestjs';
import { AudioController } from './audio.controller';
import { AudioShelf } from './audio.shelf';
import { GreetingMaker } from './greeting.maker';
import { HooksController } from './hooks.controller';
import { Inbox } from './inbox';
import { settings } from './settings';

@Module({ providers: [AudioShelf], exports: [AudioShelf] })
class AudioModule {}

@Module({
  imports: [
    AudioModule,
    MimiyoriModule.forRootAsync({
      useFactory: () => {
        const { mimiyoriUrl, token, publicUrl, secret, source } = settings();
        return {
          url: mimiyoriUrl,
          token,
          secrets: { webhooks: [secret], generator: [secret] },
          feeds: [
            {
              name: 'Morning greeting',
              sources: [source],
              schedule: { ready_by: '07:00', days: 'weekdays', zone: 'Asia/Tokyo' },
              external: { url: `${publicUrl}/hooks/programs`, secrets: [secret] },
            },
          ],
        };
      },
    }),
    MimiyoriGeneratorModule.with({
      maker: GreetingMaker,
      ledger: new FolderLedger(`${settings().folder}/commissions`),
      imports: [AudioModule],
    }),
  ],
  controllers: [HooksController, AudioController],
  providers: [Inbox],
})
export class AppModule {}
