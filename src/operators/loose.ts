/** Requests without a schema: what the rules need to know is read off the values themselves. */

import { type DType, dtypes } from '../array/dtype.js';
import { shapeOfLiteral } from '../array/literal.js';
import { isNdArray } from '../array/ndarray.js';
import { type ComponentError, fail } from '../errors.js';
import { readPath, valueAt } from '../schema/path.js';
import type { JacobianRequest, Point, SeededPoint, Variable } from './endpoints.js';
import { raise } from './operator.js';
import { dtypeOfValue, readSeed } from './request.js';

/** Hands a given object on as `this`, so that a subclass can give it a private field. */
class Given {
  constructor(request: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is the point
    return request;
  }
}

/** A request with its canonical form in a private field: copies of it have none, and a weak map would be slower. */
class Noted extends Given {
  readonly #point: Point;

  constructor(request: object, point: Point) {
    super(request);
    this.#point = point;
  }

  static pointOf(request: object): Point | undefined {
    return #point in request ? request.#point : undefined;
  }
}

/** Remember the canonical form of a request that is handed to an author's method, and was made for that. */
export function remember<T extends object>(request: T, point: Point): T {
  new Noted(request, point);
  return request;
}

/** The canonical form of a request: the one it was made from, else what its values tell. */
export function pointOf(request: JacobianRequest<unknown>): Point {
  const known = Noted.pointOf(request);
  if (known) return known;
  const inputs = request.inputs as object;
  const of = request.of.map(outputOf);
  return { inputs, of, wrt: request.wrt.map((path) => inputOf(inputs, path)), options: { signal: request.signal } };
}

/** The canonical form of a request with a tangent or cotangent. Raises what `readSeed` finds. */
export function seededPointOf(
  kind: 'tangent' | 'cotangent',
  request: JacobianRequest<unknown> & { readonly tangent?: unknown; readonly cotangent?: unknown },
): SeededPoint {
  const point = pointOf(request);
  const problems: ComponentError[] = [];
  const seed = readSeed(kind, kind, request[kind], kind === 'tangent' ? point.wrt : point.of, problems);
  raise(`The ${kind}`, problems);
  if (kind === 'tangent' || !point.of.some(({ path }) => isComplexDType(seed[path]?.dtype))) return { ...point, seed };
  const of = point.of.map((one) =>
    isComplexDType(seed[one.path]?.dtype) ? { ...one, dtype: seed[one.path]!.dtype } : one,
  );
  return { ...point, of, seed };
}

function isComplexDType(dtype: DType | undefined): boolean {
  return dtype !== undefined && dtypes[dtype].kind === 'complex';
}

function outputOf(path: string): Variable {
  return { path, steps: stepsOf('of', path), dtype: 'any', pattern: 'any', shape: undefined };
}

function inputOf(inputs: object, path: string): Variable {
  const steps = stepsOf('wrt', path);
  const value = valueAt(inputs, steps);
  const shape = value === null ? undefined : shapeOfLiteral(value);
  if (!shape) fail('E_PATH_ABSENT', { path: 'wrt', received: path });
  return { path, steps, dtype: dtypeOfValue(value), pattern: shape, boxed: isNdArray(value), shape };
}

function stepsOf(name: string, path: string): Variable['steps'] {
  const facts = { path: name, received: path, expected: 'whatever the inputs and outputs hold', advice: '' };
  return readPath(path) ?? fail('E_PATH_UNKNOWN', facts);
}
