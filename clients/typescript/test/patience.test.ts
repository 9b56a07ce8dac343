import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Service } from '@mimiyori/testkit';
import { Mimiyori, type MimiyoriProblem } from '../src';

test('whoever asks too often is served when it is their turn', async () => {
  const service = await Service.start({ settings: { MIMIYORI_SERVER__REQUESTS_PER_MINUTE: '60' }, roles: ['web'] });
  try {
    const token = await service.token('listen');
    const mimiyori = new Mimiyori({ url: service.url, token });
    const asked = Array.from({ length: 63 }, () => mimiyori.get('/api/v1/me'));
    assert.equal(new Set((await Promise.all(asked)).map((me) => me.id)).size, 1);

    const hasty = new Mimiyori({ url: service.url, token, patienceMs: 0 });
    const atOnce = Promise.all(Array.from({ length: 100 }, () => hasty.get('/api/v1/me')));
    await assert.rejects(atOnce, (problem: MimiyoriProblem) => {
      assert.deepEqual([problem.kind, problem.status], ['too-many-requests', 429]);
      assert.ok(problem.retryAfterMs !== undefined && problem.retryAfterMs >= 1_000);
      return true;
    });
  } finally {
    await service.stop();
  }
});

test('a service that is restarted is waited for', async () => {
  const service = await Service.start({ roles: ['web'] });
  try {
    const token = await service.token('listen');
    await service.kill();
    const asked = new Mimiyori({ url: service.url, token }).get('/api/v1/me');
    const hasty = new Mimiyori({ url: service.url, token, patienceMs: 0 });
    await assert.rejects(hasty.get('/api/v1/me'), TypeError);
    await service.restart();
    assert.equal((await asked).scope, 'listen');
  } finally {
    await service.stop();
  }
});

test('a try that takes too long is given up', async () => {
  const service = await Service.start({ roles: ['web'] });
  try {
    const mimiyori = new Mimiyori({ url: service.url, token: 'mimi_any', timeoutMs: 0, patienceMs: 0 });
    await assert.rejects(mimiyori.get('/api/v1/me'), { name: 'TimeoutError' });
  } finally {
    await service.stop();
  }
});
