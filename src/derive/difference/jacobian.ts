/**
 * Jacobians by differences, one column at a time, and what is made of columns on the way: the product cᵀJ.
 *
 * For n columns a sweep evaluates n+3 times (forward), 2n+1 times (central) or 4n+1 times (richardson), whatever the number
 * of outputs: the one at x serves all columns. More is evaluated only where a column needs it: a value that is not
 * finite on one side, an element next to nothing beside its neighbours, an output that bends within the step, or one
 * that nothing moves (`refine.ts`, `flat.ts`).
 */

import { drive, type MaybePromise, type Stepwise } from '../drive.js';
import { type Derivative, differentiate } from './difference.js';
import { type TakeError, tellFlat } from './flat.js';
import { begin } from './forward.js';
import { elementLine } from './line.js';
import { type Oracle, type Report, reportOf, type Sweep } from './sampling.js';
import type { Setting } from './step.js';

/** What a sweep over columns may be asked. */
export interface SweepSetting extends Setting {
  /** The elements to perturb, in the order wanted. All of them where it is not given. */
  readonly columns?: readonly number[];
  /** Also estimate the absolute error of each entry. Then forward costs 2n+3, central 4n+1, richardson 6n+1 evaluations. */
  readonly errors?: boolean;
  /** Told the absolute error of an entry that came out as 0 because its output is rounded. Its column was handed out before. */
  readonly revise?: TakeError;
  /** Outputs whose weight is 0 are not looked at where nothing moves. */
  readonly weights?: Float64Array;
}

/**
 * Takes column j of the Jacobian: ∂outputs/∂x_j, as long as the outputs, and the estimated errors where asked for. The
 * arrays are the receiver's to keep.
 */
export type TakeColumn = (j: number, derivative: Float64Array, errors?: Float64Array) => void;

/** A product with a Jacobian, its estimated errors where asked for, and what happened. */
export interface Product {
  readonly values: Float64Array;
  readonly errors?: Float64Array;
  readonly report: Report;
}

/** Hand each column of the Jacobian at `x` to `column`. */
export function* sweepColumns(
  oracle: Oracle,
  x: Float64Array,
  column: TakeColumn,
  setting: SweepSetting = {},
): Stepwise<Report> {
  const { columns = [...x.keys()], weights, revise } = setting;
  const matters = (i: number) => weights === undefined || weights[i] !== 0;
  const sweep = yield* begin(oracle, x, setting, columns, matters);
  for (const j of columns) {
    const derivative = yield* columnOf(sweep, j, setting.errors);
    column(j, derivative.values, derivative.errors);
  }
  yield* tellFlat(sweep, columns, matters, revise);
  return reportOf(sweep);
}

/** Column `j` of a sweep under way. */
export function* columnOf(sweep: Sweep, j: number, wantErrors = false): Stepwise<Derivative> {
  if (sweep.survey.guessed[j]) sweep.guessed.push(j);
  return yield* differentiate(sweep, elementLine(sweep.survey, j), j, wantErrors);
}

/** `sweepColumns`, driven: a promise only if the oracle returns one. */
export function jacobian(
  oracle: Oracle,
  x: Float64Array,
  column: TakeColumn,
  setting: SweepSetting = {},
): MaybePromise<Report> {
  return drive(sweepColumns(oracle, x, column, setting));
}

/**
 * The product cᵀJ: one value for each of `setting.columns`, in their order. No more than one column is held. Outputs
 * whose cotangent is 0 do not enter, even where they are NaN; a zero cotangent costs no evaluation.
 */
export function* vjpSteps(
  oracle: Oracle,
  x: Float64Array,
  cotangent: Float64Array,
  setting: SweepSetting = {},
): Stepwise<Product> {
  const columns = setting.columns ?? [...x.keys()];
  const place = new Map(columns.map((j, k) => [j, k]));
  const values = new Float64Array(columns.length);
  const errors = setting.errors ? new Float64Array(columns.length) : undefined;
  const take: TakeColumn = (j, derivative, error) => {
    values[place.get(j)!] = dot(cotangent, derivative);
    if (errors && error) errors[place.get(j)!] = dot(cotangent.map(Math.abs), error);
  };
  const revise: TakeError = (j, i, error) => {
    if (errors) errors[place.get(j)!]! += Math.abs(cotangent[i]!) * error;
  };
  const idle = cotangent.every((value) => value === 0);
  const asked = { ...setting, revise, weights: cotangent };
  const report = yield* sweepColumns(oracle, x, take, idle ? { ...asked, columns: [] } : asked);
  return errors ? { values, errors, report } : { values, report };
}

/** `vjpSteps`, driven: a promise only if the oracle returns one. */
export function vjp(
  oracle: Oracle,
  x: Float64Array,
  cotangent: Float64Array,
  setting: SweepSetting = {},
): MaybePromise<Product> {
  return drive(vjpSteps(oracle, x, cotangent, setting));
}

/** Σ c_i d_i over the outputs with a cotangent other than 0. */
export function dot(cotangent: Float64Array, derivative: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < cotangent.length; i++) if (cotangent[i] !== 0) sum += cotangent[i] * derivative[i];
  return sum;
}
