/** The actual shapes of the outputs a request names: declared, or read off outputs. */
import { shapeOfLiteral } from '../array/literal.js';
import { isNdArray } from '../array/ndarray.js';
import { fail } from '../errors.js';
import { valueAt } from '../schema/path.js';
import type { MaybePromise, Point, Variable } from './endpoints.js';

/** The outputs of a point with the shapes they have in `outputs`: values, or abstract ones. */
export function withShapes(point: Point, outputs: unknown): readonly Variable[] {
  return point.of.map((one) => {
    if (one.shape) return one;
    const value = valueAt(outputs, one.steps);
    const shape = value === undefined || value === null ? undefined : (shapeIn(value) ?? shapeOfLiteral(value));
    return shape ? { ...one, shape } : fail('E_PATH_ABSENT', { path: 'of', received: one.path });
  });
}

function shapeIn(value: unknown): Variable['shape'] {
  if (isNdArray(value)) return value.shape;
  return typeof value === 'object' && value !== null && 'shape' in value
    ? (value.shape as Variable['shape'])
    : undefined;
}

/** The outputs of a point with their shapes: as declared where that fixes them all, else learned from `evaluate`. */
export function learnShapes(point: Point, evaluate: () => MaybePromise<unknown>): MaybePromise<readonly Variable[]> {
  if (point.of.every((one) => one.shape)) return point.of;
  const outputs = evaluate();
  return outputs instanceof Promise ? outputs.then((value) => withShapes(point, value)) : withShapes(point, outputs);
}
