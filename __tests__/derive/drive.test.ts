/** The driver of stepwise computations, and the seeded source of random numbers. */

import { describe, expect, test } from '@jest/globals';
import { drive, type MaybePromise, type Stepwise, settled } from '../../src/derive/drive.js';
import { seeded } from '../../src/derive/random.js';

function* total(values: readonly MaybePromise<number>[]): Stepwise<number> {
  let sum = 0;
  for (const value of values) sum += yield* settled(value);
  return sum;
}

describe('a driven computation', () => {
  test('of sync steps has a value, without a promise in between', () => {
    expect(drive(total([1, 2, 3]))).toBe(6);
  });

  test('of some async steps has a promise', async () => {
    const pending = drive(total([1, Promise.resolve(2), 3, Promise.resolve(4)]));
    expect(pending).toBeInstanceOf(Promise);
    expect(await pending).toBe(10);
  });

  test('is resumed with the value of what it yields, promised or not', async () => {
    function* twice(first: MaybePromise<number>): Stepwise<number> {
      const value: number = yield first;
      const again: number = yield value + 1;
      return 10 * value + again;
    }
    expect(drive(twice(1))).toBe(12);
    expect(await drive(twice(Promise.resolve(2)))).toBe(23);
  });

  test('catches a rejection where it was yielded, and goes on', async () => {
    function* careful(): Stepwise<string> {
      try {
        yield Promise.reject(new Error('no'));
      } catch (error) {
        return `caught ${error instanceof Error ? error.message : ''}${yield* settled(Promise.resolve('!'))}`;
      }
      return 'missed';
    }
    expect(await drive(careful())).toBe('caught no!');
  });

  test('throws what it throws, and rejects with it once async', async () => {
    function* failing(first: MaybePromise<number>): Stepwise<number> {
      yield first;
      throw new RangeError('out');
    }
    expect(() => drive(failing(1))).toThrow(RangeError);
    await expect(drive(failing(Promise.resolve(1)))).rejects.toThrow(RangeError);
  });

  test('runs a hundred thousand async steps without growing the stack', async () => {
    const values = Array.from({ length: 100_000 }, () => Promise.resolve(1));
    expect(await drive(total(values))).toBe(100_000);
  });
});

describe('a seeded stream', () => {
  test('is the same for the same seed, and another for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seeded(seed).uniform);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('of uniforms lies in (0, 1) with mean 1/2 and variance 1/12; of normals it has mean 0 and variance 1', () => {
    const random = seeded(1);
    const moments = (draw: () => number) => {
      const values = Array.from({ length: 20_000 }, draw);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return { values, mean, variance };
    };
    const uniform = moments(random.uniform);
    expect(uniform.values.every((value) => value > 0 && value < 1)).toBe(true);
    expect(uniform.mean).toBeCloseTo(0.5, 2);
    expect(uniform.variance).toBeCloseTo(1 / 12, 2);
    const normal = moments(random.normal);
    expect(Math.abs(normal.mean)).toBeLessThan(0.02);
    expect(Math.abs(normal.variance - 1)).toBeLessThan(0.03);
  });

  test('of integers takes each value below its bound equally often', () => {
    const random = seeded(2);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let k = 0; k < 7000; k++) counts[random.integer(7)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
