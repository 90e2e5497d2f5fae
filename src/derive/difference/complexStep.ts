/**
 * Derivatives by a complex step: Im f(x + ih)/h, exact to roundoff at one evaluation, for functions that compute
 * analytically with complex numbers (no abs, conj, or comparison of real parts lost on the way).
 *
 * Vectors are interleaved: (re, im) pairs. The step is 1e-30 times the scale of the element, for float64.
 */

import { drive, type MaybePromise, type Stepwise, settled } from '../drive.js';
import type { SweepSetting, TakeColumn } from './jacobian.js';
import { precisions } from './precision.js';
import { nothing, type Report, type Seen } from './sampling.js';
import { type Survey, survey } from './step.js';

/** All outputs of interest at a complex point, both interleaved. The point is lent, the result is kept. */
export type ComplexOracle = (z: Float64Array) => MaybePromise<Float64Array>;

const smallestNormal = 2 ** -1022;

/**
 * Hand each column of the Jacobian at the real point `x` (not interleaved) to `column`: one evaluation for each. Bounds
 * and noise play no part, and `errors` is not offered: there is neither truncation nor cancellation.
 */
export function* complexColumns(
  oracle: ComplexOracle,
  x: Float64Array,
  column: TakeColumn,
  setting: Omit<SweepSetting, 'errors' | 'scheme' | 'noise'> = {},
): Stepwise<Report> {
  const seen = survey(x, setting);
  const point = interleave(x);
  const notFinite: Seen[] = [];
  let evaluations = 0;
  for (const j of setting.columns ?? x.keys()) {
    const step = imaginaryStep(seen, j);
    point[2 * j + 1] = step;
    const values = imaginary(yield* settled(oracle(point)), step);
    point[2 * j + 1] = 0;
    evaluations++;
    const outputs = [...values.keys()].filter((i) => !Number.isFinite(values[i]));
    if (outputs.length > 0) notFinite.push({ element: j, outputs });
    column(j, values);
  }
  return { ...nothing, evaluations, notFinite };
}

/** `complexColumns`, driven: a promise only if the oracle returns one. */
export function complexJacobian(
  oracle: ComplexOracle,
  x: Float64Array,
  column: TakeColumn,
  setting: Omit<SweepSetting, 'errors' | 'scheme' | 'noise'> = {},
): MaybePromise<Report> {
  return drive(complexColumns(oracle, x, column, setting));
}

/** The product J·v at the real point `x`, by one evaluation at x + ihv. The direction is not all zeros. */
export function* complexJvp(
  oracle: ComplexOracle,
  x: Float64Array,
  direction: Float64Array,
  setting: Omit<SweepSetting, 'errors' | 'scheme' | 'noise' | 'columns'> = {},
): Stepwise<Float64Array> {
  const seen = survey(x, setting);
  let step = Number.POSITIVE_INFINITY;
  for (const j of x.keys()) if (direction[j]) step = Math.min(step, imaginaryStep(seen, j) / Math.abs(direction[j]));
  const point = interleave(x);
  for (const j of x.keys()) point[2 * j + 1] = step * direction[j];
  return imaginary(yield* settled(oracle(point)), step);
}

function imaginaryStep(seen: Survey, j: number): number {
  const { imaginary, round } = precisions[seen.precision[j]];
  return round(Math.max(imaginary * seen.scale[j], smallestNormal)) || precisions[seen.precision[j]].tiny;
}

function interleave(x: Float64Array): Float64Array {
  const point = new Float64Array(2 * x.length);
  for (const [j, value] of x.entries()) point[2 * j] = value;
  return point;
}

function imaginary(z: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: z.length / 2 }, (_, i) => z[2 * i + 1] / step);
}
