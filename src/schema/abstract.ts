/** Abstract values: a schema's value with every array replaced by its shape and dtype. */
import { type DType, dtypeNames, isDType } from '../array/dtype.js';
import { shapeOfLiteral } from '../array/literal.js';
import { isNdArray } from '../array/ndarray.js';
import { formatShape, type Shape } from '../array/shape.js';
import { type ComponentError, problem } from '../errors.js';
import { describe } from './check.js';
import type { ArraySpec } from './field.js';

/** The shape and dtype of an array, without its values. */
export interface ShapeDType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A model's value with every array replaced by a `ShapeDType`; other fields stay as they are. */
export type Abstract<T> = { readonly [K in keyof T]: AbstractValue<T[K]> };

/** One field of an abstract value. A number may be an array field of rank 0 or a plain one, so both are allowed. */
export type AbstractValue<V> = V extends number | bigint | boolean
  ? V | ShapeDType
  : V extends { readonly dtype: DType; readonly shape: Shape }
    ? ShapeDType
    : V extends ReadonlyMap<string, infer E>
      ? ReadonlyMap<string, AbstractValue<E>>
      : V extends readonly (infer E)[]
        ? readonly AbstractValue<E>[]
        : V extends object
          ? Abstract<V>
          : V;

/** Read an array field as a `ShapeDType`: from one, or from any array literal. Extents must fit, unbroadcast. */
export function readAbstract(spec: ArraySpec, value: unknown, at: string, problems: ComponentError[]): unknown {
  const shape = shapeIn(value) ?? shapeOfLiteral(value);
  if (!shape) {
    problems.push(problem('E_TYPE', { path: at, received: describe(value), expected: 'a shape and dtype' }));
    return undefined;
  }
  const dtype = dtypeIn(value) ?? (spec.dtype === 'any' ? 'float64' : spec.dtype);
  if (!isDType(dtype)) {
    problems.push(
      problem('E_ARRAY_UNKNOWN_DTYPE', { path: at, received: String(dtype), expected: dtypeNames.join(', ') }),
    );
    return undefined;
  }
  const facts = { path: at, received: formatShape(shape), expected: formatShape(spec.shape) };
  if (spec.shape !== 'any' && spec.shape.length !== shape.length) problems.push(problem('E_ARRAY_RANK', facts));
  else if (!fits(shape, spec)) problems.push(problem('E_ARRAY_SHAPE', facts));
  else return Object.freeze({ shape, dtype });
  return undefined;
}

function shapeIn(value: unknown): Shape | undefined {
  if (typeof value !== 'object' || value === null || !('shape' in value)) return undefined;
  const { shape } = value;
  if (!Array.isArray(shape)) return undefined;
  return shape.every((extent) => Number.isInteger(extent) && extent >= 0) ? (shape as Shape) : undefined;
}

function dtypeIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return isNdArray(value) || 'dtype' in value ? (value as { dtype: unknown }).dtype : undefined;
}

function fits(shape: Shape, spec: ArraySpec): boolean {
  const { shape: pattern } = spec;
  return pattern === 'any' || shape.every((extent, axis) => pattern[axis] === null || pattern[axis] === extent);
}
