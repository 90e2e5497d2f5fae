/** The scale survey: F(x) = g(x/s) has to be differentiated equally well over 24 orders of magnitude of s. */

import { describe, expect, test } from '@jest/globals';
import { complexJacobian, complexJvp } from '../../../src/derive/difference/complexStep.js';
import { jacobian } from '../../../src/derive/difference/jacobian.js';
import { nothing } from '../../../src/derive/difference/sampling.js';
import type { Setting } from '../../../src/derive/difference/step.js';
import { drive } from '../../../src/derive/drive.js';
import { seeded } from '../../../src/derive/random.js';

type Scalar = (t: number) => number;

const functions: Record<string, { g: Scalar; slope: Scalar }> = {
  exp: { g: Math.exp, slope: Math.exp },
  sin: { g: Math.sin, slope: Math.cos },
  log: { g: Math.log, slope: (t) => 1 / t },
  'x^1.5': { g: (t) => t ** 1.5, slope: (t) => 1.5 * Math.sqrt(t) },
  '1/x': { g: (t) => 1 / t, slope: (t) => -1 / (t * t) },
  tanh: { g: Math.tanh, slope: (t) => 1 / Math.cosh(t) ** 2 },
  cubic: { g: (t) => t ** 3 + 2 * t - 5, slope: (t) => 3 * t * t + 2 },
};
const points = [0.37, 1.1, 2.3];
const decades = Array.from({ length: 25 }, (_, k) => 10 ** (k - 12));

interface Case {
  readonly name: string;
  readonly setting: Setting;
  readonly evaluations: number;
  readonly bound: number;
  /** What the component does to a value: its precision, and its noise. */
  readonly store?: Scalar;
  readonly disturb?: () => number;
}

function worstError({ setting, evaluations, store = (v) => v, disturb = () => 0 }: Case): number {
  let worst = 0;
  for (const { g, slope } of Object.values(functions)) {
    for (const point of points) {
      for (const s of decades) {
        const x = store(point * s);
        const exact = slope(x / s) / s;
        const oracle = (at: Float64Array) => Float64Array.of(store(g(store(at[0]) / s) * (1 + disturb())));
        const report = jacobian(
          oracle,
          Float64Array.of(x),
          (_, [found]) => {
            worst = Math.max(worst, Math.abs(found - exact) / Math.abs(exact));
          },
          setting,
        );
        expect(report).toEqual({ ...nothing, evaluations });
      }
    }
  }
  return worst;
}

const noise = () => {
  const random = seeded(11);
  return () => 1e-9 * random.normal();
};
const single: Setting = { leaves: [{ start: 0, end: 1, precision: 'float32' }], output: 'float32' };

const cases: readonly Case[] = [
  { name: 'forward', setting: { scheme: 'forward' }, evaluations: 4, bound: 2e-7 },
  { name: 'central', setting: {}, evaluations: 3, bound: 1e-9 },
  { name: 'richardson', setting: { scheme: 'richardson' }, evaluations: 5, bound: 2e-12 },
  { name: 'central in float32', setting: single, evaluations: 3, bound: 1e-4, store: Math.fround },
  {
    name: 'richardson in float32',
    setting: { ...single, scheme: 'richardson' },
    evaluations: 5,
    bound: 1e-5,
    store: Math.fround,
  },
  { name: 'central with noise 1e-9 declared', setting: { noise: 1e-9 }, evaluations: 3, bound: 3e-5, disturb: noise() },
];

describe('seven functions at three points, scaled by every power of ten from 1e-12 to 1e12', () => {
  test.each(cases)('$name differs from the closed form by at most $bound, at $evaluations evaluations', (row) => {
    const worst = worstError(row);
    expect(worst).toBeLessThanOrEqual(row.bound);
  });

  test('a complex step is exact to roundoff at one evaluation', () => {
    let worst = 0;
    for (const s of decades) {
      // 1/z and z³, written out in real arithmetic.
      const oracle = ([re, im]: Float64Array): Float64Array => {
        const [a, b] = [re / s, im / s];
        const size = a * a + b * b;
        return Float64Array.of(a / size, -b / size, a ** 3 - 3 * a * b * b, 3 * a * a * b - b ** 3);
      };
      const report = complexJacobian(oracle, Float64Array.of(1.1 * s), (_, [inverse, cube]) => {
        worst = Math.max(worst, Math.abs((inverse * s) / (-1 / 1.21) - 1), Math.abs((cube * s) / 3.63 - 1));
      });
      expect(report).toEqual({ ...nothing, evaluations: 1 });
    }
    expect(worst).toBeLessThan(1e-15);
  });

  test('a complex step along a direction is J·v, to roundoff', () => {
    const oracle = ([a, b, c, d]: Float64Array) => Float64Array.of(a * c - b * d, a * d + b * c);
    const x = Float64Array.of(1e-9, 3e9);
    const product = drive(complexJvp(oracle, x, Float64Array.of(2e-9, 5e9)));
    expect([...(product as Float64Array)]).toEqual([expect.closeTo(11, 13)]);
  });
});
