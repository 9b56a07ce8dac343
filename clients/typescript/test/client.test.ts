import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { Cutter, Service, Site } from '@mimiyori/testkit';
import { Mimiyori, MimiyoriProblem, type NewFeed, PROBLEM_KINDS } from '../src';

let service: Service;
let site: Site;
let token: string;
let mimiyori: Mimiyori;

before(async () => {
  site = await Site.start();
  service = await Service.start({
    settings: { MIMIYORI_SOURCES__ALLOW_PRIVATE: '127.0.0.0/8', MIMIYORI_SERVER__SCHEDULER_TOKEN: 'a-scheduler' },
    roles: ['web'],
  });
  token = await service.token('manage');
  mimiyori = new Mimiyori({ url: service.url, token });
});

after(async () => {
  await service?.stop();
  await site?.close();
});

const wish = (name: string): NewFeed => ({
  name,
  sources: [site.feed()],
  minutes: 5,
  schedule: { ready_by: '07:00', days: 'weekdays', zone: 'Asia/Tokyo' },
  filter: { not: { tag: 'spam' } },
});

function problem(kind: string, more: Partial<MimiyoriProblem> = {}) {
  return (error: unknown) => {
    assert.ok(error instanceof MimiyoriProblem, String(error));
    assert.deepEqual({ kind: error.kind }, { kind });
    for (const [key, value] of Object.entries(more)) assert.equal(error[key as keyof MimiyoriProblem], value);
    return true;
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('a feed is made, seen, changed and deleted', async () => {
  const feed = await mimiyori.post('/api/v1/feeds', { body: wish('Morning') });
  assert.equal(feed.next_runs.length, 5);
  const path = { id: feed.id };

  const seen = await mimiyori.raw.GET('/api/v1/feeds/{id}', { params: { path } });
  const etag = seen.response.headers.get('etag') ?? '';
  const changed = await mimiyori.patch('/api/v1/feeds/{id}', {
    params: { path, header: { 'If-Match': etag } },
    body: { minutes: 8 },
  });
  assert.equal(changed.minutes, 8);
  const stale = mimiyori.delete('/api/v1/feeds/{id}', { params: { path, header: { 'If-Match': etag } } });
  await assert.rejects(stale, problem('changed', { status: 412 }));

  assert.equal(await mimiyori.delete('/api/v1/feeds/{id}', { params: { path } }), undefined);
  await assert.rejects(mimiyori.get('/api/v1/feeds/{id}', { params: { path } }), problem('not-found', { status: 404 }));
});

test('a client that is printed does not show its token', () => {
  assert.ok(!inspect(mimiyori, { depth: null, showHidden: true }).includes(token));
});

test('what the API does not take is no TypeScript', () => {
  () => {
    // @ts-expect-error there is no such path
    void mimiyori.get('/api/v1/feed');
    // @ts-expect-error a feed has to be named by its id
    void mimiyori.get('/api/v1/feeds/{id}');
    // @ts-expect-error nothing has this style
    void mimiyori.post('/api/v1/feeds', { body: { ...wish('x'), style: 'solo' } });
    // @ts-expect-error a feed is made of nothing called minute
    void mimiyori.post('/api/v1/feeds', { body: { ...wish('x'), minute: 5 } });
    // @ts-expect-error one program is no list
    void mimiyori.each('/api/v1/programs/{id}', { params: { path: { id: '' } } });
  };
});

test('a list is walked over all its pages', async () => {
  const mine = new Mimiyori({ url: service.url, token: await service.token('manage') });
  const addresses = [...'abcde'].map((path) => site.feed(path));
  for (const address of addresses) await mine.post('/api/v1/sources', { body: { address } });
  const sources = await all(mine.each('/api/v1/sources', { params: { query: { limit: 2 } } }));
  assert.deepEqual(sources.map((source) => source.address).sort(), addresses);
  assert.deepEqual(await all(mine.each('/api/v1/feeds')), []);
});

test('a problem says what it is, and which field is meant', async () => {
  const late = { ...wish('Never'), schedule: { ready_by: '25:00' } };
  await assert.rejects(
    mimiyori.post('/api/v1/feeds', { body: late }),
    (error: MimiyoriProblem) => problem('invalid', { status: 422 })(error) && /schedule|ready_by/.test(error.message),
  );
  const stranger = new Mimiyori({ url: service.url, token: 'mimi_wrong' });
  await assert.rejects(stranger.get('/api/v1/me'), problem('unauthorized', { status: 401 }));
  await assert.rejects(mimiyori.get('/api/v1/operate/status'), problem('forbidden', { status: 403 }));
});

test('the kinds of problems are those that are documented', async () => {
  const page = await readFile(process.env['MIMIYORI_DOCS'] + '/reference/api.md', 'utf8');
  const documented = [...page.matchAll(/^\| `([a-z-]+)` \| \d{3} \|/gm)].map(([, kind]) => kind);
  assert.deepEqual(documented, [...PROBLEM_KINDS]);
});

test('an answer that is lost on its way is asked for again, and nothing is done twice', async () => {
  const line = await Cutter.to(() => service.port);
  try {
    const far = new Mimiyori({ url: line.url, token });
    line.cut(2);
    const feed = await far.post('/api/v1/feeds', { body: wish('Once') });
    assert.equal(line.left, 0);
    const named = (await all(mimiyori.each('/api/v1/feeds'))).filter((one) => one.name === 'Once');
    assert.deepEqual(named.map((one) => one.id), [feed.id]);

    // It may have been done, and has no key: the caller has to look.
    line.cut(1);
    const params = { path: { id: feed.id } };
    await assert.rejects(far.patch('/api/v1/feeds/{id}', { params, body: { minutes: 9 } }), TypeError);
    assert.equal((await mimiyori.get('/api/v1/feeds/{id}', { params })).minutes, 9);
  } finally {
    await line.close();
  }
});

test('the same key gets the same answer', async () => {
  const header = { 'Idempotency-Key': 'morning-of-the-24th' };
  const one = await mimiyori.post('/api/v1/feeds', { body: wish('Keyed'), params: { header } });
  const two = await mimiyori.post('/api/v1/feeds', { body: wish('Keyed'), params: { header } });
  assert.equal(one.id, two.id);
  const other = mimiyori.post('/api/v1/feeds', { body: wish('Other'), params: { header } });
  await assert.rejects(other, problem('key-reused', { status: 422 }));
});

test('a feed as code is made once, then changed, and made again when it was deleted', async () => {
  const replicas = await Promise.all([1, 2, 3].map(() => mimiyori.ensureFeed(wish('As code'))));
  const ids = new Set(replicas.map((feed) => feed.id));
  assert.equal(ids.size, 1);

  const changed = await mimiyori.ensureFeed({ ...wish('As code'), minutes: 12, filter: null });
  assert.deepEqual([ids.has(changed.id), changed.minutes], [true, 12]);
  assert.deepEqual(changed.filter, wish('As code').filter);

  await mimiyori.delete('/api/v1/feeds/{id}', { params: { path: { id: changed.id } } });
  const again = await mimiyori.ensureFeed(wish('As code'));
  assert.ok(!ids.has(again.id));
  assert.equal((await mimiyori.get('/api/v1/feeds/{id}', { params: { path: { id: again.id } } })).name, 'As code');
});

test('subscriptions come in and go out as OPML', async () => {
  const opml = `<opml version="2.0"><body><outline type="rss" xmlUrl="${site.feed('opml')}"/></body></opml>`;
  const imported = await mimiyori.post('/api/v1/opml', { body: opml, headers: { 'content-type': 'text/x-opml' } });
  assert.equal(imported.sources.length, 1);
  const text: string = await mimiyori.get('/api/v1/opml', { parseAs: 'text' });
  assert.match(text, /<opml/);
  assert.ok(text.includes(site.feed('opml')));
});

test('a scheduler ticks, and a program that has nothing to say is settled', async () => {
  const scheduler = new Mimiyori({ url: service.url, token: 'a-scheduler' });
  const feed = await mimiyori.ensureFeed({ ...wish('Ticked'), filter: { tag: 'nobody writes this' } });
  const made = await mimiyori.post('/api/v1/feeds/{id}/programs', { params: { path: { id: feed.id } } });
  assert.deepEqual([made.state, made.is_new], ['open', true]);
  const settled = mimiyori.settled(made.occurrence, { everyMs: 50, signal: AbortSignal.timeout(120_000) });
  await scheduler.tick(60);
  const { state, reason } = await settled;
  assert.equal(state, 'skipped');
  assert.ok(reason);
  await assert.rejects(scheduler.get('/api/v1/me'), problem('unauthorized'));
});

test('waiting ends when it is called off', async () => {
  const feed = await mimiyori.ensureFeed(wish('Unmade'));
  const made = await mimiyori.post('/api/v1/feeds/{id}/programs', { params: { path: { id: feed.id } } });
  const stop = new AbortController();
  const settled = mimiyori.settled(made.occurrence, { everyMs: 600_000, signal: stop.signal });
  stop.abort(new Error('enough'));
  await assert.rejects(settled, /enough/);
});
