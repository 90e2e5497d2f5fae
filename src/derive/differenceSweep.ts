/** Sweeps over the columns of a request, by real or complex steps, and what is said where apply threw. */
import { dtypes } from '../array/dtype.js';
import { ComponentError, fail } from '../errors.js';
import type { Point } from '../operators/endpoints.js';
import { complexColumns } from './difference/complexStep.js';
import { jvpSteps } from './difference/directional.js';
import { type SweepSetting, sweepColumns, type TakeColumn } from './difference/jacobian.js';
import { splitDirection } from './difference/line.js';
import { inwardDirection } from './difference/noise.js';
import { nothing, type Report } from './difference/sampling.js';
import { type Setting, survey } from './difference/step.js';
import { type Source, settingOf, wanted } from './differenceSource.js';
import type { Stepwise } from './drive.js';
import { type Evaluation, evaluationAt, placeAt } from './evaluation.js';

/** What takes columns, and what else their sweep is told. */
interface Taking extends Pick<SweepSetting, 'revise' | 'weights'> {
  readonly take: TakeColumn;
}

/**
 * Hand each column of a request to `take`. Of a complex array only the real parts are moved: a holomorphic function has
 * one derivative in all directions.
 */
export function* columns(
  rule: string,
  source: Source,
  point: Point,
  evaluation: Evaluation,
  { take: column, ...rest }: Taking,
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
  if (source.options.complexStep) return yield* complexSweep(source, point, evaluation, take, setting);
  const report = yield* sweepColumns(oracle, x, take, { ...setting, ...wanted(source), ...rest });
  explain(rule, evaluation, report, moved.length);
  return report;
}

// The columns, summed up along a random direction on the way, are compared with one real difference along it.
function* complexSweep(
  source: Source,
  point: Point,
  { oracle, x }: Evaluation,
  take: TakeColumn,
  setting: Setting & { readonly columns: readonly number[] },
): Stepwise<Report> {
  const direction = inwardDirection(survey(x, setting), 0);
  let product = new Float64Array(0);
  let size = product;
  const summing: TakeColumn = (j, column) => {
    if (product.length === 0) [product, size] = [column.map(() => 0), column.map(() => 0)];
    for (let i = 0; i < column.length; i++) {
      product[i]! += column[i]! * direction[j]!;
      size[i]! += Math.abs(column[i]! * direction[j]!);
    }
    take(j, column);
  };
  const report = yield* complexColumns(oracle, x, summing, setting);
  const more = yield* confirmComplex(source, point, setting, { direction, product, size });
  return { ...report, evaluations: report.evaluations + more };
}

/** A product J·v by complex steps, and Σ |J_ij v_j|. */
interface RealCheck {
  readonly direction: Float64Array;
  readonly product: Float64Array;
  readonly size: Float64Array;
}

/** How far a real difference may be from a complex step, relative to the size of the terms. */
const complexTolerance = 1e-3;

/**
 * Compares a product by complex steps with a real difference, and gives how many evaluations that took: an apply that
 * takes a modulus, or compares, loses the imaginary part on the way, and with it the derivative. Raises `E_COMPLEX_STEP`.
 */
export function* confirmComplex(source: Source, point: Point, setting: Setting, check: RealCheck): Stepwise<number> {
  const { direction, product, size } = check;
  const evaluation = evaluationAt(source.apply, point);
  const real: Setting = { ...setting, scheme: 'central' };
  if (splitDirection(survey(evaluation.x, real), direction).stuck.length > 0) return 0;
  const found = yield* jvpSteps(evaluation.oracle, evaluation.x, direction, real);
  const isOff = (error: Float64Array | undefined) => (value: number, i: number) => {
    const apart = Math.abs(value - product[i]!);
    const allowed = complexTolerance * Math.max(size[i]!, Math.abs(value)) + 10 * (error?.[i] ?? 0);
    return apart > allowed;
  };
  if (!found.values.some(isOff(undefined))) return found.report.evaluations;
  const { values, errors, report } = yield* jvpSteps(evaluation.oracle, evaluation.x, direction, {
    ...real,
    errors: true,
  });
  const off = values.findIndex(isOff(errors));
  if (off < 0) return found.report.evaluations + report.evaluations;
  return fail('E_COMPLEX_STEP', {
    path: `the derivative of "${placeAt(evaluation.outputs()!, off).place.variable.path}" along a random direction`,
    received: `${product[off]}, where a difference of real numbers gives ${values[off]}: the imaginary part is lost on the way`,
    expected: 'an apply that computes with complex numbers throughout, without moduli and comparisons',
  });
}

const freely =
  'Inputs that must agree with each other (a closed ring, weights that sum to 1) cannot be moved one at a time: ' +
  'differentiate by a free parameter, or take a jvp along a tangent that keeps them so.';

/** Raises `E_PROBE` for what is finite on neither side because apply threw there: that is an error, not a NaN. */
export function explain(rule: string, { failure }: Evaluation, report: Report, total: number): void {
  const lost = report.notFinite[0] ?? undefined;
  const failed = failure(lost?.element);
  if (failed === undefined || lost === undefined) return;
  const { cause, moved } = failed;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const probe = String(Math.max(lost.element, 0) + 1);
  const facts = { rule, method: 'apply', probe, count: String(total), where: `where ${moved}`, reason };
  throw new ComponentError('E_PROBE', { ...facts, advice: freely }, { cause });
}
