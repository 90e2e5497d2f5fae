/** What sweeps cost, what they perturb, and what they do at the edges of a domain. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jvp } from '../../../src/derive/difference/directional.js';
import { jacobian, type SweepSetting, vjp } from '../../../src/derive/difference/jacobian.js';
import { type Precision, precisions, roundInward } from '../../../src/derive/difference/precision.js';
import { nothing } from '../../../src/derive/difference/sampling.js';
import type { Scheme } from '../../../src/derive/difference/scheme.js';
import type { Leaf, Setting } from '../../../src/derive/difference/step.js';

/** y = (Σ sin x_j, x_0 x_1, exp x_2): three outputs of n ≥ 3 inputs. */
const three = (x: Float64Array): Float64Array =>
  Float64Array.of(
    x.map(Math.sin).reduce((a, b) => a + b),
    x[0] * x[1],
    Math.exp(x[2]),
  );

const threeExact = (x: Float64Array, j: number): number[] => [
  Math.cos(x[j]),
  j === 0 ? x[1] : j === 1 ? x[0] : 0,
  j === 2 ? Math.exp(x[2]) : 0,
];

function recording(f: (x: Float64Array) => Float64Array) {
  const visited: Float64Array[] = [];
  const oracle = (x: Float64Array): Float64Array => {
    visited.push(x.slice());
    return f(x);
  };
  return { visited, oracle };
}

function columns(f: (x: Float64Array) => Float64Array, x: Float64Array, setting: SweepSetting = {}) {
  const { visited, oracle } = recording(f);
  const found = new Map<number, Float64Array>();
  const errors = new Map<number, Float64Array>();
  const report = jacobian(
    oracle,
    x,
    (j, column, error) => {
      found.set(j, column);
      if (error) errors.set(j, error);
    },
    setting,
  );
  if ('then' in report) throw new Error('a sync oracle gave a promise');
  return { found, errors, report, visited };
}

const x5 = Float64Array.of(0.3, -1.7, 0.9, 2.2, -0.4);

describe('a sweep over n = 5 columns of 3 outputs', () => {
  const costs: readonly [Scheme, boolean, number, number][] = [
    ['forward', false, 8, 1e-7],
    ['central', false, 11, 1e-9],
    ['richardson', false, 21, 5e-12],
    ['forward', true, 13, 1e-7],
    ['central', true, 21, 1e-9],
    ['richardson', true, 31, 5e-12],
  ];
  test.each(costs)('%s, errors %s: %i evaluations, and exact to %d', (scheme, errors, calls, tolerance) => {
    const { found, report, visited } = columns(three, x5, { scheme, errors });
    expect(report.evaluations).toBe(calls);
    expect(visited).toHaveLength(calls);
    for (const [j, column] of found) {
      threeExact(x5, j).forEach((exact, i) => {
        expect(Math.abs(column[i] - exact)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(exact)));
      });
    }
  });

  test('perturbs the requested elements only, in the order they were requested', () => {
    const { found, visited } = columns(three, x5, { columns: [3, 1] });
    expect([...found.keys()]).toEqual([3, 1]);
    // One at x, two for each element, and a pair that shows that the output which neither moves is no rounded one.
    expect(visited).toHaveLength(7);
    for (const x of visited) for (const j of [0, 2, 4]) expect(x[j]).toBe(x5[j]);
  });

  test('leaves x as it was', () => {
    const x = x5.slice();
    columns(three, x);
    expect(x).toEqual(x5);
  });

  test.each<Scheme>(['forward', 'central', 'richardson'])('%s: an estimated error bounds the true one', (scheme) => {
    const { found, errors } = columns(three, x5, { scheme, errors: true });
    for (const [j, column] of found) {
      threeExact(x5, j).forEach((exact, i) => {
        const estimated = errors.get(j)?.[i] ?? Number.NaN;
        expect(Math.abs(column[i] - exact)).toBeLessThanOrEqual(2 * estimated);
        expect(estimated).toBeLessThan(scheme === 'forward' ? 1e-6 : 1e-8);
      });
    }
  });

  test('an async oracle gives a promise of the same columns', async () => {
    const sync = columns(three, x5);
    const found = new Map<number, Float64Array>();
    const pending = jacobian(
      async (x) => three(x.slice()),
      x5,
      (j, column) => {
        found.set(j, column);
      },
    );
    expect(pending).toBeInstanceOf(Promise);
    expect(await pending).toEqual(sync.report);
    expect(found).toEqual(sync.found);
  });
});

describe('cᵀJ from columns', () => {
  const c = Float64Array.of(0.5, -2, 3);

  test('equals the sum of c_i ∂y_i/∂x_j, at 2n + 1 evaluations', () => {
    const product = vjp(three, x5, c);
    if ('then' in product) throw new Error('a promise');
    expect(product.report.evaluations).toBe(11);
    product.values.forEach((value, j) => {
      const exact = threeExact(x5, j).reduce((sum, d, i) => sum + c[i] * d, 0);
      expect(Math.abs(value - exact)).toBeLessThan(1e-9);
    });
  });

  test('a cotangent of zeros gives zeros without a call', () => {
    const { visited, oracle } = recording(three);
    expect(vjp(oracle, x5, new Float64Array(3))).toMatchObject({ values: new Float64Array(5) });
    expect(visited).toHaveLength(0);
  });

  test('an output of cotangent 0 does not enter, even where it is NaN', () => {
    const f = (x: Float64Array) => Float64Array.of(x[0] ** 2, Number.NaN);
    const product = vjp(f, Float64Array.of(3), Float64Array.of(1, 0));
    expect(product).toMatchObject({ report: { notFinite: [{ element: 0, outputs: [1] }] } });
    if (!('then' in product)) expect(product.values[0]).toBeCloseTo(6, 8);
  });
});

describe('the scale of a step', () => {
  const offsets = (x: Float64Array, setting: SweepSetting) =>
    columns((at) => at.slice(), x, setting)
      .visited.map((at) => Math.max(...at.map((v, j) => Math.abs(v - x[j]))))
      .filter((offset) => offset > 0);
  const cubeRoot = Math.cbrt(2 ** -52);

  test('is a declared magnitude before |x|', () => {
    const leaves = [{ start: 0, end: 2, magnitude: [1e3, 0] }];
    const [first, , second] = offsets(Float64Array.of(1, 2), { leaves });
    expect(first / (cubeRoot * 1e3)).toBeCloseTo(1, 8);
    expect(second / (cubeRoot * 2)).toBeCloseTo(1, 8);
  });

  test('of a zero is the root mean square of the non-zeros of its leaf', () => {
    const leaves = [
      { start: 0, end: 3 },
      { start: 3, end: 4 },
    ];
    const x = Float64Array.of(0, 3e-200, 4e-200, 1e9);
    const [first] = offsets(x, { leaves });
    expect(first / (cubeRoot * Math.sqrt(12.5) * 1e-200)).toBeCloseTo(1, 8);
  });

  test('of a zero in a leaf of zeros is 1, and reported as guessed', () => {
    const { report, visited } = columns((x) => x.slice(), new Float64Array(2), { columns: [1] });
    expect(report.guessed).toEqual([1]);
    expect(Math.abs(visited[1][1])).toBeCloseTo(cubeRoot, 12);
  });

  test('is multiplied by the cube root of the coarser roundoff, that of the outputs too', () => {
    const [step] = offsets(Float64Array.of(2), { output: 'float32' });
    expect(step / (2 * Math.cbrt(2 ** -23))).toBeCloseTo(1, 8);
  });

  test('of an element that is zero up to rounding is that of its leaf, where its own step drowns', () => {
    const x = Float64Array.of(1, Math.sin(Math.PI));
    const { found, report } = columns((at) => Float64Array.of(at[0] + at[1], Math.log(at[1])), x);
    expect(found.get(1)?.[0]).toBeCloseTo(1, 9);
    expect((found.get(1)?.[1] ?? 0) * x[1]).toBeCloseTo(1, 9);
    expect(report).toEqual({ ...nothing, evaluations: 8 });
  });
});

describe('a perturbed value is a number of its leaf’s precision', () => {
  const halves = Float64Array.of(1, 0.1, 1000, 3e-5, 6e-8, 65504, -2.5).map((v) => precisions.float16.round(v));
  test.each<[Precision, Float64Array]>([
    ['float32', Float64Array.of(1, 0.1, 1e30, 1e-40, 3.4028234663852886e38, 1 - 2 ** -24).map(Math.fround)],
    ['float16', halves],
  ])('%s, and dividing by the true distance makes d(2x)/dx exact', (precision, x) => {
    for (const scheme of ['forward', 'central', 'richardson'] as const) {
      const setting = { scheme, leaves: [{ start: 0, end: x.length, precision }], output: precision };
      const { found, visited, report } = columns((at) => at.map((v) => 2 * v), x, setting);
      expect(report.noRoom).toEqual([]);
      for (const at of visited) expect(at).toEqual(at.map((v) => precisions[precision].round(v)));
      for (const [j, column] of found) expect(Math.abs(column[j] - 2)).toBeLessThan(1e-14);
    }
  });

  test('float16 rounds to 11 bits, to multiples of 2⁻²⁴ below 2⁻¹⁴, and to infinity past 65504', () => {
    const { round } = precisions.float16;
    expect([1 + 2 ** -12, 2049.5, 1e-8, 5e-8, 65519, 65520, -1e6, 0].map(round)).toEqual([
      1,
      2050,
      0,
      2 ** -24,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
    ]);
    expect(round(Number.NaN)).toBeNaN();
  });

  test('a bound between two numbers gives way inwards', () => {
    expect(roundInward(0.1, 'float32', 'upper')).toBe(13421772 * 2 ** -27);
    expect(roundInward(0.1, 'float32', 'lower')).toBe(13421773 * 2 ** -27);
    expect(roundInward(-0.1, 'float32', 'lower')).toBe(-13421772 * 2 ** -27);
    expect(roundInward(Number.POSITIVE_INFINITY, 'float16', 'upper')).toBe(65504);
  });
});

describe('bounds', () => {
  const domain = fc.record({
    scheme: fc.constantFrom<Scheme>('forward', 'central', 'richardson'),
    precision: fc.constantFrom<Precision>('float64', 'float32'),
    x: fc.double({ min: -10, max: 10, noNaN: true }),
    up: fc.oneof(fc.constantFrom(0, 1e-9, 1e-6), fc.double({ min: 0, max: 10, noNaN: true })),
    down: fc.oneof(fc.constantFrom(0, 1e-9, 1e-6), fc.double({ min: 0, max: 10, noNaN: true })),
    magnitude: fc.constantFrom(0, 1e9),
    errors: fc.boolean(),
    v: fc.double({ min: -2, max: 2, noNaN: true }),
  });

  test('are crossed by no evaluation, along elements and along directions', () => {
    fc.assert(
      fc.property(domain, ({ scheme, precision, x: start, up, down, magnitude, errors, v }) => {
        const x = Float64Array.of(precisions[precision].round(start), 1);
        const bounds = { lower: [x[0] - down, 1], upper: [x[0] + up, 1] };
        const leaves: Leaf[] = [{ start: 0, end: 2, precision, magnitude, ...bounds }];
        const { visited, oracle } = recording((at) => at.map((value) => value * value));
        const setting: Setting = { scheme, leaves };
        jacobian(oracle, x, () => {}, { ...setting, errors });
        jvp(oracle, x, Float64Array.of(v, 0), { ...setting, errors });
        return visited.every((at) => at[0] >= x[0] - down && at[0] <= x[0] + up && at[1] === 1);
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  const log = (x: Float64Array) => x.map(Math.log);

  test.each<[Scheme, number, number]>([
    ['forward', 4, 1e-7],
    ['central', 3, 1e-9],
    ['richardson', 5, 1e-11],
  ])('%s at an upper bound goes one-sided at the same order: %i evaluations', (scheme, calls, tolerance) => {
    const leaves = [{ start: 0, end: 1, upper: 2 }];
    const { found, report } = columns(log, Float64Array.of(2), { scheme, leaves });
    expect(report.evaluations).toBe(calls);
    expect(Math.abs((found.get(0)?.[0] ?? 0) * 2 - 1)).toBeLessThan(tolerance);
  });

  test('a narrow domain shrinks the step, and stays central', () => {
    const leaves = [{ start: 0, end: 1, lower: 2 - 4e-6, upper: 2 + 4e-6 }];
    const { found, report } = columns(log, Float64Array.of(2), { leaves });
    expect(report.evaluations).toBe(3);
    expect(Math.abs((found.get(0)?.[0] ?? 0) * 2 - 1)).toBeLessThan(1e-9);
  });

  test('a bound at half a step shrinks it too, which loses less than to go one-sided', () => {
    const { report, visited } = columns(log, Float64Array.of(2), { leaves: [{ start: 0, end: 1, upper: 2 + 6e-6 }] });
    expect(report.evaluations).toBe(3);
    expect(visited.map(([x]) => x)).toEqual([2, 2 - 6e-6, 2 + 6e-6].map((x) => expect.closeTo(x, 14)));
  });

  test('that leave no room make the derivative NaN, and are reported', () => {
    const { found, report } = columns(log, Float64Array.of(2, 3), {
      leaves: [{ start: 0, end: 2, lower: 2, upper: [2, 9] }],
    });
    expect(found.get(0)).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    expect(found.get(1)?.[1]).toBeCloseTo(1 / 3, 8);
    expect(report).toMatchObject({ noRoom: [0], notFinite: [], rough: [] });
  });

  test('an element that is not finite cannot move', () => {
    const { report } = columns(log, Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY));
    expect(report).toMatchObject({ noRoom: [0, 1] });
  });
});

describe('where the function is not finite', () => {
  test('on one side, the other decides, at one more evaluation and the one at x', () => {
    const half = (x: Float64Array) => Float64Array.of(x[0] ** 3, x[0] > 1 ? Number.NaN : x[0] ** 3);
    const { found, report } = columns(half, Float64Array.of(1));
    expect(report).toEqual({ ...nothing, evaluations: 4 });
    found.get(0)?.forEach((value) => {
      expect(Math.abs(value - 3)).toBeLessThan(1e-9);
    });
  });

  test('on both sides, the derivative is NaN and reported for that output alone', () => {
    const f = (x: Float64Array) => Float64Array.of(x[0] === 1 ? 1 : Number.POSITIVE_INFINITY, 2 * x[0]);
    const { found, report } = columns(f, Float64Array.of(1));
    expect(found.get(0)?.[0]).toBeNaN();
    expect(found.get(0)?.[1]).toBeCloseTo(2, 9);
    expect(report).toEqual({ ...nothing, evaluations: 3, notFinite: [{ element: 0, outputs: [0] }] });
  });

  test('at x alone, a central difference does not notice', () => {
    const { found, report } = columns((x) => Float64Array.of((x[0] - 1) ** 2 / (x[0] - 1)), Float64Array.of(1));
    expect(found.get(0)?.[0]).toBeCloseTo(1, 9);
    expect(report.evaluations).toBe(3);
  });
});

describe('J·v by a difference along v', () => {
  const v = Float64Array.of(1, -2, 0.5, 0, 3);
  const exact = [0, 1, 2].map((i) => v.reduce((sum, vj, j) => sum + vj * threeExact(x5, j)[i], 0));

  test.each<[Scheme, number, number]>([
    ['forward', 3, 1e-6],
    ['central', 3, 1e-9],
    ['richardson', 5, 5e-12],
  ])('%s: %i evaluations, and exact to %d', (scheme, calls, tolerance) => {
    for (const length of [1e-200, 1, 1e200]) {
      const product = jvp(
        three,
        x5,
        v.map((value) => value * length),
        { scheme },
      );
      if ('then' in product) throw new Error('a promise');
      expect(product.report.evaluations).toBe(calls);
      product.values.forEach((value, i) => {
        expect(Math.abs(value / length - exact[i])).toBeLessThan(tolerance * Math.max(1, Math.abs(exact[i])));
      });
    }
  });

  test('an estimated error bounds the true one, at two more evaluations', () => {
    const product = jvp(three, x5, v, { errors: true });
    if ('then' in product) throw new Error('a promise');
    expect(product.report.evaluations).toBe(5);
    product.values.forEach((value, i) => {
      expect(Math.abs(value - exact[i])).toBeLessThan(2 * (product.errors?.[i] ?? 0));
    });
  });

  test('a direction of zeros gives zeros: without a call where the number of outputs is known, else with one', () => {
    const { visited, oracle } = recording(three);
    expect(jvp(oracle, x5, new Float64Array(5), { size: 3 })).toMatchObject({ values: new Float64Array(3) });
    expect(visited).toHaveLength(0);
    expect(jvp(oracle, x5, new Float64Array(5))).toMatchObject({ values: new Float64Array(3) });
    expect(visited).toHaveLength(1);
  });

  test('an element that is zero up to rounding does not dictate the step', () => {
    const x = Float64Array.of(1, Math.sin(Math.PI), 2);
    const product = jvp((at) => Float64Array.of(at[0] * at[2] + at[1]), x, Float64Array.of(1, 1, 1));
    if (!('then' in product)) expect(product.values[0]).toBeCloseTo(4, 8);
  });

  test('at a corner of the bounds it goes one-sided', () => {
    const leaves = [{ start: 0, end: 2, lower: 0, upper: [1, 5] }];
    const { visited, oracle } = recording((x) => Float64Array.of(x[0] * x[1]));
    const product = jvp(oracle, Float64Array.of(1, 2), Float64Array.of(1, -1), { leaves });
    if (!('then' in product)) expect(product.values[0]).toBeCloseTo(1, 8);
    expect(visited).toHaveLength(3);
    expect(visited.every((x) => x[0] <= 1)).toBe(true);
  });
});
