/** The actual shapes and dtypes of the outputs a request names: declared, or read off outputs. */
import { type DType, isDType } from '../array/dtype.js';
import { shapeOfLiteral } from '../array/literal.js';
import { fail } from '../errors.js';
import { valueAt } from '../schema/path.js';
import type { MaybePromise, Point, Variable } from './endpoints.js';
import { dtypeOfValue } from './request.js';

/** Whether the shape and the dtype of a variable are known. */
export function isKnown(one: Variable): boolean {
  return one.shape !== undefined && one.dtype !== 'any';
}

/** The outputs of a point with the shapes and dtypes they have in `outputs`: values, or abstract ones. */
export function withShapes(point: Point, outputs: unknown): readonly Variable[] {
  return point.of.map((one) => {
    if (isKnown(one)) return one;
    const value = valueAt(outputs, one.steps);
    const shape = value === undefined || value === null ? undefined : (shapeIn(value) ?? shapeOfLiteral(value));
    if (!shape) return fail('E_PATH_ABSENT', { path: 'of', received: one.path });
    return { ...one, shape: one.shape ?? shape, dtype: one.dtype === 'any' ? dtypeIn(value) : one.dtype };
  });
}

// Arrays have both, and so have abstract values.
function shapeIn(value: unknown): Variable['shape'] {
  return typeof value === 'object' && value !== null && 'shape' in value
    ? (value.shape as Variable['shape'])
    : undefined;
}

function dtypeIn(value: unknown): DType {
  const noted = typeof value === 'object' && value !== null && 'dtype' in value ? value.dtype : undefined;
  return isDType(noted) ? noted : dtypeOfValue(value);
}

// A promise may be of another realm, or of a library.
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The outputs of a point with their shapes: as declared where that fixes them all, else learned from `evaluate`. */
export function learnShapes(point: Point, evaluate: () => MaybePromise<unknown>): MaybePromise<readonly Variable[]> {
  if (point.of.every(isKnown)) return point.of;
  const outputs = evaluate();
  if (!isThenable(outputs)) return withShapes(point, outputs);
  return Promise.resolve(outputs).then((value) => withShapes(point, value));
}
