import type { Mimiyori } from './client';
import { MimiyoriProblem } from './problem';
import type { Feed, NewFeed } from './types';

/**
 * A feed as code: its name says which one is meant, and what the wish holds is how it is to be. Replicas that start
 * together make one feed; what the wish does not hold stays as somebody set it.
 */
export async function ensureFeed(mimiyori: Mimiyori, wish: NewFeed): Promise<Feed> {
  const found = await named(mimiyori, wish.name);
  if (found === undefined) return create(mimiyori, wish);
  const { schedule, filter, style, minutes, ...rest } = wish;
  // A change takes null for "none"; what was not wished for is no change.
  const change = { ...rest, schedule, ...given({ filter, style, minutes }) };
  return mimiyori.patch('/api/v1/feeds/{id}', { params: { path: { id: found.id } }, body: change });
}

async function named(mimiyori: Mimiyori, name: string): Promise<Feed | undefined> {
  const found: Feed[] = [];
  for await (const feed of mimiyori.each('/api/v1/feeds')) {
    if (feed.name === name) found.push(feed);
  }
  if (found.length > 1) throw new Error(`${found.length} feeds are named ${name}; rename all but one of them`);
  return found[0];
}

async function create(mimiyori: Mimiyori, wish: NewFeed): Promise<Feed> {
  const key = await digest(JSON.stringify(wish));
  const { data, response } = await mimiyori.raw.POST('/api/v1/feeds', {
    body: wish,
    params: { header: { 'Idempotency-Key': key } },
  });
  const feed = data as Feed;
  if (!response.headers.has('idempotency-replayed') || (await isThere(mimiyori, feed.id))) return feed;
  // Made by this key and deleted since.
  return mimiyori.post('/api/v1/feeds', { body: wish });
}

async function isThere(mimiyori: Mimiyori, id: string): Promise<boolean> {
  try {
    await mimiyori.get('/api/v1/feeds/{id}', { params: { path: { id } } });
    return true;
  } catch (error) {
    if (error instanceof MimiyoriProblem && error.kind === 'not-found') return false;
    throw error;
  }
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Without what is null or undefined. */
function given<T extends object>(of: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(of).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
