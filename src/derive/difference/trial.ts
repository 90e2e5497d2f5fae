/**
 * One stencil tried along a line: the quotient of each output, what rounding can do to it, and how far it bends.
 *
 * The preferred stencil is evaluated first. Outputs that it leaves without a finite value are tried again with the
 * one-sided stencils, on the side where the function is finite.
 */

import type { Stepwise } from '../drive.js';
import type { Line } from './line.js';
import { precisions } from './precision.js';
import { baseOf, type Sample, type Sweep, type Take } from './sampling.js';
import { choose, fit, type Placed, type Scheme, schemes, weightsAt } from './scheme.js';

/** What a stencil found, for each output. */
export interface Trial {
  readonly placed: Placed;
  readonly samples: readonly Sample[];
  /** The difference quotients; not finite where the function is finite on neither side. */
  readonly values: Float64Array;
  /** The most that roundoff of the samples can do to a quotient. */
  readonly floor: Float64Array;
  /**
   * How far two quotients of lower order lie apart: the slopes to both sides (central), or the quotients of second and
   * fourth order, and the slopes to both sides but for what is in proportion to the step (richardson). 0 where the scheme has only one quotient (forward).
   */
  readonly bend: Float64Array;
}

/** Try `scheme` along `line` at `step`; nothing where no stencil fits the line's room. */
export function* trialOf(
  sweep: Sweep,
  line: Line,
  take: Take,
  step: number = line.step,
  scheme: Scheme = sweep.survey.scheme,
): Stepwise<Trial | undefined> {
  const placed = choose(scheme, step, line);
  if (placed === undefined) return undefined;
  const base = scheme === 'forward' ? undefined : yield* baseOf(sweep);
  const samples = yield* take(placed);
  const trial: Trial = { placed, samples, ...measured(samples, base, line, placed) };
  yield* rescue(sweep, line, take, scheme, trial);
  return trial;
}

/** The weights of samples, from where they came to lie. */
function weightsOf(samples: readonly Sample[]): number[] {
  return weightsAt(samples.map(({ offset }) => offset));
}

/**
 * The difference quotient of output `i`: Σ w_k (f_k − f_0). The weights sum to 0, and differences of near values are
 * exact, so the rounding of the weights does no harm.
 */
function quotientAt(samples: readonly Sample[], weights: readonly number[], i: number): number {
  const first = samples[0]!.values[i]!;
  let sum = 0;
  for (let k = 1; k < samples.length; k++) sum += weights[k]! * (samples[k]!.values[i]! - first);
  return sum;
}

/** The most that relative errors `roundoff` of the samples can do to the quotient of output `i`. */
function roundingAt(samples: readonly Sample[], weights: readonly number[], i: number, roundoff: number): number {
  let sum = 0;
  for (let k = 0; k < samples.length; k++) sum += Math.abs(weights[k]! * samples[k]!.values[i]!);
  return sum * roundoff;
}

/** Tells how far apart the two quotients of lower order lie that `samples`, with the base where given, hold of output `i`. */
export function bendOf(samples: readonly Sample[], base: Float64Array | undefined): (i: number) => number {
  const all = base && samples.every(({ offset }) => offset !== 0) ? [...samples, { offset: 0, values: base }] : samples;
  if (all.length < 3) return () => 0;
  const inner = [...all].sort((a, b) => Math.abs(a.offset) - Math.abs(b.offset));
  if (all.length > 3) {
    const near = inner.slice(0, inner[0]!.offset === 0 ? 3 : 2);
    const [fine, whole] = [weightsOf(near), weightsOf(samples)];
    const apart = (i: number) => Math.abs(quotientAt(near, fine, i) - quotientAt(samples, whole, i));
    const kink = base && kinkOf(all);
    return kink ? (i) => Math.max(apart(i), kink(i)) : apart;
  }
  const [a, b, c] = inner.sort((one, other) => one.offset - other.offset) as [Sample, Sample, Sample];
  return (i) => Math.abs(slope(b, c, i) - slope(a, b, i));
}

// About a kink the slopes to both sides lie as far apart at any step; of a smooth function, twice as far at twice the step.
function kinkOf(samples: readonly Sample[]): ((i: number) => number) | undefined {
  const [a, b, c, d, e] = [...samples].sort((one, other) => one.offset - other.offset) as Five;
  if (c.offset !== 0 || e === undefined) return undefined;
  const reach = (d.offset - b.offset) / (e.offset - a.offset);
  return (i) => {
    const [near, far] = [slope(c, d, i) - slope(b, c, i), slope(c, e, i) - slope(a, c, i)];
    return Math.abs(near - far * reach) / (1 - reach);
  };
}

type Five = [Sample, Sample, Sample, Sample, Sample];

function slope(from: Sample, to: Sample, i: number): number {
  return (to.values[i]! - from.values[i]!) / (to.offset - from.offset);
}

/** The quotients of all outputs. */
export function quotient(samples: readonly Sample[]): Float64Array {
  const weights = weightsOf(samples);
  return samples[0]!.values.map((_, i) => quotientAt(samples, weights, i));
}

/** The finest decimal grain that is looked for, relative to an output: finer jumps do little to a quotient. */
const finest = 4e-10;

// For each output, a power of ten. Where a point has few decimals a rounded function is symmetric about it, so that it
// does not seem to bend; but its values have few decimals too, or are numbers of float32.
function grainOf(base: Float64Array): Float64Array {
  return base.map(decimalOf);
}

function decimalOf(value: number): number {
  return value === 0 ? 0 : 10 ** Math.ceil(Math.log10(Math.abs(value) * finest));
}

/** How far apart the values are that output `i` can take, if the samples seem to be rounded; else 0. */
function grainAt(samples: readonly Sample[], grain: Float64Array, i: number): number {
  const first = samples[0]!.values[i]!;
  if (first === samples.at(-1)!.values[i]) return 0;
  if (samples.every(({ offset, values }) => offset === 0 || Math.fround(values[i]!) === values[i])) {
    return Math.abs(first) * precisions.float32.epsilon;
  }
  let found = 0;
  const fits = (size: number) =>
    samples.every(({ offset, values }) => offset === 0 || isMultiple(values[i]!, size)) && size < Math.abs(first);
  for (let size = grain[i]!; size > 0 && fits(size); size *= 10) found = size;
  return found;
}

function isMultiple(value: number, grain: number, roundoff: number = precisions.float64.epsilon): boolean {
  const count = value / grain;
  return Math.abs(count - Math.round(count)) <= 4 * roundoff * Math.abs(count);
}

/** What samples say, with the base where it is evaluated besides. */
export function measured(
  samples: readonly Sample[],
  base: Float64Array | undefined,
  line: Pick<Line, 'roundoff' | 'blur'>,
  { step }: Placed,
): Pick<Trial, 'values' | 'floor' | 'bend'> {
  const weights = weightsOf(samples);
  const bend = bendOf(samples, base);
  // A step that has few decimals itself gives values that have few.
  const isRound = samples.some(({ offset }) => offset !== 0 && isMultiple(offset, decimalOf(offset), 1e-12));
  const grain = base && !isRound ? grainOf(base) : undefined;
  const values = quotient(samples);
  const blur = line.blur / step;
  return {
    values,
    floor: values.map((value, i) => roundingAt(samples, weights, i, line.roundoff) + blur * Math.abs(value)),
    bend: values.map((_, i) => Math.max(bend(i), grain ? grainAt(samples, grain, i) / step : 0)),
  };
}

function* rescue(sweep: Sweep, line: Line, take: Take, scheme: Scheme, trial: Trial): Stepwise<void> {
  const { values } = trial;
  const lost = indicesOf(values, (value) => !Number.isFinite(value));
  if (lost.length === 0) return;
  const base = yield* baseOf(sweep);
  for (const { nodes } of schemes[scheme].stencils) {
    const placed = nodes === trial.placed.nodes ? undefined : fit(nodes, trial.placed.step, line);
    const open = lost.filter((i) => !Number.isFinite(values[i]) && Number.isFinite(base[i]));
    if (placed === undefined || open.length === 0) continue;
    // The nearest node tells whether the function is finite on this side; it often has been evaluated already.
    const [nearest] = yield* take({ nodes: [nodes[1]!], step: placed.step });
    if (!open.some((i) => Number.isFinite(nearest!.values[i]))) continue;
    const again = measured(yield* take(placed), undefined, line, placed);
    for (const i of open) adopt(trial, again, i);
  }
}

/** Put what another trial found of output `i` in the place of what `trial` did. */
export function adopt(trial: Trial, other: Pick<Trial, 'values' | 'floor' | 'bend'>, i: number): void {
  trial.values[i] = other.values[i]!;
  trial.floor[i] = other.floor[i]!;
  trial.bend[i] = other.bend[i]!;
}

/** The indices at which `holds` is true. */
export function indicesOf(values: Float64Array, holds: (value: number, index: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (holds(values[i]!, i)) found.push(i);
  return found;
}
