/** Any sparse Jacobian under any declaration, right or wrong: never a wrong number, and the calls that were predicted. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  DeriveJacobianFromJvp,
  DeriveJacobianFromProducts,
  DeriveJacobianFromVjp,
  DeriveJvpFromVjp,
  DeriveVjpFromJvp,
  type PlanOptions,
} from 'cotangent';
import fc from 'fast-check';
import {
  arraysIn,
  blocksIn,
  type FieldSizes,
  field,
  inputsOf,
  outputsOf,
  type Part,
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

const small = fc.integer({ min: 0, max: 3 });
const sizes: fc.Arbitrary<FieldSizes> = fc.record({
  a: fc.integer({ min: 0, max: 6 }),
  w: fc.tuple(small, small),
  l: small,
  m: fc.array(small, { maxLength: 2 }),
  u: fc.integer({ min: 0, max: 6 }),
  v: fc.tuple(small, small),
});

/** The same number for the same four numbers, with no pattern that a declaration could follow. */
function scramble(...words: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const word of words) {
    hash = Math.imul(hash ^ (word + 0x9e37), 0x01000193);
    hash ^= hash >>> 13;
  }
  return hash >>> 0;
}

/** A nonzero small integer in one entry of `sparse`, chosen by the seed, else 0; its value may depend on the point. */
const lawOf =
  (seed: number, sparse: number, drift: boolean) =>
  (x: readonly number[], i: number, j: number): number => {
    if (scramble(seed, i, j) % sparse !== 0) return 0;
    const value = 1 + (scramble(seed, j, i, 7) % 7);
    return drift ? value + 8 * (x[scramble(i, j) % x.length] ?? 0) : value;
  };

type Mistake = 'right' | 'more' | 'less' | 'other' | 'none';

/** What is declared of each row, by a mistake. */
function declare(
  mistake: Mistake,
  rows: number,
  columns: number,
  has: (i: number, j: number) => boolean,
  seed: number,
) {
  const said: Record<Mistake, (i: number, j: number) => boolean> = {
    right: has,
    more: (i, j) => has(i, j) || scramble(seed, i, j, 1) % 5 === 0,
    less: (i, j) => has(i, j) && scramble(seed, i, j, 2) % 3 !== 0,
    other: (i, j) => scramble(seed, i, j, 3) % 4 === 0,
    none: () => false,
  };
  const all = Array.from({ length: columns }, (_, j) => j);
  return { perRow: Array.from({ length: rows }, (_, i) => all.filter((j) => said[mistake](i, j))) };
}

const rules = {
  jacobianFromJvp: { products: ['jvp'], decorate: DeriveJacobianFromJvp },
  jacobianFromVjp: { products: ['vjp'], decorate: DeriveJacobianFromVjp },
  jacobianFromProducts: { products: ['jvp', 'vjp'], decorate: DeriveJacobianFromProducts },
  vjpFromJvp: { products: ['jvp'], decorate: DeriveVjpFromJvp },
  jvpFromVjp: { products: ['vjp'], decorate: DeriveJvpFromVjp },
} as const;

type RuleName = keyof typeof rules;

const scenario = fc.record({
  sizes,
  seed: fc.integer({ min: 0, max: 2 ** 30 }),
  sparse: fc.constantFrom(1, 2, 4, 9),
  drift: fc.boolean(),
  mistake: fc.constantFrom<Mistake>('right', 'right', 'more', 'less', 'other', 'none'),
  source: fc.constantFrom('whole', 'detect', 'dense', 'blocks'),
  verify: fc.constantFrom(undefined, 1, 2),
  batch: fc.constantFrom(undefined, 2, 5),
  isAsync: fc.boolean(),
  concurrency: fc.constantFrom(undefined, 3),
  reuse: fc.boolean(),
  cache: fc.constantFrom(false as const, undefined),
  points: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
  asked: fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const some = (parts: readonly Part[], mask: number): string[] => {
  const chosen = parts.filter((_, k) => (mask >> k) % 2 === 1).map(({ path }) => path);
  return chosen.length === 0 ? parts.map(({ path }) => path) : chosen;
};

function optionsFor({ sizes: all, seed, mistake, source, verify }: Scenario, has: (i: number, j: number) => boolean) {
  const [rows, columns] = [totalOf(outputsOf(all)), totalOf(inputsOf(all))];
  const checks = verify === undefined ? {} : { verify };
  if (source === 'detect' || source === 'dense') return { sparsity: source, ...checks } as PlanOptions;
  if (source === 'whole') return { sparsity: declare(mistake, rows, columns, has, seed), ...checks } as PlanOptions;
  // u by a alone is declared, and u by s; the rest is dense.
  const block = declare(mistake, all.u, all.a, has, seed);
  return {
    sparsity: {
      u: { a: block, s: mistake === 'less' || mistake === 'none' ? 'zero' : 'dense' },
      q: { 'l.[]': 'dense' },
    },
    ...checks,
  } as PlanOptions;
}

function traitsFor({ batch, isAsync, concurrency, reuse, cache }: Scenario) {
  return {
    ...(batch && { batch }),
    ...(isAsync && concurrency && { concurrency }),
    ...(isAsync
      ? { wait: (call: number) => (call % 3 === 0 ? Promise.resolve() : new Promise((go) => setImmediate(go))) }
      : { reuse }),
    ...(cache === false && { cache }),
  };
}

async function runOne(rule: RuleName, one: Scenario): Promise<void> {
  const law = lawOf(one.seed, one.sparse, one.drift);
  const [inputs, outputs] = [inputsOf(one.sizes), outputsOf(one.sizes)];
  const origin = new Array<number>(totalOf(inputs)).fill(0);
  const options = optionsFor(one, (i, j) => law(origin, i, j) !== 0);
  const { products, decorate } = rules[rule];
  const { handle, calls } = field(one.sizes, law, products, [decorate(options)], traitsFor(one));
  const right = one.mistake === 'right' || one.mistake === 'more' || one.source === 'dense' || one.source === 'detect';
  for (const shift of one.points) {
    const x = origin.map((_, k) => (k + shift) % 4);
    const point = pointOf(one.sizes, x);
    for (const [rows, columns] of one.asked) {
      const request = { inputs: point, of: some(outputs, rows), wrt: some(inputs, columns) };
      const fresh = warned.mock.calls.length;
      const ask = async () => {
        if (rule !== 'vjpFromJvp' && rule !== 'jvpFromVjp') {
          const explanation = one.cache === false && right ? await handle.explain('jacobian', request) : undefined;
          const before = { ...calls };
          expect(blocksIn(await handle.jacobian(request))).toEqual(
            wantedBlocks(one.sizes, (i, j) => law(x, i, j), request.of, request.wrt),
          );
          return { explanation, before };
        }
        const forward = rule === 'jvpFromVjp';
        const [from, to] = forward ? [inputs, outputs] : [outputs, inputs];
        const [named, wanted] = forward ? [request.wrt, request.of] : [request.of, request.wrt];
        const { seed, flat } = seedFor(from, named, (k) => (scramble(one.seed, k, shift) % 5) - 2);
        const name = forward ? 'jvp' : 'vjp';
        const whole = { ...request, [forward ? 'tangent' : 'cotangent']: seed } as never;
        const explanation = one.cache === false && right ? await handle.explain(name, whole) : undefined;
        const before = { ...calls };
        const entry = (line: number, k: number) => (forward ? law(x, line, k) : law(x, k, line));
        expect(arraysIn(await handle[name](whole))).toEqual(
          splitFor(to, wanted, (line) => flat.reduce((sum, value, k) => sum + value * entry(line, k), 0)),
        );
        return { explanation, before };
      };
      const { explanation, before } = await ask();
      if (!explanation || warned.mock.calls.length > fresh) continue;
      const made = { apply: calls.apply - before.apply, jvp: calls.jvp - before.jvp, vjp: calls.vjp - before.vjp };
      const predicted = { apply: 0, jvp: 0, vjp: 0, ...explanation.calls };
      // How columns differ in size is seen when a pattern is first used: then up to three more products check it.
      const more = made.jvp + made.vjp - predicted.jvp - predicted.vjp;
      expect(more).toBeGreaterThanOrEqual(0);
      expect(more).toBeLessThanOrEqual(3);
      expect({ ...predicted, jvp: 0, vjp: 0 }).toEqual({ ...made, jvp: 0, vjp: 0 });
    }
  }
  if (right && one.source !== 'detect') expect(warned).not.toHaveBeenCalled();
}

describe('under any declaration, right or wrong, at several points and for any paths', () => {
  test.each(Object.keys(rules) as RuleName[])(
    '%s gives every entry to the bit, in the calls that were predicted',
    async (rule) => {
      await fc.assert(
        fc.asyncProperty(scenario, async (one) => {
          warned.mockClear();
          await runOne(rule, one);
        }),
        { seed: 20261, numRuns: 90 },
      );
    },
    60_000,
  );
});
