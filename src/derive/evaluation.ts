/**
 * Apply as a function of one flat vector: what is differentiated, laid end to end, in; the outputs of interest, laid
 * end to end, out. Complex arrays are interleaved on both sides.
 */
import { realValues } from '../array/cast.js';
import { type DataOf, type DType, dtypes } from '../array/dtype.js';
import { NdArray } from '../array/ndarray.js';
import { formatShape, sameShape } from '../array/shape.js';
import { ComponentError, fail } from '../errors.js';
import { type Bound, type Bounds, boundAt, boundsOf, within } from '../operators/bounds.js';
import type { CallOptions, Point, Variable } from '../operators/endpoints.js';
import { atPath, exchange, readLeaves } from '../operators/leaves.js';
import { type Precision, precisions } from './difference/precision.js';
import type { Oracle } from './difference/sampling.js';
import type { Leaf } from './difference/step.js';
import type { DifferenceOptions } from './differenceOptions.js';
import { drive, type MaybePromise, type Stepwise, settled } from './drive.js';
import { refuseOption } from './optionChecks.js';
import { elementPath } from './probe.js';

/** Outputs at inputs. */
export type Evaluate = (inputs: object) => MaybePromise<unknown>;

/** An array's place in a flat vector: entries `start` … `end` − 1. */
export interface Place {
  readonly variable: Variable;
  readonly array: NdArray<DType>;
  readonly start: number;
  readonly end: number;
}

/** Apply near a point, as a function of a flat vector. */
export interface Evaluation {
  readonly oracle: Oracle;
  readonly x: Float64Array;
  readonly inputs: readonly Place[];
  /** Where the outputs stand: known after the first evaluation. */
  readonly outputs: () => readonly Place[] | undefined;
  /**
   * What an evaluation beside the point threw, and where that was; it counted as not finite. The first one where
   * entry `j` was moved; the last one of all where none is known.
   */
  readonly failure: (j?: number) => Failure | undefined;
}

/** What an evaluation beside a point threw, and in words what had been moved. */
export interface Failure {
  readonly cause: unknown;
  readonly moved: string;
}

/** How arrays enter and leave: as they are, or real ones as complex ones with a zero imaginary part. */
interface Form {
  readonly enter: (dtype: DType) => DType;
  readonly refuse: (output: Variable, array: NdArray<DType>) => void;
}

const asTheyAre: Form = { enter: (dtype) => dtype, refuse: () => undefined };

const lifted: Form = {
  enter: (dtype) => (dtype === 'float64' ? 'complex128' : 'complex64'),
  refuse: ({ path }, { dtype }) => {
    if (dtypes[dtype].kind === 'complex') return;
    fail('E_COMPLEX_STEP', {
      path: `the output "${path}"`,
      received: `${dtype} at complex inputs`,
      expected: 'an apply that computes with complex numbers throughout',
    });
  },
};

/** `evaluate` near `point`, for real or complex arrays. */
export function evaluationAt(evaluate: Evaluate, point: Point): Evaluation {
  return flatEvaluation(evaluate, point, asTheyAre);
}

/** `evaluate` at complex points near a real `point`: the oracle takes and gives interleaved vectors. */
export function complexEvaluationAt(evaluate: Evaluate, point: Point): Evaluation {
  return flatEvaluation(evaluate, point, lifted);
}

interface State {
  outputs: readonly Place[] | undefined;
  base: Float64Array | undefined;
  failure: Failure | undefined;
  /** The first failure for each of the entries that failed first. */
  readonly failures: Map<number, Failure>;
}

const mostFailures = 64;

function flatEvaluation(evaluate: Evaluate, point: Point, form: Form): Evaluation {
  const inputs = places(point.wrt, readLeaves(point.inputs, point.wrt, 'inputs'));
  const x = joined(inputs);
  const write = writer(point, inputs, form);
  const state: State = { outputs: undefined, base: undefined, failure: undefined, failures: new Map() };
  const read = (outputs: unknown): Float64Array => {
    const found = places(point.of, readLeaves(outputs, point.of, 'outputs'));
    for (const { variable, array } of found) form.refuse(variable, array);
    checkShapes(state.outputs ?? found, found);
    state.outputs ??= found;
    return joined(found);
  };
  const at = function* (z: Float64Array): Stepwise<Float64Array> {
    return read(yield* settled(evaluate(write(z))));
  };
  const rest = form === lifted ? interleave(x) : x;
  const oracle = (z: Float64Array): MaybePromise<Float64Array> =>
    drive(guarded(at, z, rest, state, { ...point, inputs }));
  return {
    oracle,
    x,
    inputs,
    outputs: () => state.outputs,
    failure: (j = -1) => state.failures.get(j) ?? state.failure,
  };
}

// A point that apply refuses lies outside its domain, and counts as not finite: differences then take the other side.
// But the point itself must be inside: there the error is thrown as it is.
function* guarded(
  at: (z: Float64Array) => Stepwise<Float64Array>,
  z: Float64Array,
  rest: Float64Array,
  state: State,
  { options, inputs }: { readonly options?: CallOptions | undefined; readonly inputs: readonly Place[] },
): Stepwise<Float64Array> {
  options?.signal?.throwIfAborted();
  if (state.base && z.every((value, i) => value === rest[i])) return state.base.slice();
  try {
    return yield* at(z);
  } catch (cause) {
    const contract = cause instanceof ComponentError && !refusesInputs(cause);
    if (contract || options?.signal?.aborted) throw cause;
    note(
      state,
      { cause, moved: movesOf(inputs, z, rest) },
      z.findIndex((value, k) => value !== rest[k]),
    );
    state.base ??= yield* at(rest);
    return new Float64Array(state.base.length).fill(Number.NaN);
  }
}

function note(state: State, failure: Failure, entry: number): void {
  state.failure = failure;
  if (state.failures.size < mostFailures && !state.failures.has(entry)) state.failures.set(entry, failure);
}

/** How many moves a sentence names. */
const namedMoves = 3;

// "ring.[0,0] was moved from 0 to 6e-6". Of a complex step, the imaginary parts are what was moved.
function movesOf(inputs: readonly Place[], z: Float64Array, rest: Float64Array): string {
  const last = inputs.at(-1)?.end ?? 0;
  const width = z.length / Math.max(1, last);
  const moves: string[] = [];
  let count = 0;
  for (let k = 0; k < z.length; k++) {
    if (z[k] === rest[k] || count++ >= namedMoves) continue;
    moves.push(`${elementAt(inputs, Math.floor(k / width))} was moved from ${rest[k]} to ${z[k]}`);
  }
  return `${moves.join(', ')}${count > namedMoves ? `, and ${count - namedMoves} more were moved` : ''}`;
}

/** The array that entry `j` of the flat vector belongs to, and which element of it that is. */
export function placeAt(found: readonly Place[], j: number): { readonly place: Place; readonly element: number } {
  const place = found.find(({ end }) => j < end)!;
  return { place, element: Math.floor((j - place.start) / dtypes[place.array.dtype].components) };
}

/** The path of entry `j` of the flat vector, with its index where it is an element of an array: `ring.[0,0]`. */
export function elementAt(found: readonly Place[], j: number): string {
  const { place, element } = placeAt(found, j);
  return elementPath(place.variable.path, place.array.shape, element);
}

function refusesInputs({ status }: ComponentError): boolean {
  return status === 422;
}

function places(variables: readonly Variable[], arrays: readonly NdArray<DType>[]): readonly Place[] {
  let start = 0;
  return arrays.map((array, k) => {
    const place = { variable: variables[k]!, array, start, end: start + array.data.length };
    start = place.end;
    return place;
  });
}

function joined(found: readonly Place[]): Float64Array {
  const flat = new Float64Array(found.at(-1)?.end ?? 0);
  for (const { array, start } of found) flat.set(realValues(array), start);
  return flat;
}

function interleave(x: Float64Array): Float64Array {
  const z = new Float64Array(2 * x.length);
  for (let i = 0; i < x.length; i++) z[2 * i] = x[i]!;
  return z;
}

// Every evaluation gets arrays of its own, so that a method may keep or change what it is given.
function writer(point: Point, inputs: readonly Place[], form: Form): (z: Float64Array) => object {
  const put = exchange(point.inputs, point.wrt);
  const scale = form === lifted ? 2 : 1;
  return (z) =>
    put(
      inputs.map(({ array: { dtype, shape }, start, end }) => {
        const entered = form.enter(dtype);
        const part = z.slice(scale * start, scale * end);
        const data = dtypes[entered].storage === Float64Array ? part : new Float32Array(part);
        return new NdArray<DType>(entered, shape, data as DataOf<DType>);
      }),
    );
}

function checkShapes(first: readonly Place[], found: readonly Place[]): void {
  for (const [k, { variable, array }] of found.entries()) {
    if (sameShape(first[k]!.array.shape, array.shape)) continue;
    fail('E_RESULT_SHAPE', {
      path: `outputs.${variable.path}`,
      received: formatShape(array.shape),
      expected: formatShape(first[k]!.array.shape),
      rule: 'the shape it has at other points nearby',
    });
  }
}

const stored: Readonly<Partial<Record<DType, Precision>>> = {
  float16: 'float16',
  float32: 'float32',
  complex64: 'float32',
};

/** The precision that the parts of a dtype are stored in. */
export function precisionOf(dtype: DType | 'any'): Precision {
  return dtype === 'any' ? 'float64' : (stored[dtype] ?? 'float64');
}

/** The coarsest precision among variables. */
export function coarsest(variables: readonly Pick<Variable, 'dtype'>[]): Precision {
  const found = variables.map(({ dtype }) => precisionOf(dtype));
  return found.find((one) => one === 'float16') ?? found.find((one) => one === 'float32') ?? 'float64';
}

/** The variables by the precision that they are stored in, the finest first; in the order they had. */
export function byPrecision(variables: readonly Variable[]): readonly (readonly Variable[])[] {
  const of = (one: Precision) => variables.filter(({ dtype }) => precisionOf(dtype) === one);
  const found = (['float64', 'float32', 'float16'] as const).map(of).filter((group) => group.length > 0);
  return found.length > 0 ? found : [[]];
}

/**
 * The leaves of the flat vector: what is known of each input that is differentiated. Raises `E_OUTSIDE_BOUNDS` where
 * an input lies beyond its bounds by more than roundoff.
 */
export function leavesOf(
  inputs: object,
  found: readonly Place[],
  { magnitudes, bounds }: DifferenceOptions,
): readonly Leaf[] {
  return found.map(({ variable, array, start, end }) => {
    const declared = atPath(bounds, variable);
    declared?.forEach((bound) => void checkLength(variable.path, bound, array.size));
    const [lower, upper] = declared ? within(declared, boundsOf(inputs, variable)) : boundsOf(inputs, variable);
    const magnitude = atPath(magnitudes, variable) ?? moduli(array);
    const precision = precisionOf(array.dtype);
    if (dtypes[array.dtype].components === 1) refuseOutside(variable.path, array, precision, [lower, upper]);
    return { start, end, precision, lower, upper, ...(magnitude === undefined ? {} : { magnitude }) };
  });
}

function checkLength(path: string, bound: Bound, size: number): void {
  if (typeof bound === 'number' || bound.length === size) return;
  refuseOption(`bounds["${path}"]`, bound, `a number, or ${size} of them, as inputs.${path} has ${size} elements`);
}

function refuseOutside(path: string, array: NdArray<DType>, precision: Precision, [lower, upper]: Bounds): void {
  const values = realValues(array);
  for (let k = 0; k < values.length; k++) {
    const [value, least, most] = [values[k]!, boundAt(lower, k), boundAt(upper, k)];
    if (value >= least && value <= most) continue;
    const bound = value < least ? least : most;
    const roundoff = 64 * precisions[precision].epsilon * Math.max(1, Math.abs(value), Math.abs(bound));
    if (Math.abs(value - bound) <= roundoff || Number.isNaN(value)) continue;
    fail('E_OUTSIDE_BOUNDS', {
      path: `inputs.${elementPath(path, array.shape, k)}`,
      received: String(value),
      expected: value < least ? `at least ${bound}` : `at most ${bound}`,
    });
  }
}

// The scale of a complex number is its modulus, for its real and its imaginary part.
function moduli({ dtype, data }: NdArray<DType>): Float64Array | undefined {
  if (dtypes[dtype].components === 1) return undefined;
  const entry = (k: number) => Math.hypot(Number(data[k & ~1]), Number(data[k | 1]));
  return Float64Array.from({ length: data.length }, (_, k) => entry(k));
}
