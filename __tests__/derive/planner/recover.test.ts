/** Jacobians recovered by plan, straight from products: the calls counted, the values in closed form. */
import { describe, expect, test } from '@jest/globals';
import { NdArray } from '../../../src/array/ndarray.js';
import { drive } from '../../../src/derive/drive.js';
import type { Behind } from '../../../src/derive/planner/behind.js';
import { CallCosts, timed } from '../../../src/derive/planner/costs.js';
import { jobOf } from '../../../src/derive/planner/job.js';
import type { ProductsOptions } from '../../../src/derive/planner/options.js';
import { planOf, type Recovered, recoverJacobian } from '../../../src/derive/planner/recover.js';
import { seeded } from '../../../src/derive/random.js';
import { toDense } from '../../../src/derive/sparsity/sparseMatrix.js';
import type { Arrays, SeededPoint, Variable } from '../../../src/operators/endpoints.js';

/** A map of a vector to a vector, and its products. */
interface Map_ {
  readonly n: number;
  readonly m: number;
  readonly f?: (x: Float64Array) => Float64Array;
  readonly jvp?: (x: Float64Array, t: Float64Array) => Float64Array;
  readonly vjp?: (x: Float64Array, c: Float64Array) => Float64Array;
}

const vector = (path: string, size: number): Variable => ({
  path,
  steps: [{ kind: 'field', name: path }],
  dtype: 'float64',
  pattern: [size],
  shape: [size],
});

const wrap = (path: string, data: Float64Array): Arrays =>
  ({ [path]: new NdArray('float64', [data.length], data) }) as Arrays;

function setUp(
  map: Map_,
  x: Float64Array,
  options: ProductsOptions,
  behind: Partial<Behind> = {},
  signal?: AbortSignal,
) {
  const calls = { apply: 0, jvp: 0, vjp: 0 };
  const warnings: string[] = [];
  const around: Behind = {
    component: 'Map',
    traits: {},
    known: new Map(),
    warn: (text) => warnings.push(text),
    apart: () => ({ evaluate }),
    ...behind,
  };
  const at = (inputs: object) => (inputs as { x: NdArray }).x.data;
  const evaluate = (inputs: object) => {
    calls.apply++;
    return { y: map.f!(at(inputs)) };
  };
  const { jvp, vjp } = map;
  const jobAt = (point: Float64Array) =>
    jobOf({
      rule: 'test',
      point: {
        inputs: { x: new NdArray('float64', [map.n], point) },
        of: [vector('y', map.m)],
        wrt: [vector('x', map.n)],
        options: { signal },
      },
      bases: {
        jvp:
          jvp &&
          (({ inputs, seed }: SeededPoint) => {
            calls.jvp++;
            return wrap('y', jvp(at(inputs), seed['x'].data as Float64Array));
          }),
        vjp:
          vjp &&
          (({ inputs, seed }: SeededPoint) => {
            calls.vjp++;
            return wrap('x', vjp(at(inputs), seed['y'].data as Float64Array));
          }),
      },
      options,
      behind: around,
      shapes: ({ of }) => of,
    });
  const recover = (point = x): Recovered => drive(recoverJacobian(jobAt(point))) as Recovered;
  const plan = (point = x) => (drive(planOf(jobAt(point))) as { plan: Recovered['plan'] }).plan;
  return { calls, warnings, recover, plan };
}

/** y_i = Σ over the band of (1 + x_j)·a(i, j)·x_j, so that J_ij = a(i, j)·(1 + 2·x_j). */
function banded(
  n: number,
  lower: number,
  upper: number,
): Map_ & { entry: (x: Float64Array, i: number, j: number) => number } {
  const a = (i: number, j: number) => 1 + ((7 * i + 3 * j) % 11);
  const each = (take: (i: number, j: number) => void) => {
    for (let i = 0; i < n; i++) for (let j = Math.max(0, i - lower); j <= Math.min(n - 1, i + upper); j++) take(i, j);
  };
  const sum = (term: (i: number, j: number) => number, turned = false) => {
    const y = new Float64Array(n);
    each((i, j) => {
      y[turned ? j : i] += term(i, j);
    });
    return y;
  };
  const entry = (x: Float64Array, i: number, j: number) => a(i, j) * (1 + 2 * x[j]);
  return {
    n,
    m: n,
    entry,
    f: (x) => sum((i, j) => a(i, j) * x[j] * (1 + x[j])),
    jvp: (x, t) => sum((i, j) => entry(x, i, j) * t[j]),
    vjp: (x, c) => sum((i, j) => entry(x, i, j) * c[i], true),
  };
}

const ramp = (n: number) => Float64Array.from({ length: n }, (_, k) => ((k % 13) - 6) / 8 + 0.03);

function expectBand({ matrix }: Recovered, map: ReturnType<typeof banded>, x: Float64Array): void {
  const { pattern, values } = matrix!;
  for (let i = 0; i < pattern.rows; i++) {
    for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
      expect(values[e]).toBe(map.entry(x, i, pattern.columnIndex[e]));
    }
  }
}

describe('calls, predicted and made', () => {
  test('a tridiagonal Jacobian of 10,000 takes 3 pushforwards and one that checks', () => {
    const map = banded(10_000, 1, 1);
    const x = ramp(map.n);
    const { calls, recover, plan, warnings } = setUp({ ...map, vjp: undefined }, x, { sparsity: { band: [1, 1] } });
    expect(plan()).toMatchObject({ method: 'colored columns', calls: { jvp: 4 }, verification: 1, lowerBound: 3 });
    const found = recover();
    expect(calls).toEqual({ apply: 0, jvp: 4, vjp: 0 });
    expect(found.matrix!.values).toHaveLength(29_998);
    expect(warnings).toEqual([]);
    const { pattern, values } = found.matrix!;
    let wrong = 0;
    for (let i = 0; i < 10_000; i++)
      for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++)
        if (values[e] !== map.entry(x, i, pattern.columnIndex[e])) wrong++;
    expect(wrong).toBe(0);
  });

  test('a band of 5 below and 1 above takes 7 pushforwards and one that checks', () => {
    const map = banded(300, 5, 1);
    const { calls, recover } = setUp({ ...map, vjp: undefined }, ramp(300), { sparsity: { band: [5, 1] } });
    expectBand(recover(), map, ramp(300));
    expect(calls.jvp).toBe(8);
  });

  test('by rows it is the same', () => {
    const map = banded(300, 5, 1);
    const { calls, recover, plan } = setUp({ ...map, jvp: undefined }, ramp(300), { sparsity: { band: [5, 1] } });
    expect(plan()).toMatchObject({ method: 'colored rows', calls: { vjp: 8 } });
    expectBand(recover(), map, ramp(300));
    expect(calls).toEqual({ apply: 0, jvp: 0, vjp: 8 });
  });

  test('an arrow of 1,000 takes 3 products of both kinds and one that checks', () => {
    const n = 1000;
    const map: Map_ = {
      n,
      m: n,
      jvp: (_, t) =>
        Float64Array.from(t, (one, i) =>
          i === 0 ? t.reduce((s, v, j) => s + (j + 1) * v, 0) : (i + 2) * t[0] + (i + 3) * one,
        ),
      vjp: (_, c) =>
        Float64Array.from(c, (one, j) =>
          j === 0 ? c[0] + c.reduce((s, v, i) => s + (i > 0 ? (i + 2) * v : 0), 0) : (j + 1) * c[0] + (j + 3) * one,
        ),
    };
    const pairs = [...Array(n).keys()].flatMap(
      (k) =>
        [
          [0, k],
          [k, 0],
          [k, k],
        ] as [number, number][],
    );
    const { calls, recover, plan } = setUp(map, ramp(n), { sparsity: { pairs } });
    expect(plan()).toMatchObject({ method: 'bidirectional', verification: 1 });
    const { matrix } = recover();
    expect(calls.jvp + calls.vjp).toBe(4);
    const { pattern, values } = matrix!;
    let wrong = 0;
    for (let i = 0; i < n; i++)
      for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
        const j = pattern.columnIndex[e];
        const expected = i === 0 ? j + 1 : j === 0 ? i + 2 : i + 3;
        if (values[e] !== expected) wrong++;
      }
    expect(wrong).toBe(0);
    expect(plan().calls).toEqual({ jvp: calls.jvp, vjp: calls.vjp });
  });

  const linear = (n: number, m: number): Map_ => ({
    n,
    m,
    jvp: (_, t) => Float64Array.from({ length: m }, (_one, i) => t.reduce((s, v, j) => s + (i + 2 * j + 1) * v, 0)),
    vjp: (_, c) => Float64Array.from({ length: n }, (_one, j) => c.reduce((s, v, i) => s + (i + 2 * j + 1) * v, 0)),
  });

  test.each([
    ['one row of 10,000', 1, 10_000, {}, { apply: 0, jvp: 0, vjp: 1 }],
    ['one column of 10,000', 10_000, 1, {}, { apply: 0, jvp: 1, vjp: 0 }],
    [
      'one row of 5 where a vjp is told to cost as much as a jvp',
      1,
      5,
      { costs: { jvp: 1, vjp: 1 } },
      { apply: 0, jvp: 0, vjp: 1 },
    ],
    [
      'one row of 5 where a vjp is told to cost ten jvps',
      1,
      5,
      { costs: { jvp: 1, vjp: 10 } },
      { apply: 0, jvp: 5, vjp: 0 },
    ],
  ] as const)('of %s the cheaper direction is taken', (_name, m, n, options, expected) => {
    const { calls, recover, plan } = setUp(linear(n, m), new Float64Array(n), options);
    const promised = plan().calls;
    const { matrix } = recover();
    expect(calls).toEqual(expected);
    expect({ apply: 0, jvp: 0, vjp: 0, ...promised }).toEqual(expected);
    expect(matrix!.values[m * n - 1]).toBe(m - 1 + 2 * (n - 1) + 1);
  });

  test('a direction that was measured to be ten times dearer is not taken', () => {
    let now = 0;
    const costs = new CallCosts(() => now);
    const request = { inputs: {}, of: [], wrt: [], seed: {} };
    const taking = (milliseconds: number) => () => {
      now += milliseconds;
      return {};
    };
    const measure = (product: 'jvp' | 'vjp', milliseconds: number) => {
      for (let k = 0; k < 3; k++) timed<'jvp' | 'vjp'>(product, taking(milliseconds), costs)(request);
    };
    const { plan } = setUp(linear(5, 1), new Float64Array(5), {}, { costs });
    expect(plan().calls).toEqual({ vjp: 1 });
    measure('jvp', 3);
    expect(plan().calls).toEqual({ vjp: 1 });
    measure('vjp', 30);
    expect(plan().calls).toEqual({ jvp: 5 });
  });

  test('a sweep stops at the signal of its caller, in its check and in a search, too', () => {
    for (const after of [1, 2, 3, 4, 9]) {
      const stop = new AbortController();
      const map = banded(100, 1, 1);
      const counted = { n: 0 };
      const jvp = (x: Float64Array, t: Float64Array) => {
        if (++counted.n === after) stop.abort(new Error('enough'));
        return map.jvp!(x, t);
      };
      const { recover } = setUp({ n: 100, m: 100, jvp }, ramp(100), { sparsity: { band: [0, 1] } }, {}, stop.signal);
      expect(recover).toThrow('enough');
      expect(counted.n).toBe(after);
    }
  });

  test('2-D stencils of 32 × 32: 5 groups of five points', () => {
    const cross = { stencil: { shape: [32, 32], offsets: 'cross' } } as const;
    const five = setUp({ n: 1024, m: 1024, jvp: (_, t) => t }, ramp(1024), { sparsity: cross });
    expect(five.plan().columns!.groups).toBe(5);
  });
});

describe('a pattern that is not right', () => {
  test('one entry that is missing from a declaration is found every time, and no wrong number is given', () => {
    const map = banded(400, 1, 1);
    const x = ramp(400);
    for (let k = 0; k < 100; k++) {
      const i = (37 * k) % 399;
      const pairs: [number, number][] = [];
      for (let row = 0; row < 400; row++)
        for (let j = Math.max(0, row - 1); j <= Math.min(399, row + 1); j++)
          if (row !== i || j !== i + 1) pairs.push([row, j]);
      const { calls, recover, warnings } = setUp({ ...map, vjp: undefined }, x, { sparsity: { pairs } });
      const found = recover();
      expect(warnings).toHaveLength(1);
      expect(found.plan.patternSource).toBe('extended');
      expect(calls.jvp).toBeLessThan(200);
      const { pattern, values } = found.matrix!;
      let wrong = 0;
      for (let row = 0; row < 400; row++)
        for (let e = pattern.rowStart[row]; e < pattern.rowStart[row + 1]; e++) {
          const j = pattern.columnIndex[e];
          if (values[e] !== (Math.abs(row - j) <= 1 ? map.entry(x, row, j) : 0)) wrong++;
        }
      expect(wrong).toBe(0);
      const again = calls.jvp;
      recover();
      expect(calls.jvp - again).toBeLessThanOrEqual(6);
      expect(warnings).toHaveLength(1);
    }
  });

  test('by rows, too', () => {
    const map = banded(200, 1, 1);
    const { recover, warnings } = setUp({ ...map, jvp: undefined }, ramp(200), { sparsity: { band: [0, 1] } });
    const found = recover();
    expect(warnings.length).toBeGreaterThan(0);
    const full = new Map<string, number>();
    const { pattern, values } = found.matrix!;
    if (pattern.structure?.kind === 'dense') {
      for (let e = 0; e < values.length; e++)
        if (values[e] !== 0) full.set(`${Math.floor(e / 200)},${e % 200}`, values[e]);
    } else {
      for (let i = 0; i < 200; i++)
        for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++)
          if (values[e] !== 0) full.set(`${i},${pattern.columnIndex[e]}`, values[e]);
    }
    for (let i = 0; i < 200; i++)
      for (let j = Math.max(0, i - 1); j <= Math.min(199, i + 1); j++) {
        const entry = map.entry(ramp(200), i, j);
        if (entry !== 0) expect(full.get(`${i},${j}`)).toBe(entry);
      }
  });

  test('a Jacobian that is dense is given up for its columns, with a warning', () => {
    const n = 100;
    const map: Map_ = {
      n,
      m: n,
      jvp: (_, t) => Float64Array.from(t, (_v, i) => t.reduce((s, v, j) => s + (i + j + 1) * v, 0)),
    };
    const { recover, warnings, calls, plan } = setUp(map, ramp(n), { sparsity: 'diagonal' });
    const { matrix } = recover();
    expect(matrix!.values).toEqual(Float64Array.from({ length: n * n }, (_, e) => Math.floor(e / n) + (e % n) + 1));
    expect(warnings).toHaveLength(1);
    expect(calls.jvp).toBeLessThanOrEqual(2 + n / 2 + n);
    expect(plan().method).toBe('columns');
  });
});

describe('detection', () => {
  test('of a tridiagonal of 10,000 takes at most 250 applies and misses nothing', () => {
    const n = 10_000;
    // Broyden's tridiagonal function.
    const f = (z: Float64Array) => z.map((one, i) => (3 - 2 * one) * one - (z[i - 1] ?? 0) - 2 * (z[i + 1] ?? 0) + 1);
    const jvp = (z: Float64Array, t: Float64Array) =>
      t.map((one, i) => (3 - 4 * z[i]) * one - (t[i - 1] ?? 0) - 2 * (t[i + 1] ?? 0));
    const x = ramp(n);
    const { calls, recover, plan, warnings } = setUp({ n, m: n, f, jvp }, x, { sparsity: 'detect' });
    const promised = plan();
    expect(calls.jvp).toBe(0);
    expect(calls.apply).toBeLessThanOrEqual(250);
    const { matrix } = recover();
    expect(calls.jvp).toBe(promised.calls.jvp);
    expect(warnings).toEqual([]);
    expect(matrix!.pattern.columnIndex.length).toBeLessThan(29_998 + 5);
    const applies = calls.apply;
    recover(x.map((one) => one / 2));
    expect(calls.apply).toBe(applies);
  });

  /** Each loses a NaN, or moves it: `at` is its value at x, and its author says that its derivative is `slope`. */
  const traps = {
    'x > 0 ? x * x : 1': { at: (v: number) => (v > 0 ? v * v : 1), slope: (v: number) => (v > 0 ? 2 * v : 0) },
    'x | 0': { at: (v: number) => ((1e6 * v) | 0) / 1e6, slope: () => 1 },
    'x ** 0': { at: (v: number) => v ** 0, slope: (v: number) => v },
  };

  test.each(Object.entries(traps))(
    'that %s swallows is caught by the check, 100 times in 100',
    (_name, { at, slope }) => {
      const n = 90;
      for (let k = 0; k < 100; k++) {
        const random = seeded(k + 1);
        const x = Float64Array.from({ length: n }, () => 0.5 + random.uniform());
        const shift = 1 + (k % 7);
        // Output i has its own input plainly, and another one through the trap.
        const map: Map_ = {
          n,
          m: n,
          f: (z) => z.map((one, i) => 3 * one + at(z[(i + shift) % n])),
          jvp: (z, t) => t.map((one, i) => 3 * one + slope(z[(i + shift) % n]) * t[(i + shift) % n]),
        };
        const { recover, warnings } = setUp(map, x, { sparsity: 'detect' });
        const { matrix } = recover();
        expect(warnings.length).toBeGreaterThan(0);
        const full = toDense(matrix!);
        let wrong = 0;
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            const expected = (i === j ? 3 : 0) + (j === (i + shift) % n ? slope(x[j]) : 0);
            if (full[i * n + j] !== expected) wrong++;
          }
        expect(wrong).toBe(0);
      }
    },
  );

  test('that a sort moves is caught by the check, 100 times in 100', () => {
    const n = 90;
    for (let k = 0; k < 100; k++) {
      const random = seeded(k + 1);
      const x = Float64Array.from({ length: n }, () => random.normal());
      const order = [...x.keys()].sort((a, b) => x[a] - x[b]);
      const map: Map_ = { n, m: n, f: (z) => z.slice().sort(), jvp: (_, t) => Float64Array.from(order, (j) => t[j]) };
      const { matrix } = setUp(map, x, { sparsity: 'detect' }).recover();
      const full = toDense(matrix!);
      expect(full.every((value, e) => value === (order[Math.floor(e / n)] === e % n ? 1 : 0))).toBe(true);
    }
  });

  test('of an apply that refuses NaN asks the product instead', () => {
    const map = banded(200, 1, 1);
    const f = (x: Float64Array): Float64Array => {
      if (x.some(Number.isNaN)) throw new Error('no number');
      return map.f!(x);
    };
    const { calls, recover, warnings } = setUp({ ...map, f, vjp: undefined }, ramp(200), { sparsity: 'detect' });
    expectBand(recover(), map, ramp(200));
    expect(calls.apply).toBeLessThan(5);
    expect(warnings).toEqual([]);
  });
});
