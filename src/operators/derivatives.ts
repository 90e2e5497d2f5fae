/** What the derivative operators share: reading `of`, `wrt` and the seed, and handing them to an author's method. */

import { scalarOf } from '../array/ndarray.js';
import type { ComponentError } from '../errors.js';
import type { ArrayValue, CallOptions, JacobianRequest, Point, SeededPoint } from './endpoints.js';
import { remember } from './loose.js';
import type { RawRequest, Signature, WireNames } from './operator.js';
import { readSeed, readVariables } from './request.js';

/** Read `of` and `wrt`. Left out, they are all differentiable paths, or those of the seed. */
export function readPoint(
  { inputs: inputSchema, outputs }: Signature,
  wire: WireNames,
  raw: RawRequest,
  inputs: object | undefined,
  problems: ComponentError[],
  options?: CallOptions,
): Point {
  const wrtPaths = raw.wrt ?? keysOf(raw.tangent);
  const ofPaths = raw.of ?? keysOf(raw.cotangent);
  const of = readVariables({ schema: outputs, name: wire.of, values: undefined }, ofPaths, problems);
  const wrt = readVariables(
    { schema: inputSchema, name: wire.wrt, values: inputs, unread: !inputs },
    wrtPaths,
    problems,
  );
  return { inputs: inputs ?? {}, of, wrt, options };
}

function keysOf(seed: unknown): readonly string[] | undefined {
  if (seed instanceof Map) return [...seed.keys()].map(String);
  return typeof seed === 'object' && seed !== null ? Object.keys(seed) : undefined;
}

/** Read a point with its tangent or cotangent. */
export function readSeeded(
  point: Point,
  kind: 'tangent' | 'cotangent',
  name: string,
  raw: unknown,
  problems: ComponentError[],
): SeededPoint {
  const variables = kind === 'tangent' ? point.wrt : point.of;
  return { ...point, seed: readSeed(kind, name, raw, variables, problems) };
}

/** What an author's derivative method is given. */
export function writePoint(point: Point): JacobianRequest<object> {
  return remember(requestOf(point), point);
}

function requestOf({ inputs, of, wrt, options }: Point): JacobianRequest<object> {
  return { inputs, of: of.map((one) => one.path), wrt: wrt.map((one) => one.path), signal: options?.signal };
}

/** What an author's product method is given. */
export function writeSeeded(point: SeededPoint, kind: 'tangent' | 'cotangent'): object {
  const { inputs, of, wrt, signal } = requestOf(point);
  const request: Record<string, unknown> = { inputs, of, wrt, signal };
  request[kind] = writeSeed(point, kind);
  if (point.batch !== undefined) request['batch'] = point.batch;
  return remember(request, point);
}

// The seed as an author meets the field itself: rank 0 as a number, unless the field may have any rank.
function writeSeed({ seed, wrt, of }: SeededPoint, kind: 'tangent' | 'cotangent'): Record<string, ArrayValue> {
  const given: Record<string, ArrayValue> = {};
  for (const { path, boxed } of kind === 'tangent' ? wrt : of) {
    const array = seed[path];
    if (array) given[path] = array.shape.length === 0 && !boxed ? (scalarOf(array) as ArrayValue) : array;
  }
  return given;
}
