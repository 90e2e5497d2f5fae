/** Numbers of a request or result as the arrays that travel. */
import { type DType, dtypes } from '../array/dtype.js';
import { readArray } from '../array/literal.js';
import { isNdArray, NdArray } from '../array/ndarray.js';
import { ComponentError } from '../errors.js';

/** A value of an array field as an array: itself, or one of rank 0 in the dtype it is declared with. */
export function asArray(value: unknown, dtype: DType): NdArray<DType> {
  if (isNdArray(value)) return value;
  if (typeof value === 'number' && dtypes[dtype].storage === Float64Array && dtypes[dtype].components === 1) {
    return new NdArray('float64', [], Float64Array.of(value)) as NdArray<DType>;
  }
  const array = readArray(value, { dtype, shape: [] });
  if (!('code' in array)) return array;
  throw new ComponentError(array.code, { path: 'outputs', received: array.received, expected: array.expected });
}
