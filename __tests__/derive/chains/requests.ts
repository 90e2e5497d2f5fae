/** Random requests to a random component, and what the closed form gives for them. */
import { arrayFrom, type Case, type Derivative, rangesOf, times, totalOf } from './component.js';
import { type Leaf, type Num, numbersIn, sizeOf } from './fields.js';
import type { Draw } from './random.js';

/** An endpoint as a handle has it. */
export type Call = (request: object, options?: object) => Promise<Record<string, unknown>>;

/** A request to an endpoint, and what it says in numbers. */
export interface Request {
  readonly to: Derivative;
  readonly request: Record<string, unknown>;
  readonly options: { readonly concurrency?: number } | undefined;
  readonly x: readonly Num[];
  readonly factor: number;
  readonly of: readonly string[];
  readonly wrt: readonly string[];
  readonly seed: readonly Num[];
}

/** Small numbers that every dtype holds, some of them zero; all of them where they are still. */
export function numbersFor(draw: Draw, count: number, complex: boolean, still: boolean): Num[] {
  const one = () => (draw.below(9) - 4) / 4;
  return Array.from({ length: count }, () => {
    const zero = draw.chance(still ? 1 : 0.2);
    return zero ? { re: 0, im: 0 } : { re: one(), im: complex ? one() : 0 };
  });
}

/** A random request at one of the points. */
export function requestFor(draw: Draw, { inputs, outputs, complex, offered }: Case, points: readonly Num[][]): Request {
  const to = draw.one(offered);
  const paths = (leaves: readonly Leaf[]) => {
    const all = leaves.map(({ path }) => path);
    return draw.chance(0.5) ? all : draw.some(all);
  };
  const [of, wrt] = [paths(outputs.leaves), paths(inputs.leaves)];
  const x = draw.one(points);
  const value = inputs.value(x);
  const side = to === 'jvp' ? inputs.leaves : outputs.leaves;
  const named = to === 'jvp' ? wrt : of;
  const seed: Num[] = [];
  const arrays = new Map<string, unknown>();
  for (const { path, shape } of side) {
    const numbers = numbersFor(draw, sizeOf(shape), complex, draw.chance(0.2) || !named.includes(path));
    seed.push(...numbers);
    if (named.includes(path)) arrays.set(path, arrayFrom(numbers, shape, complex));
  }
  const seeds = to === 'jacobian' ? {} : { [to === 'jvp' ? 'tangent' : 'cotangent']: arrays };
  const options = draw.chance(0.2) ? { concurrency: 1 + draw.below(4) } : undefined;
  return { to, request: { inputs: value, of, wrt, ...seeds }, options, x, factor: inputs.factor(value), of, wrt, seed };
}

/** What the closed form gives, by path, as flat numbers. */
function right(
  { inputs, outputs, entry }: Case,
  { to, x, factor, of, wrt, seed }: Request,
): ReadonlyMap<string, Num[]> {
  const [rows, columns] = [rangesOf(outputs.leaves), rangesOf(inputs.leaves)];
  const [m, n] = [totalOf(outputs.leaves), totalOf(inputs.leaves)];
  const span = (side: typeof rows, path: string) => {
    const { leaf, from } = side.get(path)!;
    return Array.from({ length: sizeOf(leaf.shape) }, (_, k) => from + k);
  };
  const sum = (count: number, term: (k: number) => Num) => {
    let [re, im] = [0, 0];
    for (let k = 0; k < count; k++) {
      const value = term(k);
      re += value.re;
      im += value.im;
    }
    return { re, im };
  };
  const entries: [string, Num[]][] = [];
  if (to === 'jacobian')
    for (const row of of)
      for (const column of wrt)
        entries.push([
          `${row} ${column}`,
          span(rows, row).flatMap((i) => span(columns, column).map((j) => entry(x, factor, i, j))),
        ]);
  if (to === 'jvp')
    for (const row of of)
      entries.push([row, span(rows, row).map((i) => sum(n, (j) => times(entry(x, factor, i, j), seed[j]!)))]);
  if (to === 'vjp')
    for (const column of wrt)
      entries.push([column, span(columns, column).map((j) => sum(m, (i) => times(entry(x, factor, i, j), seed[i]!)))]);
  return new Map(entries);
}

/** The numbers of an answer, by path. */
export function flattened(to: Derivative, value: Record<string, unknown>): Map<string, Num[]> {
  const flat = (one: unknown, prefix: string) =>
    Object.entries(one as object).map(([path, array]) => [`${prefix}${path}`, numbersIn(array)] as const);
  if (to !== 'jacobian') return new Map(flat(value, ''));
  return new Map(Object.entries(value).flatMap(([row, one]) => flat(one, `${row} `)));
}

/** The numbers of an answer to the last bit, as text. */
export const bits = (value: ReadonlyMap<string, Num[]>) =>
  [...value]
    .map(
      ([path, numbers]) =>
        `${path}:${numbers.map(({ re, im }) => `${Object.is(re, -0) ? '-0' : re},${Object.is(im, -0) ? '-0' : im}`)}`,
    )
    .sort();

/** Raise what is wrong with an answer. */
export function check(one: Case, request: Request, value: Record<string, unknown>, label: string): void {
  const got = flattened(request.to, value);
  const expected = right(one, request);
  if (bits(got).length !== expected.size) throw new Error(`${label}: ${[...got.keys()]} for ${[...expected.keys()]}`);
  for (const [path, numbers] of expected) {
    const found = got.get(path) ?? [];
    const scale = Math.max(1, ...[...expected.values()].flat().map(({ re, im }) => Math.hypot(re, im)));
    const allowed = one.exact ? 0 : (one.single ? 3e-2 : 1e-6) * 10 * scale;
    const isOff = ({ re, im }: Num, k: number) =>
      !(Math.abs(re - found[k]!.re) <= allowed && Math.abs(im - found[k]!.im) <= allowed);
    if (found.length !== numbers.length || numbers.some(isOff))
      throw new Error(`${label}: ${request.to} at ${path} is ${JSON.stringify(found)} for ${JSON.stringify(numbers)}`);
  }
}
