import { Controller, HttpCode, Logger, Post } from '@nestjs/common';
import { Generator, Message, type ProgramWish, Signed, type SignedMessage } from '@mimiyori/nestjs';
import { Inbox } from './inbox';

@Controller('hooks')
export class HooksController {
  readonly #log = new Logger('Hooks');

  constructor(
    private readonly generator: Generator,
    private readonly inbox: Inbox,
  ) {}

  /** Mimiyori asks for a program: taken on, and called back when it is made. */
  @Post('programs')
  @Signed('generator')
  @HttpCode(202)
  async program(@Message() message: SignedMessage<ProgramWish>) {
    await this.generator.accept(message.payload);
  }

  /** Mimiyori tells of something. It may tell it twice; the id says so. */
  @Post('events')
  @Signed('webhooks')
  @HttpCode(204)
  event(@Message() message: SignedMessage) {
    if (this.inbox.isNew(message.id)) this.#log.log(`${message.payload['type']} (${message.id})`);
  }
}
