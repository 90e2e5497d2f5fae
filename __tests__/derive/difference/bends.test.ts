/** What one quotient alone cannot see: bends under forward differences, and kinks that a symmetric stencil straddles. */

import { describe, expect, test } from '@jest/globals';
import { jvp } from '../../../src/derive/difference/directional.js';
import { groupedJacobian } from '../../../src/derive/difference/grouped.js';
import { jacobian, vjp } from '../../../src/derive/difference/jacobian.js';
import type { Report } from '../../../src/derive/difference/sampling.js';
import type { Scheme } from '../../../src/derive/difference/scheme.js';
import type { Leaf } from '../../../src/derive/difference/step.js';
import { seeded } from '../../../src/derive/random.js';

const cases = Number(process.env['COTANGENT_CASES'] ?? 300);
const now = <T>(value: T | PromiseLike<T>): T => value as T;
type F = (x: Float64Array) => readonly number[];
type Asked = { readonly scheme: Scheme; readonly errors?: boolean; readonly leaves?: readonly Leaf[] };

function columnsOf(f: F, x: readonly number[], asked: Asked) {
  const columns: Float64Array[] = [];
  const errors: (Float64Array | undefined)[] = [];
  const take = (j: number, column: Float64Array, error?: Float64Array) => {
    columns[j] = column;
    errors[j] = error;
  };
  const report: Report = now(jacobian((at) => Float64Array.from(f(at)), Float64Array.from(x), take, asked));
  return { columns, errors, report };
}

const along = (f: F, x: readonly number[], v: readonly number[], asked: Asked) =>
  now(jvp((at) => Float64Array.from(f(at)), Float64Array.from(x), Float64Array.from(v), asked));

const told = ({ rough, quantised, notFinite }: Report) => rough.length + quantised.length + notFinite.length > 0;

const high: readonly [string, (t: number) => number, (t: number) => number, readonly number[]][] = [
  ['sin', Math.sin, Math.cos, [1e8, 1e9, 1e10 + 0.4, 1e11, 1e12]],
  ['sin 1e9 t', (t) => Math.sin(1e9 * t), (t) => 1e9 * Math.cos(1e9 * t), [0.1, 1.3]],
  ['exp(1e8 (t − 1))', (t) => Math.exp(1e8 * (t - 1)), (t) => 1e8 * Math.exp(1e8 * (t - 1)), [1, 1 + 1e-8]],
  ['√(t − 1)', (t) => Math.sqrt(t - 1), (t) => 0.5 / Math.sqrt(t - 1), [1 + 1e-9, 1 + 1e-11]],
  ['1/(t − 1)', (t) => 1 / (t - 1), (t) => -1 / (t - 1) ** 2, [1 + 1e-8, 1 - 1e-9]],
];
const highCases = high.flatMap(([name, f, slope, points]) => points.map((x) => [name, x, f, slope] as const));

describe('forward differences of what bends within their step', () => {
  test.each(highCases)('%s at %d: every product is right to 1e-2, or it is reported', (_, x, f, slope) => {
    const exact = slope(x);
    const both: F = ([at, b]) => [b! * 3, f(at!)];
    const right = (value: number) => Math.abs(value - exact) <= 1e-2 * Math.abs(exact);
    for (const errors of [false, true]) {
      const { columns, report } = columnsOf(both, [x, 2], { scheme: 'forward', errors });
      expect(right(columns[0]![1]!) || told(report)).toBe(true);
      const product = along(both, [x, 2], [1, 0], { scheme: 'forward', errors });
      expect(right(product.values[1]!) || told(product.report)).toBe(true);
    }
    const asked = { scheme: 'forward' as const };
    const row = now(vjp((at) => Float64Array.from(both(at)), Float64Array.of(x, 2), Float64Array.of(0, 1), asked));
    expect(right(row.values[0]!) || told(row.report)).toBe(true);
    const diagonal = { rowStart: [0, 1, 2], columnIndex: [1, 0] };
    const grouped = now(
      groupedJacobian((at) => Float64Array.from(both(at)), Float64Array.of(x, 2), [[0, 1]], diagonal, asked),
    );
    expect(right(grouped.values[1]!) || told(grouped.report)).toBe(true);
  });

  test('one sharp column among two hundred smooth ones is found, and comes out right', () => {
    const x = Array.from({ length: 201 }, (_, j) => 1 + (j % 13) / 7);
    x[77] = 1e10;
    const f: F = (at) => [at.reduce((sum, value, j) => sum + (j === 77 ? Math.sin(value) : Math.exp(value / 9)), 0)];
    const { columns, report } = columnsOf(f, x, { scheme: 'forward' });
    expect(Math.abs(columns[77]![0]! - Math.cos(1e10))).toBeLessThan(1e-2);
    expect(report.rough).toEqual([]);
  });

  test('smooth functions are left to forward differences: n + 3 evaluations, and 3 along a direction', () => {
    const random = seeded(3);
    for (let k = 0; k < cases / 10; k++) {
      const x = Array.from({ length: 1 + random.integer(20) }, () => random.normal() + 3);
      const f: F = (at) => [
        at.reduce((sum, v, j) => sum + Math.exp(v / (9 + j)), 0),
        at[0]! ** 2,
        Math.log(at[0]! ** 2 + 1),
      ];
      expect(columnsOf(f, x, { scheme: 'forward' }).report).toMatchObject({ evaluations: x.length + 3, rough: [] });
      const v = x.map(() => random.normal());
      expect(along(f, x, v, { scheme: 'forward' }).report).toMatchObject({ evaluations: 3, rough: [] });
    }
  });

  test('no evaluation crosses a bound to find a bend out', () => {
    for (const [x, lower, upper] of [
      [1e10, 0, 1e10],
      [1e10, 1e10, 2e10],
      [1e10, 1e10 - 1, 1e10 + 1],
    ] as const) {
      const visited: number[] = [];
      const f: F = ([at]) => {
        visited.push(at!);
        return [Math.sin(at!)];
      };
      const asked = { scheme: 'forward' as const, leaves: [{ start: 0, end: 1, lower, upper }] };
      const { columns, report } = columnsOf(f, [x], asked);
      const { values, report: other } = along(f, [x], [-2], asked);
      expect(Math.min(...visited)).toBeGreaterThanOrEqual(lower);
      expect(Math.max(...visited)).toBeLessThanOrEqual(upper);
      expect(Math.abs(columns[0]![0]! - Math.cos(x)) < 1e-2 || told(report)).toBe(true);
      expect(Math.abs(values[0]! + 2 * Math.cos(x)) < 2e-2 || told(other)).toBe(true);
    }
  });
});

const kinks: readonly [string, (t: number) => number, number][] = [
  ['|t|', Math.abs, 0],
  ['|t − 2|', (t) => Math.abs(t - 2), 2],
  ['max(t, 0)', (t) => Math.max(t, 0), 0],
  ['5 + 3|t − 1| + t', (t) => 5 + 3 * Math.abs(t - 1) + t, 1],
  ['exp|t − 1|', (t) => Math.exp(Math.abs(t - 1)), 1],
  ['√|t|', (t) => Math.sqrt(Math.abs(t)), 0],
  [
    'a median',
    (t) =>
      [t, 1, -4][
        [t, 1, -4]
          .map((v, i, all) => [v, i, all.filter((o) => o < v).length] as const)
          .findIndex(([, , below]) => below === 1)
      ] ?? 1,
    1,
  ],
];

describe.each<Scheme>(['central', 'forward', 'richardson'])(
  'a kink at the point itself, by %s differences,',
  (scheme) => {
    test.each(kinks)('%s: is reported, alone and beside smooth outputs', (_, f, x) => {
      const both: F = ([at, b]) => [Math.sin(b!), f(at!)];
      for (const errors of [false, true]) {
        expect(columnsOf(([at]) => [f(at!)], [x], { scheme, errors }).report.rough).toEqual([
          { element: 0, outputs: [0] },
        ]);
        expect(columnsOf(both, [x, 1], { scheme, errors }).report.rough).toEqual([{ element: 0, outputs: [1] }]);
        expect(along(both, [x, 1], [1, 1], { scheme, errors }).report.rough).toEqual([{ element: -1, outputs: [1] }]);
      }
      const pattern = { rowStart: [0, 1, 2], columnIndex: [1, 0] };
      const oracle = (at: Float64Array) => Float64Array.from(both(at));
      const { report } = now(groupedJacobian(oracle, Float64Array.of(x, 1), [[0, 1]], pattern, { scheme }));
      expect(report.rough).toEqual([{ element: 0, outputs: [1] }]);
    });
  },
);

test('the stated error of each scheme covers the true one in 95 of 100 rounded dates that are reported as not smooth', () => {
  const random = seeded(5);
  const short: string[] = [];
  let reported = 0;
  for (const scheme of ['central', 'forward', 'richardson'] as const) {
    for (let k = 0; k < cases; k++) {
      const x = 0.5 + 20 * random.uniform();
      const grain = 10 ** (-4 - 4 * random.uniform());
      const f: F = ([t]) => [20 * Math.sin(Math.floor(t! / grain) * grain)];
      const { columns, errors, report } = columnsOf(f, [x], { scheme, errors: true });
      if (report.rough.length === 0) continue;
      reported++;
      const off = Math.abs(columns[0]![0]! - 20 * Math.cos(x));
      if (off > 3 * errors[0]![0]!) short.push(`${scheme} at ${x}, ${grain}: ${off}, stated ${errors[0]![0]}`);
    }
  }
  expect(reported).toBeGreaterThan(cases);
  // Quotients that happen to agree where a function jumps are few.
  expect(short.length).toBeLessThan(0.05 * reported);
});
