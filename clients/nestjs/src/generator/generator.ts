import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { backoff, sleep } from '@mimiyori/client';
import { MIMIYORI_OPTIONS, type MimiyoriOptions } from '../options';
import { secretsFor } from '../signed';
import { callBack } from './callback';
import type { Commission, Ledger } from './ledger';
import type { ProgramAnswer, ProgramMaker, ProgramWish } from './program';
import { Slots } from './slots';

export const LEDGER = Symbol('where commissions are kept');
export const PROGRAM_MAKER = Symbol('who makes programs');
export const SLOTS = Symbol('programs made at the same time');

/**
 * Takes wishes on, has them made, and hands over what was made. Each step is kept before the next is taken, so that a
 * process that is killed goes on where it was: what was promised is made, what was made is not made again.
 */
@Injectable()
export class Generator implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('Mimiyori');
  readonly #running = new Map<string, { commission: Commission; done: Promise<void> }>();
  readonly #stop = new AbortController();

  constructor(
    @Inject(PROGRAM_MAKER) private readonly maker: ProgramMaker,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(SLOTS) private readonly slots: Slots,
    @Inject(MIMIYORI_OPTIONS) private readonly options: MimiyoriOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const commission of await this.ledger.all()) this.#start(commission);
  }

  /** What is not handed over stays in the ledger for the next start. */
  async onModuleDestroy(): Promise<void> {
    this.#stop.abort(new Error('the application stops'));
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** Durable when it resolves: then answer 202. A wish that comes again is the one that is under way. */
  async accept(wish: ProgramWish): Promise<void> {
    const kept = await this.ledger.find(wish.occurrence);
    const commission = this.#running.get(wish.occurrence)?.commission ?? kept ?? { wish };
    // The later one may have more time.
    commission.wish = wish;
    await this.ledger.put(commission);
    this.#start(commission);
  }

  #start(commission: Commission): void {
    const { occurrence } = commission.wish;
    if (this.#running.has(occurrence) || this.#stop.signal.aborted) return;
    const done = this.#work(commission)
      // Still in the ledger: it is taken up again when it is asked for again, or at the next start.
      .catch((error: unknown) => this.#stop.signal.aborted || this.#log.error(`${occurrence}: ${error}`))
      .then(() => void this.#running.delete(occurrence));
    this.#running.set(occurrence, { commission, done });
  }

  async #work(commission: Commission): Promise<void> {
    for (;;) {
      if (commission.answer === undefined) {
        commission.answer = await this.slots.take(() => this.#make(commission), this.#stop.signal);
        await this.ledger.put(commission);
      }
      await this.#handOver(commission, commission.answer);
      const settled = commission.wish;
      await this.ledger.remove(settled.occurrence);
      if (commission.wish === settled) return;
      // Asked for again in that very moment: what was handed over was of no use.
      delete commission.answer;
      await this.ledger.put(commission);
    }
  }

  async #make(commission: Commission): Promise<ProgramAnswer> {
    const { wish } = commission;
    const leftMs = msUntil(wish.answer_by);
    if (leftMs === 0) return { failed: 'its time was over before it was begun' };
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(leftMs)]);
    try {
      return await this.maker.make(wish, signal);
    } catch (error) {
      this.#stop.signal.throwIfAborted();
      // Asked for again meanwhile, with more time.
      if (signal.aborted && commission.wish !== wish) return this.#make(commission);
      this.#log.error(`${wish.occurrence} was not made: ${error}`);
      return { failed: error instanceof Error && error.message ? error.message : String(error) };
    }
  }

  async #handOver(commission: Commission, answer: ProgramAnswer): Promise<void> {
    const { occurrence } = commission.wish;
    const [secret] = secretsFor(this.options, 'generator');
    for (let tries = 0; msUntil(commission.wish.answer_by) > 0; tries++) {
      const verdict = await callBack(commission.wish, answer, secret, this.#stop.signal);
      switch (verdict.is) {
        case 'taken':
          return;
        case 'over':
          return this.#log.warn(`${occurrence}: nobody waits for it any more: ${verdict.why}`);
        case 'refused':
          this.#log.error(`${occurrence}: the answer is none: ${verdict.why}`);
          if ('failed' in answer) return;
          return this.#handOver(commission, { failed: `its answer was refused: ${verdict.why}`.slice(0, 500) });
        case 'unheard':
          this.#log.warn(`${occurrence}: not handed over yet: ${verdict.why}`);
          await sleep(backoff(tries), this.#stop.signal);
      }
    }
    this.#log.error(`${occurrence}: too late; no answer is taken after ${commission.wish.answer_by}`);
  }
}

/** Within what timers can count. */
function msUntil(instant: string): number {
  return Math.min(Math.max(0, Date.parse(instant) - Date.now()), 2 ** 31 - 1);
}
