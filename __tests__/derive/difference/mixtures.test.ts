/** Elements of every size beside elements of every other: zeros, tiny ones, subnormal and huge ones, in one array. */

import { describe, expect, test } from '@jest/globals';
import { jvp } from '../../../src/derive/difference/directional.js';
import { jacobian, vjp } from '../../../src/derive/difference/jacobian.js';
import type { Scheme } from '../../../src/derive/difference/scheme.js';
import { seeded } from '../../../src/derive/random.js';

const cases = Number(process.env['COTANGENT_CASES'] ?? 400);
const schemes = ['central', 'forward', 'richardson'] as const;
type F = (x: Float64Array) => number;

const now = <T>(value: T | PromiseLike<T>): T => value as T;

function derivatives(f: F, x: readonly number[], scheme: Scheme) {
  const oracle = (at: Float64Array) => Float64Array.of(f(at));
  const point = Float64Array.from(x);
  const byColumns: number[] = [];
  const report = now(jacobian(oracle, point, (j, [value]) => (byColumns[j] = value!), { scheme }));
  const byRow = [...now(vjp(oracle, point, Float64Array.of(1), { scheme })).values];
  const along = x.map((_, j) => {
    const unit = new Float64Array(x.length);
    unit[j] = 1;
    return now(jvp(oracle, point, unit, { scheme })).values[0]!;
  });
  return { byColumns, byRow, along, report };
}

const tolerance: Readonly<Record<Scheme, number>> = { central: 1e-6, richardson: 1e-6, forward: 1e-3 };

const named: readonly [string, readonly number[], F, readonly number[]][] = [
  ['exp a at [0, 1e5]', [0, 1e5], ([a]) => Math.exp(a!), [1, 0]],
  ['sin a + b/101325 at [0, 101325]', [0, 101325], ([a, b]) => Math.sin(a!) + b! / 101325, [1, 1 / 101325]],
  ['sin a at [0, 1e6]', [0, 1e6], ([a]) => Math.sin(a!), [1, 0]],
  ['a neighbour of its own kind, [0, 1e6]', [0, 1e6], ([a, b]) => Math.exp(a! / 1e6) + b! / 1e6, [1e-6, 1e-6]],
  ['sin a at [0, 1e12, 1e-12]', [0, 1e12, 1e-12], ([a, b]) => Math.sin(a!) + b! / 1e12, [1, 1e-12, 0]],
  [
    'capacitances [0, 1e-12, 2e-12]',
    [0, 1e-12, 2e-12],
    ([a, b, c]) => (Math.exp(a! * 1e12) * (b! + c!)) / 1e-12,
    [3e12, 1e12, 1e12],
  ],
  ['[1e-20, 1]', [1e-20, 1], ([a, b]) => Math.exp(a!) + b!, [1, 1]],
  ['[1e-9, 1e6]', [1e-9, 1e6], ([a, b]) => Math.sin(a!) + b! / 1e5, [1, 1e-5]],
  ['sin π beside 1', [Math.sin(Math.PI), 1], ([a, b]) => Math.exp(a! + b!), [Math.E, Math.E]],
  ['a number that is 0 up to rounding', [1e-16], ([a]) => Math.exp(a!), [1]],
  ['all zeros', [0, 0, 0], ([a, b, c]) => Math.sin(a!) + 2 * Math.exp(b!) + a! * c!, [1, 2, 0]],
  ['a zero of 1e-12', [0], ([a]) => a! / (a! + 1e-12), [1e12]],
  ['a subnormal', [1e-310], ([a]) => 2 * a!, [2]],
  ['1e300', [1e300], ([a]) => a! / 1e300, [1e-300]],
  ['next to the largest number', [1.79e308], ([a]) => a! / 1e308, [1e-308]],
  ['the smallest number, beside 1', [5e-324, 1], ([a, b]) => Math.exp(a!) * b!, [1, 1]],
];

describe.each(schemes)('by %s differences', (scheme) => {
  test.each(named.filter(([name]) => scheme !== 'forward' || name !== 'a zero of 1e-12'))(
    '%s: Jacobian, vjp and jvp have the closed form',
    (_, x, f, exact) => {
      const { byColumns, byRow, along } = derivatives(f, x, scheme);
      for (const found of [byColumns, byRow, along]) {
        for (const [j, value] of exact.entries()) {
          expect(Math.abs(found[j]! - value)).toBeLessThanOrEqual(tolerance[scheme] * (Math.abs(value) || 1));
        }
      }
    },
  );

  test('a sum of curves at any scales, each element at any size within its own, is right in every element', () => {
    const random = seeded(7);
    const curves: readonly [(t: number) => number, (t: number) => number][] = [
      [Math.sin, Math.cos],
      [Math.exp, Math.exp],
      [Math.tanh, (t) => 1 / Math.cosh(t) ** 2],
      [(t) => 1 / (2 + t), (t) => -1 / (2 + t) ** 2],
      [(t) => t * t + t, (t) => 2 * t + 1],
    ];
    const wrong: string[] = [];
    for (let n = 0; n < cases; n++) {
      const size = 2 + random.integer(4);
      // A zero, or nearly one, says nothing of its scale: it has to be that of 1, or of its neighbours.
      const neighbour = 10 ** (24 * random.uniform() - 12);
      const elements = Array.from({ length: size }, (_, k) => {
        const kind = k === 0 ? 'own' : (['own', 'zero', 'small'] as const)[random.integer(3)]!;
        const scale = kind === 'own' ? (k === 0 ? neighbour : 10 ** (24 * random.uniform() - 12)) : 1;
        const t = kind === 'own' ? 0.3 + 1.5 * random.uniform() : kind === 'zero' ? 0 : 10 ** (-20 * random.uniform());
        return { scale, t, curve: curves[random.integer(curves.length)]! };
      });
      const f: F = (x) => x.reduce((sum, value, j) => sum + elements[j]!.curve[0](value / elements[j]!.scale), 0);
      const x = elements.map(({ scale, t }) => scale * t);
      const { byColumns, along } = derivatives(f, x, scheme);
      for (const [j, { scale, curve }] of elements.entries()) {
        const exact = curve[1](x[j]! / scale) / scale;
        // The sum has size: what it rounds is all that its elements share.
        const allowed = 10 * tolerance[scheme] * (Math.abs(exact) + 1e-2 / scale);
        for (const [name, value] of [
          ['column', byColumns[j]!],
          ['jvp', along[j]!],
        ] as const) {
          if (!(Math.abs(value - exact) <= allowed)) wrong.push(`${name} ${j} of ${x}: ${value}, right ${exact}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('a zero whose scale nothing tells', () => {
  test.each<[string, readonly number[], readonly number[]]>([
    ['a zero alone', [0], [0]],
    ['zeros alone', [0, 0], [0, 1]],
    ['a zero beside 1e6', [0, 1e6], [0]],
    ['a zero beside 1e-12', [2e-12, 0], [1]],
    ['a zero beside numbers of the size of 1', [0, 2, 0.5], []],
    ['no zero', [1e-9, 1e6], []],
  ])('is reported as guessed: %s', (_, x, guessed) => {
    const report = now(
      jacobian(
        (at) => at.map((v) => 3 * v + 1),
        Float64Array.from(x),
        () => {},
      ),
    );
    expect(report.guessed).toEqual(guessed);
    const along = now(jvp((at) => at.map((v) => 3 * v + 1), Float64Array.from(x), new Float64Array(x.length).fill(1)));
    expect(along.report.guessed).toEqual(guessed);
  });

  test('is none where its magnitude is declared', () => {
    const leaves = [{ start: 0, end: 2, magnitude: [5, 0] }];
    expect(
      now(
        jacobian(
          (at) => at.slice(),
          Float64Array.of(0, 1e6),
          () => {},
          { leaves },
        ),
      ).guessed,
    ).toEqual([]);
  });
});

describe('one step for many elements', () => {
  const stepAlong = (x: readonly number[], v: readonly number[]) => {
    const visited: Float64Array[] = [];
    const oracle = (at: Float64Array) => {
      visited.push(at.slice());
      return at.map((value) => value + 1);
    };
    jvp(oracle, Float64Array.from(x), Float64Array.from(v));
    return Math.abs(visited[1]![v.findIndex((entry) => entry !== 0)]! - x[v.findIndex((entry) => entry !== 0)]!);
  };

  test('is not dictated by one that is zero up to rounding of its leaf, √u of the mean', () => {
    const usual = Math.cbrt(2 ** -52);
    const [x, v] = [new Array(10).fill(1), new Array(10).fill(1)];
    for (const size of [1e-10, 1e-12, 1e-15]) {
      expect(stepAlong([...x.slice(1), size], v) / usual).toBeGreaterThan(0.9);
      expect(stepAlong([...x.slice(1), size], v) / usual).toBeLessThan(1.1);
    }
    // What is small, but not up to rounding, has its say.
    expect(stepAlong([...x.slice(1), 1e-4], v) / usual).toBeLessThan(0.1);
  });
});
