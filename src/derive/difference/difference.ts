/**
 * The derivative of a function along one line, by differences: the core that every sweep shares.
 *
 * The stencil of the scheme is tried at the step that suits the line. Where it drowned in rounding, or the function
 * bends within it, other steps decide; what is still without a value becomes NaN. All of that is reported.
 */

import type { Stepwise } from '../drive.js';
import type { Line } from './line.js';
import { climb, descend, isFlat, roughOutputs } from './refine.js';
import { baseOf, type Sample, type Sweep, sampler, type Take } from './sampling.js';
import { fit, schemes } from './scheme.js';
import { bendOf, indicesOf, quotient, type Trial, trialOf } from './trial.js';

/** The derivative along a line: one value for each output, and its estimated absolute error where it was asked for. */
export interface Derivative {
  readonly values: Float64Array;
  readonly errors?: Float64Array;
}

/**
 * The derivative along `line`; NaN where the line has no room, or the function no finite values. `element` is what a
 * report calls the line. `bare` leaves what bends within the step to a caller who takes other steps himself.
 */
export function* differentiate(
  sweep: Sweep,
  line: Line,
  element: number,
  wantErrors = false,
  bare = false,
): Stepwise<Derivative> {
  const take = sampler(sweep, line);
  const trial = yield* trialOf(sweep, line, take);
  if (trial === undefined) return yield* stuck(sweep, element, wantErrors);
  const { values } = trial;
  const errors = wantErrors ? yield* estimate(sweep, line, take, trial) : undefined;
  yield* climb(sweep, line, trial, errors);
  const rough = bare ? [] : roughOutputs(sweep, line, trial);
  const lost = yield* descend(sweep, line, take, trial, rough, errors);
  if (lost.length > 0) sweep.rough.push({ element, outputs: lost });
  noteGaps(sweep, element, values);
  noteMotion(sweep, element, trial);
  return errors ? { values, errors } : { values };
}

/** NaN for all outputs, for an element that cannot move. The evaluation at x tells how many they are. */
export function* stuck(sweep: Sweep, element: number, wantErrors = false): Stepwise<Derivative> {
  sweep.noRoom.push(element);
  const values = new Float64Array((yield* baseOf(sweep)).length).fill(Number.NaN);
  return wantErrors ? { values, errors: values.slice() } : { values };
}

function noteGaps(sweep: Sweep, element: number, values: Float64Array): void {
  const outputs = indicesOf(values, (value) => !Number.isFinite(value));
  if (outputs.length === 0) return;
  for (const i of outputs) values[i] = Number.NaN;
  sweep.notFinite.push({ element, outputs });
}

function noteMotion(sweep: Sweep, element: number, trial: Trial): void {
  sweep.moved ??= new Uint8Array(trial.values.length);
  const { moved } = sweep;
  let still = true;
  for (let i = 0; i < moved.length; i++) {
    if (isFlat(trial, i)) continue;
    moved[i] = 1;
    still = false;
  }
  if (still && element >= 0) sweep.still.push(element);
}

// The same stencil at twice the step (half, where there is no room): |D(h) − D(2h)|/(2^p − 1) estimates the truncation.
// All samples together show more jumps than the stencil alone.
function* estimate(sweep: Sweep, line: Line, take: Take, { placed, samples, ...trial }: Trial): Stepwise<Float64Array> {
  const { order } = schemes[sweep.survey.scheme];
  const double = fit(placed.nodes, 2 * placed.step, line);
  const other = double?.step === 2 * placed.step ? double : { nodes: placed.nodes, step: placed.step / 2 };
  const more = yield* take(other);
  const [near, far] = [quotient(samples), quotient(more)];
  const gain = Math.abs((other.step / placed.step) ** order - 1);
  const errors = trial.floor.map((floor, i) => {
    const error = floor + Math.abs(near[i]! - far[i]!) / gain;
    return Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
  });
  if (order <= 2) for (const bend of bendsOf(sweep, [...samples, ...more])) widen(trial.bend, bend);
  return errors;
}

// How far each three samples in a row bend.
function bendsOf({ base }: Sweep, samples: readonly Sample[]): readonly ((i: number) => number)[] {
  const at = new Map(samples.map((sample) => [sample.offset, sample]));
  if (base) at.set(0, { offset: 0, values: base });
  const row = [...at.values()].sort((a, b) => a.offset - b.offset);
  return row.slice(2).map((_, k) => bendOf(row.slice(k, k + 3), undefined));
}

function widen(bend: Float64Array, other: (i: number) => number): void {
  for (let i = 0; i < bend.length; i++) if (other(i) > bend[i]!) bend[i] = other(i);
}
