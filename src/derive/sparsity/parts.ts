/** The parts of a matrix that share no row and no column: nothing in it says how large one is beside another. */
import { forEachEntry, type SparseMatrix } from './sparseMatrix.js';

/** Which part each row and column is of, −1 for none, and how many there are. */
export interface Parts {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly count: number;
}

/** The parts that entries other than 0 tie together. Almost O(nonzeros). */
export function partsOf({ pattern, values }: SparseMatrix): Parts {
  const { rows, columns } = pattern;
  const parent = Int32Array.from({ length: rows + columns }, (_, k) => k);
  const rootOf = (k: number): number => {
    while (parent[k] !== k) {
      parent[k] = parent[parent[k]];
      k = parent[k];
    }
    return k;
  };
  const isKnown = (e: number) => values[e] !== 0 && Number.isFinite(values[e]);
  forEachEntry(pattern, (i, j, e) => {
    if (isKnown(e)) parent[rootOf(i)] = rootOf(rows + j);
  });
  const numbers = new Map<number, number>();
  forEachEntry(pattern, (i, _j, e) => {
    if (isKnown(e) && !numbers.has(rootOf(i))) numbers.set(rootOf(i), numbers.size);
  });
  const partOf = (_: unknown, k: number) => numbers.get(rootOf(k)) ?? -1;
  return {
    rows: Int32Array.from({ length: rows }, partOf),
    columns: Int32Array.from({ length: columns }, (_, j) => partOf(_, rows + j)),
    count: numbers.size,
  };
}
