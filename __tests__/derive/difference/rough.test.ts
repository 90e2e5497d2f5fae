/** Functions that bend, jump, or are rounded within the step: the value is right, or it is reported and its error is honest. */

import { describe, expect, test } from '@jest/globals';
import { jvp } from '../../../src/derive/difference/directional.js';
import { groupedJacobian } from '../../../src/derive/difference/grouped.js';
import { jacobian } from '../../../src/derive/difference/jacobian.js';
import type { Report } from '../../../src/derive/difference/sampling.js';
import type { Scheme } from '../../../src/derive/difference/scheme.js';

type F = (t: number) => number;
const now = <T>(value: T | PromiseLike<T>): T => value as T;

function slopeOf(f: F, x: number, scheme: Scheme, errors = false) {
  let found = { value: Number.NaN, error: Number.NaN };
  const revise = (_j: number, _i: number, error: number) => {
    found = { ...found, error };
  };
  const report: Report = now(
    jacobian(
      ([at]) => Float64Array.of(f(at!)),
      Float64Array.of(x),
      (_, [value], error) => {
        found = { value: value!, error: error?.[0] ?? Number.NaN };
      },
      { scheme, errors, revise },
    ),
  );
  return { ...found, report };
}

const sharp: readonly [string, F, F, readonly number[]][] = [
  ['sin', Math.sin, Math.cos, [1, 1e3, 1e4 + 0.3, 1e6, 3e7, 1e9]],
  ['exp', Math.exp, Math.exp, [50, -50, 300]],
  ['sin 1e4 t', (t) => Math.sin(1e4 * t), (t) => 1e4 * Math.cos(1e4 * t), [1, 2.2]],
  [
    'sin of degrees',
    (t) => Math.sin((t * Math.PI) / 180),
    (t) => (Math.PI / 180) * Math.cos((t * Math.PI) / 180),
    [30, 30030, 3e6 + 30],
  ],
  ['asin', Math.asin, (t) => 1 / Math.sqrt((1 - t) * (1 + t)), [0.9, 0.999, 0.999999]],
  ['log(t − 1)', (t) => Math.log(t - 1), (t) => 1 / (t - 1), [1.1, 1.0001, 1 + 1e-6]],
  ['√(t − 1)', (t) => Math.sqrt(t - 1), (t) => 0.5 / Math.sqrt(t - 1), [1.0001, 1 + 1e-6]],
  ['1/(t − 1)', (t) => 1 / (t - 1), (t) => -1 / (t - 1) ** 2, [1.01, 1.0001, 1.000003]],
  ['tan', Math.tan, (t) => 1 / Math.cos(t) ** 2, [1, 1.57, 1.570796]],
  [
    'a gaussian of width 1e-5',
    (t) => Math.exp(-(((t - 1) / 1e-5) ** 2) / 2),
    (t) => (-(t - 1) / 1e-10) * Math.exp(-(((t - 1) / 1e-5) ** 2) / 2),
    [1 + 1e-5, 1 - 2e-5],
  ],
  ['t + sin(1e6 t)/1e6', (t) => t + Math.sin(1e6 * t) / 1e6, (t) => 1 + Math.cos(1e6 * t), [1, 1.3]],
];
const sharpCases = sharp.flatMap(([name, f, slope, points]) => points.map((x) => [name, x, f, slope] as const));

describe.each<Scheme>(['central', 'richardson'])('by %s differences', (scheme) => {
  test.each(sharpCases)('%s at %d is right to 1e-4, and its estimated error covers the true one', (_, x, f, slope) => {
    const exact = slope(x);
    const { value, error, report } = slopeOf(f, x, scheme, true);
    expect(Math.abs(value - exact)).toBeLessThan(1e-4 * Math.abs(exact));
    expect(Math.abs(value - exact)).toBeLessThan(10 * error);
    expect(report.rough).toEqual([]);
    expect(Math.abs(slopeOf(f, x, scheme).value - exact)).toBeLessThan(1e-4 * Math.abs(exact));
    const along = now(jvp(([at]) => Float64Array.of(f(at!)), Float64Array.of(x), Float64Array.of(-3), { scheme }));
    expect(Math.abs(along.values[0]! + 3 * exact)).toBeLessThan(3e-4 * Math.abs(exact));
  });
});

test('richardson is nowhere more than ten times worse than central, but for 1e-9 of the size', () => {
  for (const [, x, f, slope] of sharpCases) {
    const [central, richardson] = (['central', 'richardson'] as const).map((scheme) =>
      Math.abs(slopeOf(f, x, scheme).value / slope(x) - 1),
    ) as [number, number];
    expect(richardson).toBeLessThan(10 * central + 1e-9);
  }
});

describe('a smooth function at an extremum is not called rough', () => {
  test.each<[string, F, number]>([
    ['(t − 1)²', (t) => (t - 1) ** 2, 1],
    ['(t − 1)² + (t − 1)³', (t) => (t - 1) ** 2 + (t - 1) ** 3, 1],
    ['cos', Math.cos, 0],
    ['5 + (t − 2)⁴', (t) => 5 + (t - 2) ** 4, 2],
    ['1e-3 (t − 3)²', (t) => 1e-3 * (t - 3) ** 2, 3],
  ])('%s', (_, f, x) => {
    for (const scheme of ['central', 'richardson', 'forward'] as const) {
      const { value, report } = slopeOf(f, x, scheme);
      expect(Math.abs(value)).toBeLessThan(1e-6);
      expect(report).toMatchObject({ rough: [], quantised: [] });
      expect(report.evaluations).toBeLessThanOrEqual(9);
    }
  });
});

/** Jumps: what they are about is smooth, with the slope that is right. */
const jumping: readonly [string, F, number, number][] = [
  ['float32 inside', (t) => Math.fround(1e3 * Math.sin(t)), 1.5, 1e3 * Math.cos(1.5)],
  ['float32 on the way in', (t) => Math.sin(Math.fround(t * 7)), 1.3, 7 * Math.cos(9.1)],
  ['a date in ms', (t) => 20 * Math.sin(Math.floor(t * 3.6e6) / 3.6e6), 12.3, 20 * Math.cos(12.3)],
  ['whole days, at a whole day', (t) => Math.exp(Math.floor(t) / 100), 30, Math.exp(0.3) / 100],
  ['six decimals', (t) => Math.round(1e6 * t * t) / 1e6, 1.5, 3],
  ['six decimals, about which it is symmetric', (t) => Math.round(1e6 * t) / 1e6, 1.5, 1],
  ['float32, about which it is symmetric', (t) => Math.fround(t), 1.5, 1],
  ['eight digits', (t) => Number((t * t * t).toPrecision(8)), 2.5, 18.75],
];

describe('a jump within the step', () => {
  test.each(jumping)('%s: is reported, and the error estimate covers it', (_, f, x, exact) => {
    const { value, error, report } = slopeOf(f, x, 'central', true);
    expect(report.rough).toEqual([{ element: 0, outputs: [0] }]);
    expect(Math.abs(value - exact)).toBeLessThan(3 * error);
    expect(slopeOf(f, x, 'central').report.rough).toEqual([{ element: 0, outputs: [0] }]);
    const along = now(jvp(([at]) => Float64Array.of(f(at!)), Float64Array.of(x), Float64Array.of(1), { errors: true }));
    expect(along.report.rough).toEqual([{ element: -1, outputs: [0] }]);
    expect(Math.abs(along.values[0]! - exact)).toBeLessThan(3 * along.errors![0]!);
  });

  test('costs a sweep no more than a few evaluations for a column, once two columns were not to be mended', () => {
    const x = Float64Array.from({ length: 50 }, (_, j) => 1 + j / 7);
    const report = now(
      jacobian(
        (at) => Float64Array.of(Math.fround(1e3 * at.reduce((s, v) => s + Math.sin(v), 0))),
        x,
        () => {},
      ),
    );
    expect(report.rough.length).toBeGreaterThan(10);
    expect(report.evaluations).toBeLessThan(2 * 50 + 1 + 40);
  });
});

/** Flat to the bit at the step: the slope that is right, and whether it is rounded. */
const flats: readonly [string, F, number, number, boolean][] = [
  ['toFixed(3)', (t) => +(t * t).toFixed(3), 1.5, 3, true],
  ['four decimals', (t) => Math.round(t * 1e4) / 1e4, 1.5, 1, true],
  ['text in base 16', (t) => Number.parseInt(Math.round(t * 100).toString(16), 16), 1.503, 100, true],
  ['integer geometry', (t) => Math.round(10 * t) ** 2 / 100, 3.02, 6, true],
  ['a count of seeded samples', (t) => counted.filter((u) => u < t).length / counted.length, 3.3, 0.1, true],
  ['whole numbers of a colour', (t) => Math.round(255 * t), 0.31, 255, true],
  ['a constant', () => 7, 1.5, 0, false],
  ['a dead relu', (t) => Math.max(0, t), -2, 0, false],
  ['a maximum that is inactive by a little', (t) => Math.max(t, 1), 0.95, 0, false],
  ['a clamp that is saturated by a little', (t) => Math.min(Math.max(t, 0), 1), 1.05, 0, false],
  ['a branch not taken', (t) => (t > 10 ? t : 3), 9.5, 0, false],
  ['a table looked up', (t) => [5, 5, 6][Math.floor(t)]!, 0.5, 0, false],
];
const counted = Array.from({ length: 2000 }, (_, k) => 10 * ((k * 0.6180339887498949) % 1));

describe('flat to the bit', () => {
  for (const scheme of ['central', 'forward', 'richardson'] as const) {
    test.each(flats)(`by ${scheme} differences: %s`, (_, f, x, exact, isRounded) => {
      const { value, error, report } = slopeOf(f, x, scheme, true);
      const said = report.quantised.length + report.rough.length;
      expect(said > 0).toBe(isRounded);
      if (isRounded) expect(Math.abs(value - exact)).toBeLessThan(5 * error);
      else expect(Math.abs(value)).toBe(0);
      const along = now(jvp(([at]) => Float64Array.of(f(at!)), Float64Array.of(x), Float64Array.of(2), { scheme }));
      expect(along.report.quantised.length + along.report.rough.length > 0).toBe(isRounded);
    });
  }

  test('500 unused inputs and 3 constant outputs cost two pairs in all, and no warning', () => {
    const x = Float64Array.from({ length: 510 }, (_, j) => 1 + (j % 9));
    const f = (at: Float64Array) => Float64Array.of(at[3]! * at[7]!, 1, 2, 3, Math.max(at[5]!, -1));
    const report = now(jacobian(f, x, () => {}));
    expect(report).toMatchObject({ quantised: [], rough: [] });
    expect(report.evaluations).toBe(2 * 510 + 1 + 4);
  });

  test('one rounded input among 300 unused ones is found, in some dozen evaluations', () => {
    const x = Float64Array.from({ length: 301 }, (_, j) => 1 + (j % 9) / 10);
    const f = (at: Float64Array) => Float64Array.of(Math.round(100 * at[237]!), at[0]! ** 2);
    const report = now(jacobian(f, x, () => {}));
    expect(report.quantised).toEqual([{ element: 237, outputs: [0], relative: 0.01 }]);
    expect(report.evaluations).toBeLessThan(2 * 301 + 1 + 50);
  });

  test('an output that is rounded beside one that is not is found too, and its entries are told their errors', () => {
    const told: string[] = [];
    const report = now(
      jacobian(
        (at) => Float64Array.of(at[0]! * at[1]!, Math.round(50 * at[0]!)),
        Float64Array.of(1.3, 0.7),
        () => {},
        {
          errors: true,
          revise: (j, i, error) => told.push(`${j} ${i} ${error.toFixed(0)}`),
        },
      ),
    );
    expect(report.quantised).toMatchObject([{ element: 0, outputs: [1] }]);
    expect(told).toEqual([expect.stringMatching(/^0 1 (3[0-9]|[4-7][0-9])$/)]);
  });

  describe.each<Scheme>(['central', 'forward', 'richardson'])('along a tangent, by %s differences,', (scheme) => {
    const along = (f: (at: Float64Array) => number[], x: number[], v: number[]) =>
      now(jvp((at) => Float64Array.from(f(at)), Float64Array.from(x), Float64Array.from(v), { scheme, errors: true }));

    test('an output that is rounded beside smooth ones is found, and its error is stated', () => {
      const f = ([a, b]: Float64Array) => [a! * b!, Math.round(50 * a!), Math.exp(b!), 4, +(b! * 3).toFixed(2)];
      const { errors, report } = along(f, [1.3, 0.7], [1, 2]);
      expect(report.quantised.flatMap(({ outputs }) => outputs).sort()).toEqual([1, 4]);
      expect(report.quantised.every(({ element }) => element === -1)).toBe(true);
      expect(errors![1]).toBeGreaterThan(10);
      expect(errors![4]).toBeGreaterThan(1);
      expect(errors![3]).toBeLessThan(1e-5);
    });

    test('constants, ratios that the tangent keeps, and inactive maxima beside smooth outputs are not called rounded', () => {
      const f = ([a, b]: Float64Array) => [a! * b!, a! / b!, 7, Math.max(a!, 2), a! - 3 * b!, Math.max(0, -b!)];
      const { report } = along(f, [1.95, 0.65], [3, 1]);
      expect(report.quantised).toEqual([]);
    });
  });

  test('a thousand rounded rows beside a smooth one cost a jvp two pairs of evaluations', () => {
    const f = ([a]: Float64Array) =>
      Float64Array.from({ length: 1001 }, (_, i) => (i ? Math.round(30 * a! * i) : a! ** 2));
    const { report } = now(jvp(f, Float64Array.of(1.2345), Float64Array.of(1)));
    const told = new Set([...report.quantised, ...report.rough].flatMap(({ outputs }) => outputs));
    expect(told.size).toBe(1000);
    expect(report.evaluations).toBeLessThanOrEqual(25);
  });

  test('no evaluation crosses a bound to find out', () => {
    const visited: number[] = [];
    const f = ([at]: Float64Array) => {
      visited.push(at!);
      return Float64Array.of(Math.round(100 * at!));
    };
    const report = now(
      jacobian(f, Float64Array.of(2.001), () => {}, { leaves: [{ start: 0, end: 1, lower: 2, upper: 9 }] }),
    );
    expect(report.quantised).toHaveLength(1);
    expect(Math.min(...visited)).toBeGreaterThanOrEqual(2);
  });
});

describe('columns in groups', () => {
  const size = 40;
  const pattern = {
    rowStart: Array.from({ length: size + 1 }, (_, i) => i),
    columnIndex: Array.from({ length: size }, (_, i) => i),
  };
  const groups = [0, 1].map((g) => Array.from({ length: size }, (_, j) => j).filter((j) => j % 2 === g));

  test('are tried at shorter steps together: sin at 1e3 to 1e9', () => {
    const x = Float64Array.from({ length: size }, (_, j) => 10 ** (3 + (6 * j) / size));
    const { values, report } = now(groupedJacobian((at) => at.map(Math.sin), x, groups, pattern));
    for (const [j, value] of values.entries()) expect(Math.abs(value - Math.cos(x[j]!))).toBeLessThan(1e-4);
    expect(report.rough).toEqual([]);
    expect(report.evaluations).toBeLessThan(40);
  });

  test('report what jumps', () => {
    const x = Float64Array.from({ length: size }, (_, j) => 1 + j / 11);
    const f = (at: Float64Array) => at.map((v, j) => (j === 17 ? Math.round(1e5 * v) / 1e5 : Math.exp(v)));
    const { values, report } = now(groupedJacobian(f, x, groups, pattern));
    expect(report.rough).toEqual([{ element: 17, outputs: [17] }]);
    expect(Math.abs(values[18]! / Math.exp(x[18]!) - 1)).toBeLessThan(1e-9);
  });
});
