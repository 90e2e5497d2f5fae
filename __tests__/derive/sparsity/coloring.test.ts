import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Coloring, colorColumns, coloringLowerBound, colorRows } from '../../../src/derive/sparsity/coloring.js';
import { type PatternSpec, patternOf } from '../../../src/derive/sparsity/declared.js';
import { fromPairs, type Pattern, transpose } from '../../../src/derive/sparsity/pattern.js';
import { isValidColoring, noGroup } from '../../../src/derive/sparsity/validity.js';
import { anyTable, fewestGroups, haveClash, pairsOf, plain, reactionDiffusion, ring, tableOf } from './matrices.js';

const grid = (shape: number[], offsets: 'cross' | 'box', periodic: boolean | boolean[] = false): PatternSpec => ({
  stencil: { shape, offsets, periodic },
});

/** The pattern with its unknowns in an arbitrary order, so that no stride is left to guess. */
function renumbered({ rows, rowStart, columnIndex }: Pattern): Pattern {
  const key = (k: number) => (Math.sin(12.9898 * k + 1) * 43758.5453) % 1;
  const order = [...Array(rows).keys()].sort((a, b) => key(a) - key(b));
  const pairs: [number, number][] = [];
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) pairs.push([order[i], order[columnIndex[e]]]);
  }
  return fromPairs(rows, rows, pairs);
}

function checked(pattern: Pattern, coloring: Coloring): number {
  if (pattern.rows <= 2100) {
    const holders = new Set<number>();
    for (let i = 0; i < pattern.rows; i++) {
      for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
        const cell = i * 4096 + coloring.colors[pattern.columnIndex[e]];
        if (holders.has(cell)) throw new Error(`two columns of one group meet in row ${i}`);
        holders.add(cell);
      }
    }
  }
  expect(isValidColoring(pattern, coloring.colors, coloring.groups)).toBe(true);
  return coloring.groups;
}

describe('columns in groups that share no row', () => {
  test.each<[string, PatternSpec, number, number]>([
    ['a diagonal: 1', 'diagonal', 5000, 1],
    ['a band [1, 1]: 3', { band: [1, 1] }, 10_000, 3],
    ['a band [5, 1]: 7', { band: [5, 1] }, 1000, 7],
    ['a band wider than the matrix: n', { band: [9, 9] }, 6, 6],
    ['blocks: the widest', { blocks: [3, 5, 2] }, 10, 5],
    ['the 5-point stencil: 5, (i + 2j) mod 5', grid([32, 32], 'cross'), 1024, 5],
    ['the 5-point stencil on a torus of a multiple of 5: 5', grid([30, 20], 'cross', true), 600, 5],
    ['the 5-point stencil on a cylinder of circumference 15: 5', grid([15, 16], 'cross', [true, false]), 240, 5],
    ['the 9-point stencil: 9', grid([32, 32], 'box'), 1024, 9],
    ['the 7-point stencil: 7', grid([12, 12, 12], 'cross'), 1728, 7],
    ['the 27-point stencil: 27', grid([8, 9, 10], 'box'), 720, 27],
  ])('closed form of %s', (_, spec, n, groups) => {
    const pattern = patternOf(spec, n, n);
    const coloring = colorColumns(pattern);
    expect(checked(pattern, coloring)).toBe(groups);
    expect(coloring.lowerBound).toBe(groups);
  });

  test.each<[string, PatternSpec, number, number]>([
    ['tridiagonal: 3', { band: [1, 1] }, 10_000, 3],
    ['band [5, 1]: 7', { band: [5, 1] }, 1000, 7],
    ['5-point: 5', grid([32, 32], 'cross'), 1024, 5],
    ['5-point of 100 × 100: 5', grid([100, 100], 'cross'), 10_000, 5],
    ['9-point: 9', grid([32, 32], 'box'), 1024, 9],
    ['7-point: 7', grid([12, 12, 12], 'cross'), 1728, 7],
  ])('given as bare entries, %s as well', (_, spec, n, groups) => {
    const pattern = plain(patternOf(spec, n, n));
    expect(checked(pattern, colorColumns(pattern))).toBe(groups);
  });

  test.each([
    [5, 5],
    [11, 4],
    [102, 3],
  ])('of the ring of %i take %i groups', (n, groups) => {
    const pattern = fromPairs(n, n, ring(n));
    const coloring = colorColumns(pattern);
    expect(checked(pattern, coloring)).toBe(groups);
    expect(coloring.lowerBound).toBe(groups);
  });

  test.each([
    [6, 6],
    [30, 6],
  ])('of two species on the torus of %i take %i groups, the least possible', (N, groups) => {
    const pattern = fromPairs(2 * N * N, 2 * N * N, reactionDiffusion(N));
    const coloring = colorColumns(pattern);
    expect(checked(pattern, coloring)).toBe(groups);
    expect(coloring.lowerBound).toBe(groups);
  });

  test('of tori that no linear form fits take at most two groups too many, and twice the least where no grid is left', () => {
    const torus = patternOf(grid([32, 32], 'cross', true), 1024, 1024);
    expect(checked(torus, colorColumns(torus))).toBeLessThanOrEqual(8);
    const species = fromPairs(2048, 2048, reactionDiffusion(32));
    expect(checked(species, colorColumns(species))).toBeLessThanOrEqual(8);
    const bare = renumbered(species);
    expect(checked(bare, colorColumns(bare))).toBeLessThanOrEqual(14);
  });

  test('of random tables never clash, by looking at all pairs, and rows neither', () => {
    fc.assert(
      fc.property(anyTable(14), (entries) => {
        const pattern = fromPairs(entries.length, entries[0].length, pairsOf(entries));
        const [columns, rows] = [colorColumns(pattern), colorRows(pattern)];
        expect(haveClash(entries, columns.colors)).toBe(false);
        expect(haveClash(tableOf(transpose(pattern)), rows.colors)).toBe(false);
      }),
      { seed: 21, numRuns: 200 },
    );
  });

  test('of small random tables: lower bound ≤ optimum ≤ groups, and groups are at most one more', () => {
    fc.assert(
      fc.property(anyTable(7), (entries) => {
        const pattern = fromPairs(entries.length, entries[0].length, pairsOf(entries));
        const { groups, lowerBound } = colorColumns(pattern);
        const optimum = fewestGroups(entries);
        expect(lowerBound).toBeLessThanOrEqual(optimum);
        expect(groups).toBeGreaterThanOrEqual(optimum);
        expect(groups).toBeLessThanOrEqual(optimum + 1);
      }),
      { seed: 22, numRuns: 200 },
    );
  });

  test('are the same every time', () => {
    const pattern = renumbered(patternOf(grid([20, 21], 'cross', true), 420, 420));
    expect(colorColumns(pattern)).toEqual(colorColumns(pattern));
  });

  test('without entries are in no group', () => {
    const { colors, groups } = colorColumns(
      fromPairs(2, 4, [
        [0, 1],
        [1, 3],
      ]),
    );
    expect([...colors]).toEqual([noGroup, 0, noGroup, 0]);
    expect(groups).toBe(1);
    expect(colorColumns(patternOf('zero', 3, 4)).groups).toBe(0);
    expect(colorColumns(patternOf('dense', 0, 4)).groups).toBe(0);
  });

  test('of a dense matrix are each their own, without the indices being written out', () => {
    const { colors, groups, lowerBound } = colorColumns(patternOf('dense', 1e6, 2000));
    expect([groups, lowerBound, colors[1999]]).toEqual([2000, 2000, 1999]);
  });

  test('need at least ⌈columns / ⌊rows / entries⌋⌉ groups where all columns are alike', () => {
    expect(coloringLowerBound(fromPairs(11, 11, ring(11)))).toBe(Math.ceil(11 / Math.floor(11 / 3)));
  });
});

describe('the check of a coloring', () => {
  test('refuses two columns of one group in a row, a column without a group, and a group out of range', () => {
    const pattern = patternOf({ band: [0, 1] }, 3, 3);
    expect(isValidColoring(pattern, Uint32Array.of(0, 1, 0), 2)).toBe(true);
    expect(isValidColoring(pattern, Uint32Array.of(0, 0, 1), 2)).toBe(false);
    expect(isValidColoring(pattern, Uint32Array.of(0, noGroup, 0), 2)).toBe(false);
    expect(isValidColoring(pattern, Uint32Array.of(0, 2, 0), 2)).toBe(false);
    expect(isValidColoring(patternOf('dense', 3, 2), Uint32Array.of(1, 1), 2)).toBe(false);
  });
});
