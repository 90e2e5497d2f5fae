import { describe, expect, test } from '@jest/globals';
import { castArray } from '../../src/array/cast.js';
import { castable, castableTo, type DType, dtypeNames, dtypes, promote } from '../../src/array/dtype.js';
import { type ArrayFault, isFault } from '../../src/array/fault.js';
import { array } from '../../src/array/literal.js';
import { NdArray, zeros } from '../../src/array/ndarray.js';

const floats = ['float16', 'float32', 'float64'];
const ints = ['int8', 'int16', 'int32', 'int64'];
const uints = ['uint8', 'uint16', 'uint32', 'uint64'];
const complexes = ['complex64', 'complex128'];

/** What NumPy 2.4 answers to `can_cast(from, to, 'same_kind')`. */
const given: Readonly<Record<DType, readonly string[]>> = Object.fromEntries([
  ...floats.map((to) => [to, [...floats, ...ints, ...uints, 'bool']]),
  ...ints.map((to) => [to, [...ints, ...uints, 'bool']]),
  ...uints.map((to) => [to, [...uints, 'bool']]),
  ...complexes.map((to) => [to, dtypeNames]),
  ['bool', ['bool']],
]);

const pairs = dtypeNames.flatMap((to) => dtypeNames.map((from) => [from, to] as const));
const nested = (result: NdArray<DType> | ArrayFault) => (isFault(result) ? result : result.toNested());

describe('castArray', () => {
  test('takes exactly the pairs of dtypes that NumPy takes as same_kind', () => {
    const wrong = pairs.filter(([from, to]) => {
      const result = castArray(zeros([2], from), to);
      const takes = given[to].includes(from);
      return isFault(result) === takes || castable(from, to) !== takes || castableTo(to).includes(from) !== takes;
    });
    expect(wrong).toEqual([]);
    expect(castArray(zeros([], 'int8'), 'uint8')).toEqual({
      code: 'E_ARRAY_DTYPE',
      received: 'int8',
      expected: 'uint8',
    });
  });

  test('keeps the values 0 and 1, the shape and the storage of the dtype, for every pair', () => {
    for (const [from, to] of pairs.filter(([a, b]) => given[b].includes(a))) {
      const source = zeros([1, 2], from);
      source.data[dtypes[from].components] = typeof source.data[0] === 'bigint' ? 1n : 1;
      const result = castArray(source, to);
      const one =
        { complex: { re: 1, im: 0 }, bool: true }[dtypes[to].kind as string] ?? (to.endsWith('int64') ? 1n : 1);
      const zero =
        { complex: { re: 0, im: 0 }, bool: false }[dtypes[to].kind as string] ?? (to.endsWith('int64') ? 0n : 0);
      expect([from, to, nested(result)]).toEqual([from, to, [[zero, one]]]);
      expect(result).toMatchObject({ dtype: to, shape: [1, 2] });
      expect((result as NdArray<DType>).data).toBeInstanceOf(dtypes[to].storage);
    }
  });

  test('gives the same object where the dtype is the same already', () => {
    for (const dtype of dtypeNames) {
      const source = zeros([3], dtype);
      expect(castArray(source, dtype)).toBe(source);
    }
  });

  test.each([
    ['int8', [-129], [128], [-128, 127]],
    ['int16', [-32769], [32768], [-32768, 32767]],
    ['int32', [-2147483649], [2147483648], [-2147483648, 2147483647]],
  ] as const)('an int64 beyond %s is out of range, the ends are not', (to, below, above, ends) => {
    const source = (list: readonly number[]) => array(list.map(BigInt), { dtype: 'int64' });
    expect([below, above].map((list) => castArray(source(list), to))).toEqual(
      [below, above].map(([value]) => ({ code: 'E_ARRAY_RANGE', received: `${value} at [0]`, expected: to })),
    );
    expect(nested(castArray(source(ends), to))).toEqual(ends);
  });

  test('uint64 to int64 and int64 to int8 name the exact value, beyond what a number holds', () => {
    const big = array([1n, 2n ** 63n + 1n], { dtype: 'uint64' });
    expect(castArray(big, 'int64')).toMatchObject({ code: 'E_ARRAY_RANGE', received: '9223372036854775809 at [1]' });
    expect(nested(castArray(array([2n ** 63n - 1n], { dtype: 'uint64' }), 'int64'))).toEqual([2n ** 63n - 1n]);
    expect(castArray(big, 'uint8')).toMatchObject({ code: 'E_ARRAY_RANGE', received: '9223372036854775809 at [1]' });
  });

  test('a finite float that would become infinite is out of range; infinities and NaN pass', () => {
    const source = (value: number) => array([[0, value]]);
    const largest = 2 ** 128 - 2 ** 104;
    const half = largest + 2 ** 103;
    expect(nested(castArray(source(half * (1 - 2 ** -53)), 'float32'))).toEqual([[0, largest]]);
    expect(castArray(source(half), 'float32')).toMatchObject({ code: 'E_ARRAY_RANGE', received: `${half} at [0, 1]` });
    expect(castArray(source(-65520), 'float16')).toMatchObject({ code: 'E_ARRAY_RANGE', received: '-65520 at [0, 1]' });
    expect(nested(castArray(source(65519), 'float16'))).toEqual([[0, 65504]]);
    for (const to of ['float16', 'float32', 'complex64'] as const) {
      for (const value of [Infinity, -Infinity, NaN]) expect(isFault(castArray(source(value), to))).toBe(false);
    }
  });

  test('a float64 just above half-way between two float16s becomes the upper one, whatever its float32 would become', () => {
    const above = Array.from({ length: 100 }, (_, i) => 1 + (2 * i + 1) * 2 ** -11 + 2 ** -40);
    const upper = above.map((_, i) => 1 + (i + 1) * 2 ** -10);
    expect(nested(castArray(array(above), 'float16'))).toEqual(upper);
  });

  test('integers too large for a float16 are out of range, and 2049 is rounded to even', () => {
    expect(castArray(array([70000], { dtype: 'int32' }), 'float16')).toMatchObject({ code: 'E_ARRAY_RANGE' });
    expect(nested(castArray(array([2049, 2051], { dtype: 'int32' }), 'float16'))).toEqual([2048, 2052]);
  });

  test('a complex overflow is located by its element, not by its part', () => {
    const source = array([
      { re: 0, im: 0 },
      { re: 1, im: 1e300 },
    ]);
    expect(castArray(source, 'complex64')).toMatchObject({ code: 'E_ARRAY_RANGE', received: '1e+300 at [1]' });
    expect(nested(castArray(array([{ re: 1, im: -2 }], { dtype: 'complex64' }), 'complex128'))).toEqual([
      { re: 1, im: -2 },
    ]);
  });
});

describe('promote', () => {
  test('gives the smallest dtype that holds both, complex where one is', () => {
    expect([promote('float16', 'float16'), promote('float16', 'float32'), promote('float32', 'float64')]).toEqual([
      'float16',
      'float32',
      'float64',
    ]);
    expect([promote('complex64', 'float32'), promote('complex64', 'float64'), promote('float16', 'complex64')]).toEqual(
      ['complex64', 'complex128', 'complex64'],
    );
  });
});
