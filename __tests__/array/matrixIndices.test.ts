/** Indices out of range: the matrix view does what ml-matrix does, for every method that takes one. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AbstractMatrix, Matrix } from 'ml-matrix';
import { BlockMatrix } from '../../src/array/matrix.js';

type Any = AbstractMatrix & Record<string, (...args: unknown[]) => unknown>;

/** What a call gave, and what the matrix holds then; of an error only its kind counts. */
function outcome(matrix: AbstractMatrix, method: string, args: readonly unknown[]): unknown {
  let result: unknown;
  try {
    result = (matrix as Any)[method]!(...args);
  } catch (error) {
    result = { thrown: (error as Error).name };
  }
  const given = result instanceof Object && 'to2DArray' in result ? (result as AbstractMatrix).to2DArray() : result;
  return { result: given, holds: matrix.to2DArray() };
}

const index = fc.oneof(
  fc.integer({ min: -3, max: 6 }),
  fc.constantFrom(-1, 0.5, 1.5, -0, Number.NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 32 + 1, undefined),
);
const value = fc.integer({ min: 10, max: 99 });
const line = fc.array(value, { minLength: 0, maxLength: 5 });
const several = fc.array(index, { minLength: 1, maxLength: 3 });

/** The arguments of each method. */
const methods: Readonly<Record<string, readonly fc.Arbitrary<unknown>[]>> = {
  get: [index, index],
  set: [index, index, value],
  getRow: [index],
  getColumn: [index],
  getRowVector: [index],
  getColumnVector: [index],
  setRow: [index, line],
  setColumn: [index, line],
  swapRows: [index, index],
  swapColumns: [index, index],
  mulRow: [index, value],
  mulColumn: [index, value],
  maxRow: [index],
  maxRowIndex: [index],
  minRow: [index],
  minRowIndex: [index],
  maxColumn: [index],
  maxColumnIndex: [index],
  minColumn: [index],
  minColumnIndex: [index],
  subMatrix: [index, index, index, index],
  subMatrixRow: [several],
  subMatrixColumn: [several],
  setSubMatrix: [fc.constant([[1, 2]]), index, index],
  selection: [several, several],
  removeRow: [index],
  removeColumn: [index],
  addRow: [index, line],
  addColumn: [index, line],
};

// ml-matrix lets the last row of a matrix without columns be removed, and then has neither.
const shape = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));

describe('an index, in range or out of it, is treated as ml-matrix does', () => {
  test.each(Object.keys(methods))('by %s', (method) => {
    fc.assert(
      fc.property(shape, fc.tuple(...methods[method]!), ([rows, columns], args) => {
        const flat = Float64Array.from({ length: rows * columns }, (_, k) => k + 1);
        const view = new BlockMatrix(rows, columns, flat.slice());
        const plain = Matrix.from1DArray(rows, columns, flat);
        expect(outcome(view, method, args)).toEqual(outcome(plain, method, args));
      }),
      { seed: 11, numRuns: Number(process.env['COTANGENT_CASES'] ?? 300) },
    );
  });

  test('so that a write beside a row lands in no other', () => {
    const view = new BlockMatrix(3, 3, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    view.set(0, 3, 99).set(1, -1, 99).set(1, 0.5, 99);
    expect([...view.flat]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([view.get(0, 3), view.get(2, -1)]).toEqual([undefined, undefined]);
    expect(() => view.set(3, 0, 99)).toThrow(TypeError);
    expect(() => view.get(-1, 0)).toThrow(TypeError);
  });
});
