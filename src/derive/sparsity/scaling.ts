/**
 * The sizes of the rows and columns of a matrix: powers of two that make the largest entry of every row and of every
 * column about 1, so that no unit of an input or an output outweighs the others. Source: Ruiz, RAL-TR-2001-034 (2001).
 */
import { forEachEntry, type SparseMatrix } from './sparseMatrix.js';

/** What rows and columns are multiplied by, as powers of two; NaN for those without an entry that is finite and not 0. */
export interface Scales {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Halvings of what is left to even out: more change little. */
const rounds = 4;

/** The scales of a matrix. O(nonzeros). */
export function scalesOf({ pattern, values }: SparseMatrix): Scales {
  const size = values.map((value) => (value !== 0 && Number.isFinite(value) ? Math.log2(Math.abs(value)) : -Infinity));
  const rows = new Float64Array(pattern.rows);
  const columns = new Float64Array(pattern.columns);
  const largest = (perRow: boolean): Float64Array => {
    const most = new Float64Array(perRow ? pattern.rows : pattern.columns).fill(-Infinity);
    forEachEntry(pattern, (i, j, e) => {
      const scaled = size[e] + rows[i] + columns[j];
      const line = perRow ? i : j;
      if (scaled > most[line]) most[line] = scaled;
    });
    return most;
  };
  const lower = (perRow: boolean, share: number): void => {
    const [scale, most] = [perRow ? rows : columns, largest(perRow)];
    for (let k = 0; k < scale.length; k++) if (most[k] > -Infinity) scale[k] -= share * most[k];
  };
  lower(false, 1);
  lower(true, 1);
  for (let round = 0; round < rounds; round++) {
    lower(false, 0.5);
    lower(true, 0.5);
  }
  const blank = (scale: Float64Array, perRow: boolean): Float64Array => {
    const most = largest(perRow);
    return scale.map((power, k) => (most[k] > -Infinity ? power : Number.NaN));
  };
  return { rows: blank(rows, true), columns: blank(columns, false) };
}
