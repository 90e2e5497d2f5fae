/** What a derivation by differences starts from and gives, and the passes that it takes. */
import { isZero } from '../array/contraction.js';
import { type DType, dtypes } from '../array/dtype.js';
import { NdArray, zeros } from '../array/ndarray.js';
import type { Arrays, Point, SeededPoint } from '../operators/endpoints.js';
import { noiseSteps } from './difference/noise.js';
import { type Report, together } from './difference/sampling.js';
import { type Setting } from './difference/step.js';
import type { DifferenceOptions } from './differenceOptions.js';
import { type Found } from './differenceWarnings.js';
import type { Stepwise } from './drive.js';
import { settled } from './drive.js';
import {
  byPrecision,
  coarsest,
  complexEvaluationAt,
  type Evaluate,
  type Evaluation,
  evaluationAt,
  leavesOf,
  type Place,
} from './evaluation.js';
import type { Context } from './rule.js';

/** A derivative by differences, the estimated absolute error of each element where asked for, and what happened. */
export interface Approximation<T> extends Found {
  readonly value: T;
  readonly errors?: T;
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

type Pass<T, R extends Point, O> = (source: Source<O>, point: R) => Stepwise<Approximation<T>>;

/**
 * Outputs of each precision by themselves, at the steps that suit it: a float32 output would make the steps of all so
 * long that the others lose half of their digits.
 */
export function* inPasses<T, R extends Point, O>(
  source: Source<O>,
  point: R,
  pass: Pass<T, R, O>,
  join: (parts: readonly T[]) => T,
): Stepwise<Approximation<T>> {
  const groups = byPrecision(point.of);
  if (groups.length === 1) return yield* pass(source, point);
  const found: Approximation<T>[] = [];
  for (const [k, of] of groups.entries()) {
    const told = point.options?.onProgress;
    const onProgress = told && ((done: number, total: number) => told(k * total + done, groups.length * total));
    found.push(yield* pass(source, { ...point, of, options: { ...point.options, onProgress } }));
  }
  const errors = found.flatMap((one) => (one.errors === undefined ? [] : [one.errors]));
  const [{ inputs, outputs }] = found as [Approximation<T>];
  const report = together(found.map((one) => one.report));
  return {
    value: join(found.map(({ value }) => value)),
    ...(errors.length > 0 && { errors: join(errors) }),
    report,
    inputs,
    outputs,
  };
}

/** The sum of products that several passes gave, array by array. */
export function sumOf(products: readonly Arrays[]): Arrays {
  const [first, ...rest] = products as [Arrays, ...Arrays[]];
  for (const more of rest) {
    for (const [path, array] of Object.entries(more)) {
      const into = (first[path] as NdArray).data;
      for (let k = 0; k < into.length; k++) into[k]! += Number(array.data[k]);
    }
  }
  return first;
}

/** The request without the outputs whose cotangent is all zeros. */
export function liveOf(point: SeededPoint): SeededPoint {
  return { ...point, of: point.of.filter(({ path }) => !isZero(point.seed[path]!)) };
}

/** A derivative with what was found on the way. */
export function approximation<T>(
  value: T,
  errors: T | undefined,
  report: Report,
  evaluation?: Pick<Evaluation, 'inputs' | 'outputs'>,
): Approximation<T> {
  const found = { value, report, inputs: evaluation?.inputs ?? [], outputs: evaluation?.outputs() };
  return errors === undefined ? found : { ...found, errors };
}

/** Apply near the point of a request, at complex points where a complex step is asked for. */
export function evaluationOf(source: Source, point: Point): Evaluation {
  return source.options.complexStep ? complexEvaluationAt(source.evaluate, point) : evaluationAt(source.apply, point);
}

/** What is known of apply at a point; the noise is measured where that is asked for. */
export function* settingOf({ options }: Source, point: Point, { oracle, x, inputs }: Evaluation): Stepwise<Setting> {
  const { scheme = 'central', noise } = options;
  const setting: Setting = { scheme, leaves: leavesOf(point.inputs, inputs, options), output: coarsest(point.of) };
  if (noise !== 'estimate') return noise === undefined ? setting : { ...setting, noise };
  if (x.length === 0) return setting;
  const { relative } = yield* noiseSteps(oracle, x, setting);
  return { ...setting, noise: relative };
}

/** Whether errors are estimated, as a setting. */
export function wanted({ errors }: Source): { readonly errors?: true } {
  return errors ? { errors } : {};
}

/** Outputs with their shapes where no evaluation told them. */
export function* outputPlaces(source: Source, point: Point): Stepwise<readonly Place[]> {
  const variables = yield* settled(source.shapes(point));
  return variables.map((variable) => {
    const complex = variable.dtype !== 'any' && dtypes[variable.dtype].kind === 'complex';
    const array = zeros<DType>(variable.shape ?? [], complex ? 'complex128' : 'float64');
    return { variable, array, start: 0, end: 0 };
  });
}
