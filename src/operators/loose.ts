/** Requests without a schema: what the rules need to know is read off the values themselves. */

import type { DType } from '../array/dtype.js';
import { readArray, shapeOfLiteral } from '../array/literal.js';
import { isNdArray, type NdArray } from '../array/ndarray.js';
import { ComponentError, fail } from '../errors.js';
import { parsePath, valueAt } from '../schema/path.js';
import type { Arrays, JacobianRequest, Point, Variable } from './endpoints.js';

const points = new WeakMap<object, Point>();

/** Remember the canonical form of a request that is handed to an author's method. */
export function remember<T extends object>(request: T, point: Point): T {
  points.set(request, point);
  return request;
}

/** The canonical form of a request: the one it was made from, else what its values tell. */
export function pointOf(request: JacobianRequest<unknown>, side: 'input' | 'output', seed?: Arrays): Point {
  const known = points.get(request);
  if (known) return known;
  const shapes = (path: string) => seed?.[path]?.shape;
  const inputs = request.inputs as object;
  const of = request.of.map((path) => outputOf(path, side === 'output' ? shapes(path) : undefined));
  return { inputs, of, wrt: request.wrt.map((path) => inputOf(inputs, path)), options: { signal: request.signal } };
}

function outputOf(path: string, shape: Variable['shape']): Variable {
  return { path, steps: stepsOf('of', path), dtype: 'any', pattern: shape ?? 'any', shape };
}

function inputOf(inputs: object, path: string): Variable {
  const steps = stepsOf('wrt', path);
  const value = valueAt(inputs, steps);
  const shape = value === null ? undefined : shapeOfLiteral(value);
  if (!shape) fail('E_PATH_ABSENT', { path: 'wrt', received: path });
  return { path, steps, dtype: isNdArray(value) ? value.dtype : 'any', pattern: shape, shape };
}

function stepsOf(name: string, path: string): Variable['steps'] {
  const facts = { path: name, received: path, expected: 'whatever the inputs and outputs hold', advice: '' };
  return parsePath(path) ?? fail('E_PATH_UNKNOWN', facts);
}

/** A seed as canonical arrays. */
export function seedOf(name: string, raw: { readonly [path: string]: unknown }): Arrays {
  return Object.fromEntries(
    Object.entries(raw).map(([path, value]): [string, NdArray<DType>] => {
      const array = readArray(value, { dtype: 'any', shape: 'any' });
      if (!('code' in array)) return [path, array];
      throw new ComponentError(array.code, {
        path: `${name}["${path}"]`,
        received: array.received,
        expected: array.expected,
      });
    }),
  );
}
