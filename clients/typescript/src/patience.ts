import { documentIn, kindOf, retryAfterMs } from './problem';

export interface Patience {
  /** Longest that a call waits between its tries, all waits together; 0: it is tried once. Usually a minute. */
  patienceMs?: number;
  /** Longest that one try takes. Usually half a minute. */
  timeoutMs?: number;
  /** In place of the platform's own. */
  fetch?: typeof globalThis.fetch;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
const KEY_WAIT_MS = 1_000;

/**
 * A `fetch` that comes again when it was too early (429), and when it is not known what became of a request that may
 * be sent twice: one that reads, one that puts, one with an Idempotency-Key.
 */
export function patient(patience: Patience): (request: Request) => Promise<Response> {
  const { patienceMs = 60_000, timeoutMs = 30_000, fetch = globalThis.fetch } = patience;
  return async (request) => {
    let left = patienceMs;
    for (let tries = 0; ; tries++) {
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
      const outcome = await fetch(request.clone(), { signal }).catch((error: unknown) => new Failed(error));
      request.signal.throwIfAborted();
      const waitMs = await waitBefore(request, outcome, tries);
      if (waitMs === undefined || waitMs > left) return outcome instanceof Failed ? outcome.throw() : outcome;
      left -= waitMs;
      if (!(outcome instanceof Failed)) await outcome.body?.cancel();
      await sleep(waitMs, request.signal);
    }
  };
}

/** No answer at all. */
class Failed {
  constructor(private readonly error: unknown) {}

  throw(): never {
    throw this.error;
  }
}

/** How long to wait before the next try; undefined: this was the last. */
async function waitBefore(request: Request, outcome: Response | Failed, tries: number): Promise<number | undefined> {
  if (outcome instanceof Failed) return mayRepeat(request) ? backoff(tries) : undefined;
  switch (outcome.status) {
    case 429:
      return retryAfterMs(outcome) ?? backoff(tries);
    case 502:
    case 503:
    case 504:
      return mayRepeat(request) ? (retryAfterMs(outcome) ?? backoff(tries)) : undefined;
    case 409: {
      // An earlier try of ours, whose answer was lost, is still being worked on.
      const { type } = documentIn(await outcome.clone().text());
      return kindOf(type) === 'key-under-way' ? KEY_WAIT_MS : undefined;
    }
    default:
      return undefined;
  }
}

function mayRepeat(request: Request): boolean {
  return ['GET', 'HEAD', 'PUT'].includes(request.method) || request.headers.has('idempotency-key');
}

/** Twice as long every time, up to a limit, and never for all at the same moment. */
export function backoff(tries: number): number {
  const most = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
  return most * (0.5 + Math.random() / 2);
}

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
