/** Turns, rounds and medians, with clocks that are told what to say. */
import { describe, expect, test } from '@jest/globals';
import { race, timed, timedApart, timedAsync, timingOf, turn } from '../../benchmarks/measure.js';

// Powers of two, so that sums are exact.
const effort = { seconds: 1, warm: 0.5, round: 0.125, leastRounds: 5 };

/** A run whose calls take so many seconds each, and that writes down how many were asked for. */
const clock =
  (once: number, seen: number[] = []) =>
  (calls: number) => {
    seen.push(calls);
    return calls * once;
  };

describe('the order of lanes', () => {
  const rounds = Array.from({ length: 6 }, (_, round) => turn(['a', 'b', 'c'], round).join(''));

  test('each lane begins as often as any other, and every other round runs backwards', () => {
    expect(rounds).toEqual(['abc', 'cba', 'bca', 'acb', 'cab', 'bac']);
  });

  test('within the rounds no lane always follows the same one', () => {
    const before = (lane: string) => new Set(rounds.map((round) => round[round.indexOf(lane) - 1]));
    for (const lane of 'abc') expect(before(lane).size).toBe(3);
  });
});

describe('a race', () => {
  test('lanes run alternately, as often as each other', async () => {
    const log: string[] = [];
    const lane = (name: string) => (calls: number) => {
      log.push(name);
      return calls * 0.1;
    };
    await race({ a: lane('a'), b: lane('b') }, { ...effort, warm: 0 });
    expect(log.slice(2).join('')).toMatch(/^(abba|baab){2}/);
    expect(log.filter((name) => name === 'a')).toHaveLength(log.filter((name) => name === 'b').length);
  });

  test('a round has as many calls as last a round, found while it warms up', async () => {
    const seen: number[] = [];
    const { one } = await race({ one: clock(2 ** -10, seen) }, effort);
    expect(seen).toEqual([1, 1, 8, 64, 128, 128, 128, 128, ...Array.from({ length: 8 }, () => 128)]);
    expect(one).toEqual({ median: 2 ** -10, low: 2 ** -10, high: 2 ** -10, rounds: 8 });
  });

  test('what takes long gets its least rounds, and what takes very long two', async () => {
    expect((await race({ one: clock(0.5) }, effort)).one!.rounds).toBe(5);
    expect((await race({ one: clock(60) }, effort)).one!.rounds).toBe(2);
  });

  test('a call that does many things is divided by them', async () => {
    expect((await race({ one: clock(0.01) }, effort, { per: 20 })).one!.median).toBeCloseTo(0.0005, 12);
  });

  test('a clock that stands still ends all the same', async () => {
    expect((await race({ one: clock(0) }, effort)).one).toEqual({ median: 0, low: 0, high: 0, rounds: 60 });
  });

  test('garbage is collected before each round, where that is wanted', async () => {
    const before = globalThis.gc;
    let collected = 0;
    globalThis.gc = (() => void collected++) as unknown as typeof globalThis.gc;
    try {
      const { a } = await race({ a: clock(1), b: clock(1) }, effort, { gc: true });
      expect(collected).toBe(2 * a!.rounds);
    } finally {
      globalThis.gc = before;
    }
  });
});

describe('calls', () => {
  test('are as many as were asked for, one after the other', async () => {
    let [made, open, most] = [0, 0, 0];
    const call = async () => {
      most = Math.max(most, ++open);
      await undefined;
      open--;
      made++;
    };
    expect(timed(() => void made++)(7)).toBeGreaterThanOrEqual(0);
    await timedAsync(call)(5);
    expect([made, most]).toEqual([12, 1]);
  });

  test('are each prepared, outside the time that counts', async () => {
    const log: string[] = [];
    const wait = () => {
      log.push('before');
      const end = performance.now() + 20;
      while (performance.now() < end);
    };
    const start = performance.now();
    const seconds = await timedApart(() => void log.push('call'), wait)(3);
    expect(log.join(' ')).toBe('before call before call before call');
    expect((performance.now() - start) / 1000 - seconds).toBeGreaterThanOrEqual(0.06);
  });
});

test('of times there are the median and the quartiles, between neighbours where none is in the middle', () => {
  expect(timingOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, rounds: 5 });
  expect(timingOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1.75, high: 3.25, rounds: 4 });
});
