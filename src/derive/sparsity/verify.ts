/**
 * The check of a recovered matrix by one random product: an entry that the pattern lacks, or a value in a wrong place,
 * shows in its row. The caller makes the product; these functions compare.
 */
import { seeded } from '../random.js';
import { forEachEntry, magnitudes, multiply, type SparseMatrix } from './sparseMatrix.js';
import { gaussianVector } from './vectors.js';

/** How exact the products of an endpoint are. */
export interface Tolerance {
  /** The unit roundoff of its dtype. Default that of float64, 2⁻⁵³. */
  readonly unitRoundoff?: number;
  /** How many roundoffs of |J|·|v| a row may differ by. Default 64. */
  readonly factor?: number;
}

/** A probe for `suspiciousRows`: standard normal numbers, reproducible by their seed. */
export function gaussianProbe(length: number, seed = 1): Float64Array {
  return gaussianVector(length, seeded(seed));
}

/** The rows i in which J·v and the endpoint's own jvp differ by more than 64u·(|J|·|v|)ᵢ, ascending. */
export function suspiciousRows(
  matrix: SparseMatrix,
  v: Float64Array,
  jvp: ArrayLike<number>,
  { unitRoundoff = 2 ** -53, factor = 64 }: Tolerance = {},
): number[] {
  const ours = multiply(matrix, v);
  const scale = multiply(magnitudes(matrix), v.map(Math.abs));
  const places: number[] = [];
  for (let i = 0; i < ours.length; i++) {
    if (Object.is(ours[i], jvp[i])) continue;
    // Not finite on one side only is a difference: the comparison is written so that NaN fails it.
    if (!(Math.abs(ours[i] - jvp[i]) <= factor * unitRoundoff * scale[i])) places.push(i);
  }
  return places;
}

/** What a line of a matrix, a row or a column, is compared by. */
export interface Exactness {
  /** The unit roundoff of the coarsest dtype. */
  readonly unitRoundoff: number;
  /** How many roundoffs of |J|·|v| are the product's own fault. */
  readonly factor: number;
  /** How many times the roundoff that is usual was seen before. */
  readonly noise: number;
  /** Whether nothing below `factor` roundoffs is looked at: the author has said what the product can keep. */
  readonly declared: boolean;
  /** What the roundoff of an entry is to the unit, where entries differ in it: 1 or less. */
  readonly weight?: ((row: number, column: number) => number) | undefined;
  /** For each line of the answer, the smallest number beside 0 and the largest number of its dtype. */
  readonly smallest: Float64Array;
  readonly largest: Float64Array;
}

/** How the lines of a matrix compare with a product. */
export interface Comparison {
  /** The difference in the roundoffs that are usual: beyond 1 it is to be explained. NaN where it cannot be told. */
  readonly excess: Float64Array;
  /** The difference in the roundoffs that are allowed: beyond 1 the product is not linear to its own dtype. */
  readonly beyond: Float64Array;
}

/** The sums over the entries of each line. */
class Sums {
  readonly ours: Float64Array;
  readonly sizes: Float64Array;
  /** Σ|J·v|, each times its weight, and of the same the largest and Σ(…/largest)²: squares alone would overflow. */
  readonly shares: Float64Array;
  readonly most: Float64Array;
  readonly squares: Float64Array;
  /** Σ|v| and how many entries there are. */
  readonly reach: Float64Array;
  readonly count: Uint32Array;

  constructor(lines: number) {
    this.ours = new Float64Array(lines);
    this.sizes = new Float64Array(lines);
    this.shares = new Float64Array(lines);
    this.most = new Float64Array(lines);
    this.squares = new Float64Array(lines);
    this.reach = new Float64Array(lines);
    this.count = new Uint32Array(lines);
  }

  add(line: number, term: number, weight: number, seed: number): void {
    const size = Math.abs(term) * weight;
    this.ours[line] += term;
    this.sizes[line] += Math.abs(term);
    this.shares[line] += size;
    this.reach[line] += Math.abs(seed);
    this.count[line]++;
    if (size > this.most[line]) {
      this.squares[line] = 1 + this.squares[line] * (this.most[line] / size) ** 2;
      this.most[line] = size;
    } else if (size > 0) this.squares[line] += (size / this.most[line]) ** 2;
  }
}

/**
 * Compare J·v, or with `side` vjp Jᵀ·v, with the endpoint's own product. Entries with a seed of 0 take no part, so that a
 * column that is not finite can be left out. The roundoff that is usual of s terms is (4 + √s)·u·√Σ(J·v)².
 */
export function compare(
  matrix: SparseMatrix,
  side: 'jvp' | 'vjp',
  v: Float64Array,
  product: ArrayLike<number>,
  exactness: Exactness,
): Comparison {
  const { pattern, values } = matrix;
  const { weight } = exactness;
  const lines = side === 'jvp' ? pattern.rows : pattern.columns;
  const sums = new Sums(lines);
  forEachEntry(pattern, (i, j, e) => {
    const seed = side === 'jvp' ? v[j] : v[i];
    if (seed !== 0) sums.add(side === 'jvp' ? i : j, values[e] * seed, weight ? weight(i, j) : 1, seed);
  });
  const excess = new Float64Array(lines);
  const beyond = new Float64Array(lines);
  for (let k = 0; k < lines; k++) {
    // What overflows in the dtype of the answer, or is not finite in itself, says nothing.
    if (!(2 * sums.sizes[k] <= exactness.largest[k])) excess[k] = Number.NaN;
    else [excess[k], beyond[k]] = ratios(sums, k, product[k], exactness);
  }
  return { excess, beyond };
}

function ratios(sums: Sums, k: number, theirs: number, { unitRoundoff, ...exactness }: Exactness): [number, number] {
  const difference = Math.abs(sums.ours[k] - theirs);
  if (difference === 0) return [0, 0];
  if (!Number.isFinite(difference)) return [Infinity, Infinity];
  const count = sums.count[k];
  const floor = 4 * exactness.smallest[k] * (sums.reach[k] + count + 1);
  const allowed = exactness.factor * unitRoundoff * sums.shares[k] + floor;
  const typical = (4 + Math.sqrt(count)) * unitRoundoff * sums.most[k] * Math.sqrt(sums.squares[k]);
  const seen = exactness.noise * typical + floor;
  const usual = exactness.declared ? allowed : exactness.noise > 1 ? seen : Math.min(allowed, seen);
  return [difference / usual, difference / allowed];
}
