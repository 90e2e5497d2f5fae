/**
 * The product J·v by differences along v: 3 evaluations (central or forward) or 5 (richardson), whatever the number of
 * inputs and outputs.
 *
 * At a corner of the bounds, what may go forward and what may go back are taken one after the other, and added up.
 */

import { drive, type MaybePromise, type Stepwise } from '../drive.js';
import { type Derivative, differentiate, stuck as stuckAt } from './difference.js';
import { type TakeError, tellFlatAlong } from './flat.js';
import { bendsAlong, centralAfter } from './forward.js';
import type { Product } from './jacobian.js';
import { directionLine, splitDirection } from './line.js';
import { baseOf, type Oracle, reportOf, type Sweep, startSweep } from './sampling.js';
import { type Setting, survey } from './step.js';

/** What a directional difference may be asked. */
export interface DirectionalSetting extends Setting {
  /** The number of outputs. Where it is not given, a zero direction costs one evaluation to find it out. */
  readonly size?: number;
  /** Also estimate the absolute error of each entry, at one or two further evaluations. */
  readonly errors?: boolean;
  /** Only the steps of the scheme: no others where the function bends within them or stands still. */
  readonly bare?: boolean;
}

/**
 * The derivative of all outputs along `direction` (as long as `x`): J·v. A direction of zeros gives zeros without a
 * call. NaN throughout, and a report, where an element of the direction may go neither forward nor back.
 */
export function* jvpSteps(
  oracle: Oracle,
  x: Float64Array,
  direction: Float64Array,
  setting: DirectionalSetting = {},
): Stepwise<Product> {
  let sweep = startSweep(oracle, survey(x, setting));
  const length = powerOfTwoNear(direction);
  if (length === 0) return yield* zeros(sweep, setting);
  const unit = direction.map((value) => value / length);
  let derivative = yield* along(sweep, unit, setting);
  if (derivative === undefined) {
    sweep = centralAfter(sweep, x, setting);
    derivative = (yield* along(sweep, unit, setting))!;
  }
  for (const j of x.keys()) if (unit[j] !== 0 && sweep.survey.guessed[j]) sweep.guessed.push(j);
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

// Nothing where forward differences miss a bend.
function* along(
  sweep: Sweep,
  unit: Float64Array,
  { errors, bare }: DirectionalSetting,
): Stepwise<Derivative | undefined> {
  const { parts: directions, stuck } = splitDirection(sweep.survey, unit);
  if (stuck.length > 0) {
    sweep.noRoom.push(...stuck.slice(1));
    return yield* stuckAt(sweep, stuck[0]!, errors);
  }
  const lines = directions.map((one) => directionLine(sweep.survey, one));
  let sum: Derivative | undefined;
  for (const line of lines) {
    const part = yield* differentiate(sweep, line, -1, errors, bare);
    if (!bare && sweep.survey.scheme === 'forward' && (yield* bendsAlong(sweep, line, part.values))) return undefined;
    sum = added(sum, part);
  }
  const whole = sum!;
  if (bare) return whole;
  const revise: TakeError = (_, i, error) => {
    if (whole.errors) whole.errors[i] = Math.max(whole.errors[i]!, error);
  };
  for (const line of lines) yield* tellFlatAlong(sweep, line, revise);
  return whole;
}

function added(sum: Derivative | undefined, more: Derivative): Derivative {
  if (sum === undefined) return more;
  const values = sum.values.map((value, i) => value + more.values[i]!);
  return sum.errors && more.errors
    ? { values, errors: sum.errors.map((error, i) => error + more.errors![i]!) }
    : { values };
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
