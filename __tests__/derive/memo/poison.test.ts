/** What is remembered is nobody's: what callers and methods do to their arrays changes no later answer. */
import { describe, expect, test } from '@jest/globals';
import {
  DeriveJacobianFromJvp,
  DeriveJacobianFromVjp,
  DeriveJvpFromJacobian,
  DeriveJvpFromVjp,
  DeriveVjpFromJacobian,
  DeriveVjpFromJvp,
  type NdArray,
} from 'cotangent';
import fc from 'fast-check';
import {
  arraysIn,
  blocksIn,
  type FieldSizes,
  field,
  inputsOf,
  outputsOf,
  pointOf,
  seedFor,
  splitFor,
  totalOf,
  wantedBlocks,
} from '../planner/field.js';

const sizes: FieldSizes = { a: 4, w: [2, 2], l: 2, m: [2, 1], u: 5, v: [2, 2] };
const [ins, outs] = [inputsOf(sizes), outputsOf(sizes)];
const columns = totalOf(ins);
const law = (x: readonly number[], i: number, j: number) =>
  (i + 2 * j) % 3 === 0 ? 0 : 1 + ((i * 5 + j) % 7) + 2 * x[(i + j) % x.length]!;
const perRow = Array.from({ length: totalOf(outs) }, (_, i) =>
  [...Array(columns).keys()].filter((j) => (i + 2 * j) % 3),
);

const made = {
  'by columns': { base: 'jvp', rules: [DeriveJacobianFromJvp(), DeriveVjpFromJvp()], to: 'vjp' },
  'by rows': { base: 'vjp', rules: [DeriveJacobianFromVjp(), DeriveJvpFromVjp()], to: 'jvp' },
  'by groups of columns': {
    base: 'jvp',
    rules: [DeriveJacobianFromJvp({ sparsity: { perRow } }), DeriveVjpFromJvp({ sparsity: { perRow } })],
    to: 'vjp',
  },
  'by groups of rows': {
    base: 'vjp',
    rules: [DeriveJacobianFromVjp({ sparsity: { perRow } }), DeriveJvpFromVjp({ sparsity: { perRow } })],
    to: 'jvp',
  },
  'by columns, contracted': { base: 'jvp', rules: [DeriveJacobianFromJvp(), DeriveVjpFromJacobian()], to: 'vjp' },
  'by rows, contracted': { base: 'vjp', rules: [DeriveJacobianFromVjp(), DeriveJvpFromJacobian()], to: 'jvp' },
} as const;
type Kind = keyof typeof made;
const kinds = Object.keys(made) as Kind[];

/** What may happen between two answers. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('jacobian' as const), of: fc.nat(7), wrt: fc.nat(63) }),
  fc.record({ kind: fc.constant('product' as const), of: fc.nat(7), wrt: fc.nat(63), seed: fc.nat(5) }),
  fc.record({ kind: fc.constant('move' as const), at: fc.nat(columns - 1), to: fc.constantFrom(0, -0, 1, 2) }),
  fc.record({ kind: fc.constant('back' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const chosen = (paths: readonly string[], mask: number) => {
  const some = paths.filter((_, k) => (mask >> k) % 2 === 1);
  return some.length === 0 ? paths : some;
};

/** Write nonsense into every array of an answer. */
function spoil(value: object): void {
  for (const one of Object.values(value) as unknown[]) {
    if (typeof one !== 'object' || one === null) continue;
    if ('data' in one) (one as NdArray).data.fill(Number.NaN);
    else spoil(one);
  }
}

async function story(kind: Kind, steps: readonly Step[], traits: { cache: { bytes: number }; reuse: boolean }) {
  const { base, rules, to } = made[kind];
  const { handle } = field(sizes, law, [base], rules, traits);
  const start = Array<number>(columns).fill(1);
  let x = [...start];
  const names = { of: outs.map(({ path }) => path), wrt: ins.map(({ path }) => path) };
  const mine = pointOf(sizes, x);
  for (const one of steps) {
    if (one.kind === 'move') x = x.map((value, k) => (k === one.at ? one.to : value));
    if (one.kind === 'back') x = [...start];
    if (one.kind === 'move' || one.kind === 'back') {
      // In place: the same arrays, other numbers.
      const now = pointOf(sizes, x);
      mine.a.data.set(now.a.data);
      mine.w.data.set(now.w.data);
      for (const [key, array] of now.m) mine.m.get(key)!.data.set(array.data);
      Object.assign(mine, { s: now.s, l: now.l });
      continue;
    }
    const of = chosen(names.of, one.of);
    const wrt = chosen(names.wrt, one.wrt);
    if (one.kind === 'jacobian') {
      const answer = await handle.jacobian({ inputs: mine, of, wrt });
      expect(blocksIn(answer)).toEqual(wantedBlocks(sizes, (i, j) => law(x, i, j), of, wrt));
      spoil(answer);
      continue;
    }
    const forward = to === 'jvp';
    const { seed, flat } = seedFor(forward ? ins : outs, forward ? wrt : of, (k) => ((k + one.seed) % 4) - 1);
    const answer = await handle[to]({ inputs: mine, of, wrt, [forward ? 'tangent' : 'cotangent']: seed } as never);
    const entry = (line: number, k: number) => (forward ? law(x, line, k) : law(x, k, line));
    expect(arraysIn(answer)).toEqual(
      splitFor(forward ? outs : ins, forward ? of : wrt, (line) =>
        flat.reduce((sum, value, k) => sum + value * entry(line, k), 0),
      ),
    );
    spoil(answer);
    spoil(seed);
  }
}

describe('whatever is asked in whatever order, answers spoiled and inputs changed in place', () => {
  // From a memory that holds nothing, over one that always makes room, to one that forgets nothing.
  test.each(kinds.flatMap((kind) => [600, 6_000, 2 ** 20].map((bytes) => [kind, bytes] as const)))(
    '%s with %d bytes: the numbers of the point as it is',
    async (kind, bytes) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, reuse) =>
          story(kind, steps, { cache: { bytes }, reuse }),
        ),
        { seed: 61, numRuns: 25 },
      );
    },
  );
});

test.each(kinds)('%s: four answers at one point, each spoiled before the next', async (kind) => {
  const jacobian = { kind: 'jacobian', of: 7, wrt: 63 } as const;
  const product = { kind: 'product', of: 7, wrt: 63, seed: 1 } as const;
  const roomy = { cache: { bytes: 2 ** 20 }, reuse: true };
  await story(kind, [jacobian, jacobian, jacobian, product, product, jacobian], roomy);
  await story(kind, [product, product, jacobian, jacobian, jacobian, product], roomy);
});

describe('two instances', () => {
  test('remember each for itself', async () => {
    const one = field(sizes, law, ['jvp'], made['by columns'].rules);
    const other = field(sizes, (x, i, j) => law(x, i, j) + 1, ['jvp'], made['by columns'].rules);
    const inputs = pointOf(sizes, Array<number>(columns).fill(1));
    const first = blocksIn(await one.handle.jacobian({ inputs }));
    const second = blocksIn(await other.handle.jacobian({ inputs }));
    expect(second).not.toEqual(first);
    expect(blocksIn(await one.handle.jacobian({ inputs }))).toEqual(first);
  });
});

describe('a key of a map', () => {
  test('belongs to its numbers, in whatever order keys come', async () => {
    const { handle } = field(sizes, law, ['jvp'], made['by columns'].rules);
    const x = Array.from({ length: columns }, (_, k) => k % 3);
    const point = pointOf(sizes, x);
    const turned = { ...point, m: new Map([...point.m].reverse()) };
    const first = blocksIn(await handle.jacobian({ inputs: point }));
    const second = blocksIn(await handle.jacobian({ inputs: turned }));
    // The field reads its map in the order it comes, and so does what is remembered: these are two points.
    expect(Object.keys(second['u']!).sort()).toEqual(Object.keys(first['u']!).sort());
    expect(blocksIn(await handle.jacobian({ inputs: point }))).toEqual(first);
    expect(blocksIn(await handle.jacobian({ inputs: turned }))).toEqual(second);
  });
});
