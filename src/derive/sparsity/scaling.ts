/**
 * The sizes of the rows and columns of a matrix: powers of two that bring the logarithms of the entries of every row and
 * every column to a mean of 0, so that no unit of an input or an output outweighs the others. Source: Curtis and Reid,
 * J. Inst. Maths Applics 10 (1972).
 */
import { forEachEntry, type SparseMatrix } from './sparseMatrix.js';

/** What rows and columns are multiplied by, as powers of two; NaN for those without an entry that is finite and not 0. */
export interface Scales {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Turns after which what is left is a slope from one end of the matrix to the other, and what a turn must change. */
const mostTurns = 60;
const enough = 0.25;

/**
 * The scales of a matrix. Parts of it that share no row and no column have scales of their own, which nothing ties
 * together: there the side that is named first takes all it can. O(nonzeros).
 */
export function scalesOf({ pattern, values }: SparseMatrix, first: 'rows' | 'columns' = 'columns'): Scales {
  const size = values.map((value) => (value !== 0 && Number.isFinite(value) ? Math.log2(Math.abs(value)) : Number.NaN));
  const rows = new Float64Array(pattern.rows);
  const columns = new Float64Array(pattern.columns);
  const center = (own: Float64Array, other: Float64Array, perRow: boolean): number => {
    const sum = new Float64Array(own.length);
    const count = new Uint32Array(own.length);
    forEachEntry(pattern, (i, j, e) => {
      if (Number.isNaN(size[e])) return;
      const line = perRow ? i : j;
      sum[line] += size[e] + other[perRow ? j : i];
      count[line]++;
    });
    let moved = 0;
    for (let k = 0; k < own.length; k++) {
      const power = count[k] > 0 ? -sum[k] / count[k] : Number.NaN;
      if (Math.abs(power - own[k]) > moved) moved = Math.abs(power - own[k]);
      own[k] = power;
    }
    return moved;
  };
  for (let turn = 0; turn < mostTurns; turn++) {
    const moved = first === 'columns' ? center(columns, rows, false) : center(rows, columns, true);
    const more = first === 'columns' ? center(rows, columns, true) : center(columns, rows, false);
    if (Math.max(moved, more) < enough) break;
  }
  return { rows, columns };
}
