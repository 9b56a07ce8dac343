import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { HttpMethod } from 'openapi-typescript-helpers';
import { ensureFeed } from './feeds';
import { type Patience, patient, sleep } from './patience';
import { MimiyoriProblem } from './problem';
import type { paths } from './schema';
import type { Call, Feed, Given, Init, Item, ListPath, NewFeed, Occurrence, TickDone } from './types';

export interface MimiyoriOptions extends Patience {
  /** Where the service is: `https://radio.example`. */
  url: string;
  /** `mimi_…`, or the scheduler's own for ticks. */
  token: string;
}

export interface Watch {
  everyMs?: number;
  signal?: AbortSignal;
}

/** The API, by its paths; whatever is no good answer is thrown as a {@link MimiyoriProblem}. */
export class Mimiyori {
  /** openapi-fetch's client, for what has to see headers, such as `ETag`. */
  readonly raw: Client<paths>;
  readonly get: Call<'get'>;
  readonly post: Call<'post'>;
  readonly put: Call<'put'>;
  readonly patch: Call<'patch'>;
  readonly delete: Call<'delete'>;
  /** Holds the token: not shown when this is printed. */
  readonly #options: MimiyoriOptions;

  constructor(options: MimiyoriOptions) {
    this.#options = options;
    this.raw = createClient<paths>({
      baseUrl: options.url,
      fetch: patient(options),
      redirect: 'manual',
      bodySerializer: (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)),
    });
    this.raw.use(speaksFor(options.token));
    this.get = dataOf(this.raw.GET);
    this.post = dataOf(this.raw.POST);
    this.put = dataOf(this.raw.PUT);
    this.patch = dataOf(this.raw.PATCH);
    this.delete = dataOf(this.raw.DELETE);
  }

  /** Every item of a list, page after page as they are needed. */
  async *each<P extends ListPath>(path: P, ...[init]: Given<Init<P, 'get'>>): AsyncGenerator<Item<P>, void> {
    const { params, ...rest } = (init ?? {}) as { params?: { query?: object } };
    const get = this.get as unknown as (path: P, init: object) => Promise<Page<Item<P>>>;
    let cursor: string | null | undefined;
    do {
      const asked = { ...rest, params: { ...params, query: { ...params?.query, ...(cursor && { cursor }) } } };
      const page = await get(path, asked);
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor);
  }

  /** Makes the feed of that name, or changes it to be as wished. */
  ensureFeed(wish: NewFeed): Promise<Feed> {
    return ensureFeed(this, wish);
  }

  /**
   * Waits for a program that was asked for: until it is published, or will not be. One that failed keeps its chance
   * until well after it was due, so give a `signal` that ends the waiting.
   */
  async settled(occurrence: string, { everyMs = 1_000, signal }: Watch = {}): Promise<Occurrence> {
    for (;;) {
      const now = await this.get('/api/v1/occurrences/{id}', {
        params: { path: { id: occurrence } },
        ...(signal && { signal }),
      });
      if (now.state !== 'open' && now.state !== 'selected') return now;
      await sleep(everyMs, signal);
    }
  }

  /**
   * Plans what is due, and works the queue for up to so many seconds, or until nothing is left to do. Node's own
   * `fetch` waits 300 s for an answer: stay below, and come again while jobs are `waiting`.
   */
  tick(workS = 0): Promise<TickDone> {
    const timeoutMs = (workS + 30) * 1_000;
    return this.post('/api/v1/tick', {
      body: { work_s: workS },
      fetch: patient({ ...this.#options, timeoutMs }),
    });
  }
}

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** The token; a key of its own for every POST, so that it can be repeated; and problems as errors. */
function speaksFor(token: string): Middleware {
  return {
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${token}`);
      if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
        request.headers.set('idempotency-key', crypto.randomUUID());
      }
    },
    async onResponse({ response }) {
      if (!response.ok) throw await MimiyoriProblem.of(response);
    },
  };
}

/** What the types say is said by {@link Call}; here it is any path with anything. */
function dataOf<Method extends HttpMethod>(call: unknown): Call<Method> {
  const untyped = call as (path: string, init?: object) => Promise<{ data?: unknown }>;
  return (async (path: string, init?: object) => (await untyped(path, init)).data) as unknown as Call<Method>;
}
