/** Every way in which derivatives are known to go wrong has a verdict of its own, and a correct component has none. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  type Complex,
  Complex128,
  Component,
  DifferentiableComponent,
  Jvp,
  type JvpRequest,
  type NdArray,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { checkGradients, type GradientReport, type Verdict } from 'cotangent/testing';
import { matrix, type Parts, plane, point, pull, push, type Spoils } from './plane.js';

type Own = readonly ('jvp' | 'vjp' | 'jacobian')[];
const everyChoice: readonly Own[] = [
  ['jvp'],
  ['vjp'],
  ['jacobian'],
  ['jvp', 'vjp'],
  ['jvp', 'jacobian'],
  ['vjp', 'jacobian'],
  ['jvp', 'vjp', 'jacobian'],
];

const verdictsOf = (report: GradientReport) => report.checks.map(({ verdict }) => verdict);
const times = (k: number) => (parts: Parts) =>
  Object.fromEntries(
    Object.entries(parts).map(([path, one]) => [path, typeof one === 'number' ? k * one : one.map((v) => k * v)]),
  );

describe('a correct component', () => {
  test.each(everyChoice.map((own) => [own.join(', '), own] as const))(
    'passes with %s, in at most 20 calls',
    async (_name, own) => {
      for (const seed of [0, 1, 2, 3, 4]) {
        const report = await checkGradients(plane(own), point, { seed });
        expect(report).toMatchObject({ ok: true, certain: true, verdict: 'ok', faults: [], calls: { search: {} } });
        expect(Object.values(report.calls.check).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(20);
        expect(new Set(report.blocks.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
        expect(report.slope ?? 2).toBeCloseTo(2, 1);
      }
    },
  );

  test('gives the same report for the same seed', async () => {
    const run = (seed: number) => checkGradients(plane(['jvp', 'vjp']), point, { seed });
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });
});

let wave = 0;
const waver = (parts: Parts) => times(1 + 1e-9 * (wave++ % 7))(parts);

const traps: readonly [name: string, verdict: Verdict, own: Own, spoils: Spoils, endpoint: string][] = [
  ['jvp twice too large', 'wrong factor', ['jvp'], { jvp: times(2) }, 'jvp'],
  ['vjp twice too large', 'wrong factor', ['jvp', 'vjp'], { vjp: times(2) }, 'vjp'],
  ['vjp alone twice too large', 'wrong factor', ['vjp'], { vjp: times(2) }, 'vjp'],
  ['vjp with the other sign', 'wrong sign', ['vjp'], { vjp: times(-1) }, 'vjp'],
  ['jvp with the other sign', 'wrong sign', ['jvp', 'vjp'], { jvp: times(-1) }, 'jvp'],
  [
    'a jacobian with the other sign',
    'wrong sign',
    ['jacobian'],
    { jacobian: ({ y, z }) => ({ y: { a: y.a.map((row) => row.map((v) => -v)), b: y.b }, z }) },
    'jacobian',
  ],
  [
    'jvp that ignores one of two tangents',
    'ignores an input',
    ['jvp'],
    { jvp: (_, { a, b, seed }) => push({ a, b, seed: { a: seed['a']! } }) },
    'jvp',
  ],
  [
    'jvp that ignores one of two tangents beside a vjp',
    'ignores an input',
    ['jvp', 'vjp'],
    { jvp: (_, { a, b, seed }) => push({ a, b, seed: { a: seed['a'] ?? [0, 0, 0, 0] } }) },
    'jvp',
  ],
  [
    'vjp that ignores one input',
    'ignores an input',
    ['vjp'],
    { vjp: (parts) => ({ ...parts, b: [0, 0, 0, 0] }) },
    'vjp',
  ],
  [
    'one output left out of vjp',
    'ignores an input',
    ['vjp'],
    { vjp: (_, { a, b, seed }) => pull({ a, b, seed: { y: seed['y'] ?? [0, 0, 0, 0] } }) },
    'vjp',
  ],
  [
    'a transposed square block in jvp',
    'transposed',
    ['jvp'],
    {
      jvp: (parts, { a, seed }) => ({
        ...parts,
        y: (parts['y'] as number[]).map((v, i) => v + extra(i, a, seed['a'] ?? [0, 0, 0, 0])),
      }),
    },
    'jvp',
  ],
  [
    'a transposed square block in a jacobian',
    'transposed',
    ['jacobian'],
    { jacobian: ({ y, z }) => ({ y: { a: y.a.map((_, i) => y.a.map((row) => row[i]!)), b: y.b }, z }) },
    'jacobian',
  ],
  [
    'a single wrong entry of a jacobian',
    'wrong derivative',
    ['jacobian'],
    {
      jacobian: ({ y, z }) => ({
        y: { ...y, a: y.a.map((row, i) => row.map((v, j) => (i === 2 && j === 1 ? v + 1e-5 : v))) },
        z,
      }),
    },
    'jacobian',
  ],
  [
    'a jvp that is affine',
    'nonzero at zero',
    ['jvp'],
    { jvp: (parts) => ({ ...parts, z: Number(parts['z']) + 0.5 }) },
    'jvp',
  ],
  [
    'a vjp that is NaN at zero',
    'not finite',
    ['vjp'],
    {
      vjp: (parts, { seed }) =>
        Object.values(seed)
          .flat()
          .every((v) => v === 0)
          ? times(Number.NaN)(parts)
          : parts,
    },
    'vjp',
  ],
  [
    'a jvp that is not linear',
    'not linear',
    ['jvp'],
    { jvp: (parts) => ({ ...parts, z: Number(parts['z']) ** 2 }) },
    'jvp',
  ],
  [
    'a jvp that is normalised',
    'not linear',
    ['jvp', 'vjp'],
    { jvp: (parts) => ({ ...parts, z: Math.sign(Number(parts['z'])) }) },
    'jvp',
  ],
  ['a vjp that wavers', 'not deterministic', ['vjp'], { vjp: waver }, 'vjp'],
  ['a jvp that wavers', 'not deterministic', ['jvp', 'vjp'], { jvp: waver }, 'jvp'],
  ['an apply that wavers', 'not deterministic', ['jvp'], { apply: waver }, 'apply'],
  [
    'a jvp that writes to its tangent',
    'mutates',
    ['jvp'],
    {
      jvp: (parts, _, { tangent }) => {
        for (const one of Object.values(tangent)) one.data.fill(7);
        return parts;
      },
    },
    'jvp',
  ],
  [
    'a vjp that writes to its inputs',
    'mutates',
    ['jvp', 'vjp'],
    {
      vjp: (parts, _, { inputs }) => {
        inputs.a.data[0]! += 1;
        return parts;
      },
    },
    'vjp',
  ],
  [
    'a vjp that writes to its cotangent',
    'mutates',
    ['vjp'],
    {
      vjp: (parts, _, { cotangent }) => {
        const { y } = cotangent;
        if (typeof y === 'object') y.data[1] = 0;
        return parts;
      },
    },
    'vjp',
  ],
  [
    'an apply that writes to its inputs',
    'mutates',
    ['jvp'],
    {
      apply: (parts, { a }) => {
        a.data.reverse();
        return parts;
      },
    },
    'apply',
  ],
  [
    'a vjp of another shape',
    'wrong shape',
    ['vjp'],
    { vjp: (parts) => ({ ...parts, a: (parts['a'] as number[]).slice(1) }) },
    'vjp',
  ],
  ['a jvp of another dtype', 'wrong dtype', ['jvp'], { jvp: (parts) => ({ ...parts, z: { re: 1, im: 1 } }) }, 'jvp'],
  [
    'a jacobian without a block',
    'wrong keys',
    ['jacobian'],
    { jacobian: ({ y, z }) => ({ y: { a: y.a }, z }) },
    'jacobian',
  ],
  ['a vjp without a path', 'wrong keys', ['vjp'], { vjp: ({ a }) => ({ a }) }, 'vjp'],
  [
    'a jvp that throws',
    'fails',
    ['jvp', 'vjp'],
    {
      jvp: () => {
        throw new Error('not today');
      },
    },
    'jvp',
  ],
  [
    'a jvp that needs every tangent',
    'fails',
    ['jvp'],
    {
      jvp: (parts, { seed }) => {
        if (!seed['a'] || !seed['b']) throw new Error('no tangent');
        return parts;
      },
    },
    'jvp',
  ],
  [
    'a jacobian that is not that of vjp',
    'inconsistent',
    ['vjp', 'jacobian'],
    { jacobian: ({ y, z }) => ({ y, z: { ...z, a: z.a.map((v, i) => (i === 3 ? v + 3e-9 : v)) } }) },
    'jacobian',
  ],
];

// What turns M·cos(a)·t into its transpose, row by row.
function extra(i: number, a: readonly number[], t: readonly number[]): number {
  const entry = (row: number, column: number) => matrix[row]![column]! * Math.cos(a[column]!);
  return t.reduce((sum, value, j) => sum + (entry(j, i) - entry(i, j)) * value, 0);
}

describe('a trap', () => {
  test.each(traps)('%s is "%s"', async (_name, verdict, own, spoils, endpoint) => {
    const report = await checkGradients(plane(own, spoils), point, { seed: 5 });
    expect(report.ok).toBe(false);
    expect([report.verdict, ...verdictsOf(report)]).toContain(verdict);
    const telling = [
      ...report.checks
        .filter((one) => one.verdict === verdict)
        .flatMap(({ endpoints }) => endpoints as readonly string[]),
      ...report.faults
        .filter((one) => one.verdict === verdict)
        .flatMap(({ endpoints }) => endpoints as readonly string[]),
    ];
    expect(telling).toContain(endpoint);
  });

  test.each(traps)(
    '%s spoils no other endpoint: the rest of the verdicts hold',
    async (_name, _verdict, own, spoils, endpoint) => {
      const report = await checkGradients(plane(own, spoils), point, { seed: 6 });
      const others = report.checks.filter(
        ({ endpoints, name }) => name === 'contract' && !(endpoints as readonly string[]).includes(endpoint),
      );
      expect(others.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    },
  );
});

class Waves {
  @Complex128({ shape: [3], differentiable: true }) z!: NdArray<'complex128'>;
}
class Products {
  @Complex128({ shape: [3], differentiable: true }) w!: NdArray<'complex128'>;
}

/** w = [z₀z₁, z₁z₂, z₀²]; vjp is spoilt entry by entry. */
function waves(own: 'jvp' | 'vjp' | 'both', spoil: (re: number, im: number, j: number) => Complex) {
  type Pair = readonly [number, number];
  const at = (array: NdArray<'complex128'>, j: number): Pair => [array.data[2 * j]!, array.data[2 * j + 1]!];
  const times = ([a, b]: Pair, [c, d]: Pair): Pair => [a * c - b * d, a * d + b * c];
  const plus = ([a, b]: Pair, [c, d]: Pair): Pair => [a + c, b + d];
  const of = (parts: readonly Pair[]) => parts.map(([re, im]) => ({ re, im }));
  class Made extends DifferentiableComponent<Waves, Products> {
    @Apply()
    evaluate({ z }: Waves) {
      const [a, b, c] = [at(z, 0), at(z, 1), at(z, 2)];
      return { w: of([times(a, b), times(b, c), times(a, a)]) as never };
    }
    push({ inputs: { z }, tangent }: JvpRequest<Waves>) {
      const [a, b, c] = [at(z, 0), at(z, 1), at(z, 2)];
      const [p, q, r] = [0, 1, 2].map((j) => at(tangent.z!, j)) as [Pair, Pair, Pair];
      return { w: of([plus(times(p, b), times(a, q)), plus(times(q, c), times(b, r)), times([2, 0], times(a, p))]) };
    }
    pull({ inputs: { z }, cotangent }: VjpRequest<Waves, Products>) {
      const [a, b, c] = [at(z, 0), at(z, 1), at(z, 2)];
      const [p, q, r] = [0, 1, 2].map((j) => at(cotangent.w!, j)) as [Pair, Pair, Pair];
      const parts = [plus(times(b, p), times([2, 0], times(a, r))), plus(times(a, p), times(c, q)), times(b, q)];
      return { z: parts.map(([re, im], j) => spoil(re, im, j)) };
    }
  }
  const decorate = (decorator: unknown, key: string) =>
    (decorator as (target: object, key: string) => void)(Made.prototype, key);
  if (own !== 'vjp') decorate(Jvp(), 'push');
  if (own !== 'jvp') decorate(Vjp(), 'pull');
  (Component({ inputs: Waves, outputs: Products }) as (target: unknown) => void)(Made);
  return Made;
}

describe('complex arrays', () => {
  const inputs = {
    z: [
      { re: 1, im: 2 },
      { re: -0.5, im: 3 },
      { re: 0.3, im: -1 },
    ],
  };
  const right = (re: number, im: number): Complex => ({ re, im });

  test.each(['jvp', 'vjp', 'both'] as const)('pass with %s', async (own) => {
    for (const seed of [0, 1, 2]) {
      expect(await checkGradients(waves(own, right), inputs, { seed })).toMatchObject({ ok: true, certain: true });
    }
  });

  test.each(['vjp', 'both'] as const)('a conjugated vjp is caught with %s', async (own) => {
    const report = await checkGradients(
      waves(own, (re, im) => ({ re, im: -im })),
      inputs,
    );
    expect(report.ok).toBe(false);
  });

  test.each(['vjp', 'both'] as const)('the column that is wrong is named with %s', async (own) => {
    const report = await checkGradients(
      waves(own, (re, im, j) => (j === 2 ? { re: re * 1.01, im: im * 1.01 } : { re, im })),
      inputs,
    );
    expect(report.faults).toMatchObject([{ of: 'w', wrt: 'z', ofIndex: [1], wrtIndex: [2], among: 1 }]);
  });
});
