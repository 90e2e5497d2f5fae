/**
 * The derivative of a function along one line, by differences: the core that every sweep shares.
 *
 * The preferred stencil is evaluated first. Outputs it leaves without a finite value are tried again with the one-sided
 * stencils, on the side where the function is finite; what is still without a value becomes NaN, and is reported.
 */

import { type MaybePromise, type Stepwise, settled } from '../drive.js';
import type { Line } from './line.js';
import { choose, fit, type Placed, schemes, weightsAt } from './scheme.js';
import type { Survey } from './step.js';

/**
 * All outputs of interest at a point, concatenated. The point is lent: it changes after the call. The result is kept:
 * each call returns a new array, always of the same length.
 */
export type Oracle = (x: Float64Array) => MaybePromise<Float64Array>;

/** What happened during a sweep. The lists are the warnings; element −1 is a direction. */
export interface Report {
  /** How often the oracle was called. */
  readonly evaluations: number;
  /** Elements stepped by an absolute guess: x is 0, its leaf is 0, and no magnitude was declared. */
  readonly guessed: readonly number[];
  /** Elements that cannot move: their bounds leave no room, or they are not finite. Their derivative is NaN. */
  readonly noRoom: readonly number[];
  /** Outputs whose derivative is NaN because the function is finite on neither side, for each element concerned. */
  readonly notFinite: readonly { readonly element: number; readonly outputs: readonly number[] }[];
}

/** A sweep under way: the oracle, the point that moves, and the report so far. */
export interface Sweep {
  readonly oracle: Oracle;
  readonly survey: Survey;
  readonly point: Float64Array;
  base: Float64Array | undefined;
  evaluations: number;
  readonly guessed: number[];
  readonly noRoom: number[];
  readonly notFinite: { readonly element: number; readonly outputs: readonly number[] }[];
}

/** The derivative along a line: one value for each output, and its estimated absolute error where it was asked for. */
export interface Derivative {
  readonly values: Float64Array;
  readonly errors?: Float64Array;
}

/** The outputs at x + offset·d. */
export interface Sample {
  readonly offset: number;
  readonly values: Float64Array;
}

/** Begin a sweep at the surveyed point. */
export function startSweep(oracle: Oracle, survey: Survey): Sweep {
  const point = Float64Array.from(survey.x);
  return { oracle, survey, point, base: undefined, evaluations: 0, guessed: [], noRoom: [], notFinite: [] };
}

/** What happened so far. */
export function reportOf({ evaluations, guessed, noRoom, notFinite }: Sweep): Report {
  return { evaluations, guessed, noRoom, notFinite };
}

/** The outputs at the point where it is now. */
export function* evaluateHere(sweep: Sweep): Stepwise<Float64Array> {
  sweep.evaluations++;
  return yield* settled(sweep.oracle(sweep.point));
}

/** The outputs at x, evaluated once for the whole sweep. The point must be at rest. */
export function* baseOf(sweep: Sweep): Stepwise<Float64Array> {
  sweep.base ??= yield* evaluateHere(sweep);
  return sweep.base;
}

/**
 * The derivative along `line`; NaN where the line has no room, or the function no finite values. `element` is what a
 * report calls the line.
 */
export function* differentiate(sweep: Sweep, line: Line, element: number, wantErrors = false): Stepwise<Derivative> {
  const attempt = yield* attemptAt(sweep, line);
  if (attempt === undefined) return yield* stuck(sweep, element, wantErrors);
  const { values } = attempt;
  if (line.coarse) yield* refill(sweep, line.coarse, values, rounding(attempt.samples, line.roundoff));
  noteGaps(sweep, element, values);
  if (!wantErrors) return { values };
  return { values, errors: yield* estimate(sweep, line, attempt) };
}

type Take = (placed: Placed) => Stepwise<Sample[]>;

interface Attempt {
  readonly placed: Placed;
  readonly take: Take;
  readonly samples: readonly Sample[];
  readonly values: Float64Array;
}

function* attemptAt(sweep: Sweep, line: Line): Stepwise<Attempt | undefined> {
  const placed = choose(sweep.survey.scheme, line.step, line);
  if (placed === undefined) return undefined;
  const take = sampler(sweep, line);
  const samples = yield* take(placed);
  const values = quotient(samples);
  yield* rescue(sweep, line, placed, take, values);
  return { placed, take, samples, values };
}

// The evaluation at x tells how long the result is.
function* stuck(sweep: Sweep, element: number, wantErrors: boolean): Stepwise<Derivative> {
  sweep.noRoom.push(element);
  const values = new Float64Array((yield* baseOf(sweep)).length).fill(Number.NaN);
  return wantErrors ? { values, errors: Float64Array.from(values) } : { values };
}

// Samples are kept by their parameter, so stencils of one line share the nodes they have in common.
function sampler(sweep: Sweep, line: Line): Take {
  const taken = new Map<number, Sample>();
  return function* ({ nodes, step }): Stepwise<Sample[]> {
    const samples: Sample[] = [];
    for (const node of nodes) {
      const t = node * step;
      const sample = taken.get(t) ?? (yield* sampleAt(sweep, line, t));
      taken.set(t, sample);
      samples.push(sample);
    }
    return samples;
  };
}

function* sampleAt(sweep: Sweep, line: Line, t: number): Stepwise<Sample> {
  if (t === 0) return { offset: 0, values: yield* baseOf(sweep) };
  const offset = line.move(sweep.point, t);
  const values = yield* evaluateHere(sweep);
  line.rest(sweep.point);
  return { offset, values };
}

/**
 * The difference quotient of output `i`: Σ w_k (f_k − f_0). The weights sum to 0, and differences of near values are
 * exact, so the rounding of the weights does no harm.
 */
export function quotientAt(samples: readonly Sample[], weights: readonly number[], i: number): number {
  const first = samples[0].values[i];
  let sum = 0;
  for (let k = 1; k < samples.length; k++) sum += weights[k] * (samples[k].values[i] - first);
  return sum;
}

/** The most that relative errors `roundoff` of the samples can do to the quotient of output `i`. */
export function roundingAt(
  samples: readonly Sample[],
  weights: readonly number[],
  i: number,
  roundoff: number,
): number {
  let sum = 0;
  for (let k = 0; k < samples.length; k++) sum += Math.abs(weights[k] * samples[k].values[i]);
  return sum * roundoff;
}

/** The weights of samples, from where they came to lie. */
export function weightsOf(samples: readonly Sample[]): number[] {
  return weightsAt(samples.map((sample) => sample.offset));
}

function quotient(samples: readonly Sample[]): Float64Array {
  const weights = weightsOf(samples);
  return samples[0].values.map((_, i) => quotientAt(samples, weights, i));
}

function rounding(samples: readonly Sample[], roundoff: number): Float64Array {
  const weights = weightsOf(samples);
  return samples[0].values.map((_, i) => roundingAt(samples, weights, i, roundoff));
}

function* rescue(sweep: Sweep, line: Line, tried: Placed, take: Take, values: Float64Array): Stepwise<void> {
  const lost = indicesOf(values, (value) => !Number.isFinite(value));
  if (lost.length === 0) return;
  const base = yield* baseOf(sweep);
  for (const { nodes } of schemes[sweep.survey.scheme].stencils) {
    const placed = nodes === tried.nodes ? undefined : fit(nodes, tried.step, line);
    const open = lost.filter((i) => !Number.isFinite(values[i]) && Number.isFinite(base[i]));
    if (placed === undefined || open.length === 0) continue;
    // The nearest node tells whether the function is finite on this side; it often has been evaluated already.
    const [nearest] = yield* take({ nodes: [nodes[1]], step: placed.step });
    if (!open.some((i) => Number.isFinite(nearest.values[i]))) continue;
    const again = quotient(yield* take(placed));
    for (const i of open) values[i] = again[i];
  }
}

function noteGaps(sweep: Sweep, element: number, values: Float64Array): void {
  const outputs = indicesOf(values, (value) => !Number.isFinite(value));
  if (outputs.length === 0) return;
  for (const i of outputs) values[i] = Number.NaN;
  sweep.notFinite.push({ element, outputs });
}

// An element that is tiny beside its leaf (sin π next to 1) takes a step so short that it can drown in the rounding of
// the outputs. Where the quotient is within that rounding, the step of the leaf decides.
function* refill(sweep: Sweep, coarse: Line, values: Float64Array, floor: Float64Array): Stepwise<void> {
  const drowned = indicesOf(values, (value, i) => Math.abs(value) <= floor[i]);
  if (drowned.length === 0) return;
  const placed = choose(sweep.survey.scheme, coarse.step, coarse);
  if (placed === undefined) return;
  const again = quotient(yield* sampler(sweep, coarse)(placed));
  for (const i of drowned) if (Number.isFinite(again[i])) values[i] = again[i];
}

// The same stencil at twice the step (half, where there is no room): |D(h) − D(2h)|/(2^p − 1) estimates the truncation.
function* estimate(sweep: Sweep, line: Line, { placed, take, samples }: Attempt): Stepwise<Float64Array> {
  const { order } = schemes[sweep.survey.scheme];
  const double = fit(placed.nodes, 2 * placed.step, line);
  const other = double?.step === 2 * placed.step ? double : { nodes: placed.nodes, step: placed.step / 2 };
  const near = quotient(samples);
  const far = quotient(yield* take(other));
  const errors = rounding(samples, line.roundoff);
  const gain = Math.abs((other.step / placed.step) ** order - 1);
  for (let i = 0; i < errors.length; i++) {
    const error = errors[i] + Math.abs(near[i] - far[i]) / gain;
    errors[i] = Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
  }
  return errors;
}

function indicesOf(values: Float64Array, holds: (value: number, index: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (holds(values[i], i)) found.push(i);
  return found;
}
