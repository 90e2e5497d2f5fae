import { describe, expect, test } from '@jest/globals';
import { colorColumns } from '../../../src/derive/sparsity/coloring.js';
import { columnRecovery, scatter, seedOf } from '../../../src/derive/sparsity/compression.js';
import { fromPairs } from '../../../src/derive/sparsity/pattern.js';
import { emptyMatrix, type SparseMatrix } from '../../../src/derive/sparsity/sparseMatrix.js';
import { compare, type Exactness, gaussianProbe, suspiciousRows } from '../../../src/derive/sparsity/verify.js';
import { pairsOf, table, times, turned, valuesFor } from './matrices.js';

/** Two diagonals and a few strays, 60 × 60. */
const entries = table(60, 60, (i, j) => j === i || j === (i * 7 + 3) % 60 || j === i - 2);
const matrix = valuesFor(entries);

/** Recover the matrix by probes that trust the pattern of these pairs. */
function recovered(pairs: [number, number][]): SparseMatrix {
  const sparse = emptyMatrix(fromPairs(60, 60, pairs));
  const coloring = colorColumns(sparse.pattern);
  const recovery = columnRecovery(sparse.pattern, coloring);
  for (let k = 0; k < coloring.groups; k++) {
    scatter(recovery, k, times(matrix, seedOf(coloring.colors, k)), sparse.values);
  }
  return sparse;
}

const exactness: Exactness = {
  unitRoundoff: 2 ** -53,
  factor: 64,
  noise: 1,
  declared: false,
  smallest: new Float64Array(60).fill(2 ** -1074),
  largest: new Float64Array(60).fill(Number.MAX_VALUE),
};

/** The columns in which a matrix and a product of its transpose differ by more than the roundoff that is usual. */
const suspiciousColumns = (found: SparseMatrix, w: Float64Array, vjp: Float64Array): number[] =>
  [...compare(found, 'vjp', w, vjp, exactness).excess].flatMap((excess, j) => (excess > 1 ? [j] : []));

describe('one random product against a recovered matrix', () => {
  const v = gaussianProbe(60, 3);
  const [jvp, vjp] = [times(matrix, v), times(turned(matrix), v)];

  test('finds nothing where the pattern is right', () => {
    const right = recovered(pairsOf(entries));
    expect(suspiciousRows(right, v, jvp)).toEqual([]);
    expect(suspiciousColumns(right, v, vjp)).toEqual([]);
  });

  test('finds the row, and by vjp the column, of each entry that the pattern lacks: 100 of 100', () => {
    const all = pairsOf(entries);
    for (let k = 0; k < 100; k++) {
      const [row, column] = all[(k * 37) % all.length];
      const wrong = recovered(all.filter(([i, j]) => i !== row || j !== column));
      expect(suspiciousRows(wrong, v, jvp)).toContain(row);
      expect(suspiciousColumns(wrong, v, vjp)).toContain(column);
    }
  });

  test('finds a row that is missing altogether', () => {
    const wrong = recovered(pairsOf(entries).filter(([i]) => i !== 17));
    expect(suspiciousRows(wrong, v, jvp)).toEqual([17]);
  });

  test('takes NaN on one side only for a difference, and equal infinities for none', () => {
    const [nan, infinite] = [jvp.slice(), jvp.slice()];
    nan[4] = Number.NaN;
    infinite[5] = Number.POSITIVE_INFINITY;
    const right = recovered(pairsOf(entries));
    expect(suspiciousRows(right, v, nan)).toEqual([4]);
    expect(suspiciousRows(right, v, infinite)).toEqual([5]);
    const both = { pattern: right.pattern, values: right.values.slice() };
    both.values[both.pattern.rowStart[4]] = Number.NaN;
    expect(suspiciousRows(both, v, nan)).toEqual([]);
  });

  test('allows for the roundoff of a single-precision endpoint where that is declared', () => {
    const single = Float32Array.from(jvp);
    const right = recovered(pairsOf(entries));
    expect(suspiciousRows(right, v, single).length).toBeGreaterThan(30);
    expect(suspiciousRows(right, v, single, { unitRoundoff: 2 ** -24 })).toEqual([]);
  });
});
