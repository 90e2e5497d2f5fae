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
  /** Declared magnitude, else |x|, else a guess: the first of `scalesOf`. */
  readonly scale: Float64Array;
  /** The scale of an element where one step serves many: that of its leaf weighs in. */
  readonly shared: Float64Array;
  /** Where `scale` is a guess: x is 0, and its leaf is 0 or of another size than 1. */
  readonly guessed: Uint8Array;
  readonly roundoff: Float64Array;
  /** Bounds that are numbers of the leaf's precision. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly precision: readonly Precision[];
  /** Larger scales of an element that are worth a try where `scale` drowns in rounding, in ascending order. */
  readonly larger: ReadonlyMap<number, readonly number[]>;
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

/** Look at each element of `at` once; the point of the survey is `at`, within the bounds. */
export function survey(at: Float64Array, setting: Setting = {}): Survey {
  const x = at.slice();
  const n = x.length;
  const precision: Precision[] = new Array(n);
  const vector = () => new Float64Array(n);
  const found = { scale: vector(), shared: vector(), roundoff: vector(), lower: vector(), upper: vector() };
  const guessed = new Uint8Array(n);
  const larger = new Map<number, readonly number[]>();
  const all: Survey = { x, scheme: setting.scheme ?? 'central', precision, guessed, larger, ...found };
  for (const leaf of setting.leaves ?? [{ start: 0, end: n }]) surveyLeaf(all, { precision, larger }, leaf, setting);
  return all;
}

/** The parts of a survey that are filled in. */
interface Filling {
  readonly precision: Precision[];
  readonly larger: Map<number, readonly number[]>;
}

function surveyLeaf(all: Survey, { precision, larger }: Filling, leaf: Leaf, setting: Setting): void {
  const own = leaf.precision ?? 'float64';
  const roundoff = effectiveRoundoff(own, setting.output ?? 'float64', setting.noise);
  const sizes = sizesIn(all.x, leaf);
  const { mean } = sizes;
  for (let j = leaf.start; j < leaf.end; j++) {
    const size = Math.abs(all.x[j]!);
    const declared = at(leaf.magnitude, j - leaf.start, 0);
    const scales = declared > 0 ? [declared] : scalesOf(size, sizes);
    if (scales.length > 1) larger.set(j, scales.slice(1));
    precision[j] = own;
    all.roundoff[j] = roundoff;
    all.scale[j] = Math.max(leastScale, scales[0]!);
    all.shared[j] = Math.max(leastScale, declared > 0 ? declared : blend(size, mean, Math.sqrt(roundoff) * mean));
    all.guessed[j] = !(declared > 0) && size === 0 && (mean === 0 || scales.length > 1) ? 1 : 0;
    all.lower[j] = roundInward(at(leaf.lower, j - leaf.start, Number.NEGATIVE_INFINITY), own, 'lower');
    all.upper[j] = roundInward(at(leaf.upper, j - leaf.start, Number.POSITIVE_INFINITY), own, 'upper');
    // What lies beyond a bound by roundoff is at the bound; what lies further out is refused before it comes here.
    if (Number.isFinite(all.x[j])) all.x[j] = Math.min(all.upper[j]!, Math.max(all.lower[j]!, all.x[j]!));
  }
}

/** The sizes of the finite non-zeros of a leaf: their root mean square and the smallest; 0 if there are none. */
interface Sizes {
  readonly mean: number;
  readonly smallest: number;
}

function sizesIn(x: Float64Array, { start, end }: Leaf): Sizes {
  let smallest = Number.POSITIVE_INFINITY;
  for (let j = start; j < end; j++) if (x[j] !== 0 && Math.abs(x[j]!) < smallest) smallest = Math.abs(x[j]!);
  return { mean: rootMeanSquare(x, start, end), smallest: Number.isFinite(smallest) ? smallest : 0 };
}

/** A step must not be so short that its inverse overflows. */
const leastScale = 2 ** -960;
/** Scales that are nearer to each other than this count as one: the loss by either is small. */
const spread = 100;
/** An element is next to nothing if it is smaller than this, or smaller than this part of its leaf. */
const tiny = 1e-3;

// The scales that an element may have, in ascending order. Its own size comes first. One that is 0 has none: it may be
// of the kind of its neighbours, or, in an array of mixed units, of the size of 1; a neighbour's size that is larger
// than 1 would step over all that happens at 1.
function scalesOf(size: number, { mean, smallest }: Sizes): readonly number[] {
  if (size >= tiny && size >= tiny * mean) return [size];
  const usual = mean > 0 ? Math.min(mean, 1) : 1;
  const first = size > 0 ? size : smallest > 0 && smallest * spread < usual ? smallest : usual;
  const others = size === 0 || size < tiny * mean ? [usual, mean] : [];
  if (first < tiny) others.push(1);
  const scales = [first];
  for (const scale of others.sort((a, b) => a - b)) if (scale > spread * scales.at(-1)!) scales.push(scale);
  return scales;
}

// Where one step serves many elements, a small one asks for a short step (it may bend at its own scale), and the rest
// for a long one (rounding is relative to the whole): size^⅔·mean^⅓ balances the two for a second-order scheme. What is
// zero up to rounding has no say, and no say is more than that of a number of the size of 1.
function blend(size: number, mean: number, zero: number): number {
  if (size >= mean) return size || 1;
  return size > zero ? Math.cbrt(size / mean) ** 2 * mean : Math.min(mean, 1);
}

function at(values: PerElement | undefined, index: number, otherwise: number): number {
  const value = typeof values === 'number' ? values : values?.[index];
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}
