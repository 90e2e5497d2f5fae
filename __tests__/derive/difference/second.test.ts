/** Hessians and sparse Jacobians by differences, against the closed forms of the chained Rosenbrock function. */

import { describe, expect, test } from '@jest/globals';
import { groupedJacobian } from '../../../src/derive/difference/grouped.js';
import { groupedHessian, hessian, hvp } from '../../../src/derive/difference/hessian.js';
import { jacobian } from '../../../src/derive/difference/jacobian.js';
import { seeded } from '../../../src/derive/random.js';

/** ∇ Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)². */
function gradient(x: Float64Array): Float64Array {
  const g = new Float64Array(x.length);
  for (let i = 0; i + 1 < x.length; i++) {
    const r = x[i + 1] - x[i] ** 2;
    g[i] += -400 * x[i] * r - 2 * (1 - x[i]);
    g[i + 1] += 200 * r;
  }
  return g;
}

/** H_ij of the same function: tridiagonal. */
function second(x: Float64Array, i: number, j: number): number {
  const n = x.length;
  if (Math.abs(i - j) > 1) return 0;
  if (i !== j) return -400 * x[Math.min(i, j)];
  return (i + 1 < n ? 1200 * x[i] ** 2 - 400 * x[i + 1] + 2 : 0) + (i > 0 ? 200 : 0);
}

function product(x: Float64Array, v: Float64Array): Float64Array {
  return x.map((_, i) => {
    let sum = 0;
    for (const j of [i - 1, i, i + 1]) if (j >= 0 && j < x.length) sum += second(x, i, j) * v[j];
    return sum;
  });
}

function tridiagonal(n: number) {
  const rowStart = [0];
  const columnIndex: number[] = [];
  for (let i = 0; i < n; i++) {
    for (const j of [i - 1, i, i + 1]) if (j >= 0 && j < n) columnIndex.push(j);
    rowStart.push(columnIndex.length);
  }
  const groups = [0, 1, 2].map((g) => Array.from({ length: n }, (_, j) => j).filter((j) => j % 3 === g));
  return { rowStart, columnIndex, groups };
}

const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
const now = <T>(value: T | PromiseLike<T>): T => {
  if (typeof value === 'object' && value !== null && 'then' in value) throw new Error('a promise');
  return value as T;
};

const n = 1000;
const standard = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
const random = seeded(3);
const scattered = Float64Array.from({ length: n }, () => 4 * random.uniform() - 2);
const direction = Float64Array.from({ length: n }, () => random.normal());

describe('the chained Rosenbrock function of 1000 variables', () => {
  test.each([
    ['the standard start', standard],
    ['a random point', scattered],
  ])('at %s, H·v from 3 gradients has a relative error of at most 1e-9, from 5 of 1e-10', (_, x) => {
    const exact = product(x, direction);
    for (const [scheme, calls, tolerance] of [
      ['central', 3, 1e-9],
      ['richardson', 5, 1e-10],
    ] as const) {
      const { values, report } = now(hvp(gradient, x, direction, { scheme }));
      const error = norm(values.map((value, i) => value - exact[i])) / norm(exact);
      expect(error).toBeLessThanOrEqual(tolerance);
      expect(report.evaluations).toBe(calls);
    }
  });

  test('its Hessian from 3 groups is exact to 1e-10 at 7 gradients, and symmetric to about as much', () => {
    const { groups, ...pattern } = tridiagonal(n);
    // Near 0 an element needs its typical magnitude to tell: the step that |x| allows is short.
    const typical = { leaves: [{ start: 0, end: n, magnitude: 1 }] };
    for (const [x, setting, calls] of [
      [standard, {}, 7],
      // Here some entries are next to 0 while they bend: three pairs of shorter steps, for all of a group at once.
      [scattered, typical, 13],
    ] as const) {
      const { values, asymmetry, report } = now(groupedHessian(gradient, x, groups, pattern, setting));
      expect(report.evaluations).toBe(calls);
      let [worst, largest] = [0, 0];
      for (let i = 0; i < n; i++) {
        for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
          const exact = second(x, i, pattern.columnIndex[e]);
          worst = Math.max(worst, Math.abs(values[e] - exact));
          largest = Math.max(largest, Math.abs(exact));
        }
      }
      expect(worst / largest).toBeLessThanOrEqual(1e-10);
      expect(asymmetry).toBeGreaterThan(0);
      expect(asymmetry).toBeLessThan(1e-9);
    }
  });

  test('its dense Hessian at n = 12 is symmetric bit by bit, at 25 gradients', () => {
    const x = scattered.slice(0, 12);
    const { values, report } = now(hessian(gradient, x));
    expect(report.evaluations).toBe(25);
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) {
        expect(Math.abs(values[i * 12 + j] - second(x, i, j))).toBeLessThan(1e-6);
        expect(values[i * 12 + j]).toBe(values[j * 12 + i]);
      }
    }
  });

  test('H·0 is 0 without a gradient', () => {
    expect(now(hvp(gradient, standard, new Float64Array(n)))).toMatchObject({ report: { evaluations: 0 } });
  });

  test('a gradient that is no gradient shows as asymmetry', () => {
    const skew = (x: Float64Array) => Float64Array.of(x[1], -x[0]);
    expect(now(hessian(skew, Float64Array.of(1, 2))).asymmetry).toBeCloseTo(2, 8);
  });
});

describe('an arrow: y_0 = Σ x_j², y_j = x_0 x_j', () => {
  const size = 6;
  const rowStart = [0, 6];
  const columnIndex = [0, 1, 2, 3, 4, 5];
  for (let i = 1; i < size; i++) {
    columnIndex.push(0, i);
    rowStart.push(columnIndex.length);
  }
  const pattern = { rowStart, columnIndex };
  const x = Float64Array.of(2, 1, -3, 0.5, 4, 1.5);
  const star = [[0], [1, 2, 3, 4, 5]];
  /** Gradient of x_0 Σ_{j>0} x_j²/2 + x_0³: its Hessian is an arrow. */
  const arrow = (at: Float64Array) =>
    at.map((value, j) =>
      j > 0 ? at[0] * value : at.slice(1).reduce((sum, other) => sum + other ** 2 / 2, 3 * at[0] ** 2),
    );

  test('two star groups recover its symmetric matrix at 5 gradients, the first row from the first column', () => {
    const { values, report } = now(groupedHessian(arrow, x, star, pattern));
    const exact = [12, 1, -3, 0.5, 4, 1.5, 1, 2, -3, 2, 0.5, 2, 4, 2, 1.5, 2];
    values.forEach((value, e) => {
      expect(value).toBeCloseTo(exact[e], 7);
    });
    expect(report.evaluations).toBe(5);
  });

  test('entries of a Jacobian that the groups do not separate are NaN', () => {
    const { values } = now(groupedJacobian(arrow, x, star, pattern));
    expect([...values.keys()].filter((e) => Number.isNaN(values[e]))).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a sparse Jacobian from groups', () => {
  const size = 30;
  const { groups, ...pattern } = tridiagonal(size);
  const residual = (x: Float64Array) =>
    x.map((value, i) => (3 - 2 * value) * value - (x[i - 1] ?? 0) - 2 * Math.sqrt(x[i + 1] ?? 0) + 1);
  const spread = (decades: number) =>
    Float64Array.from({ length: size }, (_, j) => 10 ** ((j % decades) - 3) * (1 + j / 10));
  const x = spread(3);

  test.each([
    ['forward', 3, 6],
    ['central', 3, 7],
    ['richardson', 3, 13],
    // Elements next to nothing beside their neighbours are tried at longer steps, all of a group at once.
    ['forward', 7, 12],
    ['central', 7, 19],
    ['richardson', 7, 37],
  ] as const)(
    '%s, %i decades: every entry has the bits of its dense column, at %i evaluations',
    (scheme, decades, calls) => {
      const x = spread(decades);
      const { values, report } = now(groupedJacobian(residual, x, groups, pattern, { scheme }));
      expect(report.evaluations).toBe(calls);
      jacobian(
        residual,
        x,
        (j, column) => {
          for (let i = 0; i < size; i++) {
            for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
              if (pattern.columnIndex[e] === j) expect(values[e]).toBe(column[i]);
            }
          }
        },
        { scheme },
      );
    },
  );

  test('a column at a bound goes one-sided among central ones, at one more evaluation', () => {
    const leaves = [{ start: 0, end: size, upper: Array.from(x, (value, j) => (j === 4 ? value : 1e9)) }];
    const visited: number[] = [];
    const oracle = (at: Float64Array) => {
      visited.push(at[4]);
      return residual(at);
    };
    const { values, report } = now(groupedJacobian(oracle, x, groups, pattern, { leaves }));
    expect(report.evaluations).toBe(7);
    expect(Math.max(...visited)).toBe(x[4]);
    const entry = pattern.columnIndex.findIndex((j, e) => j === 4 && e >= pattern.rowStart[4]);
    expect(Math.abs(values[entry] / (3 - 4 * x[4]) - 1)).toBeLessThan(1e-8);
  });

  test('a column that meets a value that is not finite is taken alone', () => {
    const at = x.slice();
    at[4] = 0;
    const { values, report } = now(
      groupedJacobian((y) => residual(y).map((r, i) => (i === 4 && y[4] > 0 ? Number.NaN : r)), at, groups, pattern, {
        scheme: 'forward',
        leaves: [{ start: 0, end: size, magnitude: 1 }],
      }),
    );
    expect(report.notFinite).toEqual([]);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
