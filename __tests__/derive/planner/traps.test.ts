/**
 * Jacobians with patterns that swallow NaN or move with values and flags, against their closed form. The sample of the
 * gate is small; COTANGENT_CASES=20000 runs as many Jacobians.
 */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type NdArray, type PlanOptions } from 'cotangent';
import { anyCase, type Case, dice, kindNames, open, rules, wrongEntries } from './traps.js';

const total = Number(process.env['COTANGENT_CASES'] ?? 400);
const points = 4;

let warned: jest.SpiedFunction<typeof process.emitWarning>;
beforeAll(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterAll(() => {
  warned.mockRestore();
});

/** Inputs of (0.1, 1.1), all different; now and then one is 0, where roots have no derivative. */
function anyPoint({ n, single }: Case, seed: number): Float64Array {
  const die = dice(seed);
  const x = Float64Array.from({ length: n }, () => 0.1 + die.next());
  if (die.next() < 0.3) x[die.below(n)] = 0;
  return single.x ? Float64Array.from(Float32Array.from(x)) : x;
}

async function wrongIn(seed: number): Promise<string[]> {
  // Most are small; one in ten has up to 60 rows and columns, one in a hundred up to 200.
  const one = anyCase(seed, seed % 100 === 99 ? 200 : seed % 10 === 9 ? 60 : 24);
  const rule = Object.keys(rules)[seed % 3] as keyof typeof rules;
  const options: PlanOptions = { sparsity: 'detect' };
  const handle = open(one, rule, options);
  const wrong: string[] = [];
  for (let k = 0; k < points; k++) {
    const [x, flag] = [anyPoint(one, 7919 * seed + k), k];
    const { y } = await handle.jacobian({ inputs: { x: [...x], flag } as never });
    const where = `seed ${seed}, ${rule}, ${JSON.stringify(one.single)}, point ${k}`;
    wrong.push(...wrongEntries(one, (y.x as NdArray).data, x, flag).map((entry) => `${where}: ${entry}`));
  }
  return wrong;
}

test('Jacobians recovered by a detected pattern have no wrong entry, whatever hides their dependences', async () => {
  const wrong: string[] = [];
  // Of 1883 and 3435 a missing entry is larger than what it was added to.
  for (const seed of [1883, 3435, ...Array.from({ length: total / points }, (_, k) => k + 1)])
    wrong.push(...(await wrongIn(seed)));
  expect(wrong).toEqual([]);
}, 3_600_000);

test('The generator of hidden dependences draws every kind of them', () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 100; seed++) for (const name of anyCase(seed, 24).names) seen.add(name);
  expect([...seen].sort()).toEqual([...kindNames].sort());
});
