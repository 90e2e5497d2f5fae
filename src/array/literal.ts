/** Literals: whatever a person writes for an array, read as an `NdArray`. */
import type { DType } from './dtype.js';
import type { ArrayFault } from './fault.js';
import type { NdArray } from './ndarray.js';
import type { Shape, ShapePattern } from './shape.js';

export type { ArrayFault } from './fault.js';

/** What an array is declared to be. */
export interface ArrayTarget {
  readonly dtype: DType | 'any';
  readonly shape: ShapePattern;
}

/** `value` as an array of `target`, or the fault. */
export function readArray(
  value: unknown,
  target: ArrayTarget,
  options?: { readonly broadcast?: boolean },
): NdArray<DType> | ArrayFault {
  throw new Error(`${value} ${target} ${options}`);
}

/** The shape a literal would have. */
export function shapeOfLiteral(value: unknown): Shape | undefined {
  throw new Error(`${value}`);
}
