import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Controller, HttpCode, type INestApplication, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Webhook } from 'standardwebhooks';
import { Message, MimiyoriModule, Signed, type SignedMessage } from '../src';
import { newSecret } from './house';

const [OLD, NEW, OTHER] = [newSecret(), newSecret(), newSecret()];
const BODY = '{"type":"program.ready","data":{"title":"朝の技術"}}';
const seen: SignedMessage[] = [];

@Controller()
class Doors {
  @Post('events')
  @Signed('webhooks')
  @HttpCode(204)
  event(@Message() message: SignedMessage) {
    seen.push(message);
  }

  @Post('programs')
  @Signed('generator')
  @HttpCode(202)
  program() {}

  @Post('open')
  open(@Message() message: SignedMessage) {
    seen.push(message);
  }
}

@Module({
  imports: [
    MimiyoriModule.forRoot({ url: 'http://127.0.0.1', token: '', secrets: { webhooks: [OLD, NEW], generator: [OTHER] } }),
  ],
  controllers: [Doors],
})
class App {}

let app: INestApplication;

before(async () => {
  app = await NestFactory.create(App, { rawBody: true, logger: false });
  await app.listen(0, '127.0.0.1');
});

after(() => app?.close());

function signed(secret: string, { id = 'msg_1', at = new Date(), body = BODY } = {}): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

async function send(headers: Record<string, string>, { path = 'events', body = BODY, to = app } = {}): Promise<number> {
  const url = `${await to.getUrl()}/${path}`;
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  return response.status;
}

test('a message that the public library signed is believed, under either secret', async () => {
  assert.equal(await send(signed(OLD, { id: 'msg_old' })), 204);
  assert.equal(await send(signed(NEW, { id: 'msg_new' })), 204);
  const both = signed(NEW);
  both['webhook-signature'] = `v1,AAAA ${both['webhook-signature']}`;
  assert.equal(await send(both), 204);
  const payload = { type: 'program.ready', data: { title: '朝の技術' } };
  assert.deepEqual(seen.splice(0), [
    { id: 'msg_old', payload },
    { id: 'msg_new', payload },
    { id: 'msg_1', payload },
  ]);
});

test('what was changed, is stale, or was signed by somebody else is refused', async () => {
  const minutes = (n: number) => new Date(Date.now() + n * 60_000);
  const changed = [
    await send({}),
    await send(signed(OLD), { body: BODY.replace('ready', 'gone') }),
    await send({ ...signed(OLD), 'webhook-id': 'msg_2' }),
    await send({ ...signed(OLD), 'webhook-timestamp': '1' }),
    await send({ ...signed(OLD), 'webhook-timestamp': 'soon' }),
    await send({ ...signed(OLD), 'webhook-signature': 'v1,' }),
    await send({ ...signed(OLD), 'webhook-signature': 'v2,' + signed(OLD)['webhook-signature']?.slice(3) }),
    await send(signed(OLD, { at: minutes(-6) })),
    await send(signed(OLD, { at: minutes(6) })),
    await send(signed(newSecret())),
  ];
  assert.deepEqual(changed, changed.map(() => 401));
  assert.deepEqual(seen, []);
});

test('a secret is good for its own purpose only', async () => {
  assert.equal(await send(signed(OTHER), { path: 'programs' }), 202);
  assert.equal(await send(signed(OLD), { path: 'programs' }), 401);
  assert.equal(await send(signed(OTHER)), 401);
});

test('what cannot be verified at all lets nobody in', async () => {
  assert.equal(await send(signed(OLD), { path: 'open' }), 500);
  assert.equal(await send({ ...signed(OLD), 'content-type': 'text/plain' }), 401);
  const deaf = await NestFactory.create(App, { logger: false });
  try {
    await deaf.listen(0, '127.0.0.1');
    assert.equal(await send(signed(OLD), { to: deaf }), 401);
  } finally {
    await deaf.close();
  }
  assert.deepEqual(seen, []);
});
