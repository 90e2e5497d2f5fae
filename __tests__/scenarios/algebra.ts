/** Plain arithmetic of tests: nested lists, and products with a Jacobian as sums over its elements. */
import type { Complex } from 'cotangent';
import type { ByPath, Element, Elements, Scenario } from './scenario.js';

/** Nested lists of elements. */
export type Nest = Element | readonly Nest[];

/** The number of elements of a shape. */
export const size = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Elements in nested lists of a shape. */
export function nest(elements: Elements, shape: readonly number[]): Nest {
  const [extent, ...inner] = shape;
  if (extent === undefined) return elements[0]!;
  const step = size(inner);
  return Array.from({ length: extent }, (_, i) => nest(elements.slice(i * step, (i + 1) * step), inner));
}

/** The elements of whatever an endpoint gives or an author writes: a number, nested lists, an array. */
export function flat(value: unknown): Element[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return value.flatMap(flat);
  if (typeof value !== 'object' || value === null) throw new TypeError(`no array: ${String(value)}`);
  if ('re' in value && 'im' in value) return [value as Complex];
  if ('toNested' in value && typeof value.toNested === 'function') return flat(value.toNested());
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
  throw new TypeError(`no array: ${JSON.stringify(value)}`);
}

const parts = (value: Element): readonly [number, number] =>
  typeof value === 'number' ? [value, 0] : [value.re, value.im];

/** Σ aᵢ·bᵢ, a number unless a term is complex. */
export function dot(a: Elements, b: Elements): Element {
  let [re, im] = [0, 0];
  a.forEach((value, i) => {
    const [p, q] = parts(value);
    const [r, s] = parts(b[i]!);
    re += p * r - q * s;
    im += p * s + q * r;
  });
  return [...a, ...b].some((value) => typeof value !== 'number') ? { re, im } : re;
}

/** J·t. `sizes` are the numbers of elements of the outputs. */
export function pushForward(blocks: ByPath<ByPath>, tangent: ByPath, sizes: ByPath<number>): ByPath {
  const entry = (path: string, i: number): Element =>
    Object.entries(tangent)
      .map(([input, seed]) => dot(blocks[path]![input]!.slice(i * seed.length, (i + 1) * seed.length), seed))
      .reduce((a, b) => dot([a, b], [1, 1]));
  const row = (path: string) => Array.from({ length: sizes[path]! }, (_, i) => entry(path, i));
  return Object.fromEntries(Object.keys(sizes).map((path) => [path, row(path)]));
}

/** Jᵀ·c. `sizes` are the numbers of elements of the inputs. */
export function pullBack(blocks: ByPath<ByPath>, cotangent: ByPath, sizes: ByPath<number>): ByPath {
  const column = (path: string, j: number): Element =>
    Object.entries(cotangent)
      .map(([output, seed]) => {
        const width = sizes[path]!;
        return dot(
          seed.map((_, i) => blocks[output]![path]![i * width + j]!),
          seed,
        );
      })
      .reduce((a, b) => dot([a, b], [1, 1]));
  const row = (path: string) => Array.from({ length: sizes[path]! }, (_, j) => column(path, j));
  return Object.fromEntries(Object.keys(sizes).map((path) => [path, row(path)]));
}

/** The numbers of elements of the inputs of a scenario. */
export const sizesOf = (shapes: ByPath<readonly number[]>): ByPath<number> =>
  Object.fromEntries(Object.entries(shapes).map(([path, shape]) => [path, size(shape)]));

/** The number of all elements. */
export const total = (shapes: ByPath<readonly number[]>): number =>
  Object.values(shapes).reduce((sum, shape) => sum + size(shape), 0);

/** A tangent or cotangent of a scenario, as an application writes it. */
export const seedOf = (elements: ByPath, shapes: Scenario['wrt']): ByPath<Nest> =>
  Object.fromEntries(Object.entries(elements).map(([path, one]) => [path, nest(one, shapes[path]!)]));
