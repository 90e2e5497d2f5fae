/**
 * An estimate of cᵀJ from k directional derivatives, k less than the number n of inputs: for optimizers that live with
 * noise. It is offered by name only, with an explicit number of samples; no other derivation builds on it.
 *
 * The directions v are k of the n rows of a cosine transform, drawn without replacement, with random signs for the
 * elements: orthonormal, for every n, and made on the fly. The estimate (n/k) Σ v (c·Jv) has no bias; its relative
 * error is √(n/k − 1), at k = n none.
 */

import { fail } from '../../errors.js';
import { drive, isPromise, type MaybePromise, type Stepwise, settled } from '../drive.js';
import { type Seeded, seeded } from '../random.js';
import { jvpSteps } from './directional.js';
import { dot } from './jacobian.js';
import { splitDirection } from './line.js';
import { type Oracle, type Report, together } from './sampling.js';
import { rootMeanSquare, type Setting, survey } from './step.js';

/** What an estimate is asked. */
export interface EstimateSetting {
  /** The number k of directional derivatives, a whole number from 1. More than n are not needed, and not taken. */
  readonly samples: number;
  /** What decides the directions: the same seed, the same estimate. */
  readonly seed?: number;
  /** A gradient from nearby: only the difference from it is estimated, so the error is relative to that difference. */
  readonly previous?: Float64Array;
  /** Sizes of the elements. The error is spread evenly over the elements of scale·gradient. All 1 if not given. */
  readonly scale?: ArrayLike<number>;
}

/** An estimate of cᵀJ. */
export interface Estimate {
  readonly values: Float64Array;
  /** The root-mean-square error to be expected of each value, from this sample. Zeros where all n directions were taken. */
  readonly standardError: Float64Array;
  /** How many directions were taken. */
  readonly samples: number;
}

/** Estimate cᵀJ with `n` inputs from `along(v)` = J·v. A zero cotangent costs no call. */
export function* estimateSteps(
  along: (direction: Float64Array) => Stepwise<Float64Array>,
  n: number,
  cotangent: Float64Array,
  { samples, seed = 0, previous, scale }: EstimateSetting,
): Stepwise<Estimate> {
  if (!(Number.isInteger(samples) && samples >= 1)) fail('E_SAMPLES', { received: `${samples}`, size: `${n}` });
  const values = new Float64Array(n);
  if (n === 0 || cotangent.every((value) => value === 0)) return { values, standardError: values.slice(), samples: 0 };
  const random = seeded(seed);
  const stretch = Float64Array.from({ length: n }, (_, j) => (random.uniform() < 0.5 ? -1 : 1) * (scale?.[j] ?? 1));
  const rows = drawRows(random, n, Math.min(samples, n));
  for (const row of rows) {
    const direction = stretch.map((factor, j) => factor * cosine(row, j, n));
    const slope = dot(cotangent, yield* along(direction.slice())) - (previous ? dot(direction, previous) : 0);
    for (let j = 0; j < n; j++) values[j] += (n / rows.length) * slope * cosine(row, j, n);
  }
  const error = Math.sqrt((1 - rows.length / n) / n) * Math.hypot(...blocks(values));
  for (let j = 0; j < n; j++) values[j] = values[j] / stretch[j] + (previous?.[j] ?? 0);
  return { values, standardError: stretch.map((factor) => error / Math.abs(factor)), samples: rows.length };
}

/** Estimate cᵀJ from exact products J·v. */
export function estimateVjpFromJvp(
  jvp: (direction: Float64Array) => MaybePromise<Float64Array>,
  n: number,
  cotangent: Float64Array,
  setting: EstimateSetting,
): MaybePromise<Estimate> {
  return drive(estimateSteps((direction) => settled(jvp(direction)), n, cotangent, setting));
}

/**
 * Estimate cᵀJ at `x` from differences along the directions: 2k evaluations (central: antithetic pairs). Where there
 * are several leaves, the directions are to their scales.
 */
export function estimateVjp(
  oracle: Oracle,
  x: Float64Array,
  cotangent: Float64Array,
  setting: EstimateSetting & Setting,
): MaybePromise<Estimate & { readonly report: Report }> {
  return drive(differenceEstimate(oracle, x, cotangent, setting));
}

/** The steps of `estimateVjp`. */
export function* differenceEstimate(
  oracle: Oracle,
  x: Float64Array,
  cotangent: Float64Array,
  setting: EstimateSetting & Setting,
): Stepwise<Estimate & { readonly report: Report }> {
  const reports: Report[] = [];
  const { stuck } = splitDirection(survey(x, setting), new Float64Array(x.length).fill(1));
  // The directions reach all elements, and share what is known at x.
  let base: MaybePromise<Float64Array> | undefined;
  const shared: Oracle = (point) => {
    if (!point.every((value, j) => value === x[j])) return oracle(point);
    base ??= oracle(point);
    return isPromise(base) ? base.then((values) => values.slice()) : base.slice();
  };
  const along = function* (direction: Float64Array): Stepwise<Float64Array> {
    for (const j of stuck) direction[j] = 0;
    const product = yield* jvpSteps(shared, x, direction, setting);
    reports.push(product.report);
    return product.values;
  };
  const scale = setting.scale ?? leafScales(x, setting);
  const estimate = yield* estimateSteps(along, x.length, cotangent, { ...setting, scale });
  const asked = estimate.samples > 0 ? stuck : [];
  for (const j of asked) estimate.values[j] = estimate.standardError[j] = Number.NaN;
  const report = together(reports);
  const again = base === undefined ? 0 : reports.length - 1;
  return { ...estimate, report: { ...report, noRoom: asked, evaluations: report.evaluations - again } };
}

function leafScales(x: Float64Array, setting: Setting): Float64Array {
  const scales = new Float64Array(x.length).fill(1);
  if (setting.leaves === undefined || setting.leaves.length < 2) return scales;
  const { scale } = survey(x, setting);
  for (const { start, end } of setting.leaves) scales.fill(rootMeanSquare(scale, start, end), start, end);
  return scales;
}

// The first k of a random order of 0 … n−1; only what was swapped is held.
function drawRows(random: Seeded, n: number, k: number): number[] {
  const moved = new Map<number, number>();
  return Array.from({ length: k }, (_, i) => {
    const pick = i + random.integer(n - i);
    const drawn = moved.get(pick) ?? pick;
    moved.set(pick, moved.get(i) ?? i);
    return drawn;
  });
}

/** Element `j` of row `row` of the orthonormal cosine transform (DCT-II) of size n. */
function cosine(row: number, j: number, n: number): number {
  if (row === 0) return Math.sqrt(1 / n);
  return Math.sqrt(2 / n) * Math.cos((Math.PI * (((2 * j + 1) * row) % (4 * n))) / (2 * n));
}

// Math.hypot does not overflow, but takes only so many arguments.
function blocks(values: Float64Array): number[] {
  const sums: number[] = [];
  for (let start = 0; start < values.length; start += 4096) {
    sums.push(Math.hypot(...values.subarray(start, start + 4096)));
  }
  return sums;
}
