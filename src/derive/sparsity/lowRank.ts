/**
 * A Jacobian of low rank r, from r + p jvp and at most r + p vjp, and one more jvp as a certificate: products with
 * random tangents span its range, and its rows in that basis are vjp. Source: Halko, Martinsson and Tropp, SIAM Review
 * 53 (2011).
 */
import { fail } from '../../errors.js';
import { drive, type MaybePromise, type Stepwise, settled } from '../drive.js';
import { seeded } from '../random.js';
import { dot, gaussianVector, norm } from './vectors.js';

/** J = Σₖ leftₖ·rightₖᵀ: the left factors are orthonormal, of the output's size, the right ones of the input's. */
export interface LowRankMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly left: readonly Float64Array[];
  readonly right: readonly Float64Array[];
}

/** A recovered matrix, and how far it can be trusted. */
export interface LowRankRecovery {
  readonly matrix: LowRankMatrix;
  /** ‖Jv − Σ left·rightᵀv‖ / ‖Jv‖ for a random v that had no part in the recovery. */
  readonly residual: number;
  readonly jvpCalls: number;
  readonly vjpCalls: number;
}

/** The two products with the Jacobian. */
export interface Products {
  readonly jvp: (tangent: Float64Array) => MaybePromise<ArrayLike<number>>;
  readonly vjp: (cotangent: Float64Array) => MaybePromise<ArrayLike<number>>;
}

/** What is known of the matrix. */
export interface LowRankOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** The rank is at most this. */
  readonly rank: number;
  /** Products beyond the rank, against unlucky directions. Default 5. */
  readonly oversampling?: number;
  readonly seed?: number;
  /** The largest residual that is taken for rounding. Default 1e-10; a float32 endpoint needs about 1e-5. */
  readonly tolerance?: number;
}

/** v ← v − Σ (qₖ·v) qₖ, one direction after the other. */
function orthogonalize(v: Float64Array, basis: readonly Float64Array[]): void {
  for (const q of basis) {
    const part = dot(q, v);
    for (let k = 0; k < v.length; k++) v[k] -= part * q[k];
  }
}

/**
 * An orthonormal basis of what the vectors span, the longest remainder first. A remainder that is rounding, next to
 * the longest vector, ends the basis: so a rank below the bound saves vjp calls. Overwrites `vectors`.
 */
function orthonormalBasis(vectors: Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  const rest = [...vectors];
  let noise = -1;
  while (rest.length > 0) {
    const lengths = rest.map(norm);
    const longest = Math.max(...lengths);
    if (noise < 0) noise = longest * 2 ** -53 * 8 * Math.sqrt(vectors[0].length);
    if (!(longest > noise)) break;
    const [pivot] = rest.splice(lengths.indexOf(longest), 1);
    // Once more: it lost each direction as it was found, which is not enough where little of it is left.
    orthogonalize(pivot, basis);
    const length = norm(pivot);
    if (length <= noise) continue;
    for (let k = 0; k < pivot.length; k++) pivot[k] /= length;
    basis.push(pivot);
    for (const other of rest) orthogonalize(other, [pivot]);
  }
  return basis;
}

/** J·v. Shape: columns → rows. */
export function multiplyLowRank({ rows, left, right }: LowRankMatrix, v: Float64Array): Float64Array {
  return combine(rows, left, right, v);
}

/** Jᵀ·w. Shape: rows → columns. */
export function multiplyLowRankTransposed({ columns, left, right }: LowRankMatrix, w: Float64Array): Float64Array {
  return combine(columns, right, left, w);
}

/** Σ (against·v)·along. */
function combine(
  length: number,
  along: readonly Float64Array[],
  against: readonly Float64Array[],
  v: Float64Array,
): Float64Array {
  const sum = new Float64Array(length);
  for (const [k, vector] of along.entries()) {
    const factor = dot(against[k], v);
    for (let i = 0; i < length; i++) sum[i] += factor * vector[i];
  }
  return sum;
}

/** The matrix written out, row-major, rows·columns numbers. */
export function lowRankToDense({ rows, columns, left, right }: LowRankMatrix): Float64Array {
  const full = new Float64Array(rows * columns);
  for (const [k, vector] of left.entries()) {
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) full[i * columns + j] += vector[i] * right[k][j];
  }
  return full;
}

function* recovery(options: LowRankOptions, { jvp, vjp }: Products): Stepwise<LowRankRecovery> {
  const { inputs, outputs, rank, oversampling = 5, seed = 1, tolerance = 1e-10 } = options;
  const random = seeded(seed);
  const width = Math.min(rank + oversampling, inputs, outputs);
  const range: Float64Array[] = [];
  for (let k = 0; k < width; k++) {
    range.push(Float64Array.from(yield* settled(jvp(gaussianVector(inputs, random)))));
  }
  const left = orthonormalBasis(range);
  const right: Float64Array[] = [];
  // The endpoint gets a copy, so that it cannot change the basis.
  for (const q of left) right.push(Float64Array.from(yield* settled(vjp(q.slice()))));
  const matrix = { rows: outputs, columns: inputs, left, right };
  const v = gaussianVector(inputs, random);
  const product = Float64Array.from(yield* settled(jvp(v.slice())));
  const size = norm(product);
  const rest = multiplyLowRank(matrix, v).map((number, i) => product[i] - number);
  const residual = size === 0 ? norm(rest) : norm(rest) / size;
  if (!(residual <= tolerance)) {
    const received = residual.toExponential(1);
    fail('E_RANK_BOUND', { received, expected: String(rank), tolerance: tolerance.toExponential(0) });
  }
  return { matrix, residual, jvpCalls: width + 1, vjpCalls: left.length };
}

/**
 * Recover a Jacobian of rank at most `rank` from products with it. Raises E_RANK_BOUND where a product with a fresh
 * random tangent differs from the recovered matrix: the rank is higher, or an endpoint is wrong. A promise exactly if
 * an endpoint gives one.
 */
export function recoverLowRank(options: LowRankOptions, products: Products): MaybePromise<LowRankRecovery> {
  return drive(recovery(options, products));
}
