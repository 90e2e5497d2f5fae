/** Measured costs of calls, by a clock that the test moves. */
import { describe, expect, test } from '@jest/globals';
import { CallCosts, timed } from '../../../src/derive/planner/costs.js';
import type { Endpoint } from '../../../src/operators/endpoints.js';

const request = { inputs: {}, of: [], wrt: [], seed: {} };

function clocked() {
  let now = 0;
  const costs = new CallCosts(() => now);
  const taking =
    (milliseconds: number): Endpoint<'jvp' | 'vjp'> =>
    () => {
      now += milliseconds;
      return {};
    };
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { costs, taking, pass };
}

describe('the measured cost of a call', () => {
  test('is believed from the third call on, and the first one is left out: it warms up', () => {
    const { costs, taking } = clocked();
    timed('jvp', taking(500), costs)(request);
    const later = timed('jvp', taking(8), costs);
    later(request);
    expect(costs.mean('jvp')).toBeUndefined();
    timed('jvp', taking(4), costs)(request);
    expect(costs.mean('jvp')).toBe(6);
  });

  test('is 1 to 2 where nothing was measured, and where one was, the other follows', () => {
    const { costs, taking } = clocked();
    expect(costs.weights()).toEqual({ jvp: 1, vjp: 2 });
    for (let k = 0; k < 3; k++) timed('jvp', taking(10), costs)(request);
    expect(costs.weights()).toEqual({ jvp: 10, vjp: 20 });
    for (let k = 0; k < 3; k++) timed('vjp', taking(100), costs)(request);
    expect(costs.weights()).toEqual({ jvp: 10, vjp: 100 });
  });

  test('is that of the other one by half, where only a vjp was measured', () => {
    const { costs, taking } = clocked();
    for (let k = 0; k < 3; k++) timed('vjp', taking(10), costs)(request);
    expect(costs.weights()).toEqual({ jvp: 5, vjp: 10 });
  });

  test('decides nothing where calls are shorter than the clock can tell', () => {
    const { costs, taking } = clocked();
    for (let k = 0; k < 9; k++) timed('jvp', taking(0.01), costs)(request);
    for (let k = 0; k < 9; k++) timed('vjp', taking(0.0001), costs)(request);
    expect(costs.weights()).toEqual({ jvp: 1, vjp: 2 });
  });

  test('of a promise is the time until it is kept; one that is broken does not count', async () => {
    const { costs, pass } = clocked();
    let keep: (value: object) => void = () => undefined;
    const slow = timed(
      'jvp',
      () =>
        new Promise((resolve) => {
          keep = resolve as typeof keep;
        }),
      costs,
    );
    for (let k = 0; k < 3; k++) {
      const answer = slow(request);
      pass(30);
      keep({});
      await answer;
    }
    const broken = timed('jvp', () => Promise.reject(new Error('no')), costs);
    await expect(broken(request)).rejects.toThrow('no');
    expect(costs.mean('jvp')).toBe(30);
  });
});
