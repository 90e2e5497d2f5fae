/**
 * Nested lists, laid flat in one walk: numbers, bigints, booleans, complex numbers, and arrays inside lists.
 *
 * The walk writes into a carrier (`leaf.ts`); narrowing that to the dtype, with its checks, is one loop afterwards.
 */
import { castArray, convertArray } from './cast.js';
import { castable, type DType, dtypes } from './dtype.js';
import { type ArrayFault, describe, isFault, located } from './fault.js';
import { type Carrier, carrierOf, writers } from './leaf.js';
import { NdArray } from './ndarray.js';
import { type Shape, sizeOf } from './shape.js';
import { viewArray } from './viewed.js';

/** A walk under way. */
interface Filling {
  readonly shape: Shape;
  readonly carrier: Carrier;
  readonly data: NdArray<DType>['data'];
  readonly dtype: DType;
  readonly inferred: boolean;
}

/** A fault with the index of the leaf, which is completed on the way out of the lists. */
interface LeafFault {
  readonly code: ArrayFault['code'];
  readonly received: string;
  readonly at: readonly number[];
}

/**
 * Nested lists of `shape`, not ragged, as an array in the carrier of `dtype`: float64, int64, uint64, bool or
 * complex128. `dtype` is what the leaves must fit: declared, or `inferred` from the first leaf.
 */
export function flatten(value: unknown, shape: Shape, dtype: DType, inferred: boolean): NdArray<DType> | ArrayFault {
  const carrier = carrierOf(dtype);
  const data = new dtypes[carrier].storage(sizeOf(shape) * dtypes[carrier].components);
  const fault = fill(value, 0, 0, { shape, carrier, data, dtype, inferred });
  if (fault)
    return { code: fault.code, received: located(fault.received, fault.at), expected: expectedOf(fault, dtype) };
  return new NdArray<DType>(carrier, shape, data);
}

function expectedOf({ code }: LeafFault, dtype: DType): string {
  return code === 'E_ARRAY_RAGGED' ? 'other entries are no lists' : dtype;
}

/** Write `value`, which is `axis` levels down, from element `start` on. */
function fill(value: unknown, axis: number, start: number, filling: Filling): LeafFault | undefined {
  const { shape } = filling;
  if (!Array.isArray(value)) return fillLeaf(value, axis, start, filling);
  if (axis === shape.length) return { code: 'E_ARRAY_RAGGED', received: describe(value), at: [] };
  if (axis === shape.length - 1) return fillRow(value, start, filling);
  const step = sizeOf(shape.slice(axis + 1));
  for (let i = 0; i < value.length; i++) {
    const fault = fill(value[i], axis + 1, start + i * step, filling);
    if (fault) return { ...fault, at: [i, ...fault.at] };
  }
  return undefined;
}

/** The innermost list: plain numbers in a tight loop, anything else leaf by leaf. */
function fillRow(row: readonly unknown[], start: number, filling: Filling): LeafFault | undefined {
  const numbers = filling.carrier === 'float64' && filling.data instanceof Float64Array ? filling.data : undefined;
  let i = numbers ? copyNumbers(row, 0, start, numbers) : 0;
  while (i < row.length) {
    const fault = fill(row[i], filling.shape.length, start + i, filling);
    if (fault) return { ...fault, at: [i, ...fault.at] };
    i = numbers ? copyNumbers(row, i + 1, start, numbers) : i + 1;
  }
  return undefined;
}

/** Copy numbers up to the first entry that is none, and give its place. */
function copyNumbers(row: readonly unknown[], from: number, start: number, data: Float64Array): number {
  for (let i = from; i < row.length; i++) {
    const value = row[i];
    if (typeof value !== 'number') return i;
    data[start + i] = value;
  }
  return row.length;
}

function fillLeaf(value: unknown, axis: number, start: number, filling: Filling): LeafFault | undefined {
  const { carrier, data, inferred } = filling;
  const array = viewArray(value);
  if (array && array.shape.length > filling.shape.length - axis) {
    return { code: 'E_ARRAY_RAGGED', received: describe(value), at: [] };
  }
  if (array) return fillArray(array, start, filling);
  const code = writers[carrier](value, start, data, inferred);
  if (code === undefined) return undefined;
  const text = describe(value);
  return { code, received: code === 'E_ARRAY_DTYPE' ? `${kindOf(value)} (${text})` : text, at: [] };
}

/** The kind of a leaf that is an element, but not one of this dtype. */
function kindOf(value: unknown): string {
  return typeof value === 'object' ? 'complex' : typeof value;
}

/** An array among the lists: it has a dtype, so it casts as an array does. */
function fillArray(array: NdArray<DType>, start: number, { carrier, data, dtype }: Filling): LeafFault | undefined {
  const cast = castable(array.dtype, dtype) ? convertArray(array, carrier) : castArray(array, dtype);
  if (isFault(cast)) return { code: cast.code, received: cast.received, at: [] };
  // Both hold the carrier, so both are the same kind of typed array; the types cannot say so.
  (data as Float64Array).set(cast.data as Float64Array, start * dtypes[carrier].components);
  return undefined;
}
