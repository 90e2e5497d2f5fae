/**
 * How much noise a function has: the standard deviation of its values about a smooth function, after Moré and Wild,
 * "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011).
 *
 * Values at nine equidistant points go into a table of differences. A smooth part vanishes in differences of order k
 * like step^k, noise of deviation σ grows to σ·√((2k)!)/k!. The first three orders that agree on σ tell it.
 */

import { drive, type MaybePromise, type Stepwise } from '../drive.js';
import { seeded } from '../random.js';
import { directionLine, type Line } from './line.js';
import { evaluateHere, type Oracle, type Report, reportOf, startSweep } from './sampling.js';
import { type Setting, type Survey, survey } from './step.js';

const pointCount = 9;
/** How far the estimates of three successive orders may lie apart. */
const agreement = 4;

/** What is known about the noise of each output near x. */
export interface Noise {
  /** The standard deviation of each output; NaN for an output that is not finite. */
  readonly absolute: Float64Array;
  /** The median over the outputs of deviation / size: what `Setting.noise` takes. 0 where there is nothing to go by. */
  readonly relative: number;
  readonly report: Report;
}

/** What a noise estimate may be asked. */
export interface NoiseSetting extends Setting {
  /** Along what; a random direction to the scale of x where it is not given. */
  readonly direction?: Float64Array;
  readonly seed?: number;
}

/** Estimate the noise of each output at `x` from nine evaluations. */
export function* noiseSteps(oracle: Oracle, x: Float64Array, setting: NoiseSetting = {}): Stepwise<Noise> {
  const seen = survey(x, setting);
  const sweep = startSweep(oracle, seen);
  const line = directionLine(seen, setting.direction ?? inwardDirection(seen, setting.seed ?? 0));
  const values: Float64Array[] = [];
  for (const t of parameters(line)) {
    line.move(sweep.point, t);
    values.push(yield* evaluateHere(sweep));
  }
  const absolute = values[0].map((_, i) => deviation(values.map((row) => row[i])));
  const sizes = values[0].map((_, i) => Math.max(...values.map((row) => Math.abs(row[i]))));
  const ratios = absolute.map((sigma, i) => sigma / sizes[i]).filter((ratio) => Number.isFinite(ratio));
  return { absolute, relative: median(ratios), report: reportOf(sweep) };
}

/** `noiseSteps`, driven: a promise only if the oracle returns one. */
export function estimateNoise(oracle: Oracle, x: Float64Array, setting: NoiseSetting = {}): MaybePromise<Noise> {
  return drive(noiseSteps(oracle, x, setting));
}

/** The deviation of the noise in equidistant values. */
export function deviation(values: readonly number[]): number {
  if (!values.every(Number.isFinite)) return Number.NaN;
  const sigmas: number[] = [];
  const turns: boolean[] = [];
  let differences = values;
  let gamma = 1;
  for (let order = 1; order < values.length; order++) {
    differences = differences.slice(1).map((value, i) => value - differences[i]);
    gamma *= order / (2 * (2 * order - 1));
    const squares = differences.reduce((sum, value) => sum + value * value, 0);
    sigmas.push(Math.sqrt((gamma * squares) / differences.length));
    turns.push(Math.min(...differences) * Math.max(...differences) < 0);
  }
  const level = sigmas.findIndex((_, k) => k + 2 < sigmas.length && turns[k] && agree(sigmas.slice(k, k + 3)));
  return level >= 0 ? sigmas[level] : Math.min(...sigmas);
}

function agree(sigmas: readonly number[]): boolean {
  return Math.max(...sigmas) <= agreement * Math.min(...sigmas);
}

/**
 * A random direction to the scales of x. At a corner of the bounds a random sign would leave no room: an element goes
 * where it may, and one that may go nowhere is left where it is.
 */
export function inwardDirection({ x, shared, lower, upper }: Survey, seed: number): Float64Array {
  const random = seeded(seed);
  return shared.map((scale, j) => {
    const [above, below] = [upper[j]! - x[j]!, x[j]! - lower[j]!];
    const sign = random.uniform() < 0.5 ? -1 : 1;
    const size = scale * (0.5 + random.uniform() / 2);
    if (!(Math.max(above, below) > 0)) return 0;
    return Math.min(above, below) < 1e-2 * scale ? Math.sign(above - below || sign) * size : sign * size;
  });
}

function parameters({ step, up, down }: Line): number[] {
  const gaps = pointCount - 1;
  const gap = Math.min(step, (up + down) / gaps);
  const first = Math.min(Math.max((-gap * gaps) / 2, -down), up - gap * gaps);
  return Array.from({ length: pointCount }, (_, k) => first + k * gap);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length === 0 ? 0 : sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
