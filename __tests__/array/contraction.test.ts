import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import {
  addScaled,
  contractLeading,
  contractTrailing,
  dot,
  dotComplex,
  isZero,
  toFloat64,
} from '../../src/array/contraction.js';
import { type DType, dtypeNames } from '../../src/array/dtype.js';
import { array } from '../../src/array/literal.js';
import { type Complex, NdArray, zeros } from '../../src/array/ndarray.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((size, extent) => size * extent, 1);
const isComplex = (dtype: DType) => dtype.startsWith('complex');

/** Whole numbers from -4 to 4, so that every order of summation gives the same. */
function whole<D extends DType>(shape: readonly number[], dtype: D, seed: number): NdArray<D> {
  const result = zeros(shape, dtype);
  for (let i = 0; i < result.data.length; i++) result.data[i] = ((i * 7 + seed * 13 + ((i * i) % 5)) % 9) - 4;
  return result;
}

const elements = ({ dtype, data }: NdArray<DType>): Complex[] =>
  Array.from({ length: isComplex(dtype) ? data.length / 2 : data.length }, (_, i) =>
    isComplex(dtype) ? { re: Number(data[2 * i]), im: Number(data[2 * i + 1]) } : { re: Number(data[i]), im: 0 },
  );
const plus = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const times = (a: Complex, b: Complex): Complex => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });
const same = (a: NdArray<DType>, b: readonly Complex[]) =>
  expect(elements(a).map(({ re, im }) => [re + 0, im + 0])).toEqual(b.map(({ re, im }) => [re + 0, im + 0]));

const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 });
const floats = fc.constantFrom<'float16' | 'float32' | 'float64'>('float16', 'float32', 'float64');
const any = fc.oneof(floats, fc.constantFrom<'complex64' | 'complex128'>('complex64', 'complex128'));

describe('contractions', () => {
  test('contractLeading adds Σᵢ cᵢ·J[i, …], for every rank, size and mix of dtypes', () => {
    fc.assert(
      fc.property(shape, shape, any, any, fc.nat(100), (of, rest, cDType, jDType, seed) => {
        const [c, block] = [whole(of, cDType, seed), whole([...of, ...rest], jDType, seed + 1)];
        const complex = isComplex(cDType) || isComplex(jDType);
        const into = whole(rest, complex ? 'complex128' : 'float64', seed + 2);
        const [cs, js, n] = [elements(c), elements(block), sizeOf(rest)];
        const expected = elements(into).map((start, j) =>
          cs.reduce((sum, ci, i) => plus(sum, times(ci, js[i * n + j]!)), start),
        );
        contractLeading(c, block, into);
        same(into, expected);
      }),
      { seed: 9, numRuns: 400 },
    );
  });

  test('contractTrailing adds Σⱼ J[…, j]·tⱼ, for every rank, size and mix of dtypes', () => {
    fc.assert(
      fc.property(shape, shape, any, any, fc.nat(100), (rest, wrt, jDType, tDType, seed) => {
        const [t, block] = [whole(wrt, tDType, seed), whole([...rest, ...wrt], jDType, seed + 1)];
        const complex = isComplex(tDType) || isComplex(jDType);
        const into = whole(rest, complex ? 'complex128' : 'float64', seed + 2);
        const [ts, js, n] = [elements(t), elements(block), sizeOf(wrt)];
        const expected = elements(into).map((start, i) =>
          ts.reduce((sum, tj, j) => plus(sum, times(js[i * n + j]!, tj)), start),
        );
        contractTrailing(block, t, into);
        same(into, expected);
      }),
      { seed: 10, numRuns: 400 },
    );
  });

  test('a real product may be added to a complex sum, whose imaginary part stays', () => {
    const into = array([{ re: 1, im: 5 }]);
    contractLeading(array([2]), array([[3]]), into);
    contractTrailing(array([[3]]), array([2]), into);
    expect(into.toNested()).toEqual([{ re: 13, im: 5 }]);
  });

  test('a product with a real operand leaves infinities of a complex one alone: 2·(1 + ∞i) = 2 + ∞i', () => {
    const into = zeros([1], 'complex128');
    contractLeading(array([2]), array([[{ re: 1, im: Infinity }]]), into);
    expect(into.toNested()).toEqual([{ re: 2, im: Infinity }]);
  });

  test('c·J and J·t of random numbers are what ml-matrix computes, to 1e-12', () => {
    const random = fc.double({ min: -1, max: 1, noNaN: true });
    const list = (length: number) => fc.array(random, { minLength: length, maxLength: length });
    const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));
    const operands = sizes.chain(([m, n]) => fc.tuple(fc.constant([m, n] as const), list(m * n), list(m), list(n)));
    fc.assert(
      fc.property(operands, ([[m, n], j, c, t]) => {
        const block = new NdArray('float64', [m, n], Float64Array.from(j));
        const [row, column] = [zeros([n]), zeros([m])];
        contractLeading(array(c), block, row);
        contractTrailing(block, array(t), column);
        const reference = Matrix.from1DArray(m, n, j);
        const expectedRow = Matrix.rowVector(c).mmul(reference).to1DArray();
        const expectedColumn = reference.mmul(Matrix.columnVector(t)).to1DArray();
        const off = (a: ArrayLike<number>, b: readonly number[]) =>
          Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));
        expect(off(row.data, expectedRow)).toBeLessThan(1e-12 * m);
        expect(off(column.data, expectedColumn)).toBeLessThan(1e-12 * n);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test('⟨c·J, t⟩ = ⟨c, J·t⟩', () => {
    const [c, block, t] = [whole([2, 3], 'float64', 1), whole([2, 3, 4], 'float64', 2), whole([4], 'float64', 3)];
    const [row, column] = [zeros([4]), zeros([2, 3])];
    contractLeading(c, block, row);
    contractTrailing(block, t, column);
    expect(dot(row, t)).toBe(dot(c, column));
  });

  test('sums of float32 operands are kept in float64: 2²⁴ + 1 is not lost', () => {
    const into = zeros([]);
    contractLeading(array([1, 1], { dtype: 'float32' }), array([2 ** 24, 1], { dtype: 'float32' }), into);
    expect(into.toNested()).toBe(2 ** 24 + 1);
  });

  test('0·NaN is NaN', () => {
    const [row, column] = [zeros([2]), zeros([2])];
    const block = array([
      [NaN, 1],
      [1, 1],
    ]);
    contractLeading(zeros([2]), block, row);
    contractTrailing(block, zeros([2]), column);
    expect([row.toNested(), column.toNested()]).toEqual([
      [NaN, 0],
      [NaN, 0],
    ]);
  });

  test('the same operands give the same bits, term after term', () => {
    const block = array(
      Array.from({ length: 37 }, (_, i) => Array.from({ length: 29 }, (_, j) => Math.sin(i * 29 + j))),
    );
    const c = array(Array.from({ length: 37 }, (_, i) => Math.cos(i)));
    const results = [1, 2].map(() => {
      const into = zeros([29]);
      for (const _ of [1, 2]) contractLeading(c, block, into);
      return into.data;
    });
    expect(results[0]).toEqual(results[1]);
  });

  test.each(['float32', 'int64'] as const)('a sum is not kept in %s, nor a complex one in float64', (dtype) => {
    expect(() => contractLeading(array([1]), array([1]), zeros([], dtype))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_DTYPE', path: 'into' }),
    );
    expect(() => contractLeading(array([{ re: 1, im: 0 }]), array([1]), zeros([]))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_DTYPE' }),
    );
  });

  test('a block of another size than cotangent × input is refused', () => {
    expect(() => contractLeading(zeros([2]), zeros([3, 3]), zeros([3]))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_LENGTH' }),
    );
  });
});

describe('dot', () => {
  test('is Σ a·b for real arrays of any dtype and rank, and 0 for empty ones', () => {
    expect(
      dot(
        array([
          [1, 2],
          [3, 4],
        ]),
        array(
          [
            [1, 1],
            [2, 2],
          ],
          { dtype: 'int8' },
        ),
      ),
    ).toBe(17);
    expect(dot(array(3), array(4n))).toBe(12);
    expect(dot(zeros([0]), zeros([0]))).toBe(0);
  });

  test('of complex arrays is refused; dotComplex conjugates nothing: i·i = -1', () => {
    const i = array([{ re: 0, im: 1 }]);
    expect(() => dot(i, i)).toThrow(expect.objectContaining({ code: 'E_ARRAY_DTYPE' }));
    expect(dotComplex(i, i)).toEqual({ re: -1, im: 0 });
    expect(dotComplex(i, array([2]))).toEqual({ re: 0, im: 2 });
    expect(dotComplex(array([3]), array([2]))).toEqual({ re: 6, im: 0 });
  });

  test('of arrays of different sizes is refused', () => {
    expect(() => dot(zeros([2]), zeros([3]))).toThrow(expect.objectContaining({ code: 'E_MATRIX_PRODUCT' }));
  });
});

describe('addScaled', () => {
  test('adds scale·x in place, real or complex', () => {
    const [real, complex] = [array([1, 2]), zeros([2], 'complex128')];
    addScaled(real, -2, array([3, 4], { dtype: 'float32' }));
    addScaled(
      complex,
      { re: 0, im: 1 },
      array([
        { re: 1, im: 2 },
        { re: 0, im: 1 },
      ]),
    );
    addScaled(complex, 10, array([1, 2]));
    expect([real.toNested(), complex.toNested()]).toEqual([
      [-5, -6],
      [
        { re: 8, im: 1 },
        { re: 19, im: 0 },
      ],
    ]);
  });

  test('a complex scale does not fit into a real sum', () => {
    expect(() => addScaled(zeros([1]), { re: 1, im: 0 }, zeros([1]))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_DTYPE' }),
    );
  });
});

describe('isZero', () => {
  test('holds for zeros of every dtype, of both signs, and for no elements at all', () => {
    for (const dtype of dtypeNames)
      expect([isZero(zeros([2, 3], dtype)), isZero(zeros([0], dtype))]).toEqual([true, true]);
    expect(isZero(array([-0, 0]))).toBe(true);
  });

  test('does not hold where any entry differs, be it the last, NaN or an imaginary part', () => {
    for (const dtype of dtypeNames) {
      const last = zeros([3], dtype);
      last.data[last.data.length - 1] = typeof last.data[0] === 'bigint' ? 1n : 1;
      expect([dtype, isZero(last)]).toEqual([dtype, false]);
    }
    expect(isZero(array([0, NaN]))).toBe(false);
  });
});

describe('toFloat64', () => {
  test('widens real dtypes to float64 and complex ones to complex128, keeping the values', () => {
    const wide = dtypeNames.map((dtype) => toFloat64(zeros([2], dtype)).dtype);
    expect(wide).toEqual(dtypeNames.map((dtype) => (isComplex(dtype) ? 'complex128' : 'float64')));
    expect(toFloat64(array([1.5, -2], { dtype: 'float16' })).toNested()).toEqual([1.5, -2]);
    expect(toFloat64(array([-(2n ** 63n)])).toNested()).toEqual([-(2 ** 63)]);
  });

  test('gives the same object for float64 and complex128', () => {
    for (const same of [zeros([2]), zeros([2], 'complex128')]) expect(toFloat64(same)).toBe(same);
  });
});
