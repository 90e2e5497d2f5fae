/** A random component with a closed form, under a random chain of rules: its calls are counted, its values are known. */

import * as cotangent from 'cotangent';
import {
  Apply,
  Component,
  DifferentiableComponent,
  type DType,
  type EndpointName,
  Jacobian,
  Jvp,
  NdArray,
  type RuleName,
  Vjp,
} from 'cotangent';
import { type Leaf, type Model, type Num, numbersIn, randomModel, sizeOf } from './fields.js';
import type { Draw } from './random.js';

export type Derivative = 'jacobian' | 'jvp' | 'vjp';
type Calls = Partial<Record<EndpointName, number>>;

/** A rule with its options. */
export type Step = readonly [RuleName, object];

/** Which methods a class has, and which rules it opts in to. */
interface Chain {
  readonly own: readonly EndpointName[];
  readonly rules: readonly RuleName[];
}

const chains: readonly Chain[] = [
  { own: ['jacobian'], rules: ['vjpFromJacobian'] },
  { own: ['jacobian'], rules: ['jvpFromJacobian', 'vjpFromJacobian'] },
  { own: ['jacobian'], rules: ['jvpFromJacobian', 'vjpFromJvp'] },
  { own: ['jacobian'], rules: ['vjpFromJacobian', 'jvpFromVjp'] },
  { own: ['jvp'], rules: ['jacobianFromJvp'] },
  { own: ['jvp'], rules: ['vjpFromJvp'] },
  { own: ['jvp'], rules: ['jacobianFromJvp', 'vjpFromJacobian'] },
  { own: ['jvp'], rules: ['jacobianFromJvp', 'vjpFromJvp'] },
  { own: ['jvp'], rules: ['vjpFromJvp', 'jacobianFromVjp'] },
  { own: ['jvp'], rules: ['vjpFromJvp', 'jacobianFromProducts'] },
  { own: ['vjp'], rules: ['jacobianFromVjp'] },
  { own: ['vjp'], rules: ['jvpFromVjp'] },
  { own: ['vjp'], rules: ['jacobianFromVjp', 'jvpFromJacobian'] },
  { own: ['vjp'], rules: ['jacobianFromVjp', 'jvpFromVjp'] },
  { own: ['vjp'], rules: ['jvpFromVjp', 'jacobianFromJvp'] },
  { own: ['vjp'], rules: ['jvpFromVjp', 'jacobianFromProducts'] },
  { own: ['jvp', 'vjp'], rules: ['jacobianFromProducts'] },
  { own: ['jacobian', 'vjp'], rules: ['jvpFromVjp'] },
];

/** The same from apply alone: their values are approximate. */
const fromApply: readonly Chain[] = [
  { own: [], rules: ['jacobianFromApply', 'vjpFromJacobian', 'jvpFromJacobian'] },
  { own: [], rules: ['jvpFromApply', 'jacobianFromJvp', 'vjpFromJacobian'] },
  { own: [], rules: ['jvpFromApply', 'vjpFromJvp', 'jacobianFromVjp'] },
  { own: [], rules: ['vjpFromApply', 'jacobianFromVjp', 'jvpFromVjp'] },
  { own: [], rules: ['jacobianFromApply', 'jvpFromApply', 'vjpFromJvp'] },
];

/** What a component computes, and how. */
export interface Case {
  readonly inputs: Model;
  readonly outputs: Model;
  readonly complex: boolean;
  /** Whether a value by this endpoint is that of the closed form up to rounding. */
  readonly exact: boolean;
  readonly single: boolean;
  readonly chain: Chain;
  readonly steps: readonly Step[];
  readonly type: new () => DifferentiableComponent<object, object>;
  readonly calls: Calls;
  readonly offered: readonly Derivative[];
  readonly entry: (x: readonly Num[], factor: number, i: number, j: number) => Num;
  /** Words for a message. */
  readonly told: string;
}

const zero: Num = { re: 0, im: 0 };
const plus = (a: Num, b: Num): Num => ({ re: a.re + b.re, im: a.im + b.im });
/** The product of two numbers. */
export const times = (a: Num, b: Num): Num => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });

/** The ranges of leaves in a flat vector. */
export function rangesOf(leaves: readonly Leaf[]): ReadonlyMap<string, { readonly leaf: Leaf; readonly from: number }> {
  let from = 0;
  return new Map(
    leaves.map((leaf) => {
      const range = [leaf.path, { leaf, from }] as const;
      from += sizeOf(leaf.shape);
      return range;
    }),
  );
}

/** The number of elements of leaves. */
export const totalOf = (leaves: readonly Leaf[]): number => leaves.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Numbers as an array of a shape: float64 or complex128, a scalar as itself. */
export function arrayFrom(numbers: readonly Num[], shape: readonly number[], complex: boolean): unknown {
  if (shape.length === 0) return complex ? numbers[0] : numbers[0]!.re;
  const flat = numbers.flatMap(({ re, im }) => (complex ? [re, im] : [re]));
  return new NdArray<DType>(complex ? 'complex128' : 'float64', [...shape], Float64Array.from(flat));
}

function optionsFor(draw: Draw, rule: RuleName, { complex, perRow }: { complex: boolean; perRow: unknown }): object {
  if (!/FromJvp|FromVjp|FromProducts/.test(rule)) return {};
  const options: Record<string, unknown> = {};
  if (draw.chance(0.15)) options['concurrency'] = 1 + draw.below(4);
  if (complex) return options;
  const kind = draw.below(8);
  if (kind < 2) options['verify'] = 1 + draw.below(2);
  if (kind === 2 || kind === 3) options['sparsity'] = 'detect';
  if (kind === 4 && perRow) options['sparsity'] = { perRow };
  if (kind === 4 && draw.chance(0.3)) options['verify'] = 0;
  if (draw.chance(0.15)) options['batch'] = 1 + draw.below(4);
  if (rule === 'jacobianFromProducts')
    options['costs'] = draw.one([
      { jvp: 1, vjp: 1 },
      { jvp: 1, vjp: 3 },
    ]);
  return options;
}

interface Asked {
  readonly inputs: object;
  readonly of: readonly string[];
  readonly wrt: readonly string[];
  readonly tangent?: Record<string, unknown>;
  readonly cotangent?: Record<string, unknown>;
  readonly batch?: number;
}

/** A random component. */
export function randomCase(draw: Draw): Case {
  const complex = draw.chance(0.15);
  const differences = draw.chance(0.15);
  const [inputs, outputs] = [randomModel(draw, complex, true), randomModel(draw, complex, false)];
  if (inputs.leaves.length === 0 || outputs.leaves.length === 0) return randomCase(draw);
  const [n, m] = [totalOf(inputs.leaves), totalOf(outputs.leaves)];
  const chain = draw.one(differences ? fromApply : chains);
  const sparse = draw.chance(0.6);
  const salt = draw.below(1000);
  const isThere = (i: number, j: number) => !sparse || (7 * i + 3 * j + salt) % 3 === 0;
  const part = (i: number, j: number, by: number) => ((by * i + 5 * j + salt) % 9) - 4;
  const a = (i: number, j: number): Num => ({ re: part(i, j, 3) / 2, im: complex ? part(i, j, 2) / 2 : 0 });
  const b = (i: number, j: number): Num => ({ re: part(i, j, 4) / 4, im: 0 });
  const entry = (x: readonly Num[], factor: number, i: number, j: number): Num =>
    isThere(i, j) ? times({ re: factor, im: 0 }, plus(a(i, j), times(b(i, j), x[j]!))) : zero;
  const calls: Calls = {};
  const flat = (root: object) => inputs.leaves.flatMap((leaf) => numbersIn(leaf.read(root)));
  const later = draw.chance(0.3);
  const reuse = !later && draw.chance(0.3);
  const batch = !complex && draw.chance(0.3) ? 2 + draw.below(3) : undefined;
  const [rows, columns] = [rangesOf(outputs.leaves), rangesOf(inputs.leaves)];
  const buffers = new Map<string, NdArray<DType>>();
  const give = (path: string, numbers: readonly Num[], shape: readonly number[]): unknown => {
    const made = arrayFrom(numbers, shape, complex);
    if (!reuse || typeof made !== 'object' || !(made instanceof NdArray)) return made;
    const key = `${path} ${shape.join()}`;
    const buffer = buffers.get(key) ?? made;
    (buffer.data as Float64Array).set(made.data as Float64Array);
    buffers.set(key, buffer);
    return buffer;
  };
  type Side = typeof rows;
  const product = (
    from: Side,
    to: Side,
    seeds: Record<string, unknown>,
    wanted: readonly string[],
    count: number | undefined,
    at: (line: number, other: number) => Num,
  ) => {
    const answer: [string, unknown][] = wanted.map((path) => {
      const { leaf, from: start } = to.get(path)!;
      const size = sizeOf(leaf.shape);
      const numbers = Array.from({ length: (count ?? 1) * size }, (_, at_) => {
        const [k, line] = [Math.floor(at_ / Math.max(1, size)), at_ % Math.max(1, size)];
        let sum = zero;
        for (const [name, seed] of Object.entries(seeds)) {
          const { leaf: other, from: first } = from.get(name)!;
          const width = sizeOf(other.shape);
          const values = numbersIn(seed);
          for (let j = 0; j < width; j++) {
            const value = values[k * width + j]!;
            if (value.re !== 0 || value.im !== 0) sum = plus(sum, times(at(start + line, first + j), value));
          }
        }
        return sum;
      });
      return [path, give(path, numbers, count === undefined ? leaf.shape : [count, ...leaf.shape])];
    });
    return new Map(answer);
  };
  const methods: Record<EndpointName, (argument: never) => unknown> = {
    abstractEval: () => ({}),
    apply: (root: object) => {
      const [x, factor] = [flat(root), { re: inputs.factor(root), im: 0 }];
      const value = (i: number) => {
        let sum = zero;
        for (let j = 0; j < n; j++) {
          if (!isThere(i, j)) continue;
          const half = times(b(i, j), { re: x[j]!.re / 2, im: x[j]!.im / 2 });
          sum = plus(sum, times(factor, times(plus(a(i, j), half), x[j]!)));
        }
        return sum;
      };
      return outputs.value(Array.from({ length: m }, (_, i) => value(i)));
    },
    jacobian: ({ inputs: root, of, wrt }: Asked) => {
      const [x, factor] = [flat(root), inputs.factor(root)];
      const block = (row: string, column: string) => {
        const [output, input] = [rows.get(row)!, columns.get(column)!];
        const numbers = Array.from({ length: sizeOf(output.leaf.shape) }, (_, i) =>
          Array.from({ length: sizeOf(input.leaf.shape) }, (_one, j) =>
            entry(x, factor, output.from + i, input.from + j),
          ),
        ).flat();
        return give(`${row} ${column}`, numbers, [...output.leaf.shape, ...input.leaf.shape]);
      };
      return new Map(of.map((row) => [row, new Map(wrt.map((column) => [column, block(row, column)]))]));
    },
    jvp: ({ inputs: root, of, tangent = {}, batch: count }: Asked) => {
      const [x, factor] = [flat(root), inputs.factor(root)];
      return product(columns, rows, tangent, of, count, (i, j) => entry(x, factor, i, j));
    },
    vjp: ({ inputs: root, wrt, cotangent = {}, batch: count }: Asked) => {
      const [x, factor] = [flat(root), inputs.factor(root)];
      return product(rows, columns, cotangent, wrt, count, (j, i) => entry(x, factor, i, j));
    },
  };
  class Made extends DifferentiableComponent<object, object> {}
  const decorators = { apply: Apply, jacobian: Jacobian, jvp: Jvp, vjp: Vjp } as unknown as Record<
    string,
    (options?: object) => (target: object, key: string) => void
  >;
  for (const name of ['apply', ...chain.own] as EndpointName[]) {
    const value = (argument: never) => {
      calls[name] = (calls[name] ?? 0) + 1;
      if (!later) return methods[name](argument);
      return new Promise((done) => setImmediate(done)).then(() => methods[name](argument));
    };
    Object.defineProperty(Made.prototype, name, { value, configurable: true, writable: true });
    const traits = (name === 'jvp' || name === 'vjp') && batch ? { batch } : undefined;
    decorators[name]!(traits)(Made.prototype, name);
  }
  const isFlat = inputs.isFlat && outputs.isFlat;
  const perRow = isFlat
    ? Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_one, j) => j).filter((j) => isThere(i, j)))
    : undefined;
  const shared = draw.chance(0.5) ? optionsFor(draw, 'jvpFromVjp', { complex, perRow }) : undefined;
  const steps = chain.rules.map((rule): Step => {
    const own = optionsFor(draw, rule, { complex, perRow });
    return [rule, shared && /^\w+From[JV][jv]p$/.test(rule) ? shared : own];
  });
  for (const [rule, options] of steps) {
    const name = `Derive${rule[0]!.toUpperCase()}${rule.slice(1)}` as 'DeriveJacobianFromJvp';
    (cotangent[name](options as never) as unknown as (type: object) => void)(Made);
  }
  const cache = draw.one([undefined, undefined, true, false, { bytes: 3000 }] as const);
  const component = Component({
    inputs: inputs.type,
    outputs: outputs.type,
    ...(cache === undefined ? {} : { cache }),
  });
  (component as unknown as (type: object) => void)(Made);
  const offered = (['jacobian', 'jvp', 'vjp'] as const).filter(
    (name) => chain.own.includes(name) || chain.rules.some((rule) => rule.startsWith(name)),
  );
  const single = [...inputs.leaves, ...outputs.leaves].some(({ dtype }) => dtype === 'float32');
  const told = JSON.stringify({
    steps,
    own: chain.own,
    complex,
    later,
    reuse,
    batch,
    cache,
    n,
    m,
    in: inputs.leaves.map(({ path, shape, dtype }) => [path, shape, dtype]),
    out: outputs.leaves.map(({ path, shape, dtype }) => [path, shape, dtype]),
  });
  return {
    inputs,
    outputs,
    complex,
    exact: !differences,
    single,
    chain,
    steps,
    type: Made,
    calls,
    offered,
    entry,
    told,
  };
}
