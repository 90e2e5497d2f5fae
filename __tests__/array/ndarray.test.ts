import { describe, expect, test } from '@jest/globals';
import { dtypeNames, dtypes, isDType } from '../../src/array/dtype.js';
import { isNdArray, NdArray, scalarOf, zeros } from '../../src/array/ndarray.js';
import { formatShape, isFixed, sameShape, sizeOf } from '../../src/array/shape.js';

describe('NdArray', () => {
  test('holds its data uncopied, in C order: element (i, j) of 2 × 3 lies at 3i + j', () => {
    const data = Float32Array.of(0, 1, 2, 10, 11, 12);
    const array = new NdArray('float32', [2, 3], data);
    expect(array.data).toBe(data);
    expect([array.size, array.toNested()]).toEqual([
      6,
      [
        [0, 1, 2],
        [10, 11, 12],
      ],
    ]);
  });

  test('data that does not hold exactly the elements of the shape is refused, complex ones counting twice', () => {
    expect(() => new NdArray('float64', [2, 3], new Float64Array(5))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_LENGTH', fields: { received: '5', expected: '6 (float64 [2, 3])' } }),
    );
    expect(() => new NdArray('complex64', [2], new Float32Array(2))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_LENGTH' }),
    );
    expect(() => new NdArray('int8', [], new Int8Array(0))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_LENGTH' }),
    );
  });

  test('nested elements are bigint, boolean, complex or number by dtype; rank 0 is the element itself', () => {
    expect(new NdArray('int64', [1], BigInt64Array.of(2n ** 62n)).toNested()).toEqual([2n ** 62n]);
    expect(new NdArray('bool', [2], Uint8Array.of(0, 1)).toNested()).toEqual([false, true]);
    expect(new NdArray('complex128', [1, 2], Float64Array.of(1, 2, 3, 4)).toNested()).toEqual([
      [
        { re: 1, im: 2 },
        { re: 3, im: 4 },
      ],
    ]);
    const scalar = new NdArray('uint16', [], Uint16Array.of(7));
    expect([scalar.toNested(), scalarOf(scalar)]).toEqual([7, 7]);
  });

  test('empty axes nest as deep as they are written', () => {
    expect([zeros([0]), zeros([2, 0]), zeros([0, 2]), zeros([1, 0, 3])].map((array) => array.toNested())).toEqual([
      [],
      [[], []],
      [],
      [[]],
    ]);
  });

  test('zeros have the storage of their dtype, float64 if none is said', () => {
    expect(zeros([2]).dtype).toBe('float64');
    for (const dtype of dtypeNames) {
      const array = zeros([2, 2], dtype);
      expect(array.data).toBeInstanceOf(dtypes[dtype].storage);
      expect([array.size, array.data.length]).toEqual([4, dtype.startsWith('complex') ? 8 : 4]);
    }
  });

  test('is recognized by its mark, not by its class', () => {
    expect(isNdArray(zeros([1]))).toBe(true);
    expect(isNdArray({ [Symbol.for('cotangent:ndarray')]: true })).toBe(true);
    expect([null, 1, {}, [], Float64Array.of(1)].some(isNdArray)).toBe(false);
  });
});

describe('the dtype table', () => {
  test('has the fourteen dtypes, with the bytes of one element on the wire', () => {
    expect(dtypeNames.map((name) => `${name}:${dtypes[name].bytes}`).join(' ')).toBe(
      'float16:2 float32:4 float64:8 int8:1 int16:2 int32:4 int64:8 bool:1 uint8:1 uint16:2 uint32:4 uint64:8 complex64:8 complex128:16',
    );
  });

  test('only its own names are dtypes', () => {
    expect(['float64', 'bool', 'float', 'toString', '__proto__', 7].map(isDType)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('shapes', () => {
  test('the size is the product of the extents; of a scalar 1', () => {
    expect([sizeOf([]), sizeOf([2, 3]), sizeOf([4, 0])]).toEqual([1, 6, 0]);
  });

  test('equal shapes have equal extents in equal order', () => {
    expect([sameShape([2, 3], [2, 3]), sameShape([2, 3], [3, 2]), sameShape([2], [2, 1]), sameShape([], [])]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test('are written with their free extents', () => {
    expect([formatShape([]), formatShape([3, null]), formatShape('any')]).toEqual(['[]', '[3, any]', 'any rank']);
    expect([isFixed([]), isFixed([3, null]), isFixed('any'), isFixed([0])]).toEqual([true, false, false, true]);
  });
});
