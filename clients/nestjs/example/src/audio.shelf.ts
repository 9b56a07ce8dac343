import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { settings } from './settings';

/** Audio by occurrence, in a folder. Yours is a bucket. */
@Injectable()
export class AudioShelf {
  readonly #folder = join(settings().folder, 'audio');

  /** Its SHA-256. */
  async put(occurrence: string, audio: Buffer): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#path(occurrence), audio);
    return createHash('sha256').update(audio).digest('hex');
  }

  get(occurrence: string): Promise<Buffer> {
    return readFile(this.#path(occurrence));
  }

  #path(occurrence: string): string {
    return join(this.#folder, `${occurrence}.mp3`);
  }
}
