/** What holds of every derivative, whichever rule gives it: duality, linearity, reproducibility, idempotent coercion. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  type ComponentHandle,
  Derive,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  type RuleName,
  type Seed,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import fc from 'fast-check';
import { flat } from '../scenarios/algebra.js';
import { build } from '../scenarios/build.js';
import { requestOf } from '../scenarios/expectations.js';
import { scenarios } from '../scenarios/index.js';
import { pointOf } from '../scenarios/point.js';

const seed = 20_260_901;

/** A random smooth component: y_i = Σ_j a_ij·sin(x_j + z), with its sizes. */
interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly weights: readonly number[];
  readonly x: readonly number[];
  readonly z: number;
  readonly tangents: readonly (readonly number[])[];
  readonly cotangents: readonly (readonly number[])[];
  readonly factor: number;
}

const number = fc.double({ min: -8, max: 8, noNaN: true }).map((value) => Math.round(value * 1024) / 1024);
const numbers = (length: number) => fc.array(number, { minLength: length, maxLength: length });

const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
  .chain(([rows, columns]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      weights: numbers(rows * columns),
      x: numbers(columns),
      z: number,
      tangents: fc.array(numbers(columns + 1), { minLength: 2, maxLength: 2 }),
      cotangents: fc.array(numbers(rows), { minLength: 2, maxLength: 2 }),
      factor: number,
    }),
  );

class Inputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Float64({ differentiable: true }) z = 0;
}
class Outputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

abstract class Waves extends DifferentiableComponent<Inputs, Outputs> {
  weights: readonly number[] = [];
  rows = 0;

  @Apply() evaluate({ x, z }: Inputs) {
    return { y: this.sums((j) => Math.sin(x.data[j]! + z), x.size) };
  }
  sums(term: (j: number) => number, columns: number): number[] {
    const sum = (i: number) =>
      Array.from({ length: columns }, (_, j) => this.weights[i * columns + j]! * term(j)).reduce((a, b) => a + b, 0);
    return Array.from({ length: this.rows }, (_, i) => sum(i));
  }
  block({ x, z }: Inputs): number[] {
    return this.weights.map((weight, k) => weight * Math.cos(x.data[k % x.size]! + z));
  }
}

class ByJacobian extends Waves {
  @Jacobian() blocks({ inputs }: JacobianRequest<Inputs>) {
    const { x, z } = inputs;
    const block = new NdArray('float64', [this.rows, x.size], Float64Array.from(this.block(inputs)));
    return { y: { x: block, z: this.sums((j) => Math.cos(x.data[j]! + z), x.size) } };
  }
}
class ByJvp extends Waves {
  @Jvp() push({ inputs: { x, z }, tangent }: JvpRequest<Inputs>) {
    const moved = (j: number) => (tangent.x?.data[j] ?? 0) + (tangent.z ?? 0);
    return { y: this.sums((j) => Math.cos(x.data[j]! + z) * moved(j), x.size) };
  }
}
class ByVjp extends Waves {
  @Vjp() pull({ inputs, cotangent }: VjpRequest<Inputs, Outputs>) {
    const block = this.block(inputs);
    const columns = inputs.x.size;
    const x = Array.from({ length: columns }, (_, j) =>
      [...cotangent.y!.data].reduce((sum, c, i) => sum + c * block[i * columns + j]!, 0),
    );
    return { x, z: x.reduce((a, b) => a + b, 0) };
  }
}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jvpFromJacobian', 'vjpFromJacobian')
class FromJacobian extends ByJacobian {}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jacobianFromJvp', 'vjpFromJvp')
class FromJvp extends ByJvp {}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jacobianFromJvp', 'vjpFromJacobian')
class ThroughJacobian extends ByJvp {}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jacobianFromVjp', 'jvpFromVjp')
class FromVjp extends ByVjp {}

const types: readonly (readonly [string, new () => Waves])[] = [
  ['out of a jacobian', FromJacobian],
  ['out of a jvp', FromJvp],
  ['out of a jacobian out of a jvp', ThroughJacobian],
  ['out of a vjp', FromVjp],
];

const data = (value: unknown): number[] => flat(value) as number[];

/** J·t and Jᵀ·c of one case, as flat vectors: the elements of x, then z. */
function derivativesOf(type: new () => Waves, { rows, weights, x, z }: Case) {
  const handle: ComponentHandle<Inputs, Outputs> = openComponent(Object.assign(new type(), { rows, weights }));
  const inputs = { x: [...x], z };
  return {
    push: async (t: readonly number[]) => {
      const { y } = await handle.jvp({ inputs, tangent: { x: t.slice(0, -1), z: t.at(-1)! } });
      return data(y);
    },
    pull: async (c: readonly number[]) => {
      const gradient = await handle.vjp({ inputs, cotangent: { y: [...c] } });
      return [...data(gradient['x']), ...data(gradient['z'])];
    },
    jacobian: async () => {
      const { y } = await handle.jacobian({ inputs });
      return [...data(y!['x']), ...data(y!['z'])];
    },
  };
}

const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const combine = (by: number, a: readonly number[], b: readonly number[]): number[] => a.map((v, i) => by * v + b[i]!);

/** Up to rounding: sums of at most 25 products of numbers up to 8, 64 and 4096. */
function expectClose(a: readonly number[], b: readonly number[]): void {
  expect(a).toHaveLength(b.length);
  a.forEach((value, i) => {
    expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(1e-9);
  });
}

const check = (property: (one: Case) => Promise<void>) =>
  fc.assert(fc.asyncProperty(cases, property), { seed, numRuns: 60 });

describe.each(types)('derivatives %s', (_name, type) => {
  test('⟨c, J·t⟩ = ⟨Jᵀ·c, t⟩', () =>
    check(async (one) => {
      const { push, pull } = derivativesOf(type, one);
      const [t, c] = [one.tangents[0]!, one.cotangents[0]!];
      expectClose([inner(c, await push(t))], [inner(await pull(c), t)]);
    }));

  test('J·(a·s + t) = a·J·s + J·t', () =>
    check(async (one) => {
      const { push } = derivativesOf(type, one);
      const [s, t] = one.tangents as [number[], number[]];
      expectClose(await push(combine(one.factor, s, t)), combine(one.factor, await push(s), await push(t)));
    }));

  test('Jᵀ·(a·b + c) = a·Jᵀ·b + Jᵀ·c', () =>
    check(async (one) => {
      const { pull } = derivativesOf(type, one);
      const [b, c] = one.cotangents as [number[], number[]];
      expectClose(await pull(combine(one.factor, b, c)), combine(one.factor, await pull(b), await pull(c)));
    }));

  test('are those out of a jacobian', () =>
    check(async (one) => {
      const [ours, reference] = [derivativesOf(type, one), derivativesOf(FromJacobian, one)];
      expectClose(await ours.jacobian(), await reference.jacobian());
      expectClose(await ours.push(one.tangents[0]!), await reference.push(one.tangents[0]!));
      expectClose(await ours.pull(one.cotangents[0]!), await reference.pull(one.cotangents[0]!));
    }));

  test('are bit by bit the same from run to run', () =>
    check(async (one) => {
      const run = async () => {
        const { push, pull, jacobian } = derivativesOf(type, one);
        const all = [...(await push(one.tangents[0]!)), ...(await pull(one.cotangents[0]!)), ...(await jacobian())];
        return new BigUint64Array(Float64Array.from(all).buffer);
      };
      expect(await run()).toEqual(await run());
    }));
});

describe('coercion', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'of what was coerced changes nothing, and copies no array: %s',
    async (_name, scenario) => {
      const once = await pointOf(scenario);
      const twice = await pointOf({ ...scenario, at: once });
      expect(twice).toEqual(once);
      for (const [name, value] of Object.entries(once)) {
        if (value instanceof NdArray) expect((twice as Record<string, unknown>)[name]).toBe(value);
      }
      const { type } = build(scenario, { own: ['apply', 'jacobian'], rules: ['jvpFromJacobian'] });
      const handle = openComponent(type);
      expect(await handle.apply(once)).toEqual(await handle.apply(scenario.at));
      const request = requestOf(scenario);
      expect(await handle.jvp({ ...request, inputs: once })).toEqual(await handle.jvp(request));
    },
  );

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'takes outputs as seeds, and results of a derivative as seeds of another: %s',
    async (_name, scenario) => {
      const rules: RuleName[] = ['jvpFromJacobian', 'vjpFromJacobian'];
      const handle = openComponent(build(scenario, { own: ['apply', 'jacobian'], rules }).type);
      const request = requestOf(scenario);
      const pushed = await handle.jvp(request);
      const pulled = await handle.vjp({ ...request, cotangent: pushed as Seed });
      expect(Object.keys(await handle.jvp({ ...request, tangent: pulled as Seed }))).toEqual(Object.keys(pushed));
    },
  );
});
