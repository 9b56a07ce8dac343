import { Injectable } from '@nestjs/common';

/** Ids of messages that were seen. Yours is a table with a unique id, written in the transaction that acts on it. */
@Injectable()
export class Inbox {
  readonly #seen = new Set<string>();

  isNew(id: string): boolean {
    const before = this.#seen.size;
    return this.#seen.add(id).size > before;
  }
}
