/** Authors who write to their inputs: all probes of a sweep are at one point all the same. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  Derive,
  DifferentiableComponent,
  Field,
  Float64,
  Jvp,
  type JvpRequest,
  type NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';

const wait = () => new Promise((done) => setImmediate(done));
const pause = (later: boolean, result: object) => (later ? wait().then(() => result) : result) as never;

class Inputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Float64({ shape: [null] }) k!: NdArray;
  @Field(() => Object) settings: { turns: number } = { turns: 0 };
  @Float64({ each: 'list' }) weights: number[] = [];
}

class Outputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

/** Everything that can be written to, doubled or counted up. */
function spoil({ x, k, settings, weights }: Inputs, also: boolean): void {
  k.data.forEach((one, i) => {
    k.data[i] = 2 * Number(one);
  });
  settings.turns++;
  weights.push(1);
  if (also) x.data.fill(7);
}

const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
/** yᵢ = kᵢ·xᵢ²·(1 + turns)·(1 + Σw). */
const factor = ({ settings, weights }: Inputs) => (1 + settings.turns) * (1 + sum(weights));

function define(rules: readonly string[], own: 'jvp' | 'vjp' | 'none', later: boolean) {
  @Component({ inputs: Inputs, outputs: Outputs })
  class Writer extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() apply(inputs: Inputs) {
      const y = Float64Array.from(
        inputs.x.data,
        (one, i) => Number(inputs.k.data[i]) * Number(one) ** 2 * factor(inputs),
      );
      spoil(inputs, true);
      return pause(later, { y });
    }
  }
  class WithJvp extends Writer {
    @Jvp() push({ inputs, tangent }: JvpRequest<Inputs>) {
      const t = (tangent.x as NdArray).data;
      const y = Float64Array.from(
        inputs.x.data,
        (one, i) => 2 * Number(inputs.k.data[i]) * Number(one) * factor(inputs) * Number(t[i]),
      );
      spoil(inputs, true);
      return pause(later, { y });
    }
  }
  class WithVjp extends Writer {
    @Vjp() pull({ inputs, cotangent }: VjpRequest<Inputs, Outputs>) {
      const c = (cotangent.y as NdArray).data;
      const x = Float64Array.from(
        inputs.x.data,
        (one, i) => 2 * Number(inputs.k.data[i]) * Number(one) * factor(inputs) * Number(c[i]),
      );
      spoil(inputs, true);
      return pause(later, { x });
    }
  }
  const Rules = Derive(...(rules as ['jacobianFromJvp'])) as unknown as ClassDecorator;
  const base = own === 'jvp' ? WithJvp : own === 'vjp' ? WithVjp : Writer;
  @Component({ inputs: Inputs, outputs: Outputs })
  @Rules
  class Derived extends base {}
  return Derived;
}

const rows = [
  ['jacobianFromJvp', 'jvp', ['jacobianFromJvp']],
  ['jacobianFromVjp', 'vjp', ['jacobianFromVjp']],
  ['vjpFromJvp', 'jvp', ['vjpFromJvp', 'jacobianFromVjp']],
  ['jvpFromVjp', 'vjp', ['jvpFromVjp', 'jacobianFromJvp']],
  ['jacobianFromApply', 'none', ['jacobianFromApply']],
  ['vjpFromApply', 'none', ['vjpFromApply', 'jacobianFromVjp']],
  ['jvpFromApply', 'none', ['jvpFromApply', 'jacobianFromJvp']],
] as const;

describe.each(rows)('methods that write to all they are given, under %s', (_, own, rules) => {
  test.each([
    ['at once', false, {}],
    ['later', true, {}],
    ['later, four at a time', true, { concurrency: 4 }],
  ] as const)('give the Jacobian of one point, where they answer %s', async (_when, later, options) => {
    const handle = openComponent(define(rules, own, later));
    const x = [1, 2, -3, 0.5, 4];
    const k = [3, 4, 5, 6, 7];
    const inputs = { x, k, settings: { turns: 1 }, weights: [0.5] };
    for (let turn = 0; turn < 2; turn++) {
      const { y } = await handle.jacobian({ inputs, of: ['y'], wrt: ['x'] }, options);
      const block = (y!['x'] as NdArray).toNested() as number[][];
      const wanted = block.map((row, i) => row.map((_, j) => (i === j ? 2 * k[i]! * x[i]! * 3 : 0)));
      const worst = Math.max(...block.flat().map((entry, at) => Math.abs(entry - wanted.flat()[at]!)));
      expect(worst).toBeLessThan(own === 'none' ? 1e-5 : 1e-11);
    }
    expect(inputs).toEqual({ x: [1, 2, -3, 0.5, 4], k: [3, 4, 5, 6, 7], settings: { turns: 1 }, weights: [0.5] });
  });
});
