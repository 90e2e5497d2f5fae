/** Probes: the sweep over them, and putting what they answer together. */

import { castArray } from '../array/cast.js';
import { type DType, dtypes } from '../array/dtype.js';
import { isFault } from '../array/fault.js';
import { NdArray, zeros } from '../array/ndarray.js';
import { type Shape, sizeOf } from '../array/shape.js';
import { ComponentError, fail } from '../errors.js';
import type { CallOptions, MaybePromise, Variable } from '../operators/endpoints.js';
import { isPromise, type Stepwise, settled } from './drive.js';

/**
 * A sweep: what to call for probe i of a total, and what to do with each answer. What they work with is their `state`: code
 * that is compiled for a closure goes with it, and every sweep would have its own.
 */
export interface Sweep<S, R> {
  readonly rule: string;
  readonly base: string;
  readonly total: number;
  readonly options: CallOptions | undefined;
  readonly state: S;
  readonly call: (i: number, state: S) => MaybePromise<R>;
  readonly take: (i: number, answer: R, state: S) => void;
  /** The element that the seed of probe `i` is 1 at, where it is one-hot. */
  readonly hot?: (i: number, state: S) => Located;
}

/**
 * Run the probes and take their answers in order. Between two probes the caller's signal is heeded; a failure names its
 * probe. As many as `concurrency` says run at once, as long as their answers are promises: what gives a value at once
 * may give the same buffer again, so its answer is taken before the next call.
 */
export function* sweep<S, R>(whole: Sweep<S, R>): Stepwise<void> {
  const { state, take, total, options } = whole;
  const width = Math.max(1, Math.floor(options?.concurrency ?? 1) || 1);
  const next = width > 1 ? abreast(whole, width) : undefined;
  for (let i = 0; i < total; i++) {
    const awaited = takeOn(whole, next, i);
    if (!awaited) return;
    i = awaited.i;
    try {
      take(i, yield* settled(awaited.answer), state);
    } catch (cause) {
      throw failure(whole, i, cause);
    }
    options?.onProgress?.(i + 1, total);
  }
}

/** Take answers from probe `i` on, until one has to be waited for: a plain loop, which is compiled while it runs. */
function takeOn<S, R>(whole: Sweep<S, R>, next: (() => MaybePromise<R>) | undefined, from: number) {
  const { state, call, take, total, options } = whole;
  for (let i = from; i < total; i++) {
    options?.signal?.throwIfAborted();
    try {
      const answer = next ? next() : call(i, state);
      if (isPromise(answer)) return { i, answer };
      take(i, answer, state);
    } catch (cause) {
      throw failure(whole, i, cause);
    }
    options?.onProgress?.(i + 1, total);
  }
  return undefined;
}

/** What is thrown where probe `i` fails: what says itself whose fault it is, and an abort, stay as they are. */
function failure<S, R>(whole: Sweep<S, R>, i: number, cause: unknown): unknown {
  const { rule, base, total, options, state, hot } = whole;
  if (cause instanceof ComponentError || options?.signal?.aborted) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const one = hot?.(i, state);
  const seed = base === 'jvp' ? 'tangent' : 'cotangent';
  const where = one ? `where the ${seed} was 1 at ${pathOf(one)} and 0 elsewhere` : '';
  const facts = { rule, method: base, probe: String(i + 1), count: String(total), where, reason, advice: '' };
  return new ComponentError('E_PROBE', facts, { cause });
}

/** The answers one by one, where the probes after them have been started. */
function abreast<S, R>({ state, call, total }: Sweep<S, R>, width: number): () => MaybePromise<R> {
  const running: MaybePromise<R>[] = [];
  let started = 0;
  return () => {
    while (running.length < width && started < total) {
      const i = started;
      running.push(running.length === 0 ? call(i, state) : ahead(() => call(i, state)));
      started++;
      if (!isPromise(running.at(-1)!)) break;
    }
    return running.shift()!;
  };
}

/** The answer of a probe that runs before the answers of earlier ones are in: its failure waits for its turn. */
function ahead<R>(call: () => MaybePromise<R>): Promise<R> {
  const answer = (async () => call())();
  answer.catch(() => undefined);
  return answer;
}

/** An element of one of several arrays. */
export interface Located {
  readonly variable: Variable;
  readonly element: number;
}

/** The path of an element of an array: `x` for a scalar, `x.[2]`, `ring.[0,1]`. */
export function elementPath(path: string, shape: Shape, element: number): string {
  if (shape.length === 0) return path;
  const index: number[] = [];
  let rest = element;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return `${path}.[${index.join(',')}]`;
}

function pathOf({ variable, element }: Located): string {
  return elementPath(variable.path, variable.shape ?? [], element);
}

/** Tells where element `i` of several arrays laid end to end stands: which array, and which element of it. */
export function locator(variables: readonly Variable[]): (i: number) => Located {
  let [k, start, end] = [-1, 0, 0];
  return (i) => {
    if (i < start) [k, start, end] = [-1, 0, 0];
    while (i >= end) {
      start = end;
      end += sizeOf(variables[++k]!.shape ?? []);
    }
    return { variable: variables[k]!, element: i - start };
  };
}

/** The element that the seed of a sweep's probe is 1 at, where the sweep finds its place. */
export function hotAt(i: number, { place }: { readonly place: (i: number) => Located }): Located {
  return place(i);
}

/** The number of elements of several arrays. */
export function elementsOf(variables: readonly Variable[]): number {
  return variables.reduce((total, variable) => total + sizeOf(variable.shape ?? []), 0);
}

/** Whether the values of a variable, or an array, are complex. */
export function isComplex({ dtype }: Pick<Variable, 'dtype'>): boolean {
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

/** Zeros to accumulate in: float64, or complex128. */
export function accumulator(shape: Shape, complex: boolean): NdArray<DType> {
  return complex ? zeros(shape, 'complex128') : zeros(shape);
}

/** Where the elements of a block come from: zeros, as many as its shape takes. */
export type Room = (shape: Shape) => Float64Array;

/** A caller is given memory that the system knows how to use again, and that may be transferred. */
const ordinary: Room = (shape) => zeros(shape).data;

/** The same for the block of an output by an input; that of a real one from `room`. */
export function blockAccumulator(output: Variable, input: Variable, room: Room = ordinary): NdArray<DType> {
  const shape = [...(output.shape ?? []), ...(input.shape ?? [])];
  if (isComplex(output) || isComplex(input)) return zeros(shape, 'complex128');
  return new NdArray('float64', shape, room(shape));
}

/** An answer in the dtype of what it is put into: an author may give real numbers where complex ones are due. */
export function widened(answer: NdArray<DType>, { dtype }: NdArray<DType>): NdArray {
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
