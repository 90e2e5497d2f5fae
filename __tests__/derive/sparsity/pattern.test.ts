import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  byColumn,
  dense,
  explicit,
  fromCoordinates,
  fromPairs,
  maxRowCount,
  nnz,
  type Pattern,
  patternHash,
  transpose,
  union,
  zero,
} from '../../../src/derive/sparsity/pattern.js';
import { anyTable, pairsOf, type Table, tableOf, turned } from './matrices.js';

const patternFor = (entries: Table): Pattern => fromPairs(entries.length, entries[0].length, pairsOf(entries));

describe('a sparsity pattern', () => {
  test('holds exactly the pairs it is made of, in any order and however often each is given', () => {
    fc.assert(
      fc.property(anyTable(12), fc.infiniteStream(fc.boolean()), (entries, coin) => {
        const pairs = pairsOf(entries);
        const noisy = [...pairs, ...pairs.filter(() => coin.next().value)].reverse();
        expect(tableOf(fromPairs(entries.length, entries[0].length, noisy))).toEqual(entries);
      }),
      { seed: 11 },
    );
  });

  test('keeps the columns of each row ascending and without duplicates', () => {
    const pattern = fromCoordinates(2, 9, [0, 1, 0, 0, 1], [7, 3, 2, 7, 0]);
    expect([...pattern.rowStart]).toEqual([0, 2, 4]);
    expect([...pattern.columnIndex]).toEqual([2, 7, 0, 3]);
  });

  test('transposed holds (j, i) for each (i, j), and transposed twice is the same', () => {
    fc.assert(
      fc.property(anyTable(12), (entries) => {
        const pattern = patternFor(entries);
        expect(tableOf(transpose(pattern))).toEqual(turned(entries));
        expect(transpose(transpose(pattern))).toEqual(pattern);
      }),
      { seed: 12 },
    );
  });

  test('seen by column names the position of each entry in the rows', () => {
    const pattern = fromPairs(2, 3, [
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const view = byColumn(pattern);
    expect([...view.columnStart]).toEqual([0, 1, 3, 3]);
    expect([...view.rowIndex]).toEqual([1, 0, 1]);
    expect([...view.entry]).toEqual([1, 0, 2]);
  });

  test('united with another holds an entry exactly where one of the two does', () => {
    fc.assert(
      fc.property(anyTable(8), fc.infiniteStream(fc.boolean()), (entries, coin) => {
        const other = entries.map((row) => row.map(() => coin.next().value));
        const either = entries.map((row, i) => row.map((holds, j) => holds || other[i][j]));
        expect(tableOf(union(patternFor(entries), patternFor(other)))).toEqual(either);
      }),
      { seed: 13 },
    );
  });

  test('that is dense holds no index, counts rows × columns entries, and absorbs what it is united with', () => {
    const full = dense(300_000, 200_000);
    expect(full.columnIndex).toHaveLength(0);
    expect(nnz(full)).toBe(6e10);
    expect(maxRowCount(full)).toBe(200_000);
    expect(union(zero(300_000, 200_000), full)).toBe(full);
    expect(nnz(explicit(dense(3, 4)))).toBe(12);
  });

  test('that is zero has no entries and no longest row', () => {
    expect([nnz(zero(4, 5)), maxRowCount(zero(4, 5)), maxRowCount(dense(0, 5))]).toEqual([0, 0, 0]);
  });
});

describe('the hash of a pattern', () => {
  test('is one for the same entries, whether dense by name or by index, structured or not', () => {
    expect(patternHash(explicit(dense(7, 5)))).toBe(patternHash(dense(7, 5)));
    const diagonal = fromPairs(
      9,
      9,
      [...Array(9).keys()].map((k): [number, number] => [k, k]),
    );
    expect(patternHash({ ...diagonal, structure: { kind: 'band', lower: 0, upper: 0 } })).toBe(patternHash(diagonal));
  });

  test('differs between all 512 patterns of 3 × 3, and between sizes', () => {
    const hashes = new Set<string>();
    for (let bits = 0; bits < 512; bits++) {
      const pairs = [...Array(9).keys()]
        .filter((k) => (bits >> k) & 1)
        .map((k): [number, number] => [Math.floor(k / 3), k % 3]);
      hashes.add(patternHash(fromPairs(3, 3, pairs)));
    }
    for (const [rows, columns] of [
      [2, 3],
      [3, 2],
      [1, 6],
      [0, 3],
    ])
      hashes.add(patternHash(zero(rows, columns)));
    expect(hashes.size).toBe(516);
  });

  test('is sixteen hexadecimal digits', () => {
    expect(patternHash(dense(2, 2))).toMatch(/^[0-9a-f]{16}$/);
  });
});
