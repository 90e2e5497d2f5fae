/** Numbers of a request or result as the arrays that travel. */
import type { DType } from '../array/dtype.js';
import { readArray } from '../array/literal.js';
import { isNdArray, NdArray } from '../array/ndarray.js';
import { ComponentError } from '../errors.js';

/**
 * A value of an array field as an array: itself, or one of rank 0 in the dtype that the field is declared with. A field of
 * any dtype travels in the dtype that its value tells. `path` is the place of the value, for messages.
 */
export function asArray(value: unknown, dtype: DType | 'any', path: string): NdArray<DType> {
  if (isNdArray(value)) return value;
  if (typeof value === 'number' && dtype === 'float64') return new NdArray<DType>(dtype, [], Float64Array.of(value));
  const array = readArray(value, { dtype, shape: [] });
  if (!('code' in array)) return array;
  throw new ComponentError(array.code, { path, received: array.received, expected: array.expected });
}
