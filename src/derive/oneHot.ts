/** One-hot probes: their seeds, and the requests that carry them. */
import { type DType, dtypes } from '../array/dtype.js';
import { NdArray, zeros } from '../array/ndarray.js';
import { type Shape, sizeOf } from '../array/shape.js';
import { writeSeeded } from '../operators/derivatives.js';
import type { Point, SeededPoint, Variable } from '../operators/endpoints.js';
import { locator } from './probe.js';

/**
 * The one-hot array: 1 at element `i`, 0 elsewhere. Its elements are its own, so that a method may keep it. It is
 * float64 where the variable is of no float or complex dtype.
 */
export function basis(shape: Shape, dtype: DType | 'any', i: number): NdArray<DType> {
  const name = probeType(dtype);
  const array = zeros(shape, name) as NdArray;
  array.data[i * dtypes[name].components] = 1;
  return array;
}

function probeType(dtype: DType | 'any'): DType {
  const kind = dtype === 'any' ? undefined : dtypes[dtype].kind;
  return dtype !== 'any' && (kind === 'float' || kind === 'complex') ? dtype : 'float64';
}

/** Small probes are cut from one piece of memory: a piece for each takes ten times as long. */
const POOL_BYTES = 65_536;
const POOLED = 8192;
let pool = new ArrayBuffer(0);
let used = 0;

function pooledBasis(shape: Shape, dtype: DType | 'any', i: number): NdArray<DType> {
  const name = probeType(dtype);
  const { storage, components } = dtypes[name];
  const length = sizeOf(shape) * components;
  const bytes = length * storage.BYTES_PER_ELEMENT;
  if (bytes > POOLED) return basis(shape, dtype, i);
  // A pool that somebody has transferred is empty.
  if (used + bytes > pool.byteLength) {
    pool = new ArrayBuffer(POOL_BYTES);
    used = 0;
  }
  const data = new storage(pool, used, length);
  used += Math.ceil(bytes / 16) * 16;
  data[i * components] = 1;
  return new NdArray<DType>(name, shape, data);
}

type Side = 'of' | 'wrt';

/**
 * The probes of a sweep over the elements of `variables`, which are one side of `point`, with all of the other side: the
 * request of the i-th.
 */
export function probesOf(
  point: Point,
  side: Side,
  variables: readonly Variable[],
  others: readonly Variable[],
): (i: number) => SeededPoint {
  if (variables.length + others.length <= MOST_NAMES) for (const one of variables) keepLike(one, side, others);
  // Probes at once may be handed to several threads, each with its memory.
  const make = (point.options?.concurrency ?? 1) > 1 ? basis : pooledBasis;
  const place = locator(variables);
  let probed: readonly Variable[] = [];
  return (i) => {
    const { variable, element } = place(i);
    if (probed[0] !== variable) probed = [variable];
    return probeOf(point, side, probed, others, make(variable.shape!, variable.dtype, element));
  };
}

// Not a part of the closure: code that is compiled for a closure goes with it, and every sweep has its own.
function probeOf(
  { inputs, options, scope }: Point,
  side: Side,
  probed: readonly Variable[],
  others: readonly Variable[],
  array: NdArray<DType>,
): SeededPoint {
  // Set, not computed in the literal, which is slower once there have been several names.
  const seed: Record<string, NdArray<DType>> = {};
  seed[probed[0]!.path] = array;
  return side === 'of'
    ? { inputs, options, scope, of: probed, wrt: others, seed }
    : { inputs, options, scope, of: others, wrt: probed, seed };
}

/**
 * A probe, a request and an answer with these names and nobody's numbers. Code is compiled for objects of one layout, and
 * goes with the last of them when garbage is collected: between two sweeps there are no others. Short sweeps run before
 * anything is compiled.
 */
const likes = new Map<string, unknown>();
const MOST_LIKES = 64;
const MOST_NAMES = 16;
const FEWEST_PROBES = 32;

function keepLike({ path, shape }: Variable, side: Side, others: readonly Variable[]): void {
  if (sizeOf(shape!) < FEWEST_PROBES) return;
  const names = others.map((one) => one.path);
  const key = JSON.stringify([side, path, names]);
  if (likes.has(key)) return;
  if (likes.size === MOST_LIKES) likes.clear();
  const array = zeros([0]);
  const probed = { path, steps: [], dtype: 'any', pattern: 'any', shape: array.shape } as const;
  const probe = probeOf({ inputs: {}, of: [], wrt: [] }, side, [probed], [], array);
  const answer: Record<string, unknown> = {};
  for (const name of names) answer[name] = array;
  likes.set(key, [probe, writeSeeded(probe, side === 'of' ? 'cotangent' : 'tangent'), answer]);
}
