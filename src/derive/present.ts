/** The results of rules as a caller of plain functions meets them: scalars as numbers, what is synchronous at once. */
import { scalarOf } from '../array/ndarray.js';
import type { Arrays, ArrayValue, Blocks, JacobianValue, MaybePromise, ProductValue } from '../operators/endpoints.js';
import { drive, isPromise, type Stepwise } from './drive.js';

/** Run `steps` and present what they give; a promise only if a step was one. */
export function finish<T, V>(steps: Stepwise<T>, present: (result: T) => V): MaybePromise<V> {
  const result = drive(steps);
  return isPromise(result) ? Promise.resolve(result).then(present) : present(result);
}

/** A product: an array for each path, a number where it is of rank 0. */
export function presentArrays(arrays: Arrays): ProductValue {
  const value: Record<string, ArrayValue> = {};
  for (const path of Object.keys(arrays)) {
    const one = arrays[path]!;
    value[path] = one.shape.length === 0 ? (scalarOf(one) as ArrayValue) : one;
  }
  return value;
}

/** A Jacobian: a product for each output. */
export function presentBlocks(blocks: Blocks): JacobianValue {
  const value: Record<string, ProductValue> = {};
  for (const of of Object.keys(blocks)) value[of] = presentArrays(blocks[of]!);
  return value;
}
