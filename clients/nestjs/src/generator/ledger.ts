import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramAnswer, ProgramWish } from './program';

/** A wish that was taken on. */
export interface Commission {
  wish: ProgramWish;
  /** Made, but not yet handed over. */
  answer?: ProgramAnswer;
}

/**
 * What was promised with a 202 and is not handed over yet. Several replicas need a table that all of them see; one
 * process is content with a {@link FolderLedger}.
 */
export interface Ledger {
  /** Durable when it resolves; replaces what was there of that occurrence. */
  put(commission: Commission): Promise<void>;
  find(occurrence: string): Promise<Commission | undefined>;
  all(): Promise<Commission[]>;
  remove(occurrence: string): Promise<void>;
}

/** One file for each commission. */
export class FolderLedger implements Ledger {
  constructor(private readonly folder: string) {}

  async put(commission: Commission): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const path = this.path(commission.wish.occurrence);
    const written = `${path}.${crypto.randomUUID()}`;
    const file = await open(written, 'wx');
    try {
      await file.writeFile(JSON.stringify(commission));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(written, path);
  }

  async find(occurrence: string): Promise<Commission | undefined> {
    try {
      return JSON.parse(await readFile(this.path(occurrence), 'utf8'));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async all(): Promise<Commission[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const occurrences = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    const found = await Promise.all(occurrences.map((occurrence) => this.find(occurrence)));
    return found.filter((commission) => commission !== undefined);
  }

  async remove(occurrence: string): Promise<void> {
    await rm(this.path(occurrence), { force: true });
  }

  private path(occurrence: string): string {
    if (!/^[0-9a-f-]{36}$/.test(occurrence)) throw new Error(`an occurrence has no such name: ${occurrence}`);
    return join(this.folder, `${occurrence}.json`);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
