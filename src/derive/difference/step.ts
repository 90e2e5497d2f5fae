/**
 * How large a step is for each element: its scale, the roundoff of what it enters and leaves by, and its bounds.
 *
 * The step of a scheme is factor · u^(1/root) · scale, where u is the larger of the roundoff (that of the coarser of
 * the input's and the outputs' precision) and the declared relative noise. The scale is relative to the element, so a
 * function of x/s is differentiated equally well for every s.
 */

import { type Precision, precisions, roundInward } from './precision.js';
import { type Scheme, schemes } from './scheme.js';

/** One number for all elements of a leaf, or one for each. */
export type PerElement = number | ArrayLike<number>;

/** A stretch of the flat input that is one array of the caller's: elements `start` … `end` − 1. */
export interface Leaf {
  readonly start: number;
  readonly end: number;
  /** What the component stores it in. float64 where it is not given. */
  readonly precision?: Precision;
  /** Typical magnitudes, greater than 0; an element whose magnitude is 0 or NaN counts as undeclared. */
  readonly magnitude?: PerElement;
  /** No evaluation goes below. */
  readonly lower?: PerElement;
  /** No evaluation goes above. */
  readonly upper?: PerElement;
}

/** What is known about a function that is to be differenced. */
export interface Setting {
  /** 'central' where it is not given. */
  readonly scheme?: Scheme;
  /** The leaves of x, in order and without gaps. One float64 leaf where they are not given. */
  readonly leaves?: readonly Leaf[];
  /** The coarsest precision among the outputs. float64 where it is not given. */
  readonly output?: Precision;
  /** The relative error of an evaluation, if it is above roundoff: the tolerance of a solver inside. */
  readonly noise?: number;
}

/** What is known about each element of x. */
export interface Survey {
  readonly x: Float64Array;
  readonly scheme: Scheme;
  /** Declared magnitude, else |x|, else the root mean square of its leaf over the non-zeros, else 1. */
  readonly scale: Float64Array;
  /** The scale of an element where one step serves many: that of its leaf weighs in. */
  readonly shared: Float64Array;
  /** Where `scale` is a guess: 1, for want of anything to go by. */
  readonly guessed: Uint8Array;
  readonly roundoff: Float64Array;
  /** Bounds that are numbers of the leaf's precision. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly precision: readonly Precision[];
}

/** The larger of the roundoff of the coarser precision and the noise. */
export function effectiveRoundoff(input: Precision, output: Precision, noise = 0): number {
  return Math.max(precisions[input].epsilon, precisions[output].epsilon, noise);
}

/** The step of `scheme` for a direction of this scale. */
export function stepOf(scheme: Scheme, roundoff: number, scale: number): number {
  const { factor, root } = schemes[scheme];
  return factor * roundoff ** (1 / root) * scale;
}

/** The root mean square of the finite non-zeros of x[start … end−1], without overflow or underflow; 0 if there are none. */
export function rootMeanSquare(x: Float64Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) if (Number.isFinite(x[i])) largest = Math.max(largest, Math.abs(x[i]));
  if (largest === 0) return 0;
  let sum = 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    if (!Number.isFinite(x[i]) || x[i] === 0) continue;
    sum += (x[i] / largest) ** 2;
    count++;
  }
  return largest * Math.sqrt(sum / count);
}

/** Look at each element of x once. */
export function survey(x: Float64Array, setting: Setting = {}): Survey {
  const n = x.length;
  const precision: Precision[] = new Array(n);
  const vector = () => new Float64Array(n);
  const found = { scale: vector(), shared: vector(), roundoff: vector(), lower: vector(), upper: vector() };
  const all: Survey = { x, scheme: setting.scheme ?? 'central', precision, guessed: new Uint8Array(n), ...found };
  for (const leaf of setting.leaves ?? [{ start: 0, end: n }]) surveyLeaf(all, precision, leaf, setting);
  return all;
}

function surveyLeaf(all: Survey, precision: Precision[], leaf: Leaf, setting: Setting): void {
  const own = leaf.precision ?? 'float64';
  const roundoff = effectiveRoundoff(own, setting.output ?? 'float64', setting.noise);
  const mean = rootMeanSquare(all.x, leaf.start, leaf.end);
  const zero = Math.sqrt(roundoff) * mean;
  for (let j = leaf.start; j < leaf.end; j++) {
    const size = Math.abs(all.x[j]);
    const declared = at(leaf.magnitude, j - leaf.start, 0);
    precision[j] = own;
    all.roundoff[j] = roundoff;
    all.scale[j] = declared > 0 ? declared : size > 0 ? size : mean || 1;
    all.shared[j] = declared > 0 ? declared : blend(size, mean, zero);
    all.guessed[j] = declared > 0 || size > 0 || mean > 0 ? 0 : 1;
    all.lower[j] = roundInward(at(leaf.lower, j - leaf.start, Number.NEGATIVE_INFINITY), own, 'lower');
    all.upper[j] = roundInward(at(leaf.upper, j - leaf.start, Number.POSITIVE_INFINITY), own, 'upper');
  }
}

// Where one step serves many elements, a small one asks for a short step (it may bend at its own scale), and the rest
// for a long one (rounding is relative to the whole): size^⅔·mean^⅓ balances the two for a second-order scheme. What is
// zero up to rounding has no say.
function blend(size: number, mean: number, zero: number): number {
  if (size >= mean) return size || 1;
  return size > zero ? Math.cbrt(size / mean) ** 2 * mean : mean;
}

function at(values: PerElement | undefined, index: number, otherwise: number): number {
  const value = typeof values === 'number' ? values : values?.[index];
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}
