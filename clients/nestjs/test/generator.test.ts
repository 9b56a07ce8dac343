import 'reflect-metadata';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { sleep } from '@mimiyori/client';
import { Cutter, freePort, Program, Service, Site } from '@mimiyori/testkit';
import { Mimiyori, type ProgramAnswer, type ProgramWish } from '../src';
import { AUDIO, type House, newSecret, open } from './house';

const patience = () => ({ everyMs: 50, signal: AbortSignal.timeout(120_000) });

let site: Site;
let line: Cutter;
let service: Service;
let mimiyori: Mimiyori;
let operator: Mimiyori;
let token: string;
let folder: string;

before(async () => {
  site = await Site.start();
  line = await Cutter.to(() => service.port);
  service = await Service.start({
    settings: {
      MIMIYORI_SOURCES__ALLOW_PRIVATE: '127.0.0.0/8',
      // Answers go over a line that can be cut.
      MIMIYORI_SERVER__PUBLIC_URL: line.url,
    },
  });
  token = await service.token('manage');
  mimiyori = new Mimiyori({ url: service.url, token });
  operator = new Mimiyori({ url: service.url, token: await service.token('operate') });
  folder = await mkdtemp(join(tmpdir(), 'mimiyori-ledger-'));
});

after(async () => {
  await service?.stop();
  await line?.close();
  await site?.close();
  if (folder) await rm(folder, { recursive: true });
});

async function house(make: House['make']): Promise<{ house: House; occurrence: () => Promise<string> }> {
  const house = { url: service.url, port: await freePort(), token, secret: newSecret(), folder, make };
  const feed = await mimiyori.ensureFeed({
    name: `Made at ${house.port}`,
    sources: [site.feed()],
    schedule: { ready_by: '07:00' },
    external: { url: `http://127.0.0.1:${house.port}/programs`, secrets: [house.secret] },
  });
  const asked = () => mimiyori.post('/api/v1/feeds/{id}/programs', { params: { path: { id: feed.id } } });
  return { house, occurrence: async () => (await asked()).occurrence };
}

/** How one program ended that is answered so. */
async function answered(make: (wish: ProgramWish, port: number) => ProgramAnswer) {
  const { house: made, occurrence } = await house(async (wish) => make(wish, made.port));
  const app = await open(made);
  try {
    return await mimiyori.settled(await occurrence(), patience());
  } finally {
    await app.close();
  }
}

async function program(id: string | null | undefined) {
  assert.ok(id);
  return mimiyori.get('/api/v1/programs/{id}', { params: { path: { id } } });
}

test('a program that is made here is heard there', async () => {
  let wished: ProgramWish | undefined;
  const { state, program_id } = await answered((wish, port) => {
    wished = wish;
    return {
      title: '11月25日の技術',
      audio_url: `http://127.0.0.1:${port}/good.mp3`,
      chapters: [
        { start_ms: 0, title: 'Opening' },
        { start_ms: 2_000, title: 'Ownership', url: 'https://blog.example/ownership' },
      ],
      transcript: 'WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nGood morning.\n',
    };
  });
  assert.equal(state, 'published');
  assert.match(wished?.feed_name ?? '', /^Made at/);
  const made = await program(program_id);
  assert.deepEqual([made.title, made.edition, made.duration_ms], ['11月25日の技術', 'full', 5_016]);
  assert.deepEqual(made.chapters.map((chapter) => chapter.title), ['Opening', 'Ownership']);
  const heard = await fetch(made.audio_url ?? '');
  assert.deepEqual(Buffer.from(await heard.arrayBuffer()), AUDIO);
});

test('when there is nothing to say, that is said', async () => {
  const { state, reason } = await answered(() => ({ nothing: 'no new articles since yesterday' }));
  assert.equal(state, 'skipped');
  assert.match(reason ?? '', /no new articles since yesterday/);
});

test('an error of the maker is a dead letter, and a redrive asks again', async () => {
  let isDown = true;
  const { house: maker, occurrence } = await house(async () => {
    if (isDown) throw new Error('the model is down');
    return { title: 'Up again', audio_url: `http://127.0.0.1:${maker.port}/good.mp3` };
  });
  const app = await open(maker);
  try {
    const asked = await occurrence();
    const { id, message } = await deadLetter();
    assert.match(message ?? '', /the model is down/);
    isDown = false;
    await operator.post('/api/v1/operate/dead/redrive', { body: { letters: { job: id } } });
    const { program_id } = await mimiyori.settled(asked, patience());
    assert.equal((await program(program_id)).title, 'Up again');
  } finally {
    await app.close();
  }
});

test('an answer that is refused is a dead letter with the reason', async () => {
  const { house: maker, occurrence } = await house(async () => ({ title: '', audio_url: 'http://127.0.0.1/good.mp3' }));
  const app = await open(maker);
  try {
    await occurrence();
    const { message } = await deadLetter();
    assert.match(message ?? '', /title is missing or empty/);
    await ledgerIsEmpty();
  } finally {
    await app.close();
  }
});

test('an answer whose receipt is lost is handed over again, and counts once', async () => {
  let made = 0;
  const { house: maker, occurrence } = await house(async () => {
    made += 1;
    line.cut(2);
    return { title: 'Once', audio_url: `http://127.0.0.1:${maker.port}/good.mp3` };
  });
  const app = await open(maker);
  try {
    const { program_id } = await mimiyori.settled(await occurrence(), patience());
    assert.equal((await program(program_id)).title, 'Once');
    await ledgerIsEmpty();
    assert.deepEqual([made, line.left], [1, 0]);
  } finally {
    await app.close();
  }
});

test('a process that is killed goes on where it was', async () => {
  const { house: maker, occurrence } = await house(async () => ({ nothing: '' }));
  const environment = {
    MIMIYORI_URL: service.url,
    TOKEN: token,
    SECRET: maker.secret,
    FOLDER: folder,
    PORT: String(maker.port),
  };
  const file = join(__dirname, 'maker.js');
  const first = Program.start(file, { ...environment, FOR_EVER: 'yes' });
  const asked = await occurrence();
  await first.says(/making/);
  await first.end('SIGKILL');
  assert.equal((await readdir(folder)).length, 1);

  const second = Program.start(file, environment);
  try {
    const { program_id } = await mimiyori.settled(asked, patience());
    assert.equal((await program(program_id)).title, 'Made after all');
    await ledgerIsEmpty();
  } finally {
    await second.end('SIGTERM');
  }
});

test('what is not made when the application stops is made after the next start', async () => {
  let begun = () => {};
  const making = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { house: maker, occurrence } = await house(async (_, signal) => {
    begun();
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const first = await open(maker);
  const asked = await occurrence();
  await making;
  await first.close();

  const second: INestApplication = await open({ ...maker, make: async () => ({ nothing: 'after all' }) });
  try {
    assert.equal((await mimiyori.settled(asked, patience())).state, 'skipped');
    await ledgerIsEmpty();
  } finally {
    await second.close();
  }
});

/** The one that nobody has looked after yet. */
async function deadLetter() {
  const dead = { params: { query: { kind: 'external', state: 'dead' } } } as const;
  return until(async () => (await operator.get('/api/v1/operate/jobs', dead)).items[0]);
}

/** An answer is heard a moment before its receipt is. */
async function ledgerIsEmpty(): Promise<void> {
  await until(async () => (await readdir(folder)).length === 0 || undefined);
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const { everyMs, signal } = patience();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(everyMs, signal);
  }
}
