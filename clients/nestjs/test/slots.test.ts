import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Slots } from '../src/generator/slots';

test('so many work at the same time, and all of them get their turn', async () => {
  const slots = new Slots(2);
  const never = new AbortController().signal;
  let busy = 0;
  let most = 0;
  const work = async (n: number) => {
    most = Math.max(most, ++busy);
    await setImmediate();
    busy -= 1;
    if (n === 1) throw new Error('one fails');
    return n;
  };
  const done = await Promise.allSettled([0, 1, 2, 3, 4].map((n) => slots.take(() => work(n), never)));
  assert.deepEqual(done.map(({ status }) => status === 'fulfilled'), [true, false, true, true, true]);
  assert.equal(most, 2);
});

test('whoever waits when all is over does not begin', async () => {
  const slots = new Slots(1);
  const stop = new AbortController();
  const first = slots.take(() => setImmediate('done'), stop.signal);
  const second = slots.take(() => assert.fail('it began'), stop.signal);
  stop.abort(new Error('over'));
  assert.equal(await first, 'done');
  await assert.rejects(second, /over/);
});
