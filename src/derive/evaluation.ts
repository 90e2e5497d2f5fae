/**
 * Apply as a function of one flat vector: what is differentiated, laid end to end, in; the outputs of interest, laid
 * end to end, out. Complex arrays are interleaved on both sides.
 */
import { realValues } from '../array/cast.js';
import { type DataOf, type DType, dtypes } from '../array/dtype.js';
import { NdArray } from '../array/ndarray.js';
import { formatShape, sameShape } from '../array/shape.js';
import { ComponentError, fail } from '../errors.js';
import { boundsOf, within } from '../operators/bounds.js';
import type { CallOptions, Point, Variable } from '../operators/endpoints.js';
import { atPath, exchange, readLeaves } from '../operators/leaves.js';
import type { Oracle } from './difference/difference.js';
import type { Precision } from './difference/precision.js';
import type { Leaf } from './difference/step.js';
import type { DifferenceOptions } from './differenceOptions.js';
import { drive, type MaybePromise, type Stepwise, settled } from './drive.js';

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
  /** What an evaluation beside the point last threw; it counted as not finite. */
  readonly failure: () => unknown;
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
  failure: unknown;
}

function flatEvaluation(evaluate: Evaluate, point: Point, form: Form): Evaluation {
  const inputs = places(point.wrt, readLeaves(point.inputs, point.wrt, 'inputs'));
  const x = joined(inputs);
  const write = writer(point, inputs, form);
  const state: State = { outputs: undefined, base: undefined, failure: undefined };
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
  const oracle = (z: Float64Array): MaybePromise<Float64Array> => drive(guarded(at, z, rest, state, point.options));
  return { oracle, x, inputs, outputs: () => state.outputs, failure: () => state.failure };
}

// A point that apply refuses lies outside its domain, and counts as not finite: differences then take the other side.
// But the point itself must be inside: there the error is thrown as it is.
function* guarded(
  at: (z: Float64Array) => Stepwise<Float64Array>,
  z: Float64Array,
  rest: Float64Array,
  state: State,
  options: CallOptions | undefined,
): Stepwise<Float64Array> {
  options?.signal?.throwIfAborted();
  if (state.base && z.every((value, i) => value === rest[i])) return state.base.slice();
  try {
    return yield* at(z);
  } catch (cause) {
    const contract = cause instanceof ComponentError && !refusesInputs(cause);
    if (contract || options?.signal?.aborted) throw cause;
    state.failure = cause;
    state.base ??= yield* at(rest);
    return new Float64Array(state.base.length).fill(Number.NaN);
  }
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

/** The leaves of the flat vector: what is known of each input that is differentiated. */
export function leavesOf(
  inputs: object,
  found: readonly Place[],
  { magnitudes, bounds }: DifferenceOptions,
): readonly Leaf[] {
  return found.map(({ variable, array, start, end }) => {
    const declared = atPath(bounds, variable);
    const [lower, upper] = declared ? within(declared, boundsOf(inputs, variable)) : boundsOf(inputs, variable);
    const magnitude = atPath(magnitudes, variable) ?? moduli(array);
    const precision = precisionOf(array.dtype);
    return { start, end, precision, lower, upper, ...(magnitude === undefined ? {} : { magnitude }) };
  });
}

// The scale of a complex number is its modulus, for its real and its imaginary part.
function moduli({ dtype, data }: NdArray<DType>): Float64Array | undefined {
  if (dtypes[dtype].components === 1) return undefined;
  const entry = (k: number) => Math.hypot(Number(data[k & ~1]), Number(data[k | 1]));
  return Float64Array.from({ length: data.length }, (_, k) => entry(k));
}
