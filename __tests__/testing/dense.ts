/**
 * Components of any arrays whose Jacobian is known entry by entry, so that any entry of any endpoint can be spoiled:
 * f(x)_i = Σ_j M_ij·(x_j/s + (x_j/s)²/4)·r, over all arrays of both sides.
 */
import {
  Apply,
  Complex64,
  Complex128,
  Component,
  DifferentiableComponent,
  Float16,
  Float32,
  Float64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  NdArray,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import type { Checkable } from 'cotangent/testing';

const fields = { float64: Float64, float32: Float32, float16: Float16, complex128: Complex128, complex64: Complex64 };

/** The dtypes of these components. */
export type Kind = keyof typeof fields;
/** Real and imaginary part. */
export type Pair = readonly [re: number, im: number];
/** An array of one side. A shape of `null` is any. */
export interface Field {
  readonly path: string;
  readonly shape: readonly number[];
  readonly declared?: readonly (number | null)[] | 'any';
}
/** A place in the Jacobian: flat indices within the two arrays. */
export interface Spot {
  readonly of: string;
  readonly i: number;
  readonly wrt: string;
  readonly j: number;
}
/** What an endpoint makes of an entry. */
export type Spoil = (value: Pair, at: Spot) => Pair;
/** The endpoints that an author may write. */
export type Own = readonly ('jvp' | 'vjp' | 'jacobian')[];
/** A component to make. */
export interface Dense {
  readonly own: Own;
  readonly kind?: Kind;
  readonly inputs?: readonly Field[];
  readonly outputs?: readonly Field[];
  readonly spoil?: { readonly [N in Own[number]]?: Spoil };
  /** The scales of the inputs and of the outputs. */
  readonly s?: number;
  readonly r?: number;
  /** What is done before each call, to make it slow, forgetful or failing. */
  readonly before?: (endpoint: string) => void | Promise<void>;
}

/** Every choice of endpoints. */
export const everyChoice: readonly Own[] = [
  ['jvp'],
  ['vjp'],
  ['jacobian'],
  ['jvp', 'vjp'],
  ['jvp', 'jacobian'],
  ['vjp', 'jacobian'],
  ['jvp', 'vjp', 'jacobian'],
];

const times = ([a, b]: Pair, [c, d]: Pair): Pair => [a * c - b * d, a * d + b * c];
const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Numbers from −1 to 1 that depend on the text alone, none near zero. */
export function numberOf(text: string): number {
  let state = 7;
  for (const letter of text) state = (state * 31 + letter.charCodeAt(0) * 101) % 65521;
  for (let k = 0; k < 3; k++) state = (state * 17364 + 12345) % 65521;
  const value = (2 * state) / 65521 - 1;
  return value < 0 ? value * 0.8 - 0.2 : value * 0.8 + 0.2;
}

/** The sides of a component: fresh classes with these fields. */
function model(side: readonly Field[], kind: Kind): new () => object {
  class Model {}
  for (const { path, shape, declared } of side) {
    const decorate = fields[kind]({ shape: declared ?? shape, differentiable: true } as never);
    (decorate as unknown as (target: object, key: string) => void)(Model.prototype, path);
  }
  return Model;
}

const half = { path: 'a', shape: [2, 3] };
/** What stands where nothing is said: two arrays on each side. */
export const standard: { readonly inputs: readonly Field[]; readonly outputs: readonly Field[] } = {
  inputs: [half, { path: 'b', shape: [4] }],
  outputs: [
    { path: 'p', shape: [5] },
    { path: 'q', shape: [2, 2] },
  ],
};

type Seeds = Readonly<Record<string, readonly Pair[]>>;

/** A component and inputs for it. */
export interface Made {
  readonly type: Checkable & (new () => object);
  readonly inputs: Record<string, unknown>;
  /** The right entry of the Jacobian at these inputs. */
  readonly entry: (at: Spot) => Pair;
}

/** Make a component. */
export function dense(given: Dense): Made {
  const { own, kind = 'float64', s = 1, r = 1, spoil = {}, before } = given;
  const sides = { inputs: given.inputs ?? standard.inputs, outputs: given.outputs ?? standard.outputs };
  const complex = kind.startsWith('complex');
  const weight = ({ of, i, wrt, j }: Spot): Pair => [
    numberOf(`${of}${i}|${wrt}${j}`),
    complex ? numberOf(`${wrt}${j}~${of}${i}`) : 0,
  ];
  const read = (value: unknown, { shape }: Field): readonly Pair[] => {
    const data =
      typeof value === 'number' ? [value] : 'data' in (value as object) ? (value as NdArray).data : undefined;
    const flat = data ?? [(value as { re: number }).re, (value as { im: number }).im];
    return Array.from({ length: sizeOf(shape) }, (_, k) =>
      complex ? [flat[2 * k]!, flat[2 * k + 1]!] : [flat[k]!, 0],
    );
  };
  const write = (pairs: readonly Pair[], shape: readonly number[]): unknown => {
    const flat = complex ? pairs.flat() : pairs.map(([re]) => re);
    const data = kind === 'float64' || kind === 'complex128' ? new Float64Array(flat) : new Float32Array(flat);
    return new NdArray(kind, shape, data as never);
  };
  const all = (inputs: object): Seeds =>
    Object.fromEntries(sides.inputs.map((one) => [one.path, read((inputs as Record<string, unknown>)[one.path], one)]));
  const entryAt = (x: Seeds, at: Spot): Pair => {
    const [re, im] = x[at.wrt]![at.j]!;
    const [p, q] = times(weight(at), [1 + re / s / 2, im / s / 2]);
    return [(p * r) / s, (q * r) / s];
  };
  const eachSpot = (of: Field, wrt: Field, run: (at: Spot) => void) => {
    for (let i = 0; i < sizeOf(of.shape); i++)
      for (let j = 0; j < sizeOf(wrt.shape); j++) run({ of: of.path, i, wrt: wrt.path, j });
  };
  const product = (
    endpoint: 'jvp' | 'vjp',
    inputs: object,
    seeds: object,
    from: readonly Field[],
    to: readonly Field[],
  ) => {
    const x = all(inputs);
    const change = spoil[endpoint] ?? ((value: Pair) => value);
    return Object.fromEntries(
      to.map((target) => {
        const sums = Array.from({ length: sizeOf(target.shape) }, (): [number, number] => [0, 0]);
        for (const source of from) {
          const seed = (seeds as Record<string, unknown>)[source.path];
          if (seed === undefined) continue;
          const values = read(seed, source);
          const [of, wrt] = endpoint === 'jvp' ? [target, source] : [source, target];
          eachSpot(of, wrt, (at) => {
            const [to, by] = endpoint === 'jvp' ? [at.i, at.j] : [at.j, at.i];
            const [p, q] = values[by]!;
            if (p === 0 && q === 0) return;
            const term = times(change(entryAt(x, at), at), [p, q]);
            sums[to]![0] += term[0];
            sums[to]![1] += term[1];
          });
        }
        return [target.path, write(sums, target.shape)];
      }),
    );
  };
  const chosen = (side: readonly Field[], paths: readonly string[]) => side.filter(({ path }) => paths.includes(path));
  class Dense extends DifferentiableComponent<object, object> {
    @Apply()
    async evaluate(inputs: object) {
      await before?.('apply');
      const x = all(inputs);
      return Object.fromEntries(
        sides.outputs.map((of) => {
          const sums = Array.from({ length: sizeOf(of.shape) }, (): [number, number] => [0, 0]);
          for (const wrt of sides.inputs)
            eachSpot(of, wrt, (at) => {
              const [re, im] = x[at.wrt]![at.j]!;
              const z: Pair = [re / s, im / s];
              const square = times(z, z);
              const term = times(weight(at), [z[0] + square[0] / 4, z[1] + square[1] / 4]);
              sums[at.i]![0] += term[0] * r;
              sums[at.i]![1] += term[1] * r;
            });
          return [of.path, write(sums, of.shape)];
        }),
      );
    }
    async push({ inputs, tangent, of }: JvpRequest<object>) {
      await before?.('jvp');
      return product('jvp', inputs, tangent, sides.inputs, chosen(sides.outputs, of));
    }
    async pull({ inputs, cotangent, wrt }: VjpRequest<object>) {
      await before?.('vjp');
      return product('vjp', inputs, cotangent, sides.outputs, chosen(sides.inputs, wrt));
    }
    async blocks({ inputs, of, wrt }: JacobianRequest<object>) {
      await before?.('jacobian');
      const x = all(inputs);
      const change = spoil.jacobian ?? ((value: Pair) => value);
      const row = (output: Field) =>
        Object.fromEntries(
          chosen(sides.inputs, wrt).map((input) => {
            const entries: Pair[] = [];
            eachSpot(output, input, (at) => entries.push(change(entryAt(x, at), at)));
            return [input.path, write(entries, [...output.shape, ...input.shape])];
          }),
        );
      return Object.fromEntries(chosen(sides.outputs, of).map((output) => [output.path, row(output)]));
    }
  }
  const decorate = (decorator: unknown, key: string) =>
    (decorator as (target: object, key: string) => void)(Dense.prototype, key);
  if (own.includes('jvp')) decorate(Jvp(), 'push');
  if (own.includes('vjp')) decorate(Vjp(), 'pull');
  if (own.includes('jacobian')) decorate(Jacobian(), 'blocks');
  (Component({ inputs: model(sides.inputs, kind), outputs: model(sides.outputs, kind) }) as (target: unknown) => void)(
    Dense,
  );
  const start = (field: Field): readonly Pair[] =>
    Array.from({ length: sizeOf(field.shape) }, (_, k) => [
      numberOf(`x${field.path}${k}`) * s,
      complex ? numberOf(`y${field.path}${k}`) * s : 0,
    ]);
  const x = Object.fromEntries(sides.inputs.map((field) => [field.path, start(field)]));
  const inputs = Object.fromEntries(sides.inputs.map((field) => [field.path, write(x[field.path]!, field.shape)]));
  const stored = all(inputs);
  return { type: Dense as never, inputs, entry: (at) => entryAt(stored, at) };
}
