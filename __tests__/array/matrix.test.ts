import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  AbstractMatrix,
  determinant,
  EVD,
  inverse,
  LuDecomposition,
  Matrix,
  MatrixTransposeView,
  pseudoInverse,
  QrDecomposition,
  SVD,
  SymmetricMatrix,
  solve,
  WrapperMatrix1D,
} from 'ml-matrix';
import { BlockMatrix, blockOf } from '../../src/array/matrix.js';
import { NdArray, zeros } from '../../src/array/ndarray.js';

const entry = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const matrix = (rows: number, columns: number) =>
  fc.array(entry, { minLength: rows * columns, maxLength: rows * columns }).map((list) => Float64Array.from(list));
const product = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }))
  .chain(([m, k, n]) => fc.tuple(fc.constant([m, k, n] as const), matrix(m, k), matrix(k, n)));

/** 2 on the diagonal, -1 beside it: its determinant is n + 1, and A·(1, …, n) is (0, …, 0, n + 1). */
const second = (n: number) =>
  new BlockMatrix(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs((at % n) - Math.floor(at / n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    }),
  );
const close = (a: AbstractMatrix, b: AbstractMatrix, tolerance = 1e-12) => {
  expect([a.rows, a.columns]).toEqual([b.rows, b.columns]);
  const scale = Math.max(1, ...b.to1DArray().map(Math.abs));
  const off = a.to1DArray().map((value, at) => Math.abs(value - b.to1DArray()[at]!) / scale);
  expect(Math.max(0, ...off)).toBeLessThanOrEqual(tolerance);
};

describe('BlockMatrix', () => {
  test('a·b is what ml-matrix computes itself, to 1e-12 of the largest element', () => {
    fc.assert(
      fc.property(product, ([[m, k, n], a, b]) => {
        const reference = Matrix.from1DArray(m, k, a).mmul(Matrix.from1DArray(k, n, b));
        close(new BlockMatrix(m, k, a).mmul(new BlockMatrix(k, n, b)), reference);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test('aᵀ.transposeMultiply(b) is a·b, and (aᵀ)ᵀ is a', () => {
    fc.assert(
      fc.property(product, ([[m, k, n], a, b]) => {
        const left = new BlockMatrix(m, k, a);
        const right = new BlockMatrix(k, n, b);
        close(left.transpose().transposeMultiply(right), left.mmul(right));
        expect(blockOf(left.transpose().transpose()).flat).toEqual(a);
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  test('the transpose times a column is computed without transposing, and is the same', () => {
    const a = new BlockMatrix(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(a.transposeMultiply(Matrix.columnVector([1, 10])).to1DArray()).toEqual([41, 52, 63]);
  });

  test('writing to the matrix writes to the flat data, and a clone has its own', () => {
    const flat = new Float64Array(6);
    const view = new BlockMatrix(2, 3, flat);
    const copy = view.clone();
    view.set(1, 2, 7);
    expect([flat[5], view.get(1, 2), copy.get(1, 2), copy instanceof BlockMatrix]).toEqual([7, 7, 0, true]);
  });

  test('results are BlockMatrix again, and ml-matrix takes them for matrices', () => {
    const a = second(3);
    for (const result of [a.mmul(a), a.transpose(), a.transposeMultiply(a), a.clone()]) {
      expect([result instanceof BlockMatrix, AbstractMatrix.isMatrix(result)]).toEqual([true, true]);
    }
  });

  test('any operand is taken: Matrix, a view of one, a wrapper, a symmetric matrix, nested lists', () => {
    const a = second(2);
    const rows = [
      [1, 2],
      [2, 5],
    ];
    const operands = [
      new Matrix(rows),
      new MatrixTransposeView(new Matrix(rows)),
      new WrapperMatrix1D([1, 2, 2, 5], { rows: 2 }),
      new SymmetricMatrix(rows),
      rows,
    ];
    expect(operands.map((operand) => a.mmul(operand).to1DArray())).toEqual(operands.map(() => [0, -1, 3, 8]));
  });

  test('0·NaN is NaN in the product of a transpose, which ml-matrix alone would skip', () => {
    const zero = new BlockMatrix(2, 2, new Float64Array(4));
    expect(zero.transposeMultiply(new Matrix([[NaN], [1]])).to1DArray()).toEqual([NaN, NaN]);
    expect(
      zero
        .transposeMultiply(
          new Matrix([
            [NaN, 1],
            [1, 1],
          ]),
        )
        .to1DArray(),
    ).toEqual([NaN, 0, NaN, 0]);
  });

  test.each(['mmul', 'transposeMultiply'] as const)('%s with inner dimensions that differ is refused', (method) => {
    const a = new BlockMatrix(2, 3, new Float64Array(6));
    expect(() => a[method](new BlockMatrix(4, 1, new Float64Array(4)))).toThrow(
      expect.objectContaining({ code: 'E_MATRIX_PRODUCT' }),
    );
  });

  test.each([
    [1, 2],
    [2, 1],
    [3, 4],
    [4, 1],
  ])('a product of 2 × 2 is not added to a matrix of %i × %i', (rows, columns) => {
    const one = () => new BlockMatrix(2, 2, new Float64Array(4));
    expect(() => one().mmulAdd(one(), new BlockMatrix(rows, columns, new Float64Array(rows * columns)))).toThrow(
      expect.objectContaining({ code: 'E_MATRIX_PRODUCT' }),
    );
  });

  test('data that does not fill rows × columns is refused', () => {
    expect(() => new BlockMatrix(2, 3, new Float64Array(5))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_LENGTH', fields: { received: '5', expected: '6 (2 × 3)' } }),
    );
  });

  test('rows and columns are added and removed as in a Matrix, and the array seen before stays as it is', () => {
    const flat = Float64Array.of(1, 2, 3, 4);
    const edited = (m: Matrix) => m.addRow([5, 6]).addColumn(0, [7, 8, 9]).removeRow(0).removeColumn(2).to2DArray();
    const block = new BlockMatrix(2, 2, flat);
    expect(edited(block)).toEqual([
      [8, 3],
      [9, 5],
    ]);
    expect(
      edited(
        new Matrix([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([
      [8, 3],
      [9, 5],
    ]);
    expect([block.rows, block.columns, block.flat, flat]).toEqual([
      2,
      2,
      Float64Array.of(8, 3, 9, 5),
      Float64Array.of(1, 2, 3, 4),
    ]);
  });

  test('empty matrices multiply: n × 0 times 0 × m is all zeros', () => {
    const a = new BlockMatrix(2, 0, new Float64Array(0));
    expect(a.mmul(new BlockMatrix(0, 3, new Float64Array(0))).to1DArray()).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('ml-matrix on a BlockMatrix', () => {
  const n = 6;
  const a = second(n);
  const x = Matrix.columnVector([1, 2, 3, 4, 5, 6]);
  const b = Matrix.columnVector([0, 0, 0, 0, 0, n + 1]);
  const eye = Matrix.eye(n);

  test('solve, LU, QR and SVD find x of A·x = b', () => {
    for (const found of [
      solve(a, b),
      new LuDecomposition(a).solve(b),
      new QrDecomposition(a).solve(b),
      solve(a, b, true),
    ]) {
      close(found, x, 1e-10);
    }
    close(solve(a, blockOf(b)), x, 1e-10);
  });

  test('inverse and pseudoInverse times A are the identity, and det A = n + 1', () => {
    close(a.mmul(inverse(a)), eye, 1e-10);
    close(a.mmul(pseudoInverse(a)), eye, 1e-10);
    expect(determinant(a)).toBeCloseTo(n + 1, 10);
  });

  test('eigenvalues and singular values are 4 sin²(kπ/2(n+1))', () => {
    const expected = x.to1DArray().map((k) => 4 * Math.sin((k * Math.PI) / (2 * (n + 1))) ** 2);
    const ascending = (values: readonly number[]) => [...values].sort((p, q) => p - q);
    for (const values of [new EVD(a).realEigenvalues, new SVD(a).diagonal]) {
      close(Matrix.rowVector(ascending(values)), Matrix.rowVector(expected), 1e-10);
    }
  });

  test('least squares and SVD take tall and wide blocks', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const tall = new BlockMatrix(3, 2, Float64Array.of(1, 0, 0, 1, 1, 1));
    close(solve(tall, Matrix.columnVector([1, 2, 3])), Matrix.columnVector([1, 2]), 1e-10);
    for (const options of [{}, { autoTranspose: true }]) {
      close(
        Matrix.rowVector(new SVD(blockOf(tall.transpose()), options).diagonal.slice(0, 2)),
        Matrix.rowVector([Math.sqrt(3), 1]),
        1e-10,
      );
    }
    warn.mockRestore();
  });
});

describe('toMatrix', () => {
  const cube = new NdArray(
    'float64',
    [2, 3, 4],
    Float64Array.from({ length: 24 }, (_, i) => i),
  );
  const sizeOf = (view: AbstractMatrix) => [view.rows, view.columns];

  test('float64 is not copied: the matrix and the array write to the same elements', () => {
    const array = zeros([2, 3]);
    array.toMatrix().set(1, 0, 5);
    expect(array.data[3]).toBe(5);
  });

  test('a scalar is 1 × 1, a vector a column, and an empty array keeps its extents', () => {
    expect([zeros([]), zeros([3]), zeros([2, 3]), zeros([0, 3])].map((array) => sizeOf(array.toMatrix()))).toEqual([
      [1, 1],
      [3, 1],
      [2, 3],
      [0, 3],
    ]);
  });

  test('toMatrix(n) makes the first n axes rows', () => {
    expect([0, 1, 2, 3].map((n) => sizeOf(cube.toMatrix(n)))).toEqual([
      [1, 24],
      [2, 12],
      [6, 4],
      [24, 1],
    ]);
    expect(cube.toMatrix(2).get(5, 1)).toBe(21);
  });

  test.each([undefined, -1, 4, 1.5])('rank 3 with rowAxes %p is refused', (rowAxes) => {
    expect(() => cube.toMatrix(rowAxes)).toThrow(expect.objectContaining({ code: 'E_MATRIX_AXES' }));
  });

  test.each(['float16', 'float32', 'int8', 'uint32', 'bool'] as const)('%s is converted to float64', (dtype) => {
    const ones = zeros([2, 1], dtype);
    ones.data.fill(1);
    expect(ones.toMatrix().to1DArray()).toEqual([1, 1]);
  });

  test.each(['int64', 'uint64', 'complex64', 'complex128'] as const)(
    '%s is refused, for float64 cannot hold it',
    (dtype) => {
      expect(() => zeros([2], dtype).toMatrix()).toThrow(expect.objectContaining({ code: 'E_MATRIX_DTYPE' }));
    },
  );
});
