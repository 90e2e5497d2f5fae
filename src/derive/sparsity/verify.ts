/**
 * The check of a recovered matrix by one random product: an entry that the pattern lacks, or a value in a wrong place,
 * shows in its row with probability 1. The caller makes the product; these functions compare.
 */
import { seeded } from '../random.js';
import { magnitudes, multiply, multiplyTransposed, type SparseMatrix } from './sparseMatrix.js';
import { gaussianVector } from './vectors.js';

/** How exact the products of an endpoint are. */
export interface Tolerance {
  /** The unit roundoff of its dtype. Default that of float64, 2⁻⁵³. */
  readonly unitRoundoff?: number;
  /** How many roundoffs of |J|·|v| a row may differ by. Default 64. */
  readonly factor?: number;
  /** What the roundoff of an entry is to that, where entries differ in it: 1 or less. */
  readonly weight?: ((row: number, column: number) => number) | undefined;
}

/** A probe for `suspiciousRows` or `suspiciousColumns`: standard normal numbers, reproducible by their seed. */
export function gaussianProbe(length: number, seed = 1): Float64Array {
  return gaussianVector(length, seeded(seed));
}

function differing(ours: Float64Array, scale: Float64Array, theirs: ArrayLike<number>, tolerance: Tolerance): number[] {
  const { unitRoundoff = 2 ** -53, factor = 64 } = tolerance;
  const places: number[] = [];
  for (let k = 0; k < ours.length; k++) {
    if (Object.is(ours[k], theirs[k])) continue;
    // Not finite on one side only is a difference: the comparison is written so that NaN fails it.
    if (!(Math.abs(ours[k] - theirs[k]) <= factor * unitRoundoff * scale[k])) places.push(k);
  }
  return places;
}

/** The rows i in which J·v and the endpoint's own jvp differ by more than 64u·(|J|·|v|)ᵢ, ascending. */
export function suspiciousRows(
  matrix: SparseMatrix,
  v: Float64Array,
  jvp: ArrayLike<number>,
  tolerance: Tolerance = {},
): number[] {
  const scale = multiply(magnitudes(matrix, tolerance.weight), v.map(Math.abs));
  return differing(multiply(matrix, v), scale, jvp, tolerance);
}

/** The columns j in which Jᵀ·w and the endpoint's own vjp differ by more than 64u·(|J|ᵀ·|w|)ⱼ, ascending. */
export function suspiciousColumns(
  matrix: SparseMatrix,
  w: Float64Array,
  vjp: ArrayLike<number>,
  tolerance: Tolerance = {},
): number[] {
  const scale = multiplyTransposed(magnitudes(matrix, tolerance.weight), w.map(Math.abs));
  return differing(multiplyTransposed(matrix, w), scale, vjp, tolerance);
}
