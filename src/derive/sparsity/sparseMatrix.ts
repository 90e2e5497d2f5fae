/** Matrices with a sparsity pattern: their products with vectors, and their dense form. */
import { isDense, nnz, type Pattern, RowWriter } from './pattern.js';

/** Values at the entries of a pattern, in the order of its compressed rows; row-major where it is dense. */
export interface SparseMatrix {
  readonly pattern: Pattern;
  readonly values: Float64Array;
}

/** A matrix of the pattern whose values are all 0. */
export function emptyMatrix(pattern: Pattern): SparseMatrix {
  return { pattern, values: new Float64Array(nnz(pattern)) };
}

/** Visit the entries in the order of the compressed rows. */
export function forEachEntry(pattern: Pattern, visit: (row: number, column: number, entry: number) => void): void {
  const { rows, columns, rowStart, columnIndex } = pattern;
  const full = isDense(pattern);
  for (let i = 0; i < rows; i++) {
    const [first, end] = full ? [i * columns, (i + 1) * columns] : [rowStart[i], rowStart[i + 1]];
    for (let e = first; e < end; e++) visit(i, full ? e - first : columnIndex[e], e);
  }
}

/** J·v: the sum over each row, in column order, in float64. Shape: columns → rows. */
export function multiply({ pattern, values }: SparseMatrix, v: Float64Array): Float64Array {
  const product = new Float64Array(pattern.rows);
  forEachEntry(pattern, (i, j, e) => {
    product[i] += values[e] * v[j];
  });
  return product;
}

/** Jᵀ·w: the sum over each column, in row order, in float64. Shape: rows → columns. */
export function multiplyTransposed({ pattern, values }: SparseMatrix, w: Float64Array): Float64Array {
  const product = new Float64Array(pattern.columns);
  forEachEntry(pattern, (i, j, e) => {
    product[j] += values[e] * w[i];
  });
  return product;
}

/** |J|: the matrix of the magnitudes, each times the weight of its row and column where weights are given. */
export function magnitudes(
  { pattern, values }: SparseMatrix,
  weight?: (row: number, column: number) => number,
): SparseMatrix {
  const sizes = values.map(Math.abs);
  if (weight) {
    forEachEntry(pattern, (i, j, e) => {
      sizes[e] *= weight(i, j);
    });
  }
  return { pattern, values: sizes };
}

/** The matrix with its zeros, row-major, rows·columns numbers. */
export function toDense({ pattern, values }: SparseMatrix): Float64Array {
  const full = new Float64Array(pattern.rows * pattern.columns);
  forEachEntry(pattern, (i, j, e) => {
    full[i * pattern.columns + j] = values[e];
  });
  return full;
}

/** The nonzeros of rows·columns numbers, row-major; NaN is one. */
export function fromDense(full: Float64Array, rows: number, columns: number): SparseMatrix {
  const writer = new RowWriter(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) if (full[i * columns + j] !== 0) writer.add(j);
    writer.endRow();
  }
  return { pattern: writer.finish(), values: full.filter((value) => value !== 0) };
}
