/**
 * The array: a flat typed array with a shape and a dtype, in C order.
 *
 * It carries no arithmetic: authors bring their own. It converts: from nested literals (`array`, in `literal.ts`),
 * to nested literals, and to an ml-matrix matrix (`BlockMatrix`, in `matrix.ts`) without a copy.
 */
import type { AbstractMatrix } from 'ml-matrix';
import { fail } from '../errors.js';
import { type DataOf, type DType, dtypes } from './dtype.js';
import { BlockMatrix } from './matrix.js';
import { keepFreed } from './memory.js';
import { formatShape, type Shape, sizeOf } from './shape.js';

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** One element: `bigint` for 64-bit integers, `boolean` for bool, `Complex` for complex, else `number`. */
export type Scalar = number | bigint | boolean | Complex;

/** Elements in nested lists, as many levels as the array has axes. */
export type Nested<T = Scalar> = T | readonly Nested<T>[];

/** What marks an array, also one that another copy of this package made. */
const brand: symbol = Symbol.for('cotangent:ndarray');

/**
 * An n-dimensional array: `data` holds the elements of `shape` in C order.
 *
 * Complex elements are interleaved (re, im); bool is 0 or 1 in a `Uint8Array`; float16 is held in a `Float32Array`.
 * Raises `E_ARRAY_LENGTH` when `data` does not hold exactly the elements of `shape`.
 */
export class NdArray<D extends DType = 'float64'> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: DataOf<D>;

  static {
    Object.defineProperty(NdArray.prototype, brand, { value: true });
  }

  constructor(dtype: D, shape: Shape, data: DataOf<D>) {
    const needed = sizeOf(shape) * dtypes[dtype].components;
    if (data.length !== needed) {
      fail('E_ARRAY_LENGTH', {
        received: String(data.length),
        expected: `${needed} (${dtype} ${formatShape(shape)})`,
      });
    }
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The elements in nested lists; a rank-0 array gives its element. */
  toNested(): Nested {
    const at = elementAt(this);
    const build = (axis: number, start: number, stride: number): Nested => {
      if (axis === this.shape.length) return at(start);
      const extent = this.shape[axis]!;
      const step = extent === 0 ? 0 : stride / extent;
      const list: Nested[] = new Array(extent);
      for (let i = 0; i < extent; i++) list[i] = build(axis + 1, start + i * step, step);
      return list;
    };
    return build(0, 0, this.size);
  }

  /**
   * The array as an ml-matrix matrix: its first `rowAxes` axes become rows, the others columns. float64 is not copied:
   * writing to the matrix writes to the array. By default a scalar is 1 × 1, a vector a column, rank 2 itself.
   *
   * Raises `E_MATRIX_AXES` for a higher rank without `rowAxes`, and `E_MATRIX_DTYPE` for complex and 64-bit integers.
   */
  toMatrix(rowAxes?: number): AbstractMatrix {
    const { dtype, shape, data } = this;
    const rank = shape.length;
    const split = rowAxes ?? (rank > 2 ? -1 : Math.min(rank, 1));
    if (!Number.isInteger(split) || split < 0 || split > rank) {
      fail('E_MATRIX_AXES', { received: formatShape(shape), expected: `0 to ${rank} of them` });
    }
    if (dtypes[dtype].kind === 'complex' || data instanceof BigInt64Array || data instanceof BigUint64Array) {
      fail('E_MATRIX_DTYPE', { received: dtype, expected: 'float64' });
    }
    const rows = sizeOf(shape.slice(0, split));
    const flat = data instanceof Float64Array ? data : new Float64Array(data);
    return new BlockMatrix(rows, sizeOf(shape.slice(split)), flat);
  }
}

/** How to read element `i` of an array, counted in C order. */
export function elementAt({ dtype, data }: NdArray<DType>): (i: number) => Scalar {
  const kind = dtypes[dtype].kind;
  if (kind === 'complex') return (i) => ({ re: Number(data[2 * i]), im: Number(data[2 * i + 1]) });
  if (kind === 'bool') return (i) => data[i] !== 0;
  return (i) => data[i]!;
}

/** Whether `value` is an `NdArray`, of this copy of the package or another. */
export function isNdArray(value: unknown): value is NdArray<DType> {
  return typeof value === 'object' && value !== null && brand in value;
}

/** An array of zeros. */
export function zeros<D extends DType = 'float64'>(shape: Shape, dtype?: D): NdArray<D> {
  const name = dtype ?? ('float64' as D);
  const row = dtypes[name];
  const length = sizeOf(shape) * row.components;
  keepFreed(length * row.storage.BYTES_PER_ELEMENT);
  return new NdArray(name, shape, new row.storage(length) as DataOf<D>);
}

/** The element of a rank-0 array. */
export function scalarOf(array: NdArray<DType>): Scalar {
  return elementAt(array)(0);
}
