/**
 * The product J·v by differences along v: 1 (+1 at x), 2 or 4 evaluations, whatever the number of inputs and outputs.
 */

import { drive, type MaybePromise, type Stepwise } from '../drive.js';
import { baseOf, differentiate, type Oracle, reportOf, type Sweep, startSweep } from './difference.js';
import type { Product } from './jacobian.js';
import { directionLine } from './line.js';
import { type Setting, survey } from './step.js';

/** What a directional difference may be asked. */
export interface DirectionalSetting extends Setting {
  /** The number of outputs. Where it is not given, a zero direction costs one evaluation to find it out. */
  readonly size?: number;
  /** Also estimate the absolute error of each entry, at one or two further evaluations. */
  readonly errors?: boolean;
}

/**
 * The derivative of all outputs along `direction` (as long as `x`): J·v. A direction of zeros gives zeros without a
 * call. NaN throughout where bounds leave the direction no room.
 */
export function* jvpSteps(
  oracle: Oracle,
  x: Float64Array,
  direction: Float64Array,
  setting: DirectionalSetting = {},
): Stepwise<Product> {
  const sweep = startSweep(oracle, survey(x, setting));
  const length = powerOfTwoNear(direction);
  if (length === 0) return yield* zeros(sweep, setting);
  const unit = direction.map((value) => value / length);
  for (const j of x.keys()) if (unit[j] !== 0 && sweep.survey.guessed[j]) sweep.guessed.push(j);
  const derivative = yield* differentiate(sweep, directionLine(sweep.survey, unit), -1, setting.errors);
  const values = derivative.values.map((value) => value * length);
  const errors = derivative.errors?.map((value) => value * length);
  return errors ? { values, errors, report: reportOf(sweep) } : { values, report: reportOf(sweep) };
}

/** `jvpSteps`, driven: a promise only if the oracle returns one. */
export function jvp(
  oracle: Oracle,
  x: Float64Array,
  direction: Float64Array,
  setting: DirectionalSetting = {},
): MaybePromise<Product> {
  return drive(jvpSteps(oracle, x, direction, setting));
}

function* zeros(sweep: Sweep, { size, errors }: DirectionalSetting): Stepwise<Product> {
  const length = size ?? (yield* baseOf(sweep)).length;
  const values = new Float64Array(length);
  const report = reportOf(sweep);
  return errors ? { values, errors: new Float64Array(length), report } : { values, report };
}

// Scaling by a power of two is exact, and keeps the largest entry of the direction near 1.
function powerOfTwoNear(direction: Float64Array): number {
  let largest = 0;
  for (const value of direction) largest = Math.max(largest, Math.abs(value));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  return 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(largest))));
}
