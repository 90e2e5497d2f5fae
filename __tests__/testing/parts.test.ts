/** The parts of a check alone: layouts, directions, flat vectors, the exponent of a remainder, and reports as text. */

import { describe, expect, test } from '@jest/globals';
import { NdArray } from 'cotangent';
import {
  type CheckName,
  formatReport,
  type GradientReport,
  isWrong,
  totalCalls,
  type Verdict,
  verdicts,
} from 'cotangent/testing';
import { arraysOf, flatten, isMisfit, layoutOf, readResult, rounded, slotAt } from '../../src/testing/check/layout.js';
import { type LinearMap, locate } from '../../src/testing/check/locate.js';
import { directions, masked, scaled } from '../../src/testing/check/seeds.js';
import { judgeTaylor, slopeOf } from '../../src/testing/check/taylor.js';
import {
  combine,
  gap,
  identical,
  minus,
  norm,
  pair,
  quantile,
  rootMeanSquare,
} from '../../src/testing/check/vectors.js';

type Arrays = readonly (readonly [path: string, array: NdArray<'float64' | 'float32' | 'float16' | 'complex128'>])[];
const layout = (arrays: Arrays) =>
  layoutOf(
    arrays.map(([path, { dtype }]) => ({ path, steps: [path], dtype, pattern: 'any', shape: undefined })) as never,
    arrays.map(([, array]) => array) as never,
  );
const vector = (n: number) =>
  new NdArray(
    'float64',
    [n],
    Float64Array.from({ length: n }, (_, k) => k + 0.1),
  );
const mixed: Arrays = [
  ['a', new NdArray('float64', [2, 2], new Float64Array([0.1, 2, 3, 4]))],
  ['none', new NdArray('float64', [0, 5], new Float64Array(0))],
  ['b', new NdArray('float32', [], new Float32Array([0.1]))],
  ['c', new NdArray('float16', [2], new Float32Array([0.5, 2]))],
];

describe('a layout', () => {
  const found = layout(mixed);

  test('lays arrays end to end, empty ones too', () => {
    expect(found.slots.map(({ path, start, end }) => [path, start, end])).toEqual([
      ['a', 0, 4],
      ['none', 4, 4],
      ['b', 4, 5],
      ['c', 5, 7],
    ]);
    expect(found).toMatchObject({ length: 7, parts: 1 });
  });

  test('arraysOf(flatten(arrays)) = arrays', () => {
    const back = arraysOf(found, flatten(found, mixed.map(([, array]) => array) as never));
    expect(back.map(({ dtype, shape, data }) => [dtype, shape, [...data]])).toEqual(
      mixed.map(([, { dtype, shape, data }]) => [dtype, shape, [...data]]),
    );
  });

  test('rounds each entry to what its array can hold', () => {
    const flat = rounded(found, new Float64Array(7).fill(1 / 3));
    expect([...flat]).toEqual([1 / 3, 1 / 3, 1 / 3, 1 / 3, Math.fround(1 / 3), 0.333251953125, 0.333251953125]);
  });

  test('knows the array of an entry, never an empty one', () => {
    expect([0, 3, 4, 5, 6].map((i) => slotAt(found, i).path)).toEqual(['a', 'a', 'b', 'c', 'c']);
  });

  test('of complex arrays has two parts for each element', () => {
    const z = layout([['z', new NdArray('complex128', [3], new Float64Array(6))]]);
    expect(z).toMatchObject({ length: 6, parts: 2 });
  });

  const good = {
    a: [
      [1, 2],
      [3, 4],
    ],
    none: new NdArray('float64', [0, 5], new Float64Array(0)),
    b: 5,
    c: [6, 7],
  };
  test('reads the results that fit it', () => {
    expect(readResult(found, 'r', good)).toEqual(new Float64Array([1, 2, 3, 4, 5, 6, 7]));
  });

  test.each([
    ['a missing path', { c: undefined }, 'wrong dtype'],
    ['a path too many', { d: 1 }, 'wrong keys'],
    ['another shape', { a: [1, 2, 3, 4] }, 'wrong shape'],
    ['another rank', { b: [5] }, 'wrong shape'],
    ['a complex number', { b: { re: 1, im: 0 } }, 'wrong dtype'],
    ['text', { b: 'five' }, 'wrong dtype'],
    ['a ragged list', { a: [[1, 2], [3]] }, 'wrong dtype'],
  ] as const)('says what is wrong with %s', (_name, part, verdict) => {
    const result = readResult(found, 'r', { ...good, ...part });
    expect(isMisfit(result) && result.verdict).toBe(verdict);
  });
});

describe('directions', () => {
  const two = layout([
    ['x', vector(50)],
    ['y', vector(30)],
  ]);

  test('have entries of both signs with sizes from 1/2 to 1', () => {
    const u = directions(two, 5, 'tangent');
    expect(u.every((value) => Math.abs(value) >= 0.5 && Math.abs(value) <= 1)).toBe(true);
    expect(new Set(u.map(Math.sign))).toEqual(new Set([1, -1]));
    expect(new Set(u).size).toBe(80);
  });

  test('of an array depend on the seed, the purpose and its path alone', () => {
    const alone = layout([['y', vector(30)]]);
    const last = directions(two, 5, 'tangent').slice(50);
    expect(directions(alone, 5, 'tangent')).toEqual(last);
    expect(directions(alone, 6, 'tangent')).not.toEqual(last);
    expect(directions(alone, 5, 'cotangent')).not.toEqual(last);
  });

  test('may be scaled and masked', () => {
    expect([...scaled(new Float64Array([1, 2, 3]), (i) => i)]).toEqual([0, 2, 6]);
    expect([...masked(new Float64Array([1, 2, 3, 4]), 1, 3)]).toEqual([0, 2, 3, 0]);
    expect([...masked(new Float64Array([1, 2]), 1, 1)]).toEqual([0, 0]);
  });
});

describe('flat vectors', () => {
  const of = (...values: number[]) => new Float64Array(values);

  test.each([1, 1e-200, 1e200, 1e-320])('‖(3s, 4s)‖ = 5s at s = %p', (s) => {
    expect(norm(of(3 * s, 4 * s)) / s).toBeCloseTo(5, s < 1e-300 ? 2 : 12);
  });

  test('norms know infinity, NaN, zero and nothing', () => {
    expect([norm(of(1, Infinity)), norm(of(1, Number.NaN)), norm(of(0, 0)), norm(of())]).toEqual([
      Infinity,
      Number.NaN,
      0,
      0,
    ]);
    expect([rootMeanSquare(of()), rootMeanSquare(of(3, 3, 3, 3)), rootMeanSquare(of(9, 2, 2), 1, 3)]).toEqual([
      0, 3, 2,
    ]);
  });

  test('Σ a·b, where a zero of a asks for nothing of b', () => {
    expect(pair(of(1, 0, 2), of(3, Number.NaN, 4), 1)).toEqual({ re: 11, im: 0, size: 11 });
    expect(pair(of(1, 2, 0, 0), of(3, -1, Infinity, 0), 2)).toMatchObject({ re: 5, im: 5 });
    expect(gap({ re: 4, im: 1, size: 0 }, { re: 1, im: 5, size: 0 })).toBe(5);
  });

  test('combine, subtract, and are the same', () => {
    expect([...combine(2, of(1, 2), -1, of(3, 5))]).toEqual([-1, -1]);
    expect([...minus(of(1, 2), of(3, 5))]).toEqual([-2, -3]);
    expect(identical(of(1, Number.NaN), of(1, Number.NaN))).toBe(true);
    expect([identical(of(1), of(1, 2)), identical(of(1, 2), of(1, 3)), identical(of(Number.NaN), of(1))]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('quantiles leave out what is not finite', () => {
    expect([quantile(of(3, 1, Number.NaN, 2), 0.5), quantile(of(3, 1, 2), 1), quantile(of(Infinity), 0.5)]).toEqual([
      2, 3, 0,
    ]);
  });
});

describe('the exponent of a remainder', () => {
  const points = (power: number, floor = 0) =>
    [1e-3, 1e-2, 1e-1].map((t) => ({ t, remainder: 7 * t ** power + floor, change: t, floor }));

  test.each([1, 2, 3, 0.5])('of 7·t^%p is found', (power) => {
    expect(slopeOf(points(power))).toBeCloseTo(power, 10);
  });

  test('is none where all is rounding', () => {
    expect(slopeOf(points(2, 1))).toBeNaN();
  });

  test.each([
    [2, 'ok', 'ok'],
    [1, 'wrong derivative', 'wrong derivative'],
    [1, 'ok', 'ok'],
    [1, 'finite differences cannot tell', 'finite differences cannot tell'],
    [0.5, 'wrong derivative', 'finite differences cannot tell'],
    [Number.NaN, 'wrong derivative', 'ok'],
  ] as const)('%p, where differences say %s, says %s', (slope, differences, verdict) => {
    expect(judgeTaylor(slope, differences).verdict).toBe(verdict);
  });
});

describe('the search for an element in which two matrices differ', () => {
  const [m, n] = [37, 53];
  const [of, wrt] = [layout([['p', vector(m)]]), layout([['x', vector(n)]])];
  const [u, w] = [directions(wrt, 3, 'u'), directions(of, 3, 'w')];
  const entry = (i: number, j: number) => Math.sin(i * 7 + j * 3);
  type Change = readonly [i: number, j: number, by: number];
  const map = (
    name: LinearMap['name'],
    ways: 'f' | 'b' | 'fb',
    cost: number,
    changes: readonly Change[],
  ): LinearMap => {
    const at = (i: number, j: number) =>
      changes.reduce((sum, [p, q, by]) => (p === i && q === j ? sum + by : sum), entry(i, j));
    const forward = async (t: Float64Array) =>
      Float64Array.from({ length: m }, (_, i) => t.reduce((sum, v, j) => (v === 0 ? sum : sum + at(i, j) * v), 0));
    const backward = async (c: Float64Array) =>
      Float64Array.from({ length: n }, (_, j) => c.reduce((sum, v, i) => (v === 0 ? sum : sum + at(i, j) * v), 0));
    return { name, cost, ...(ways.includes('f') ? { forward } : {}), ...(ways.includes('b') ? { backward } : {}) };
  };
  const kinds = [
    ['jvp', 'f', 1, 'jacobian', 'fb', 0],
    ['jacobian', 'fb', 0, 'vjp', 'b', 1],
    ['jvp', 'f', 1, 'vjp', 'b', 1],
    ['differences', 'f', 4, 'vjp', 'b', 1],
    ['jvp', 'f', 1, 'differences', 'f', 4],
  ] as const;
  const changes: readonly (readonly Change[])[] = [
    [[0, 0, 1]],
    [[36, 52, -1e-3]],
    [[17, 31, Number.NaN]],
    [[5, 52, Number.POSITIVE_INFINITY]],
    [
      [30, 2, 1],
      [4, 50, 1],
    ],
    [
      [8, 8, 2],
      [8, 9, -2],
      [9, 8, 1],
    ],
  ];

  test.each(
    kinds.flatMap((kind) =>
      changes.flatMap((list) => [0, 1].map((side) => [kind[0], kind[3], list.join(' | '), side, kind, list] as const)),
    ),
  )(
    'of %s and %s finds one of %s, whichever of the two is off (%d), within its calls',
    async (_a, _b, _text, side, [a, ways, cost, b, otherWays, otherCost], list) => {
      const first = map(a, ways, cost, side === 0 ? list : []);
      const second = map(b, otherWays, otherCost, side === 1 ? list : []);
      const back = first.backward && second.backward;
      const seen = {
        a: (back ? await first.backward!(w) : await first.forward!(u))!,
        b: (second.forward && !back ? await second.forward(u) : await second.backward!(w))!,
      };
      const off = Array.from({ length: m }, (_, i) => Math.abs(seen.a[i]! - seen.b[i]!));
      const worst = off.findIndex((value) => !Number.isFinite(value));
      const row = worst >= 0 ? worst : off.indexOf(Math.max(...off));
      const purse = { left: 60 };
      const place = await locate({ a: first, b: second, u, w, seen, entry: row, halving: true }, of, wrt, purse);
      expect(place!.rows.to - place!.rows.from).toBe(1);
      expect(place!.columns.to - place!.columns.from).toBe(1);
      expect(list.map(([i, j]) => [i, j])).toContainEqual([place!.rows.from, place!.columns.from]);
      expect(purse.left).toBeGreaterThanOrEqual(0);
    },
  );

  test('ends where a product fails', async () => {
    const mute: LinearMap = { name: 'jvp', cost: 1, forward: async () => undefined };
    const seen = { a: new Float64Array(m).fill(1), b: new Float64Array(m) };
    expect(await locate({ a: mute, b: mute, u, w, seen, entry: 0 }, of, wrt, { left: 9 })).toBeUndefined();
  });
});

describe('a report as text', () => {
  const names = Object.keys(verdicts) as Verdict[];
  const checks: readonly CheckName[] = [
    'evaluation',
    'contract',
    'zero seed',
    'linearity',
    'adjoint',
    'consistency',
    'differences',
    'taylor',
  ];
  const report = (verdict: Verdict): GradientReport => ({
    component: 'Wing',
    ok: !isWrong(verdict),
    certain: verdict !== 'finite differences cannot tell',
    verdict,
    seed: 42,
    endpoints: [
      { endpoint: 'jvp', source: 'push()', checked: true },
      { endpoint: 'vjp', source: 'vjpFromApply', checked: false, reason: 'not asked for' },
    ],
    checks: checks.map((name) => ({ name, endpoints: ['jvp'], verdict, message: `About ${name}.` })),
    blocks: [{ of: 'lift', wrt: 'span', shape: { of: [], wrt: [] }, verdict }],
    faults: isWrong(verdict)
      ? [
          {
            code: 'E_GRADIENT_MISMATCH',
            verdict,
            endpoints: ['jvp'],
            of: 'lift',
            wrt: 'span',
            ofIndex: [],
            wrtIndex: [],
            among: 1,
            values: {},
            error: 1.3e-7,
            message: 'Here.',
          },
        ]
      : [],
    calls: { check: { apply: 7, jvp: 4 }, search: isWrong(verdict) ? { jvp: 3 } : {}, pictures: {} },
  });

  test.each(names)('of "%s" has its mark, its sentence, all checks and the calls', (verdict) => {
    const mark = verdict === 'ok' ? '✓' : verdict === 'skipped' ? '-' : isWrong(verdict) ? '✗' : '?';
    const lines = formatReport(report(verdict)).split('\n');
    expect(lines[0]).toBe(
      `${mark} Wing: ${verdict}. ${verdict === 'ok' ? 'The derivatives are those of apply.' : verdicts[verdict].text}`,
    );
    expect(lines.slice(1, 9)).toEqual(checks.map((name) => `  ${mark} ${name.padEnd(11)} About ${name}.`));
    expect(lines[9]).toBe('  - vjp (vjpFromApply) was not checked: not asked for.');
    expect(lines.slice(10)).toEqual(
      isWrong(verdict)
        ? [
            '  ✗ Here. Differences are within 1.3e-7.',
            `  ✗ d(lift)/d(span): ${verdict}`,
            '  11 calls, and 3 to find the fault; seed 42.',
          ]
        : ['  11 calls; seed 42.'],
    );
  });

  test('counts the calls of all endpoints', () => {
    expect([totalCalls({}), totalCalls({ apply: 2, vjp: 3 })]).toEqual([0, 5]);
  });
});
