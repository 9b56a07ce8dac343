import { Injectable } from '@nestjs/common';
import type { ProgramAnswer, ProgramMaker, ProgramWish } from '@mimiyori/nestjs';
import { AudioShelf } from './audio.shelf';
import { settings } from './settings';
import { silence } from './silence';

const SECONDS = 10;

/** Stands for what you have: a language model, a voice, an encoder. This one says nothing for ten seconds. */
@Injectable()
export class GreetingMaker implements ProgramMaker {
  constructor(private readonly shelf: AudioShelf) {}

  async make(wish: ProgramWish): Promise<ProgramAnswer> {
    const sha256 = await this.shelf.put(wish.occurrence, silence(SECONDS));
    return {
      title: `${wish.feed_name}, ${wish.local_date}`,
      audio_url: `${settings().publicUrl}/audio/${wish.occurrence}.mp3`,
      audio_sha256: sha256,
      edition: 'brief',
      reason: 'an example has little to say',
      chapters: [
        { start_ms: 0, title: 'Good morning' },
        { start_ms: 5_000, title: 'NestJS', url: 'https://nestjs.com/' },
      ],
    };
  }
}
