/** The noise estimate against a noise that is known. */

import { describe, expect, test } from '@jest/globals';
import { jacobian } from '../../../src/derive/difference/jacobian.js';
import { deviation, estimateNoise } from '../../../src/derive/difference/noise.js';
import { seeded } from '../../../src/derive/random.js';

const now = <T>(value: T | PromiseLike<T>): T => {
  if (typeof value === 'object' && value !== null && 'then' in value) throw new Error('a promise');
  return value as T;
};

const smooth = (x: Float64Array) => Math.exp(x[0]) * Math.cos(x[1]) + x[2] ** 3;
const point = Float64Array.of(0.5, 0.3, 2);

describe('the estimated noise', () => {
  test.each([1e-12, 1e-9, 1e-6, 1e-3])('of a deviation of %d is found within a quarter, in the median', (level) => {
    const ratios = Array.from({ length: 101 }, (_, trial) => {
      const random = seeded(trial);
      const oracle = (x: Float64Array) => Float64Array.of(smooth(x) * (1 + level * random.normal()));
      const { relative, absolute, report } = now(estimateNoise(oracle, point, { seed: trial }));
      expect(report.evaluations).toBe(9);
      expect(absolute[0] / smooth(point)).toBeCloseTo(relative, Math.round(-Math.log10(level)) + 1);
      return relative / level;
    }).sort((a, b) => a - b);
    expect(ratios[50]).toBeGreaterThan(0.75);
    expect(ratios[50]).toBeLessThan(1.25);
    expect(ratios[0]).toBeGreaterThan(0.1);
    expect(ratios[100]).toBeLessThan(4);
  });

  test('of a function computed in float64 is near its roundoff', () => {
    const { relative } = now(estimateNoise((x) => Float64Array.of(smooth(x)), point));
    expect(relative).toBeGreaterThan(1e-18);
    expect(relative).toBeLessThan(2e-15);
  });

  test('of a constant is 0, and of NaN is NaN without a say in the median', () => {
    const { absolute, relative } = now(estimateNoise(() => Float64Array.of(3, Number.NaN, 0), point));
    expect(absolute).toEqual(Float64Array.of(0, Number.NaN, 0));
    expect(relative).toBe(0);
  });

  test('is taken within the bounds', () => {
    const upper = [...point];
    const visited: number[] = [];
    const oracle = (x: Float64Array) => {
      visited.push(...x.map((value, j) => value - upper[j]));
      return Float64Array.of(smooth(x));
    };
    estimateNoise(oracle, point, { leaves: [{ start: 0, end: 3, upper }], direction: Float64Array.of(1, 1, 1) });
    expect(Math.max(...visited)).toBeLessThanOrEqual(0);
    expect(new Set(visited).size).toBeGreaterThan(8);
  });

  test('steps from it do as well as those from the declared noise', () => {
    const worst = { blind: 0, declared: 0, estimated: 0 };
    for (let trial = 0; trial < 20; trial++) {
      const random = seeded(trial);
      const oracle = (x: Float64Array) => Float64Array.of(Math.exp(x[0]) * (1 + 1e-9 * random.normal()));
      const x = Float64Array.of(1);
      const { relative } = now(estimateNoise(oracle, x));
      for (const [name, noise] of [
        ['blind', 0],
        ['declared', 1e-9],
        ['estimated', relative],
      ] as const) {
        jacobian(
          oracle,
          x,
          (_, [slope]) => {
            worst[name] = Math.max(worst[name], Math.abs(slope / Math.E - 1));
          },
          { noise },
        );
      }
    }
    expect(worst.declared).toBeLessThan(1e-5);
    expect(worst.estimated).toBeLessThan(3e-5);
    expect(worst.blind).toBeGreaterThan(1e-4);
  });

  test('of white noise about a parabola is that of the noise', () => {
    const random = seeded(1);
    const values = Array.from({ length: 9 }, (_, k) => 5 + 1e-5 * k - 1e-6 * k * k + 1e-3 * random.normal());
    expect(deviation(values)).toBeGreaterThan(0.4e-3);
    expect(deviation(values)).toBeLessThan(2e-3);
  });
});
