/** Casting: an array of one dtype as another. */
import type { DType } from './dtype.js';
import type { ArrayFault } from './fault.js';
import type { NdArray } from './ndarray.js';

/** `array` as dtype `to`. */
export function castArray(array: NdArray<DType>, to: DType): NdArray<DType> | ArrayFault {
  throw new Error(`${array} ${to}`);
}
