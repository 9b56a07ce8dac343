import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FolderLedger, type ProgramWish } from '../src';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mimiyori-ledger-'));
});

after(() => rm(folder, { recursive: true }));

const wish = (occurrence: string): ProgramWish => ({
  type: 'program.requested',
  occurrence,
  feed: '0193a5c0-7d3e-7c11-b2f0-000000000001',
  feed_name: '朝の技術',
  local_date: '2026-11-25',
  zone: 'Asia/Tokyo',
  ready_by: '2026-11-24T22:00:00Z',
  due_at: '2026-11-24T22:00:00Z',
  answer_by: '2026-11-24T21:59:00Z',
  language: 'ja',
  style: 'dialogue',
  minutes: 10,
  callback_url: 'https://radio.example/hooks/external/x?key=k',
});

test('what is put is there for whoever opens the folder next, until it is removed', async () => {
  const asked = wish('0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27');
  const path = join(folder, 'made/when/missing');
  const ledger = new FolderLedger(path);
  assert.deepEqual([await ledger.all(), await ledger.find(asked.occurrence)], [[], undefined]);
  await ledger.put({ wish: asked });
  await ledger.put({ wish: asked, answer: { nothing: 'today' } });
  // As a process leaves it that is killed in the middle of writing.
  await writeFile(join(path, `${asked.occurrence}.json.half`), '{"wish":');

  const next = new FolderLedger(path);
  assert.deepEqual(await next.all(), [{ wish: asked, answer: { nothing: 'today' } }]);
  await next.remove(asked.occurrence);
  await next.remove(asked.occurrence);
  assert.deepEqual(await next.all(), []);
});

test('a name that leads out of the folder is refused', async () => {
  const before = await readdir(folder);
  await assert.rejects(new FolderLedger(join(folder, 'inner')).put({ wish: wish('../outside') }), /no such name/);
  assert.deepEqual((await readdir(folder)).filter((name) => name !== 'inner'), before);
});
