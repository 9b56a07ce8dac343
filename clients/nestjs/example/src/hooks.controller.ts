import { Controller, HttpCode, Logger, Post } from '@nestjs/common';
import {
  Generator,
  Message,
  type ProgramWish,
  Signed,
  type SignedMessage,
  type WebhookEvent,
} from '@mimiyori/nestjs';
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
  event(@Message() { id, payload }: SignedMessage<WebhookEvent>) {
    if (this.inbox.isNew(id)) this.#log.log(`${told(payload)} (${id})`);
  }
}

/** One line of what happened; a kind that is new in a later version is named as it is. */
function told(event: WebhookEvent): string {
  switch (event.type) {
    case 'programs.ready':
      return `${event.type}: ${event.data.programs.map(({ title }) => title).join(', ')}`;
    case 'batches.closed':
      return `${event.type}: ${event.data.batches.length}`;
    default:
      return (event as { type: string }).type;
  }
}
