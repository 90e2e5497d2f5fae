/**
 * The sizes of the rows and columns of a matrix: powers of two that bring the logarithms of the entries of every row and
 * every column to a mean of 0, so that no unit of an input or an output outweighs the others. Source: Curtis and Reid,
 * J. Inst. Maths Applics 10 (1972): least squares, by conjugate gradients over the columns.
 */
import { forEachEntry, type SparseMatrix } from './sparseMatrix.js';

/** What rows and columns are multiplied by, as powers of two; NaN for those without an entry that is finite and not 0. */
export interface Scales {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Turns after which what is left is a slope from one end of the matrix to the other, and what a turn must change. */
const mostTurns = 100;
const enough = 1e-3;

/**
 * The scales of a matrix. Parts of it that share no row and no column have scales of their own, which nothing ties
 * together: there the side that is named first takes all it can. O(nonzeros) a turn.
 */
export function scalesOf(
  { pattern, values }: SparseMatrix,
  first: 'rows' | 'columns' = 'columns',
  turns = mostTurns,
): Scales {
  const size = values.map((value) => (value !== 0 && Number.isFinite(value) ? Math.log2(Math.abs(value)) : Number.NaN));
  const isBy = first === 'columns';
  const counts = { own: new Float64Array(isBy ? pattern.columns : pattern.rows) };
  const others = new Float64Array(isBy ? pattern.rows : pattern.columns);
  forEachEntry(pattern, (i, j, e) => {
    if (Number.isNaN(size[e])) return;
    counts.own[isBy ? j : i]++;
    others[isBy ? i : j]++;
  });
  // Minus the mean of the lines of one side, where the other side is scaled by `by`; of sizes of 1 with a `share` of 0.
  const center = (toOwn: boolean, by: Float64Array, share: number): Float64Array => {
    const count = toOwn ? counts.own : others;
    const sum = new Float64Array(count.length);
    forEachEntry(pattern, (i, j, e) => {
      if (Number.isNaN(size[e])) return;
      const [mine, other] = toOwn === isBy ? [j, i] : [i, j];
      sum[mine] += share * size[e] + by[other];
    });
    return sum.map((total, k) => (count[k] > 0 ? -total / count[k] : 0));
  };
  const round = (own: Float64Array, share: number) => center(true, center(false, own, share), share);
  const own = center(true, new Float64Array(others.length), 1);
  descend(own, counts.own, turns, round);
  const other = center(false, own, 1);
  const unknown = (found: Float64Array, count: Float64Array) => found.map((x, k) => (count[k] > 0 ? x : Number.NaN));
  const [mine, theirs] = [unknown(own, counts.own), unknown(other, others)];
  return isBy ? { rows: theirs, columns: mine } : { rows: mine, columns: theirs };
}

/** Conjugate gradients to the fixed point of a round, in the inner product that `weights` make. */
function descend(
  own: Float64Array,
  weights: Float64Array,
  turns: number,
  round: (own: Float64Array, share: number) => Float64Array,
): void {
  const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, k) => sum + weights[k] * x * b[k], 0);
  const rest = round(own, 1).map((x, k) => x - own[k]);
  const step = Float64Array.from(rest);
  let left = inner(rest, rest);
  for (let turn = 0; turn < turns && rest.some((x) => Math.abs(x) > enough); turn++) {
    const image = round(step, 0).map((x, k) => step[k] - x);
    const share = left / inner(step, image);
    if (!Number.isFinite(share)) return;
    for (let k = 0; k < own.length; k++) {
      own[k] += share * step[k];
      rest[k] -= share * image[k];
    }
    const now = inner(rest, rest);
    for (let k = 0; k < own.length; k++) step[k] = rest[k] + (now / left) * step[k];
    left = now;
  }
}
