/**
 * Derivatives out of apply alone, by differences: `difference/` does the arithmetic on flat vectors, this file takes a
 * request apart for it and puts the answer together.
 */
import { isZero } from '../array/contraction.js';
import { type DType, dtypes } from '../array/dtype.js';
import { NdArray, zeros } from '../array/ndarray.js';
import { ComponentError } from '../errors.js';
import type { Arrays, Blocks, Endpoints, Point, SeededPoint } from '../operators/endpoints.js';
import { complexColumns, complexJvp } from './difference/complexStep.js';
import type { Report } from './difference/difference.js';
import { jvpSteps } from './difference/directional.js';
import { dot, sweepColumns, type TakeColumn } from './difference/jacobian.js';
import { noiseSteps } from './difference/noise.js';
import type { Setting } from './difference/step.js';
import { differenceEstimate } from './difference/stochastic.js';
import type { DifferenceOptions, EstimateOptions } from './differenceOptions.js';
import type { Stepwise } from './drive.js';
import { settled } from './drive.js';
import {
  coarsest,
  complexEvaluationAt,
  type Evaluate,
  type Evaluation,
  evaluationAt,
  leavesOf,
  type Place,
} from './evaluation.js';
import { refuseBeyond } from './memory.js';
import { refuseMixed, writeColumn } from './probe.js';
import type { Context } from './rule.js';

/** A derivative by differences, the estimated absolute error of each element where asked for, and what happened. */
export interface Approximation<T> {
  readonly value: T;
  readonly errors?: T;
  readonly report: Report;
  /** The inputs in the order that the report counts elements in. */
  readonly inputs: readonly Place[];
}

/** What a difference is made of: outputs at inputs, checked or as the author gave them, and what was asked for. */
export interface Source<O = DifferenceOptions> extends Omit<Context<O>, 'evaluate'> {
  /** Outputs as the schema declares them. */
  readonly apply: Evaluate;
  /** Outputs as the author's method gives them: complex ones where its inputs are. */
  readonly evaluate: Evaluate;
  /** Whether errors are to be estimated. */
  readonly errors?: boolean;
}

const nothing: Report = { evaluations: 0, guessed: [], noRoom: [], notFinite: [] };

/** J column by column: each from differences along one element of the inputs. */
export function* differenceJacobian(source: Source, point: Point): Stepwise<Approximation<Blocks>> {
  refuseMixed('jacobianFromApply', point.of, point.wrt);
  const evaluation = evaluationOf(source, point);
  const { inputs } = evaluation;
  const limit = point.options?.memoryLimit;
  const found = { value: undefined as Blocks | undefined, errors: undefined as Blocks | undefined };
  const take: TakeColumn = (j, column, errors) => {
    const { place, element } = placeAt(inputs, j);
    const outputs = evaluation.outputs()!;
    found.value ??= emptyBlocks(outputs, inputs, limit);
    setColumn(found.value, outputs, place, element, column);
    if (!errors) return;
    found.errors ??= emptyBlocks(outputs, inputs, limit);
    setColumn(found.errors, outputs, place, element, errors);
  };
  const report = yield* columns('jacobianFromApply', source, point, evaluation, take);
  const value = found.value ?? emptyBlocks(yield* outputPlaces(source, point), inputs, limit);
  return approximation(value, found.errors ?? (source.errors ? value : undefined), report, inputs);
}

/** ẏ = J·t from differences along t. */
export function* differenceJvp(source: Source, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  const wrt = point.wrt.filter(({ path }) => !isZero(point.seed[path]!));
  refuseMixed('jvpFromApply', point.of, wrt);
  if (wrt.length === 0) {
    const value = Object.fromEntries(
      (yield* outputPlaces(source, point)).map(({ variable, array }) => [variable.path, zeroLike(array)]),
    );
    return approximation(value, source.errors ? value : undefined, nothing, []);
  }
  const evaluation = evaluationOf(source, { ...point, wrt });
  const { oracle, x, inputs } = evaluation;
  const direction = new Float64Array(x.length);
  for (const { variable, start } of inputs) direction.set(flat(point.seed[variable.path]!), start);
  const present = (values: Float64Array) => split(values, evaluation.outputs()!);
  const setting = yield* settingOf(source, { ...point, wrt }, evaluation);
  if (source.options.complexStep) {
    const values = imaginaryFree(yield* complexJvp(oracle, x, direction, setting), evaluation.outputs()!);
    return approximation(values, undefined, { ...nothing, evaluations: 1 }, inputs);
  }
  const { values, errors, report } = yield* jvpSteps(oracle, x, direction, { ...setting, ...wanted(source) });
  explain('jvpFromApply', evaluation, report, 1);
  return approximation(present(values), errors && present(errors), report, inputs);
}

/** x̄ = Jᵀ·c: element j is the product of c with column j. No more than one column is held. */
export function* differenceVjp(source: Source, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  const of = point.of.filter(({ path }) => !isZero(point.seed[path]!));
  refuseMixed('vjpFromApply', of, point.wrt);
  const evaluation = evaluationOf(source, { ...point, of });
  const { inputs } = evaluation;
  const value = gradients(inputs);
  const errors = source.errors ? gradients(inputs) : undefined;
  if (of.length === 0) return approximation(value, errors, nothing, inputs);
  const cotangent = Float64Array.from(of.flatMap(({ path }) => [...flat(point.seed[path]!)]));
  const sizes = cotangent.map(Math.abs);
  const complex = inputs.some(({ array }) => dtypes[array.dtype].components === 2);
  const take: TakeColumn = (j, column, error) => {
    const { place, element } = placeAt(inputs, j);
    const into = (value[place.variable.path] as NdArray).data;
    if (complex) [into[2 * element], into[2 * element + 1]] = complexDot(cotangent, column);
    else into[element] = dot(cotangent, column);
    if (error && errors)
      (errors[place.variable.path] as NdArray).data[complex ? 2 * element : element] = dot(sizes, error);
  };
  const report = yield* columns('vjpFromApply', source, { ...point, of }, evaluation, take);
  return approximation(value, errors, report, inputs);
}

/** An estimate of x̄ = Jᵀ·c from differences along k random directions, and the standard error of each element. */
export function* estimatedVjp(source: Source<EstimateOptions>, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  const of = point.of.filter(({ path }) => !isZero(point.seed[path]!));
  const evaluation = evaluationAt(source.apply, { ...point, of });
  const { oracle, x, inputs } = evaluation;
  refuseMixed('vjpEstimateFromApply', of, point.wrt);
  const cotangent = Float64Array.from(of.flatMap(({ path }) => [...flat(point.seed[path]!)]));
  const setting = of.length > 0 ? yield* settingOf(source, { ...point, of }, evaluation) : {};
  const { samples, seed } = source.options;
  const asked = seed === undefined ? { samples } : { samples, seed };
  const estimate = yield* differenceEstimate(oracle, x, cotangent, { ...setting, ...asked });
  explain('vjpEstimateFromApply', evaluation, estimate.report, estimate.samples);
  return approximation(split(estimate.values, inputs), split(estimate.standardError, inputs), estimate.report, inputs);
}

type Deriving<T, R, O> = (base: Pick<Endpoints, 'apply'>, request: R, context: Context<O>) => Stepwise<T>;

function deriving<T, R extends Point, O>(
  by: (source: Source<O>, point: R) => Stepwise<Approximation<T>>,
): Deriving<T, R, O> {
  return function* ({ apply }, point, context): Stepwise<T> {
    const evaluated: Evaluate = (inputs) => apply({ inputs, options: point.options });
    return (yield* by({ ...context, apply: evaluated }, point)).value;
  };
}

/** The rule jacobianFromApply. */
export const jacobianByApply: Deriving<Blocks, Point, DifferenceOptions> = deriving(differenceJacobian);
/** The rule jvpFromApply. */
export const jvpByApply: Deriving<Arrays, SeededPoint, DifferenceOptions> = deriving(differenceJvp);
/** The rule vjpFromApply. */
export const vjpByApply: Deriving<Arrays, SeededPoint, DifferenceOptions> = deriving(differenceVjp);
/** The rule vjpEstimateFromApply. */
export const vjpByEstimate: Deriving<Arrays, SeededPoint, EstimateOptions> = deriving(estimatedVjp);

function approximation<T>(value: T, errors: T | undefined, report: Report, inputs: readonly Place[]): Approximation<T> {
  return errors === undefined ? { value, report, inputs } : { value, errors, report, inputs };
}

function evaluationOf(source: Source, point: Point): Evaluation {
  return source.options.complexStep ? complexEvaluationAt(source.evaluate, point) : evaluationAt(source.apply, point);
}

function* settingOf({ options }: Source, point: Point, { oracle, x, inputs }: Evaluation): Stepwise<Setting> {
  const { scheme = 'central', noise } = options;
  const setting: Setting = { scheme, leaves: leavesOf(point.inputs, inputs, options), output: coarsest(point.of) };
  if (noise !== 'estimate') return noise === undefined ? setting : { ...setting, noise };
  if (x.length === 0) return setting;
  const { relative } = yield* noiseSteps(oracle, x, setting);
  return { ...setting, noise: relative };
}

function wanted({ errors }: Source): { readonly errors?: true } {
  return errors ? { errors } : {};
}

// Of a complex array only the real parts are moved: a holomorphic function has one derivative in all directions.
function* columns(
  rule: string,
  source: Source,
  point: Point,
  evaluation: Evaluation,
  column: TakeColumn,
): Stepwise<Report> {
  const { oracle, x, inputs } = evaluation;
  const moved = inputs.flatMap(({ array, start, end }) => {
    const step = dtypes[array.dtype].components;
    return Array.from({ length: (end - start) / step }, (_, k) => start + k * step);
  });
  if (moved.length === 0) return nothing;
  let done = 0;
  const take: TakeColumn = (j, derivative, errors) => {
    column(j, derivative, errors);
    point.options?.onProgress?.(++done, moved.length);
  };
  const setting = { ...(yield* settingOf(source, point, evaluation)), columns: moved };
  const report = source.options.complexStep
    ? yield* complexColumns(oracle, x, take, setting)
    : yield* sweepColumns(oracle, x, take, { ...setting, ...wanted(source) });
  explain(rule, evaluation, report, moved.length);
  return report;
}

// What is finite on neither side because apply threw there is that error, not a NaN.
function explain(rule: string, { failure }: Evaluation, report: Report, total: number): void {
  const cause = failure();
  const lost = report.notFinite[0] ?? undefined;
  if (cause === undefined || lost === undefined) return;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const probe = String(Math.max(lost.element, 0) + 1);
  throw new ComponentError('E_PROBE', { rule, method: 'apply', probe, count: String(total), reason }, { cause });
}

function* outputPlaces(source: Source, point: Point): Stepwise<readonly Place[]> {
  const variables = yield* settled(source.shapes(point));
  return variables.map((variable) => {
    const complex = variable.dtype !== 'any' && dtypes[variable.dtype].kind === 'complex';
    const array = zeros<DType>(variable.shape ?? [], complex ? 'complex128' : 'float64');
    return { variable, array, start: 0, end: 0 };
  });
}

/** The array that entry `j` of the flat vector belongs to, and which element of it that is. */
export function placeAt(found: readonly Place[], j: number): { readonly place: Place; readonly element: number } {
  const place = found.find(({ end }) => j < end)!;
  return { place, element: (j - place.start) / dtypes[place.array.dtype].components };
}

function zeroLike({ dtype, shape }: NdArray<DType>, partner?: NdArray<DType>): NdArray<DType> {
  const complex = [dtype, partner?.dtype ?? dtype].some((one) => dtypes[one].kind === 'complex');
  return zeros<DType>([...shape, ...(partner?.shape ?? [])], complex ? 'complex128' : 'float64');
}

function gradients(inputs: readonly Place[]): Arrays {
  return Object.fromEntries(inputs.map(({ variable, array }) => [variable.path, zeroLike(array)]));
}

// A complex step has complex outputs, and a real derivative of them.
function emptyBlocks(outputs: readonly Place[], inputs: readonly Place[], limit: number | undefined): Blocks {
  const elements = (places: readonly Place[]) => places.reduce((sum, { array }) => sum + array.size, 0);
  const [rows, columns] = [elements(outputs), elements(inputs)];
  const complex = inputs.some(({ array }) => dtypes[array.dtype].components === 2);
  refuseBeyond({ rule: 'jacobianFromApply', rows, columns, bytes: rows * columns * (complex ? 16 : 8) }, limit);
  const row = (output: Place) =>
    inputs.map(({ variable, array }) => [variable.path, zeroBlock(output.array, array)] as const);
  return Object.fromEntries(outputs.map((output) => [output.variable.path, Object.fromEntries(row(output))]));
}

function zeroBlock(output: NdArray<DType>, input: NdArray<DType>): NdArray<DType> {
  const complex = dtypes[input.dtype].kind === 'complex';
  return zeros<DType>([...output.shape, ...input.shape], complex ? 'complex128' : 'float64');
}

function setColumn(
  blocks: Blocks,
  outputs: readonly Place[],
  { variable, array }: Place,
  element: number,
  column: Float64Array,
): void {
  const parts = split(column, halved(outputs, column));
  for (const { variable: output } of outputs) {
    writeColumn(blocks[output.path]![variable.path]!, element, array.size, parts[output.path]!);
  }
}

// Complex outputs fill twice their size; a column that is half as long holds their real derivative.
function halved(outputs: readonly Place[], column: Float64Array): readonly Place[] {
  const end = outputs.at(-1)?.end ?? 0;
  if (column.length === end) return outputs;
  return outputs.map(({ variable, array, start, end }) => ({
    variable,
    array: zeros<DType>(array.shape, 'float64'),
    start: start / 2,
    end: end / 2,
  }));
}

function imaginaryFree(values: Float64Array, outputs: readonly Place[]): Arrays {
  return split(values, halved(outputs, values));
}

function split(values: Float64Array, found: readonly Place[]): Arrays {
  return Object.fromEntries(
    found.map(({ variable, array: { dtype, shape }, start, end }) => {
      const complex = dtypes[dtype].kind === 'complex';
      const data = values.slice(start, end);
      return [variable.path, new NdArray<DType>(complex ? 'complex128' : 'float64', shape, data)];
    }),
  );
}

function flat({ data }: NdArray<DType>): Float64Array {
  return Float64Array.from(data as Float64Array);
}

function complexDot(c: Float64Array, d: Float64Array): [number, number] {
  let [re, im] = [0, 0];
  for (let i = 0; i < c.length; i += 2) {
    if (c[i] === 0 && c[i + 1] === 0) continue;
    re += c[i]! * d[i]! - c[i + 1]! * d[i + 1]!;
    im += c[i]! * d[i + 1]! + c[i + 1]! * d[i]!;
  }
  return [re, im];
}
