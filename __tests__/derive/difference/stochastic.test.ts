/** Stochastic gradients: exact with all directions, and with fewer as wrong as they say. */

import { describe, expect, test } from '@jest/globals';
import { type EstimateSetting, estimateVjp, estimateVjpFromJvp } from '../../../src/derive/difference/stochastic.js';
import { seeded } from '../../../src/derive/random.js';
import { ComponentError } from '../../../src/errors.js';

const now = <T>(value: T | PromiseLike<T>): T => {
  if (typeof value === 'object' && value !== null && 'then' in value) throw new Error('a promise');
  return value as T;
};
const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
const apart = (a: Float64Array, b: Float64Array) => norm(a.map((value, j) => value - b[j]));

function normals(n: number, seed: number): Float64Array {
  const random = seeded(seed);
  return Float64Array.from({ length: n }, () => random.normal());
}

/** A linear function of one output: J·v = g·v, cᵀJ = c g. */
const along = (g: Float64Array) => (v: Float64Array) =>
  Float64Array.of(g.reduce((sum, value, j) => sum + value * v[j], 0));

describe('an estimate of cᵀJ from k of n orthonormal directions', () => {
  test.each([1, 2, 7, 64, 100])('is exact at k = n = %i, and says so', (n) => {
    const g = normals(n, 1);
    const estimate = now(estimateVjpFromJvp(along(g), n, Float64Array.of(2), { samples: n, seed: 4 }));
    expect(
      apart(
        estimate.values,
        g.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-13 * norm(g) * Math.sqrt(n));
    expect(estimate.standardError).toEqual(new Float64Array(n));
    expect(estimate.samples).toBe(n);
  });

  test.each([
    [100, 10],
    [1000, 31],
    [64, 48],
  ])('n = %i, k = %i: the relative error is √(n/k − 1), and the standard error predicts it', (n, k) => {
    const g = normals(n, 2);
    let [squares, predicted] = [0, 0];
    const trials = 60;
    for (let seed = 0; seed < trials; seed++) {
      const { values, standardError } = now(estimateVjpFromJvp(along(g), n, Float64Array.of(1), { samples: k, seed }));
      squares += apart(values, g) ** 2 / trials;
      predicted += norm(standardError) ** 2 / trials;
    }
    const ratio = Math.sqrt(squares) / norm(g) / Math.sqrt(n / k - 1);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    expect(Math.abs(Math.sqrt(predicted / squares) - 1)).toBeLessThan(0.1);
  });

  test('has no bias: the mean over many seeds comes to cᵀJ', () => {
    const n = 20;
    const g = normals(n, 3);
    const mean = new Float64Array(n);
    const trials = 4000;
    for (let seed = 0; seed < trials; seed++) {
      const { values } = now(estimateVjpFromJvp(along(g), n, Float64Array.of(1), { samples: 4, seed }));
      values.forEach((value, j) => {
        mean[j] += value / trials;
      });
    }
    expect(apart(mean, g) / norm(g)).toBeLessThan(0.07);
  });

  test('near a previous gradient is wrong by a share of the difference only', () => {
    const g = normals(200, 5);
    const previous = g.map((value, j) => value + 1e-3 * Math.sin(j));
    const setting: EstimateSetting = { samples: 50, seed: 1, previous };
    const { values, standardError } = now(estimateVjpFromJvp(along(g), 200, Float64Array.of(1), setting));
    expect(apart(values, g)).toBeLessThan(1e-3 * Math.sqrt(200) * 2);
    expect(norm(standardError)).toBeLessThan(1e-3 * Math.sqrt(200) * 2);
    expect(norm(standardError)).toBeGreaterThan(0);
  });

  test('is the same for the same seed, and another for another', () => {
    const g = normals(30, 6);
    const [a, b, c] = [8, 8, 9].map((seed) =>
      now(estimateVjpFromJvp(along(g), 30, Float64Array.of(1), { samples: 5, seed })),
    );
    expect(a).toEqual(b);
    expect(a.values).not.toEqual(c.values);
  });

  test('a cotangent of zeros gives zeros without a call', () => {
    const never = () => {
      throw new Error('called');
    };
    expect(now(estimateVjpFromJvp(never, 3, new Float64Array(2), { samples: 2 })).values).toEqual(new Float64Array(3));
  });

  test.each([0, -1, 1.5, Number.NaN])('%d samples are an error', (samples) => {
    const attempt = () => now(estimateVjpFromJvp(along(normals(9, 1)), 9, Float64Array.of(1), { samples }));
    expect(attempt).toThrow(ComponentError);
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'E_SAMPLES', fields: { received: `${samples}`, size: '9' } }),
    );
  });
});

describe('the same by differences', () => {
  const n = 12;
  const x = Float64Array.from({ length: n }, (_, j) => 1 + j / 10);
  const f = (at: Float64Array) =>
    Float64Array.of(
      at.map(Math.sin).reduce((a, b) => a + b),
      at.reduce((a, b) => a * b),
    );
  const c = Float64Array.of(2, -0.01);
  const all = x.reduce((a, b) => a * b);
  const exact = x.map((value) => 2 * Math.cos(value) - (0.01 * all) / value);

  test('takes 2k + 1 evaluations, and with k = n comes as near as a sweep', () => {
    const few = now(estimateVjp(f, x, c, { samples: 3 }));
    // One of the three directions bends within the step: a pair more.
    expect(few.report.evaluations).toBe(9);
    expect(norm(few.standardError)).toBeGreaterThan(0.1 * norm(exact));
    const full = now(estimateVjp(f, x, c, { samples: n }));
    expect(full.report.evaluations).toBeLessThanOrEqual(2 * n + 3);
    expect(apart(full.values, exact) / norm(exact)).toBeLessThan(1e-8);
  });

  test('leaves of very different scale are each moved at their own', () => {
    const leaves = [
      { start: 0, end: 6 },
      { start: 6, end: 12 },
    ];
    const scale = x.map((_, j) => (j < 6 ? 1e-9 : 1e9));
    const scaled = (at: Float64Array) => f(at.map((value, j) => value / scale[j]));
    const full = now(
      estimateVjp(
        scaled,
        x.map((value, j) => value * scale[j]),
        c,
        { samples: n, leaves },
      ),
    );
    expect(
      apart(
        full.values.map((value, j) => value * scale[j]),
        exact,
      ) / norm(exact),
    ).toBeLessThan(1e-7);
  });

  test('an async oracle gives a promise of the same estimate', async () => {
    const pending = estimateVjp(async (at) => f(at), x, c, { samples: 4, seed: 2 });
    expect(pending).toBeInstanceOf(Promise);
    expect(await pending).toEqual(now(estimateVjp(f, x, c, { samples: 4, seed: 2 })));
  });
});
