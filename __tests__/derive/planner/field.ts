/**
 * A component whose Jacobian is whatever a test says, at every point: inputs and outputs of mixed rank and dtype, in lists
 * and maps too. Entries are small integers, so that sums of them are exact in any order and in single precision.
 */
import {
  Apply,
  Component,
  type ComponentHandle,
  DifferentiableComponent,
  Float32,
  Float64,
  type JacobianValue,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  type ProductValue,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';

/** Inputs of every kind. */
export class FieldIn {
  @Float64({ shape: [null], differentiable: true }) a = zeros([0]);
  @Float32({ shape: [null, null], differentiable: true }) w = zeros([0, 0], 'float32');
  @Float64({ differentiable: true }) s = 0;
  @Float64({ each: 'list', differentiable: true }) l: number[] = [];
  @Float32({ each: 'map', shape: [null], differentiable: true }) m = new Map<string, NdArray<'float32'>>();
}

/** Outputs of every rank. */
export class FieldOut {
  @Float64({ shape: [null], differentiable: true }) u!: NdArray;
  @Float32({ shape: [null, null], differentiable: true }) v!: NdArray<'float32'>;
  @Float64({ differentiable: true }) q!: number;
}

/** A path and how many elements it has. */
export interface Part {
  readonly path: string;
  readonly shape: readonly number[];
}

const sizeOf = ({ shape }: Part) => shape.reduce((product, extent) => product * extent, 1);

/** How many elements the parts have together. */
export const totalOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + sizeOf(part), 0);

/** Shapes of the inputs and outputs of a field. */
export interface FieldSizes {
  readonly a: number;
  readonly w: readonly [number, number];
  readonly l: number;
  readonly m: readonly number[];
  readonly u: number;
  readonly v: readonly [number, number];
}

/** The differentiable inputs, in schema order. */
export const inputsOf = ({ a, w, l, m }: FieldSizes): Part[] => [
  { path: 'a', shape: [a] },
  { path: 'w', shape: w },
  { path: 's', shape: [] },
  ...Array.from({ length: l }, (_, k) => ({ path: `l.[${k}]`, shape: [] })),
  ...m.map((length, k) => ({ path: `m.{key ${k}}`, shape: [length] })),
];

/** The differentiable outputs, in schema order. */
export const outputsOf = ({ u, v }: FieldSizes): Part[] => [
  { path: 'u', shape: [u] },
  { path: 'v', shape: v },
  { path: 'q', shape: [] },
];

/** A point whose flat vector is `x`. */
export function pointOf({ a, w, l, m }: FieldSizes, x: readonly number[]): FieldIn {
  const left = [...x];
  const take = (count: number) => left.splice(0, count);
  return {
    a: new NdArray('float64', [a], Float64Array.from(take(a))),
    w: new NdArray('float32', [...w], Float32Array.from(take(w[0] * w[1]))),
    s: take(1)[0]!,
    l: take(l),
    m: new Map(m.map((n, k) => [`key ${k}`, new NdArray('float32', [n], Float32Array.from(take(n)))])),
  };
}

/** The Jacobian at a flat point: entry (i, j). */
export type Law = (x: readonly number[], i: number, j: number) => number;

/** What the methods allow, and what they do. */
export interface FieldTraits {
  readonly batch?: number;
  readonly concurrency?: number;
  /** How long each call takes, where it is a promise: it is kept when this is. */
  readonly wait?: (call: number, signal: AbortSignal | undefined) => Promise<unknown>;
  /** Answers are given in buffers that are used again by the next call. */
  readonly reuse?: boolean;
  readonly cache?: false | { readonly bytes: number };
}

const flatten = (inputs: FieldIn): number[] => [
  ...inputs.a.data,
  ...inputs.w.data,
  inputs.s,
  ...inputs.l,
  ...[...inputs.m.values()].flatMap(({ data }) => [...data]),
];

type Named = { readonly [path: string]: unknown };

/** The numbers of seed `k` under a path; zeros where it is not named. */
function numbersAt(seed: Named, part: Part, batch: number | undefined, k: number): number[] {
  const value = seed[part.path];
  const size = sizeOf(part);
  if (value === undefined) return new Array<number>(size).fill(0);
  if (typeof value === 'number') return [value];
  const all = Array.from((value as NdArray).data);
  return batch === undefined ? all : all.slice(k * size, (k + 1) * size);
}

/** Two methods on one table of entries, and what they were called for. */
export interface Field {
  readonly handle: ComponentHandle<FieldIn, FieldOut>;
  readonly calls: { apply: number; jvp: number; vjp: number };
  readonly batches: (number | undefined)[];
}

/** A field with the products that are named, under decorators of derivations. */
export function field(
  sizes: FieldSizes,
  law: Law,
  products: readonly ('jvp' | 'vjp')[],
  decorators: readonly unknown[],
  traits: FieldTraits = {},
): Field {
  const [inputs, outputs] = [inputsOf(sizes), outputsOf(sizes)];
  const calls = { apply: 0, jvp: 0, vjp: 0 };
  const batches: (number | undefined)[] = [];
  const buffers = new Map<string, Float64Array>();
  const bufferOf = (path: string, length: number) => {
    const known = buffers.get(path);
    const buffer = traits.reuse && known?.length === length ? known : new Float64Array(length);
    buffers.set(path, buffer);
    return buffer;
  };
  // Answers Σ entry·seed for the lines of `to`; `entry` has its row first.
  const product = (
    entry: (line: number, other: number) => number,
    [from, to]: readonly [readonly Part[], readonly Part[]],
    seed: Named,
    wanted: readonly string[],
    batch: number | undefined,
  ) => {
    const seeds = Array.from({ length: batch ?? 1 }, (_, k) => from.flatMap((one) => numbersAt(seed, one, batch, k)));
    let start = 0;
    const answer: Record<string, NdArray | number> = {};
    for (const part of to) {
      const size = sizeOf(part);
      if (wanted.includes(part.path)) {
        const data = bufferOf(part.path, size * seeds.length);
        for (const [k, one] of seeds.entries())
          for (let i = 0; i < size; i++)
            data[k * size + i] = one.reduce((sum, t, j) => (t === 0 ? sum : sum + entry(start + i, j) * t), 0);
        const shape = batch === undefined ? [...part.shape] : [batch, ...part.shape];
        answer[part.path] = shape.length === 0 ? data[0]! : new NdArray('float64', shape, data);
      }
      start += size;
    }
    return answer;
  };
  const later = <T>(
    name: 'jvp' | 'vjp',
    signal: AbortSignal | undefined,
    batch: number | undefined,
    work: () => T,
  ): T => {
    const call = calls[name]++;
    batches.push(batch);
    if (!traits.wait) return work();
    return traits.wait(call, signal).then(work) as unknown as T;
  };
  class Made extends DifferentiableComponent<FieldIn, FieldOut> {
    apply(given: FieldIn): FieldOut {
      calls.apply++;
      const x = flatten(given);
      // Whatever an entry depends on, its output depends on too; what is no entry leaves no trace.
      const value = (i: number) => x.reduce((sum, one, j) => (law(zero, i, j) === 0 ? sum : sum + one), 0);
      const [m, n] = sizes.v;
      return {
        u: new NdArray(
          'float64',
          [sizes.u],
          Float64Array.from({ length: sizes.u }, (_, i) => value(i)),
        ),
        v: new NdArray(
          'float32',
          [m, n],
          Float32Array.from({ length: m * n }, (_, i) => value(sizes.u + i)),
        ),
        q: value(sizes.u + m * n),
      };
    }
    push({ inputs: given, tangent, of, batch, signal }: JvpRequest<FieldIn>) {
      const x = flatten(given);
      return later('jvp', signal, batch, () => product((i, j) => law(x, i, j), [inputs, outputs], tangent, of, batch));
    }
    pull({ inputs: given, cotangent, wrt, batch, signal }: VjpRequest<FieldIn, FieldOut>) {
      const x = flatten(given);
      return later('vjp', signal, batch, () =>
        product((j, i) => law(x, i, j), [outputs, inputs], cotangent, wrt, batch),
      );
    }
  }
  const zero = new Array<number>(totalOf(inputs)).fill(0);
  const { batch, concurrency, cache } = traits;
  const member = (decorator: unknown, name: string) =>
    (decorator as (target: object, name: string) => void)(Made.prototype, name);
  member(Apply(), 'apply');
  if (products.includes('jvp')) member(Jvp({ ...(batch && { batch }), ...(concurrency && { concurrency }) }), 'push');
  if (products.includes('vjp')) member(Vjp({ ...(batch && { batch }), ...(concurrency && { concurrency }) }), 'pull');
  const own = Component({ inputs: FieldIn, outputs: FieldOut, cache: cache ?? true });
  for (const decorator of [...decorators, own]) (decorator as (target: unknown) => void)(Made);
  const handle = openComponent(new Made()) as unknown as ComponentHandle<FieldIn, FieldOut>;
  return { handle, calls, batches };
}

const numbers = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Array.from((value as NdArray).data);

/** The blocks of a request, as plain numbers. */
export function blocksIn(value: JacobianValue): Record<string, Record<string, number[]>> {
  const row = (one: ProductValue) =>
    Object.fromEntries(Object.entries(one).map(([path, block]) => [path, numbers(block)]));
  return Object.fromEntries(Object.entries(value).map(([path, one]) => [path, row(one)]));
}

/** The arrays of a product, as plain numbers. */
export function arraysIn(value: ProductValue): Record<string, number[]> {
  return Object.fromEntries(Object.entries(value).map(([path, one]) => [path, numbers(one)]));
}

function rangesOf(parts: readonly Part[]): (readonly [string, readonly number[]])[] {
  let start = 0;
  return parts.map((part) => {
    const from = start;
    start += sizeOf(part);
    return [part.path, Array.from({ length: sizeOf(part) }, (_, k) => from + k)] as const;
  });
}

/** The blocks by the law, for the paths that are asked for. */
export function wantedBlocks(
  sizes: FieldSizes,
  entry: (i: number, j: number) => number,
  of: readonly string[],
  wrt: readonly string[],
) {
  const row = (rows: readonly number[]) =>
    Object.fromEntries(
      rangesOf(inputsOf(sizes))
        .filter(([path]) => wrt.includes(path))
        .map(([path, columns]) => [path, rows.flatMap((i) => columns.map((j) => entry(i, j) + 0))]),
    );
  return Object.fromEntries(
    rangesOf(outputsOf(sizes))
      .filter(([path]) => of.includes(path))
      .map(([path, rows]) => [path, row(rows)]),
  );
}

/** A seed of small integers for paths, and the flat vector that it is, with zeros for the other paths. */
export function seedFor(parts: readonly Part[], paths: readonly string[], value: (k: number) => number) {
  const seed: Record<string, NdArray | number> = {};
  const flat = new Array<number>(totalOf(parts)).fill(0);
  for (const [k, [path, places]] of rangesOf(parts).entries()) {
    if (!paths.includes(path)) continue;
    for (const place of places) flat[place] = value(place);
    const { shape } = parts[k]!;
    const data = Float64Array.from(places, (place) => flat[place]!);
    seed[path] = shape.length === 0 ? data[0]! : new NdArray('float64', [...shape], data);
  }
  return { seed, flat };
}

/** The arrays of flat numbers, for the paths that are asked for. */
export function splitFor(parts: readonly Part[], paths: readonly string[], flat: (k: number) => number) {
  return Object.fromEntries(
    rangesOf(parts)
      .filter(([path]) => paths.includes(path))
      .map(([path, places]) => [path, places.map((place) => flat(place) + 0)]),
  );
}
