/** Arrays by path as one flat vector of float64, and back. Complex arrays are interleaved. */
import { castArray, realValues } from '../../array/cast.js';
import { type DataOf, type DType, dtypes } from '../../array/dtype.js';
import { roundFloat16 } from '../../array/float16.js';
import { readArray } from '../../array/literal.js';
import { NdArray } from '../../array/ndarray.js';
import { formatShape, type Shape, sameShape, sizeOf } from '../../array/shape.js';
import type { Variable } from '../../operators/endpoints.js';
import type { Verdict } from './report.js';

/** An array's place in a flat vector: entries `start` … `end` − 1. */
export interface Slot {
  readonly variable: Variable;
  readonly path: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
}

/** Several arrays laid end to end. */
export interface Layout {
  readonly slots: readonly Slot[];
  /** Entries of a flat vector. */
  readonly length: number;
  /** Entries of one element: 2 if the arrays are complex, which all of them are then, or none. */
  readonly parts: 1 | 2;
}

/** Lay arrays end to end. */
export function layoutOf(variables: readonly Variable[], arrays: readonly NdArray<DType>[]): Layout {
  let start = 0;
  const slots = variables.map((variable, k): Slot => {
    const { dtype, shape } = arrays[k]!;
    const end = start + sizeOf(shape) * dtypes[dtype].components;
    const slot = { variable, path: variable.path, dtype, shape, start, end };
    start = end;
    return slot;
  });
  const parts = slots.some(({ dtype }) => dtypes[dtype].kind === 'complex') ? 2 : 1;
  return { slots, length: start, parts };
}

/** The entries of arrays in the layout's order. */
export function flatten({ slots, length }: Layout, arrays: readonly NdArray<DType>[]): Float64Array {
  const flat = new Float64Array(length);
  for (const [k, { start }] of slots.entries()) flat.set(realValues(arrays[k]!), start);
  return flat;
}

/** Fresh arrays of the layout's dtypes. */
export function arraysOf({ slots }: Layout, flat: Float64Array): readonly NdArray<DType>[] {
  return slots.map(({ dtype, shape, start, end }) => {
    const part = flat.slice(start, end);
    const data = dtypes[dtype].storage === Float64Array ? part : new Float32Array(part);
    return new NdArray<DType>(dtype, shape, data as DataOf<DType>);
  });
}

/** Entries rounded, in place, to what the layout's dtypes can hold. */
export function rounded({ slots }: Layout, flat: Float64Array): Float64Array {
  for (const { dtype, start, end } of slots) {
    if (dtypes[dtype].storage === Float64Array) continue;
    const round = dtype === 'float16' ? roundFloat16 : Math.fround;
    for (let i = start; i < end; i++) flat[i] = round(flat[i]!);
  }
  return flat;
}

/** What is wrong with a result. */
export interface Misfit {
  readonly verdict: Verdict;
  readonly message: string;
}

/** Whether reading a result failed. */
export function isMisfit(found: Float64Array | Misfit): found is Misfit {
  return 'verdict' in found;
}

/** The arrays of a result as a flat vector: exactly the layout's paths, shapes and kinds of dtype. */
export function readResult(layout: Layout, name: string, value: object, trailing?: Shape): Float64Array | Misfit {
  const keys = Object.keys(value);
  const paths = layout.slots.map(({ path }) => path);
  const odd = [...paths.filter((path) => !keys.includes(path)), ...keys.filter((key) => !paths.includes(key))];
  if (odd.length > 0) {
    const message = `${name} has the paths ${keys.join(', ')}, and ${paths.join(', ')} are needed.`;
    return { verdict: 'wrong keys', message };
  }
  const width = sizeOf(trailing ?? []);
  const flat = new Float64Array(layout.length * width);
  for (const { path, dtype, shape, start } of layout.slots) {
    const wanted = [...shape, ...(trailing ?? [])];
    const part = readPart(`${name}["${path}"]`, (value as Record<string, unknown>)[path], dtype, wanted);
    if (!(part instanceof NdArray)) return part;
    flat.set(realValues(part), start * width);
  }
  return flat;
}

function readPart(name: string, value: unknown, dtype: DType, shape: Shape): NdArray<DType> | Misfit {
  const array = readArray(value, { dtype: 'any', shape: 'any' });
  if ('code' in array) return { verdict: 'wrong dtype', message: `${name} is ${array.received}.` };
  if (!sameShape(array.shape, shape)) {
    const message = `${name} has shape ${formatShape(array.shape)}, and ${formatShape(shape)} is needed.`;
    return { verdict: 'wrong shape', message };
  }
  const complex = dtypes[dtype].kind === 'complex';
  const cast = castArray(array, complex ? 'complex128' : 'float64');
  return 'code' in cast
    ? { verdict: 'wrong dtype', message: `${name} has dtype ${array.dtype}, and ${dtype} is needed.` }
    : cast;
}

/** The slot that entry `i` belongs to. */
export function slotAt({ slots }: Layout, i: number): Slot {
  return slots.find(({ end }) => i < end)!;
}
