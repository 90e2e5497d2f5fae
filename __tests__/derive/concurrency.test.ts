/** The order and the number of probes that run at once. */
import { describe, expect, test } from '@jest/globals';
import { drive } from '../../src/derive/drive.js';
import { sweep } from '../../src/derive/probe.js';
import { ComponentError } from '../../src/errors.js';
import type { CallOptions, MaybePromise } from '../../src/operators/endpoints.js';

const later = (turns: number): Promise<void> =>
  turns === 0 ? Promise.resolve() : Promise.resolve().then(() => later(turns - 1));

/** A sweep over `total` probes, each answered by `call`; what was taken, in the order it was. */
async function swept(
  total: number,
  call: (i: number) => MaybePromise<number>,
  options: CallOptions,
): Promise<number[]> {
  const taken: number[] = [];
  await drive(
    sweep({
      rule: 'r',
      base: 'b',
      total,
      options,
      state: undefined,
      call,
      take: (i, answer) => taken.push(10 * i + answer),
    }),
  );
  return taken;
}

/** A base that answers the later probes sooner, and counts how many run at once. */
function reversed(total: number): { call: (i: number) => Promise<number>; most: () => number } {
  let running = 0;
  let most = 0;
  const call = async (i: number): Promise<number> => {
    most = Math.max(most, ++running);
    await later(5 * (total - i));
    running--;
    return i;
  };
  return { call, most: () => most };
}

describe('probes that run at once', () => {
  for (const concurrency of [undefined, 1, 2, 3, 7, 50]) {
    test(`answers are taken in order with a concurrency of ${concurrency}, and no more than that run at once`, async () => {
      const base = reversed(7);
      const done: number[] = [];
      const onProgress = (count: number): void => {
        done.push(count);
      };
      expect(await swept(7, base.call, { concurrency, onProgress })).toEqual([0, 11, 22, 33, 44, 55, 66]);
      expect(done).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(base.most()).toBe(Math.min(7, concurrency ?? 1));
    });
  }

  test('a base that gives the same buffer at once is never called before its last answer was taken', () => {
    const buffer = { value: 0 };
    const taken: number[] = [];
    const steps = sweep({
      rule: 'r',
      base: 'b',
      total: 4,
      options: { concurrency: 4 },
      state: undefined,
      call: (i) => Object.assign(buffer, { value: i }),
      take: (_i, { value }) => taken.push(value),
    });
    expect(drive(steps)).toBeUndefined();
    expect(taken).toEqual([0, 1, 2, 3]);
  });

  test('the first failure in order is raised, whichever probe failed first in time', async () => {
    const call = async (i: number): Promise<number> => {
      if (i === 4) throw new Error('early');
      await later(20);
      if (i === 2) throw new Error('late');
      return 0;
    };
    const failure = await swept(6, call, { concurrency: 6 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ComponentError);
    expect((failure as ComponentError).fields).toMatchObject({ probe: '3', count: '6', reason: 'late' });
  });

  test('a base that throws at once while earlier probes run fails in its turn', async () => {
    const taken: number[] = [];
    const call = (i: number): Promise<number> => {
      if (i === 1) throw new Error('no second');
      return later(3).then(() => i);
    };
    const steps = sweep({
      rule: 'r',
      base: 'b',
      total: 3,
      options: { concurrency: 3 },
      state: undefined,
      call,
      take: (i) => taken.push(i),
    });
    await expect(drive(steps)).rejects.toMatchObject({ code: 'E_PROBE', fields: { probe: '2' } });
    expect(taken).toEqual([0]);
  });

  test('no probe is started once the signal has aborted, and its reason is what is thrown', async () => {
    const stop = new AbortController();
    const started: number[] = [];
    const call = async (i: number): Promise<number> => {
      started.push(i);
      if (i === 2) stop.abort(new Error('enough'));
      await later(2);
      return i;
    };
    await expect(swept(9, call, { concurrency: 2, signal: stop.signal })).rejects.toThrow('enough');
    expect(started).toEqual([0, 1, 2]);
  });
});
