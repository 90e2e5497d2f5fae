/**
 * What is an array already: an `NdArray`, a typed array, or an ml-matrix matrix, all seen as an `NdArray`.
 *
 * To accept another kind of typed array, add a row to `tags`.
 */
import { AbstractMatrix } from 'ml-matrix';
import type { DType } from './dtype.js';
import { blockOf } from './matrix.js';
import { isNdArray, NdArray } from './ndarray.js';

type View = (data: ArrayBufferView & ArrayLike<unknown>) => NdArray<DType>;

const same =
  (dtype: DType): View =>
  (data) =>
    new NdArray<DType>(dtype, [data.length], data as ArrayLike<unknown> as NdArray<DType>['data']);

/** Typed arrays by their tag, which holds across realms. */
const tags: Readonly<Record<string, View>> = {
  Float32Array: same('float32'),
  Float64Array: same('float64'),
  Int8Array: same('int8'),
  Int16Array: same('int16'),
  Int32Array: same('int32'),
  BigInt64Array: same('int64'),
  Uint8Array: same('uint8'),
  Uint16Array: same('uint16'),
  Uint32Array: same('uint32'),
  BigUint64Array: same('uint64'),
  Uint8ClampedArray: ({ buffer, byteOffset, length }) => same('uint8')(new Uint8Array(buffer, byteOffset, length)),
  Float16Array: (data) => same('float16')(Float32Array.from(data as ArrayLike<number>)),
};

/** `value` as an `NdArray` if it is an array already, without a copy where its elements lie in one piece. */
export function viewArray(value: unknown): NdArray<DType> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isNdArray(value)) return value;
  if (isTypedArray(value)) return tags[value[Symbol.toStringTag]]?.(value);
  if (!AbstractMatrix.isMatrix(value)) return undefined;
  const { rows, columns, flat } = blockOf(value);
  return new NdArray<DType>('float64', [rows, columns], flat);
}

/** Whether `value` is a typed array that is not wrapped in an `NdArray`. */
export function isTypedArray(
  value: unknown,
): value is ArrayBufferView & ArrayLike<unknown> & { [Symbol.toStringTag]: string } {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
