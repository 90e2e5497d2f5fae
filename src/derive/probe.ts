/** Probes: one-hot seeds, the sweep over them, and putting what they answer together. */

import { castArray } from '../array/cast.js';
import { type DType, dtypes } from '../array/dtype.js';
import { isFault } from '../array/fault.js';
import { NdArray, zeros } from '../array/ndarray.js';
import { blockMemory } from '../array/products/memory.js';
import { type Shape, sizeOf } from '../array/shape.js';
import { ComponentError, fail } from '../errors.js';
import type { CallOptions, MaybePromise, Point, SeededPoint, Variable } from '../operators/endpoints.js';
import { isPromise, type Stepwise, settled } from './drive.js';

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

/** The request of a probe: `of` and `wrt` of `point`, where one of them is the variable of the seed. */
export function probeAt(
  { inputs, options, scope }: Point,
  of: readonly Variable[],
  wrt: readonly Variable[],
  { variable, element }: Located,
): SeededPoint {
  const seed: Record<string, NdArray<DType>> = {};
  // Probes at once may be handed to several threads, each with its memory.
  const make = (options?.concurrency ?? 1) > 1 ? basis : pooledBasis;
  seed[variable.path] = make(variable.shape!, variable.dtype, element);
  return { inputs, options, scope, of, wrt, seed };
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

/** A sweep: what to call for probe i of a total, and what to do with each answer. */
export interface Sweep<R> {
  readonly rule: string;
  readonly base: string;
  readonly total: number;
  readonly options: CallOptions | undefined;
  readonly call: (i: number) => MaybePromise<R>;
  readonly take: (i: number, answer: R) => void;
}

/**
 * Run the probes and take their answers in order. Between two probes the caller's signal is heeded; a failure names its
 * probe. As many as `concurrency` says run at once, as long as their answers are promises: what gives a value at once
 * may give the same buffer again, so its answer is taken before the next call.
 */
export function* sweep<R>({ rule, base, total, options, call, take }: Sweep<R>): Stepwise<void> {
  const width = Math.max(1, Math.floor(options?.concurrency ?? 1) || 1);
  const running: MaybePromise<R>[] = [];
  let started = 0;
  for (let i = 0; i < total; i++) {
    options?.signal?.throwIfAborted();
    try {
      while (running.length < width && started < total) {
        running.push(running.length === 0 ? call(started) : ahead(call, started));
        started++;
        if (!isPromise(running.at(-1)!)) break;
      }
      take(i, yield* settled(running.shift()!));
    } catch (cause) {
      if (cause instanceof ComponentError || options?.signal?.aborted) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const facts = { rule, method: base, probe: String(i + 1), count: String(total), reason };
      throw new ComponentError('E_PROBE', facts, { cause });
    }
    options?.onProgress?.(i + 1, total);
  }
}

/** The answer of a probe that runs before the answers of earlier ones are in: its failure waits for its turn. */
function ahead<R>(call: (i: number) => MaybePromise<R>, i: number): Promise<R> {
  const answer = (async () => call(i))();
  answer.catch(() => undefined);
  return answer;
}

/** An element of one of several arrays. */
export interface Located {
  readonly variable: Variable;
  readonly element: number;
}

/** Where element `i` of several arrays laid end to end stands: which array, and which element of it. */
export function locate(variables: readonly Variable[], i: number): Located {
  let element = i;
  for (const variable of variables) {
    const size = sizeOf(variable.shape ?? []);
    if (element < size) return { variable, element };
    element -= size;
  }
  throw new RangeError(`no element ${i}`);
}

/** The number of elements of several arrays. */
export function elementsOf(variables: readonly Variable[]): number {
  return variables.reduce((total, variable) => total + sizeOf(variable.shape ?? []), 0);
}

/** Whether values of this variable are complex. */
export function isComplex({ dtype }: Variable): boolean {
  return dtype !== 'any' && dtypes[dtype].kind === 'complex';
}

/**
 * Refuse pairs of a real and a complex variable: a one-hot probe sees only a part of their derivative. What is of any
 * dtype is told by its answers.
 */
export function refuseMixed(rule: string, of: readonly Variable[], wrt: readonly Variable[]): void {
  for (const output of of) {
    if (output.dtype === 'any') continue;
    const other = wrt.find((input) => input.dtype !== 'any' && isComplex(input) !== isComplex(output));
    if (other) fail('E_PROBE_COMPLEX', { rule, of: output.path, wrt: other.path });
  }
}

/** An array to accumulate in: float64, or complex128 where one of the parts is complex. */
export function accumulator(shape: Shape, ...parts: readonly (NdArray<DType> | Variable)[]): NdArray<DType> {
  const complex = parts.some(({ dtype }) => dtype !== 'any' && dtypes[dtype].kind === 'complex');
  return complex ? zeros(shape, 'complex128') : zeros(shape);
}

/** The same for a block of a Jacobian, in memory where products with it are fast. */
export function blockAccumulator(shape: Shape, ...parts: readonly (NdArray<DType> | Variable)[]): NdArray<DType> {
  const complex = parts.some(({ dtype }) => dtype !== 'any' && dtypes[dtype].kind === 'complex');
  return complex ? zeros(shape, 'complex128') : new NdArray('float64', shape, blockMemory(shape));
}

/** An answer in the dtype of what it is put into: an author may give real numbers where complex ones are due. */
function widened(answer: NdArray<DType>, { dtype }: NdArray<DType>): NdArray {
  const wide = castArray(answer, dtype);
  if (isFault(wide)) fail('E_RESULT_DTYPE', { path: 'The answer to a probe', received: answer.dtype, expected: dtype });
  return wide as NdArray;
}

/** Copy `answer` into row `i` of a block whose trailing axes are its shape. */
export function writeRow(block: NdArray<DType>, i: number, answer: NdArray<DType>): void {
  const { data } = widened(answer, block);
  (block as NdArray).data.set(data, i * data.length);
}

/** Copy `answer` into column `j` of a block of `columns` columns whose leading axes are its shape. */
export function writeColumn(block: NdArray<DType>, j: number, columns: number, answer: NdArray<DType>): void {
  const from = widened(answer, block).data;
  const into = (block as NdArray).data;
  const parts = dtypes[block.dtype].components;
  for (let part = 0; part < parts; part++) {
    for (let row = part, at = j * parts + part; row < from.length; row += parts, at += columns * parts)
      into[at] = from[row]!;
  }
}

/** Set element `i`. */
export function writeElement(array: NdArray<DType>, i: number, re: number, im = 0): void {
  const { data } = array as NdArray;
  if (dtypes[array.dtype].components === 1) data[i] = re;
  else [data[2 * i], data[2 * i + 1]] = [re, im];
}
