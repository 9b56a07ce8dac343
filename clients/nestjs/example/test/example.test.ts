import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Mimiyori } from '@mimiyori/nestjs';
import { freePort, Program, Service, Site } from '@mimiyori/testkit';
import { Webhook } from 'standardwebhooks';

const secret = `whsec_${randomBytes(32).toString('base64')}`;

let site: Site;
let service: Service;
let mimiyori: Mimiyori;
let folder: string;
let environment: Record<string, string>;
let example: Program;

before(async () => {
  site = await Site.start();
  service = await Service.start({ settings: { MIMIYORI_SOURCES__ALLOW_PRIVATE: '127.0.0.0/8' } });
  const token = await service.token('manage');
  mimiyori = new Mimiyori({ url: service.url, token });
  folder = await mkdtemp(join(tmpdir(), 'mimiyori-example-'));
  const port = await freePort();
  environment = {
    MIMIYORI_URL: service.url,
    MIMIYORI_TOKEN: token,
    MIMIYORI_SECRET: secret,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    DATA_DIR: folder,
    SOURCE: site.feed(),
  };
  example = await start();
});

after(async () => {
  await example?.end('SIGTERM');
  await service?.stop();
  await site?.close();
  if (folder) await rm(folder, { recursive: true });
});

async function start(): Promise<Program> {
  const program = Program.start(join(__dirname, '../src/main.js'), environment);
  await program.says(/Nest application successfully started/);
  return program;
}

async function feeds() {
  return (await mimiyori.get('/api/v1/feeds')).items;
}

test('its feed is there, once, however often it is started', async () => {
  await example.end('SIGTERM');
  example = await start();
  const [feed, ...others] = await feeds();
  assert.deepEqual([feed?.name, others.length], ['Morning greeting', 0]);
  assert.deepEqual([feed?.schedule.ready_by, feed?.schedule.zone], ['07:00', 'Asia/Tokyo']);
  assert.equal(feed?.external?.url, `${environment['PUBLIC_URL']}/hooks/programs`);
});

test('it makes the program that it is asked for', async () => {
  const [feed] = await feeds();
  const made = await mimiyori.post('/api/v1/feeds/{id}/programs', { params: { path: { id: feed?.id ?? '' } } });
  const signal = AbortSignal.timeout(120_000);
  const { state, edition, program_id } = await mimiyori.settled(made.occurrence, { everyMs: 100, signal });
  assert.deepEqual([state, edition], ['published', 'brief'], example.said);
  const program = await mimiyori.get('/api/v1/programs/{id}', { params: { path: { id: program_id ?? '' } } });
  assert.deepEqual(program.chapters.map((chapter) => chapter.start_ms), [0, 5_000]);
});

test('it hears of an event once, and of a forged one not at all', async () => {
  const body = JSON.stringify({ type: 'program.ready', data: {} });
  const send = (signature: string, now: Date) =>
    fetch(`${environment['PUBLIC_URL']}/hooks/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'msg_example',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': signature,
      },
      body,
    });
  const now = new Date();
  const signature = new Webhook(secret).sign('msg_example', now, body);
  assert.equal((await send('v1,bm9uZQ==', now)).status, 401);
  assert.equal((await send(signature, now)).status, 204);
  assert.equal((await send(signature, now)).status, 204);
  await example.says(/program\.ready \(msg_example\)/);
  assert.equal(example.said.match(/program\.ready/g)?.length, 1);
});

test('audio that was never made is not found', async () => {
  const status = async (name: string) => (await fetch(`${environment['PUBLIC_URL']}/audio/${name}`)).status;
  assert.equal(await status('0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27.mp3'), 404);
  assert.equal(await status('..%2f..%2fpackage.json.mp3'), 400);
});
