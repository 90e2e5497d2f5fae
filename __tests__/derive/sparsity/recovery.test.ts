import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Bicoloring, colorBoth, isValidBicoloring } from '../../../src/derive/sparsity/bicoloring.js';
import { colorColumns, colorRows } from '../../../src/derive/sparsity/coloring.js';
import {
  bidirectionalRecovery,
  columnRecovery,
  divideColumns,
  type Recovery,
  rowRecovery,
  scatter,
  seedOf,
  starRecovery,
} from '../../../src/derive/sparsity/compression.js';
import { adjacency, partialConflicts } from '../../../src/derive/sparsity/conflictGraph.js';
import { patternOf } from '../../../src/derive/sparsity/declared.js';
import { byColumn, dense, fromPairs, type Pattern } from '../../../src/derive/sparsity/pattern.js';
import { emptyMatrix, multiply, multiplyTransposed, toDense } from '../../../src/derive/sparsity/sparseMatrix.js';
import { colorSymmetric, greedyStar, isValidStarColoring } from '../../../src/derive/sparsity/starColoring.js';
import { noGroup } from '../../../src/derive/sparsity/validity.js';
import { anyTable, arrow, pairsOf, type Table, times, turned, valuesFor } from './matrices.js';

const patternFor = (entries: Table): Pattern => fromPairs(entries.length, entries[0].length, pairsOf(entries));

/** Probe `matrix` with the seed of each group, and scatter the products. */
function probe(
  matrix: number[][],
  colors: Uint32Array,
  groups: number,
  recovery: Recovery,
  values: Float64Array,
): void {
  for (let k = 0; k < groups; k++) scatter(recovery, k, times(matrix, seedOf(colors, k)), values);
}

function recoverBoth(matrix: number[][], pattern: Pattern, plan: Bicoloring): Float64Array {
  const { pattern: _, values } = emptyMatrix(pattern);
  const { columns, rows } = bidirectionalRecovery(pattern, plan);
  probe(matrix, plan.columnColors, plan.columnGroups, columns.recovery, values);
  probe(turned(matrix), plan.rowColors, plan.rowGroups, rows.recovery, values);
  return toDense({ pattern, values });
}

describe('a random sparse matrix comes back bit by bit', () => {
  test('from one jvp per group of columns', () => {
    fc.assert(
      fc.property(anyTable(12), (entries) => {
        const [pattern, matrix] = [patternFor(entries), valuesFor(entries)];
        const coloring = colorColumns(pattern);
        const { values } = emptyMatrix(pattern);
        probe(matrix, coloring.colors, coloring.groups, columnRecovery(pattern, coloring), values);
        expect([...toDense({ pattern, values })]).toEqual(matrix.flat());
      }),
      { seed: 31 },
    );
  });

  test('from one vjp per group of rows', () => {
    fc.assert(
      fc.property(anyTable(12), (entries) => {
        const [pattern, matrix] = [patternFor(entries), valuesFor(entries)];
        const coloring = colorRows(pattern);
        const { values } = emptyMatrix(pattern);
        probe(turned(matrix), coloring.colors, coloring.groups, rowRecovery(pattern, coloring), values);
        expect([...toDense({ pattern, values })]).toEqual(matrix.flat());
      }),
      { seed: 32 },
    );
  });

  test('from both together, whatever the two cost', () => {
    fc.assert(
      fc.property(anyTable(12), fc.constantFrom(0.25, 1, 3), (entries, rowWeight) => {
        const [pattern, matrix] = [patternFor(entries), valuesFor(entries)];
        const plan = colorBoth(pattern, { rowWeight });
        expect(plan.cost).toBe(plan.columnGroups + rowWeight * plan.rowGroups);
        expect(plan.lowerBound).toBeLessThanOrEqual(plan.cost);
        expect([...recoverBoth(matrix, pattern, plan)]).toEqual(matrix.flat());
      }),
      { seed: 33 },
    );
  });

  test('from products of a star coloring where it is symmetric', () => {
    fc.assert(
      fc.property(anyTable(12), (draw) => {
        const n = Math.min(draw.length, draw[0].length);
        const entries = draw.slice(0, n).map((row, i) => row.slice(0, n).map((holds, j) => holds || draw[j][i]));
        const [pattern, upper] = [patternFor(entries), valuesFor(entries)];
        const matrix = upper.map((row, i) => row.map((value, j) => (j < i ? upper[j][i] : value)));
        const coloring = colorSymmetric(pattern);
        const { values } = emptyMatrix(pattern);
        probe(matrix, coloring.colors, coloring.groups, starRecovery(pattern, coloring), values);
        expect([...toDense({ pattern, values })]).toEqual(matrix.flat());
      }),
      { seed: 34, numRuns: 300 },
    );
  });

  test('where it is dense, by columns and by rows', () => {
    const [pattern, matrix] = [dense(3, 4), valuesFor([0, 1, 2].map(() => [true, true, true, true]))];
    const [columns, rows] = [colorColumns(pattern), colorRows(pattern)];
    const [byColumns, byRows] = [emptyMatrix(pattern).values, emptyMatrix(pattern).values];
    probe(matrix, columns.colors, columns.groups, columnRecovery(pattern, columns), byColumns);
    probe(turned(matrix), rows.colors, rows.groups, rowRecovery(pattern, rows), byRows);
    expect([...byColumns]).toEqual(matrix.flat());
    expect([...byRows]).toEqual(matrix.flat());
    const plan = colorBoth(pattern);
    expect([plan.columnGroups, plan.rowGroups]).toEqual([0, 3]);
    expect([...recoverBoth(matrix, pattern, plan)]).toEqual(matrix.flat());
  });
});

describe('an arrow matrix of 1000', () => {
  const pattern = fromPairs(1000, 1000, arrow(1000));

  test('takes 3 products of both kinds, where either kind alone takes 1000', () => {
    const plan = colorBoth(pattern);
    expect([plan.columnGroups + plan.rowGroups, plan.lowerBound]).toEqual([3, 3]);
    expect(isValidBicoloring(pattern, plan)).toBe(true);
    expect([colorColumns(pattern).groups, colorRows(pattern).groups]).toEqual([1000, 1000]);
  });

  test('takes 2 products where it is symmetric, with its tip first or last', () => {
    const reversed = fromPairs(
      1000,
      1000,
      arrow(1000).map(([i, j]): [number, number] => [999 - i, 999 - j]),
    );
    for (const symmetric of [pattern, reversed]) {
      const { groups, colors } = colorSymmetric(symmetric);
      expect(groups).toBe(2);
      expect(isValidStarColoring(symmetric, colors)).toBe(true);
    }
  });

  test('comes back from its 3 products', () => {
    const small = fromPairs(40, 40, arrow(40));
    const entries = [...Array(40).keys()].map((i) => [...Array(40).keys()].map((j) => i === j || i === 0 || j === 0));
    const matrix = valuesFor(entries);
    const plan = colorBoth(small);
    expect(plan.cost).toBe(3);
    expect([...recoverBoth(matrix, small, plan)]).toEqual(matrix.flat());
  });
});

describe('arrows of 100,000', () => {
  const n = 100_000;
  test.each<[string, number, (k: number) => [number, number][]]>([
    ['of one dense row and column take 3 products', 3, (k) => [[0, k], [k, 0], [k, k]]], // biome-ignore format: a list
    ['with the tip last take 3', 3, (k) => [[n - 1, k], [k, n - 1], [k, k]]], // biome-ignore format: a list
    ['of two dense rows and columns take 5', 5, (k) => [[0, k], [1, k], [k, 0], [k, 1], [k, k]]], // biome-ignore format: a list
    ['on a band take 5', 5, (k) => [[0, k], [k, 0], [k, Math.max(0, k - 1)], [k, k], [k, Math.min(n - 1, k + 1)]]], // biome-ignore format: a list
    ['in four blocks take 3', 3, (k) => [[k - (k % 25_000), k], [k, k - (k % 25_000)], [k, k]]], // biome-ignore format: a list
  ])('%s, whether a row costs as much as a column or twice', (_, groups, entriesOf) => {
    const pattern = fromPairs(n, n, Array.from({ length: n }, (_, k) => entriesOf(k)).flat());
    for (const rowWeight of [1, 2]) {
      const plan = colorBoth(pattern, { rowWeight });
      expect(plan.columnGroups + plan.rowGroups).toBe(groups);
    }
  });
});

describe('a bidirectional plan', () => {
  test('of k dense rows and k dense columns and a diagonal takes 2k + 1 products', () => {
    for (const k of [1, 2, 3]) {
      const holds = (i: number, j: number) => i === j || i < k || j < k;
      const entries = [...Array(60).keys()].map((i) => [...Array(60).keys()].map((j) => holds(i, j)));
      expect(colorBoth(patternFor(entries)).cost).toBe(2 * k + 1);
    }
  });

  test('leaves out the dearer direction', () => {
    const tridiagonal = patternOf({ band: [1, 1] }, 50, 50);
    expect(colorBoth(tridiagonal, { columnWeight: 1, rowWeight: 2 })).toMatchObject({
      columnGroups: 3,
      rowGroups: 0,
      cost: 3,
    });
    expect(colorBoth(tridiagonal, { columnWeight: 3, rowWeight: 2 })).toMatchObject({
      columnGroups: 0,
      rowGroups: 3,
      cost: 6,
    });
  });

  test('with an entry taken from the wrong side is not valid', () => {
    const pattern = fromPairs(9, 9, arrow(9));
    const plan = colorBoth(pattern);
    for (let e = 0; e < plan.byRow.length; e++) {
      const wrong = { ...plan, byRow: plan.byRow.map((flag, place) => (place === e ? 1 - flag : flag)) };
      const bothSides = isValidBicoloring(pattern, wrong);
      // Only the tip, (0, 0), can be read from either side.
      expect(bothSides && e !== 0).toBe(false);
    }
  });
});

describe('a symmetric band of half-width b', () => {
  test.each([
    [1, 3],
    [2, 5],
    [3, 7],
  ])('b = %i takes 2b + 1 = %i products', (half, groups) => {
    expect(colorSymmetric(patternOf({ band: [half, half] }, 100, 100)).groups).toBe(groups);
  });

  test('is refused where it is not symmetric', () => {
    const refused = expect.objectContaining({ code: 'E_SPARSITY' });
    expect(() => colorSymmetric(patternOf({ band: [1, 0] }, 5, 5))).toThrow(refused);
    expect(() => colorSymmetric(patternOf('dense', 5, 4))).toThrow(refused);
  });
});

describe('greedy star colorings', () => {
  test('give every entry of a random symmetric pattern at its place or at the mirrored one, in any order', () => {
    fc.assert(
      fc.property(anyTable(12), fc.boolean(), fc.boolean(), (draw, careful, backward) => {
        const n = Math.min(draw.length, draw[0].length);
        const entries = draw
          .slice(0, n)
          .map((row, i) => row.slice(0, n).map((holds, j) => holds || draw[j][i] || i === j));
        const pattern = patternFor(entries);
        const order = Uint32Array.from(entries, (_, k) => (backward ? n - 1 - k : k));
        expect(isValidStarColoring(pattern, greedyStar(adjacency(pattern), order, careful))).toBe(true);
      }),
      { seed: 36, numRuns: 400 },
    );
  });
});

describe('the conflicts of columns that are wanted in part', () => {
  test('join a wanted entry to every other probed column of its row, both ways', () => {
    // Row 0 holds columns 0, 1, 2; only (0, 0) and (1, 1) are wanted, so column 2 is not probed.
    const pattern = fromPairs(2, 3, [[0, 0], [0, 1], [0, 2], [1, 1]]); // biome-ignore format: a table
    const { start, neighbor } = partialConflicts(pattern, byColumn(pattern), Uint8Array.of(1, 0, 0, 1));
    expect([[...start], [...neighbor]]).toEqual([[0, 1, 2, 2], [1, 0]]); // biome-ignore format: a table
  });
});

describe('a symmetric tree', () => {
  test('takes at most 3 products, however many branches meet, where groups of columns take the degree + 1', () => {
    for (const branches of [2, 3, 5]) {
      const parents = Array.from({ length: 150 }, (_, k): [number, number] => [k + 1, Math.floor(k / branches)]);
      const pairs = [
        ...parents,
        ...parents.map(([i, j]): [number, number] => [j, i]),
        ...parents.map(([i]): [number, number] => [i, i]),
      ];
      const pattern = fromPairs(151, 151, pairs);
      const { groups, colors } = colorSymmetric(pattern);
      expect(groups).toBeLessThanOrEqual(3);
      expect(isValidStarColoring(pattern, colors)).toBe(true);
      expect(colorColumns(pattern).groups).toBe(branches + 2);
    }
  });
});

describe('seeds and steps', () => {
  test('the seeds of all groups add up to 1 on every column that has a group', () => {
    const colors = Uint32Array.of(1, 0, noGroup, 1);
    const sum = seedOf(colors, 0).map((value, j) => value + seedOf(colors, 1)[j]);
    expect([...sum]).toEqual([1, 1, 0, 1]);
  });

  test('probes with a step of their own in each column are divided by it', () => {
    const pattern = patternOf({ band: [1, 1] }, 6, 6);
    const coloring = colorColumns(pattern);
    const matrix = [...Array(6).keys()].map((i) =>
      [...Array(6).keys()].map((j) => (Math.abs(i - j) <= 1 ? 1 + i + 10 * j : 0)),
    );
    const steps = Float64Array.of(1, 2, 4, 8, 16, 32);
    const { values } = emptyMatrix(pattern);
    for (let k = 0; k < coloring.groups; k++) {
      const seed = seedOf(coloring.colors, k).map((one, j) => one * steps[j]);
      scatter(columnRecovery(pattern, coloring), k, times(matrix, seed), values);
    }
    divideColumns(pattern, values, steps);
    expect([...toDense({ pattern, values })]).toEqual(matrix.flat());
    const full = Float64Array.of(2, 6, 4, 9);
    divideColumns(dense(2, 2), full, [2, 3]);
    expect([...full]).toEqual([1, 2, 2, 3]);
  });
});

describe('products with a sparse matrix', () => {
  test('⟨w, Jv⟩ = ⟨Jᵀw, v⟩, both as by the definition', () => {
    fc.assert(
      fc.property(anyTable(10), (entries) => {
        const [pattern, matrix] = [patternFor(entries), valuesFor(entries)];
        const sparse = { pattern, values: Float64Array.from(pairsOf(entries), ([i, j]) => matrix[i][j]) };
        const v = Float64Array.from(matrix[0], (_, j) => Math.cos(j));
        const w = Float64Array.from(matrix, (_, i) => Math.sin(1 + i));
        expect(multiply(sparse, v)).toEqual(times(matrix, v));
        expect(multiplyTransposed(sparse, w)).toEqual(times(turned(matrix), w));
      }),
      { seed: 35 },
    );
  });
});
