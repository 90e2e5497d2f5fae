import { describe, expect, test } from '@jest/globals';
import { type PatternSpec, patternOf } from '../../../src/derive/sparsity/declared.js';
import { nnz } from '../../../src/derive/sparsity/pattern.js';
import { ComponentError } from '../../../src/errors.js';
import { table, tableOf } from './matrices.js';

function raised(spec: unknown, rows: number, columns: number): ComponentError {
  try {
    patternOf(spec as PatternSpec, rows, columns);
  } catch (error) {
    if (error instanceof ComponentError) return error;
  }
  throw new Error('nothing was raised');
}

describe('a declared sparsity', () => {
  test.each<[string, PatternSpec, number, number, (i: number, j: number) => boolean]>([
    ['dense: everywhere', 'dense', 3, 4, () => true],
    ['zero: nowhere', 'zero', 3, 4, () => false],
    ['diagonal: i = j, wide', 'diagonal', 3, 5, (i, j) => i === j],
    ['diagonal: i = j, tall', 'diagonal', 5, 3, (i, j) => i === j],
    ['band [l, u]: −l ≤ j − i ≤ u', { band: [2, 1] }, 7, 6, (i, j) => j - i >= -2 && j - i <= 1],
    ['blocks: equal block numbers', { blocks: [2, [1, 3]] }, 3, 5, (i, j) => i < 2 === j < 2],
    ['perRow: the listed columns', { perRow: [[2, 0], [], [1]] }, 3, 3, (i, j) => [[2, 0], [], [1]][i].includes(j)],
    ['pairs: the listed pairs', { pairs: [[1, 0]] }, 2, 2, (i, j) => i === 1 && j === 0],
    ['union: any of them', { union: ['diagonal', { band: [-0, 1] }] }, 3, 3, (i, j) => j - i >= 0 && j - i <= 1],
  ])('%s', (_, spec, rows, columns, holds) => {
    expect(tableOf(patternOf(spec, rows, columns))).toEqual(table(rows, columns, holds));
  });

  test('a cross stencil couples cells at Manhattan distance ≤ 1, a box at Chebyshev distance ≤ 1', () => {
    const [nx, ny] = [4, 3];
    const apart = (i: number, j: number) => [
      Math.abs((i % ny) - (j % ny)),
      Math.abs(Math.floor(i / ny) - Math.floor(j / ny)),
    ];
    const cross = patternOf({ stencil: { shape: [nx, ny], offsets: 'cross' } }, 12, 12);
    expect(tableOf(cross)).toEqual(table(12, 12, (i, j) => apart(i, j)[0] + apart(i, j)[1] <= 1));
    const box = patternOf({ stencil: { shape: [nx, ny], offsets: 'box' } }, 12, 12);
    expect(tableOf(box)).toEqual(table(12, 12, (i, j) => Math.max(...apart(i, j)) <= 1));
  });

  test('a periodic axis closes on itself, another does not', () => {
    const spec: PatternSpec = {
      stencil: {
        shape: [5, 4],
        offsets: [
          [1, 0],
          [0, 1],
        ],
        periodic: [true, false],
      },
    };
    const ahead = (i: number, j: number) => {
      const [x, y, u, v] = [Math.floor(i / 4), i % 4, Math.floor(j / 4), j % 4];
      return (u === (x + 1) % 5 && v === y) || (u === x && v === y + 1);
    };
    expect(tableOf(patternOf(spec, 20, 20))).toEqual(table(20, 20, ahead));
  });

  test('survives JSON', () => {
    const spec: PatternSpec = { union: [{ stencil: { shape: [6], offsets: 'cross', periodic: true } }, 'diagonal'] };
    expect(patternOf(JSON.parse(JSON.stringify(spec)), 6, 6)).toEqual(patternOf(spec, 6, 6));
  });

  test('of a diagonal of a million takes a million indices', () => {
    expect(nnz(patternOf('diagonal', 1e6, 1e6))).toBe(1e6);
  });
});

describe('a declared sparsity that does not fit', () => {
  test.each<[string, unknown, number, number, string]>([
    ['a stencil of another size', { stencil: { shape: [3, 3], offsets: 'cross' } }, 8, 9, 'sparsity.stencil'],
    ['blocks of another size', { blocks: [2, 2] }, 4, 5, 'sparsity.blocks'],
    [
      'a column outside',
      {
        pairs: [
          [0, 0],
          [1, 3],
        ],
      },
      2,
      3,
      'sparsity.pairs[1][1]',
    ],
    ['a row outside', { pairs: [[2, 0]] }, 2, 3, 'sparsity.pairs[0][0]'],
    ['a fractional index', { perRow: [[0.5]] }, 1, 3, 'sparsity.perRow[0][0]'],
    ['too few rows', { perRow: [[0]] }, 2, 3, 'sparsity.perRow'],
    ['a negative bandwidth', { band: [-1, 1] }, 3, 3, 'sparsity.band'],
    ['an offset of another rank', { stencil: { shape: [2, 2], offsets: [[1]] } }, 4, 4, 'sparsity.stencil.offsets[0]'],
    ['an unknown stencil', { stencil: { shape: [2, 2], offsets: 'star' } }, 4, 4, 'sparsity.stencil.offsets'],
    [
      'periodicity of another rank',
      { stencil: { shape: [4], offsets: 'box', periodic: [] } },
      4,
      4,
      'sparsity.stencil.periodic',
    ],
    ['a member of a union', { union: [{ blocks: [4] }, { blocks: [1] }] }, 4, 4, 'sparsity.union[1].blocks'],
    ['an unknown name', 'tridiagonal', 4, 4, 'sparsity'],
    ['an unknown kind', { banded: [1, 1] }, 4, 4, 'sparsity'],
    ['two kinds at once', { band: [1, 1], blocks: [4] }, 4, 4, 'sparsity'],
    ['nothing', null, 4, 4, 'sparsity'],
  ])('is an error at its place: %s', (_, spec, rows, columns, path) => {
    const error = raised(spec, rows, columns);
    expect([error.code, error.path]).toEqual(['E_SPARSITY', path]);
  });
});
