/** Blocks that are said to stay the same, truly or not: at any sequence of points the numbers are those of the point. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  type BlockSparsity,
  DeriveJacobianFromJvp,
  DeriveJacobianFromProducts,
  DeriveJacobianFromVjp,
  DeriveJvpFromVjp,
  DeriveVjpFromJvp,
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
} from './field.js';

let warned: jest.SpiedFunction<typeof process.emitWarning>;
beforeEach(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => {
  warned.mockRestore();
});

const sizes: FieldSizes = { a: 4, w: [1, 3], l: 1, m: [2], u: 4, v: [3, 1] };
const [inputs, outputs] = [inputsOf(sizes), outputsOf(sizes)];
const count = totalOf(inputs);
const paths = { of: outputs.map(({ path }) => path), wrt: inputs.map(({ path }) => path) };
const owner = inputs.flatMap(
  ({ path, shape }) => Array(shape.reduce((n, extent) => n * extent, 1)).fill(path) as string[],
);
const holder = outputs.flatMap(
  ({ path, shape }) => Array(shape.reduce((n, extent) => n * extent, 1)).fill(path) as string[],
);

/** What each block truly depends on: nothing, all inputs but its own, or all. */
type Dependence = 'constant' | 'linear' | 'all';
type Truth = Readonly<Record<string, Dependence>>;

const keyOf = (i: number, j: number) => `${holder[i]} ${owner[j]}`;

const lawOf = (truth: Truth, sparse: number) => (x: readonly number[], i: number, j: number) => {
  if ((7 * i + 3 * j) % sparse !== 0) return 0;
  const depends = truth[keyOf(i, j)] ?? 'all';
  if (depends === 'constant') return 1 + ((i + 2 * j) % 5);
  const seen = x.reduce((sum, one, k) => sum + (depends === 'linear' && owner[k] === owner[j] ? 0 : (k + 1) * one), 0);
  return 1 + ((i + j) % 3) + 4 * seen;
};

const blockKeys = paths.of.flatMap((of) => paths.wrt.map((wrt) => [of, wrt] as const));
const dependence = fc.constantFrom<Dependence>('constant', 'linear', 'all');
const truths = fc
  .tuple(...blockKeys.map(() => dependence))
  .map((all) => Object.fromEntries(blockKeys.map(([of, wrt], k) => [`${of} ${wrt}`, all[k]!])));

const claimOf = (depends: Dependence): BlockSparsity => (depends === 'all' ? 'dense' : depends);

function claims(all: Truth) {
  return Object.fromEntries(
    paths.of.map((of) => [of, Object.fromEntries(paths.wrt.map((wrt) => [wrt, claimOf(all[`${of} ${wrt}`]!)]))]),
  );
}

/** What is weaker is true too: a constant block is linear. */
const weakened = (truth: Truth, mask: number): Truth =>
  Object.fromEntries(
    Object.entries(truth).map(([key, depends], k) => [
      key,
      (mask >> (k % 20)) % 2 === 0 ? depends : depends === 'constant' ? 'linear' : 'all',
    ]),
  );

// Few inputs change from one point to the next, so that what holds at one of them often holds at the other.
const walks = fc.array(fc.tuple(fc.nat(count - 1), fc.nat(3)), { minLength: 2, maxLength: 5 }).map((steps) => {
  const x = Array<number>(count).fill(1);
  return steps.map(([k, value]) => {
    x[k] = value;
    return [...x];
  });
});

const rules = {
  jacobianFromJvp: { products: ['jvp'], decorate: DeriveJacobianFromJvp },
  jacobianFromVjp: { products: ['vjp'], decorate: DeriveJacobianFromVjp },
  jacobianFromProducts: { products: ['jvp', 'vjp'], decorate: DeriveJacobianFromProducts },
  vjpFromJvp: { products: ['jvp'], decorate: DeriveVjpFromJvp },
  jvpFromVjp: { products: ['vjp'], decorate: DeriveJvpFromVjp },
} as const;
type RuleName = keyof typeof rules;

async function walk(
  rule: RuleName,
  truth: Truth,
  claimed: Truth,
  sparse: number,
  points: readonly (readonly number[])[],
) {
  const law = lawOf(truth, sparse);
  const { products, decorate } = rules[rule];
  const made = field(sizes, law, products, [decorate({ sparsity: claims(claimed) })], { cache: false });
  const spent: number[] = [];
  for (const x of points) {
    const at = pointOf(sizes, x);
    const fresh = warned.mock.calls.length;
    let predicted: object;
    let before: typeof made.calls;
    if (rule === 'vjpFromJvp' || rule === 'jvpFromVjp') {
      const forward = rule === 'jvpFromVjp';
      const [name, from, to] = forward ? (['jvp', inputs, outputs] as const) : (['vjp', outputs, inputs] as const);
      const { seed, flat } = seedFor(from, forward ? paths.wrt : paths.of, (k) => (k % 3) + 1);
      const request = { inputs: at, [forward ? 'tangent' : 'cotangent']: seed } as never;
      predicted = (await made.handle.explain(name, request)).calls;
      before = { ...made.calls };
      const entry = (line: number, k: number) => (forward ? law(x, line, k) : law(x, k, line));
      expect(arraysIn(await made.handle[name](request))).toEqual(
        splitFor(to, forward ? paths.of : paths.wrt, (line) =>
          flat.reduce((sum, one, k) => sum + one * entry(line, k), 0),
        ),
      );
    } else {
      predicted = (await made.handle.explain('jacobian', { inputs: at })).calls;
      before = { ...made.calls };
      expect(blocksIn(await made.handle.jacobian({ inputs: at }))).toEqual(
        wantedBlocks(sizes, (i, j) => law(x, i, j), paths.of, paths.wrt),
      );
    }
    const { apply, jvp, vjp } = made.calls;
    const calls = { apply: apply - before.apply, jvp: jvp - before.jvp, vjp: vjp - before.vjp };
    if (warned.mock.calls.length === fresh) expect({ apply: 0, jvp: 0, vjp: 0, ...predicted }).toEqual(calls);
    spent.push(calls.jvp + calls.vjp);
  }
  return spent;
}

describe.each(Object.keys(rules) as RuleName[])('%s with blocks that are said to stay the same', (rule) => {
  test('where they do: the numbers of each point, in the calls that were predicted, without a warning', async () => {
    await fc.assert(
      fc.asyncProperty(truths, fc.nat(), fc.integer({ min: 1, max: 3 }), walks, async (truth, mask, sparse, points) => {
        warned.mockClear();
        const spent = await walk(rule, truth, weakened(truth, mask), sparse, points);
        expect(Math.max(...spent)).toBe(spent[0]);
        expect(warned).not.toHaveBeenCalled();
      }),
      { seed: 6, numRuns: 20 },
    );
  });

  test('where they do not: the numbers of each point all the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        truths,
        truths,
        fc.integer({ min: 1, max: 3 }),
        walks,
        async (truth, claimed, sparse, points) => {
          await walk(rule, truth, claimed, sparse, points);
        },
      ),
      { seed: 66, numRuns: 25 },
    );
  });

  test('all of them constant: from the second point on nothing is probed, and one product checks', async () => {
    const constant = Object.fromEntries(blockKeys.map(([of, wrt]) => [`${of} ${wrt}`, 'constant' as const]));
    const points = [1, 2, 3].map((value) => Array<number>(count).fill(value));
    const [, ...later] = await walk(rule, constant, constant, 1, points);
    expect(later).toEqual([1, 1]);
  });
});
