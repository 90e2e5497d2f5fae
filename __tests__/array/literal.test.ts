import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Matrix, MatrixTransposeView } from 'ml-matrix';
import type { DType } from '../../src/array/dtype.js';
import { isFault } from '../../src/array/fault.js';
import { array, readArray, shapeOfLiteral } from '../../src/array/literal.js';
import { BlockMatrix } from '../../src/array/matrix.js';
import { NdArray, type Nested, zeros } from '../../src/array/ndarray.js';
import type { ShapePattern } from '../../src/array/shape.js';

function read(value: unknown, dtype: DType | 'any' = 'float64', shape: ShapePattern = 'any', broadcast = true) {
  const result = readArray(value, { dtype, shape }, { broadcast });
  return isFault(result) ? result : { dtype: result.dtype, shape: result.shape, nested: result.toNested() };
}

const fault = (code: string, received: string, expected: string) => ({ code, received, expected });

describe('readArray: what is taken', () => {
  test('nested lists of any rank come back from toNested as they were written', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    const fill = (shape: readonly number[], leaf: () => number): Nested<number> =>
      shape.length === 0 ? leaf() : Array.from({ length: shape[0]! }, () => fill(shape.slice(1), leaf));
    fc.assert(
      fc.property(shapes, (shape) => {
        let count = 0;
        const value = fill(shape, () => count++ / 8);
        expect(read(value)).toEqual({ dtype: 'float64', shape, nested: value });
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('a number, a boolean, a bigint and a list of them fit every float dtype', () => {
    for (const dtype of ['float16', 'float32', 'float64'] as const) {
      expect([2.5, true, 3n].map((value) => read(value, dtype))).toEqual(
        [2.5, 1, 3].map((nested) => ({ dtype, shape: [], nested })),
      );
      expect(read([1, true, 2n, 0.5], dtype)).toMatchObject({ nested: [1, 1, 2, 0.5] });
    }
  });

  test.each(['int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'] as const)('whole numbers fit %s', (dtype) => {
    expect(
      read(
        [
          [0, 1.0],
          [7n, true],
        ],
        dtype,
      ),
    ).toEqual({
      dtype,
      shape: [2, 2],
      nested: [
        [0, 1],
        [7, 1],
      ],
    });
  });

  test.each(['int64', 'uint64'] as const)('bigints and whole numbers of any size fit %s', (dtype) => {
    expect(read([1n, 2, true, 2 ** 62], dtype)).toMatchObject({ nested: [1n, 2n, 1n, 2n ** 62n] });
  });

  test('complex elements are written as numbers, objects or text', () => {
    expect(read([1, { re: 2, im: -3 }, '1+2j', true, 4n], 'complex64')).toEqual({
      dtype: 'complex64',
      shape: [5],
      nested: [
        { re: 1, im: 0 },
        { re: 2, im: -3 },
        { re: 1, im: 2 },
        { re: 1, im: 0 },
        { re: 4, im: 0 },
      ],
    });
    expect(read('-2.5e1j', 'complex128', [])).toMatchObject({ nested: { re: 0, im: -25 } });
  });

  test('a typed array has one axis and its own dtype; clamped bytes are uint8', () => {
    const arrays = [
      Float32Array.of(1),
      Float64Array.of(1),
      Int8Array.of(1),
      Int16Array.of(1),
      Int32Array.of(1),
      Uint8Array.of(1),
      Uint16Array.of(1),
      Uint32Array.of(1),
      Uint8ClampedArray.of(1),
      Buffer.of(1),
    ];
    expect(arrays.map((value) => read(value, 'any'))).toEqual(
      ['float32', 'float64', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32', 'uint8', 'uint8'].map((dtype) => ({
        dtype,
        shape: [1],
        nested: [1],
      })),
    );
    expect([BigInt64Array.of(1n), BigUint64Array.of(1n)].map((value) => read(value, 'any'))).toEqual(
      ['int64', 'uint64'].map((dtype) => ({ dtype, shape: [1], nested: [1n] })),
    );
  });

  test('lists of complex arrays are stacked, each behind the one before it', () => {
    const rows = [1, 2, 3].map((k) => [
      { re: k, im: -k },
      { re: 10 * k, im: 10 },
    ]);
    for (const dtype of ['complex64', 'complex128'] as const) {
      expect(
        array(
          rows.map((row) => array(row, { dtype })),
          { dtype },
        ).toNested(),
      ).toEqual(rows);
    }
    const deep = [rows, rows.toReversed()];
    expect(array(deep.map((two) => two.map((row) => array(row)))).toNested()).toEqual(deep);
  });

  test('lists of typed arrays, of arrays and of matrices are stacked', () => {
    expect(read([Float64Array.of(1, 2), Float32Array.of(3, 4)])).toMatchObject({
      shape: [2, 2],
      nested: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(read([Int32Array.of(1, 2), [3, 4]], 'float32')).toMatchObject({
      shape: [2, 2],
      nested: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(read([[1, 2], Int32Array.of(3, 4)], 'int16')).toMatchObject({
      shape: [2, 2],
      nested: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(read([zeros([]), 5, array(7)])).toMatchObject({ shape: [3], nested: [0, 5, 7] });
    expect(read([new Matrix([[1, 2]]), [[3, 4]]])).toMatchObject({ shape: [2, 1, 2], nested: [[[1, 2]], [[3, 4]]] });
    expect(read([BigInt64Array.of(5n)], 'int64')).toMatchObject({ shape: [1, 1], nested: [[5n]] });
    expect(read([Float32Array.of(5)], 'complex128')).toMatchObject({ shape: [1, 1], nested: [[{ re: 5, im: 0 }]] });
  });

  test('any ml-matrix matrix is a float64 array of rank 2', () => {
    const matrix = new Matrix([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(read(matrix, 'float64', [2, 3])).toMatchObject({
      nested: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect(read(new MatrixTransposeView(matrix), 'float32', [3, 2])).toMatchObject({
      nested: [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
    });
  });

  test('empty lists keep their extents', () => {
    expect([[], [[], []], [[[]]]].map((value) => read(value, 'int8'))).toEqual([
      { dtype: 'int8', shape: [0], nested: [] },
      { dtype: 'int8', shape: [2, 0], nested: [[], []] },
      { dtype: 'int8', shape: [1, 1, 0], nested: [[[]]] },
    ]);
  });

  test('NaN and infinities pass for floats', () => {
    for (const dtype of ['float16', 'float32', 'float64'] as const) {
      expect(read([NaN, Infinity, -Infinity], dtype)).toMatchObject({ nested: [NaN, Infinity, -Infinity] });
    }
  });
});

describe('readArray: what is not copied', () => {
  test('an array of the same dtype and shape, a million elements long, comes back as the same object', () => {
    const big = zeros([1000, 1000]);
    for (const shape of [[1000, 1000], [null, 1000], 'any'] as const) {
      for (const dtype of ['float64', 'any'] as const) expect(readArray(big, { dtype, shape })).toBe(big);
    }
  });

  test('a typed array and a BlockMatrix are viewed: the result holds the very same data', () => {
    const data = Float64Array.of(1, 2, 3, 4);
    expect(readArray(data, { dtype: 'float64', shape: [4] })).toMatchObject({ data });
    const results = [data, new BlockMatrix(2, 2, data), array([[1]]).toMatrix()].map((value) =>
      readArray(value, { dtype: 'float64', shape: 'any' }),
    );
    expect(results.slice(0, 2).map((result) => !isFault(result) && result.data === data)).toEqual([true, true]);
  });

  test('an array made by another copy of the package is taken for what it is', () => {
    const foreign = {
      dtype: 'int8',
      shape: [2],
      size: 2,
      data: Int8Array.of(1, 2),
      [Symbol.for('cotangent:ndarray')]: true,
    };
    expect(read(foreign, 'float64')).toMatchObject({ shape: [2], nested: [1, 2] });
    expect(read([foreign], 'any')).toMatchObject({ dtype: 'int8', shape: [1, 2] });
  });

  test('a bool array is trusted; bytes meant as bool must be 0 or 1', () => {
    const trusted = new NdArray('bool', [1], Uint8Array.of(2));
    expect(readArray(trusted, { dtype: 'bool', shape: [1] })).toBe(trusted);
    expect(read(Uint8Array.of(0, 1), 'bool')).toMatchObject({ dtype: 'bool', nested: [false, true] });
    expect(read(Uint8Array.of(0, 2), 'bool')).toEqual(fault('E_ARRAY_RANGE', '2 at [1]', 'bool'));
    expect(read(zeros([1], 'uint8'), 'bool')).toEqual(fault('E_ARRAY_DTYPE', 'uint8', 'bool'));
  });
});

describe('readArray: any dtype', () => {
  test('is inferred from the first leaf', () => {
    expect([1, 1n, true, { re: 0, im: 1 }, [], [[2n ** 63n]]].map((value) => read(value, 'any'))).toMatchObject(
      ['float64', 'int64', 'bool', 'complex128', 'float64', 'uint64'].map((dtype) => ({ dtype })),
    );
    expect(read([Float32Array.of(1)], 'any')).toMatchObject({ dtype: 'float32', shape: [1, 1] });
  });

  test('numbers and bigints do not mix, nor do booleans and numbers', () => {
    expect(read([1, 2n], 'any')).toEqual(fault('E_ARRAY_DTYPE', 'bigint (2) at [1]', 'float64'));
    expect(read([1n, 2], 'any')).toEqual(fault('E_ARRAY_DTYPE', 'number (2) at [1]', 'int64'));
    expect(read([true, 2], 'any')).toEqual(fault('E_ARRAY_DTYPE', 'number (2) at [1]', 'bool'));
  });

  test('bigints that fit neither int64 nor uint64 together are out of range', () => {
    expect(read([-1n, 2n ** 63n], 'any')).toMatchObject({ code: 'E_ARRAY_RANGE' });
    expect(read([2n ** 64n], 'any')).toMatchObject({ code: 'E_ARRAY_RANGE' });
  });
});

describe('readArray: shapes', () => {
  test.each([
    ['a scalar for a vector', 1, [2], '[]', '[2]'],
    ['a vector for a scalar', [1], [], '[1]', '[]'],
    ['a matrix for a free vector', [[1]], [null], '[1, 1]', '[any]'],
  ] as const)('%s has the wrong rank', (_, value, shape, received, expected) => {
    expect(read(value, 'float64', shape)).toEqual(fault('E_ARRAY_RANK', received, expected));
  });

  test.each([
    [[3], [2]],
    [[2], [1]],
    [[0], [2]],
    [
      [2, 3],
      [2, 2],
    ],
    [
      [2, 3],
      [null, 2],
    ],
  ] as const)('shape %j does not fit %j', (given, declared) => {
    expect(readArray(zeros(given), { dtype: 'float64', shape: declared })).toMatchObject({ code: 'E_ARRAY_SHAPE' });
  });

  test('extents of 1 are repeated: element i of the result is element min(i, given - 1) of every axis', () => {
    const extents = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(extents, fc.constantFrom<DType>('float64', 'int8', 'int64', 'complex64'), (axes, dtype) => {
        const shape = axes.map(([extent]) => extent);
        const source = zeros(
          axes.map(([extent, one]) => (one ? 1 : extent)),
          dtype,
        );
        for (let i = 0; i < source.data.length; i++) source.data[i] = dtype === 'int64' ? BigInt(i) : i;
        const result = readArray(source, { dtype, shape });
        if (isFault(result)) throw new Error(result.code);
        const pick = (nested: Nested, index: readonly number[]): Nested =>
          index.reduce<Nested>((list, i) => (Array.isArray(list) ? list[Math.min(i, list.length - 1)] : list), nested);
        const visit = (index: number[]): void => {
          if (index.length === shape.length)
            expect(pick(result.toNested(), index)).toEqual(pick(source.toNested(), index));
          else for (let i = 0; i < shape[index.length]!; i++) visit([...index, i]);
        };
        visit([]);
        expect(result.shape).toEqual(shape);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  test('broadcasting goes on literals too, to zero elements as well, and can be turned off', () => {
    expect(read([7], 'int16', [3])).toEqual({ dtype: 'int16', shape: [3], nested: [7, 7, 7] });
    expect(read([7], 'int16', [0])).toEqual({ dtype: 'int16', shape: [0], nested: [] });
    expect(read([7], 'int16', [3], false)).toEqual(fault('E_ARRAY_SHAPE', '[1]', '[3]'));
    expect(read([7], 'int16', [null], false)).toMatchObject({ shape: [1] });
  });
});

describe('readArray: faults', () => {
  test.each([
    ['text', 'abc', '"abc"'],
    ['null', null, 'null'],
    ['nothing', undefined, 'undefined'],
    ['an object', {}, 'an object (Object)'],
    ['a function', () => 1, 'a function'],
    ['a date', new Date(0), 'an object (Date)'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['a bare object', Object.create(null), 'an object (without a prototype)'],
    ['a data view', new DataView(new ArrayBuffer(8)), 'an object (DataView)'],
  ])('%s is no number', (_, value, received) => {
    for (const dtype of ['float64', 'int64', 'bool', 'any'] as const) {
      expect(read(value, dtype)).toMatchObject({ code: 'E_ARRAY_NUMERIC', received });
      expect(read([[value]], dtype)).toMatchObject({ code: 'E_ARRAY_NUMERIC', received: `${received} at [0, 0]` });
    }
    for (const dtype of ['float32', 'int64', 'complex64'] as const) {
      expect(
        read(
          [
            [1, 2],
            [3, value],
          ],
          dtype,
        ),
      ).toEqual(fault('E_ARRAY_NUMERIC', `${received} at [1, 1]`, dtype));
    }
  });

  test('text that is no complex number is refused for complex, and every text elsewhere', () => {
    expect(read(['1+2j', 'x'], 'complex64')).toEqual(fault('E_ARRAY_NUMERIC', '"x" at [1]', 'complex64'));
    expect(read('1+2j', 'float64')).toEqual(fault('E_ARRAY_NUMERIC', '"1+2j"', 'float64'));
    expect(read('1+2j', 'any')).toMatchObject({ code: 'E_ARRAY_NUMERIC' });
  });

  test.each([
    ['shorter', [[1, 2], [3]], 'a list of 1 at [1]', '[0] has shape [2]'],
    ['longer', [[1], [2, 3]], 'a list of 2 at [1]', '[0] has shape [1]'],
    ['shallower', [[1], 2], '2 at [1]', '[0] has shape [1]'],
    ['deeper', [1, [2]], 'a list of 1 at [1]', 'other entries are no lists'],
    [
      'deeper, far in',
      [
        [1, 2],
        [3, [4]],
      ],
      'a list of 1 at [1, 1]',
      'other entries are no lists',
    ],
    [
      'a typed array of another length',
      [[1, 2], Float64Array.of(1)],
      'an object (Float64Array) at [1]',
      '[0] has shape [2]',
    ],
    ['not empty', [[], [1]], 'a list of 1 at [1]', '[0] has shape [0]'],
  ])('a list that is %s than the first is ragged', (_, value, received, expected) => {
    for (const dtype of ['float64', 'complex128', 'any'] as const) {
      expect(read(value, dtype)).toEqual(fault('E_ARRAY_RAGGED', received, expected));
    }
  });

  test('ragged lists that claim 10¹² elements are refused without allocating for them', () => {
    const long = Array.from({ length: 1e6 }, () => 0);
    expect(read([long, ...long])).toMatchObject({ code: 'E_ARRAY_RAGGED' });
  });

  test('a list that contains itself is refused', () => {
    const loop: unknown[] = [1];
    loop[0] = loop;
    expect(read(loop)).toMatchObject({ code: 'E_ARRAY_NUMERIC' });
  });

  test.each([
    ['int8', 300],
    ['int8', -129],
    ['uint8', -1],
    ['uint8', 256],
    ['uint16', 65536],
    ['int32', 2 ** 31],
    ['uint32', -1],
    ['int32', Infinity],
    ['int64', 2 ** 63],
    ['uint64', -1],
    ['float32', 1e39],
    ['float16', 65520],
    ['complex64', -1e39],
  ] as const)('%s cannot hold %d', (dtype, value) => {
    expect(read([0, value], dtype)).toEqual(fault('E_ARRAY_RANGE', `${value} at [1]`, dtype));
    expect(read(value, dtype)).toEqual(fault('E_ARRAY_RANGE', String(value), dtype));
  });

  test('bigints are held to the same ranges', () => {
    expect(read([2n ** 63n], 'int64')).toEqual(fault('E_ARRAY_RANGE', '9223372036854775808 at [0]', 'int64'));
    expect(read([-1n], 'uint64')).toEqual(fault('E_ARRAY_RANGE', '-1 at [0]', 'uint64'));
    expect(read(300n, 'int8')).toEqual(fault('E_ARRAY_RANGE', '300', 'int8'));
    expect(read(10n ** 400n, 'float64')).toMatchObject({ code: 'E_ARRAY_RANGE' });
    expect(read(2n ** 63n - 1n, 'int64')).toMatchObject({ nested: 2n ** 63n - 1n });
  });

  test.each(['int8', 'uint32', 'int64', 'uint64'] as const)('%s takes no fraction and no NaN', (dtype) => {
    expect(read([[1, 1.5]], dtype)).toEqual(fault('E_ARRAY_INTEGER', '1.5 at [0, 1]', dtype));
    expect(read(NaN, dtype)).toEqual(fault('E_ARRAY_INTEGER', 'NaN', dtype));
  });

  test('bool takes booleans only, and real dtypes no complex number', () => {
    expect(read([true, 1], 'bool')).toEqual(fault('E_ARRAY_DTYPE', 'number (1) at [1]', 'bool'));
    expect(read(1n, 'bool')).toMatchObject({ code: 'E_ARRAY_DTYPE' });
    for (const dtype of ['float64', 'int64', 'bool'] as const) {
      expect(read({ re: 1, im: 0 }, dtype)).toEqual(fault('E_ARRAY_DTYPE', 'complex ({re: 1, im: 0})', dtype));
    }
  });

  test('arrays have a dtype: float64 for int32 is refused even where all values are whole', () => {
    expect(read(Float64Array.of(1), 'int32')).toEqual(fault('E_ARRAY_DTYPE', 'float64', 'int32'));
    expect(read([[1], Float64Array.of(1)], 'int32')).toEqual(fault('E_ARRAY_DTYPE', 'float64 at [1]', 'int32'));
    expect(read(new Matrix([[1]]), 'int32')).toMatchObject({ code: 'E_ARRAY_DTYPE' });
    expect(read(Int32Array.of(300), 'int8')).toEqual(fault('E_ARRAY_RANGE', '300 at [0]', 'int8'));
  });

  test('never throws, whatever it is given', () => {
    const kinds = { withTypedArray: true, withBigInt: true, withSparseArray: true, withNullPrototype: true };
    fc.assert(
      fc.property(
        // Of the usual size, a value of several levels would take a second to make.
        fc.oneof(fc.anything({ ...kinds, size: 'small' }), fc.array(fc.anything({ ...kinds, size: 'xsmall' }))),
        (value) => {
          for (const dtype of ['float32', 'int8', 'int64', 'bool', 'complex64', 'any'] as const) {
            for (const shape of ['any', [], [null], [2, null]] as const) readArray(value, { dtype, shape });
          }
        },
      ),
      { seed: 7, numRuns: 1000 },
    );
  });
});

describe('shapeOfLiteral', () => {
  test('is the shape of whatever readArray takes, and undefined for the rest', () => {
    const literals = [
      1,
      [[1, 2, 3]],
      [],
      [[]],
      '1+2j',
      { re: 0, im: 1 },
      Float32Array.of(1, 2),
      [Int8Array.of(1)],
      zeros([2, 0]),
      new Matrix(2, 3),
    ];
    expect(literals.map(shapeOfLiteral)).toEqual([[], [1, 3], [0], [1, 0], [], [], [2], [1, 1], [2, 0], [2, 3]]);
    expect(['abc', null, undefined, {}, [null], [['x']]].map(shapeOfLiteral)).toEqual(Array(6).fill(undefined));
  });
});

describe('array', () => {
  test('infers the dtype, or takes the one it is told, also by its type', () => {
    const float: NdArray<'float64'> = array([
      [1, 2],
      [3, 4],
    ]);
    const big: NdArray<'int64'> = array([1n], { dtype: 'int64' });
    const single: NdArray<'float32'> = array([Float32Array.of(1)]);
    const truth: NdArray<'bool'> = array([true]);
    const complex: NdArray<'complex128'> = array([[{ re: 0, im: 1 }]]);
    const same: NdArray<'int8'> = array(zeros([2], 'int8'));
    const matrix: NdArray<'float64'> = array(new Matrix([[1]]));
    const empty: NdArray<'float64'> = array([]);
    expect([float, big, single, truth, complex, same, matrix, empty].map(({ dtype, shape }) => [dtype, shape])).toEqual(
      [
        ['float64', [2, 2]],
        ['int64', [1]],
        ['float32', [1, 1]],
        ['bool', [1]],
        ['complex128', [1, 1]],
        ['int8', [2]],
        ['float64', [1, 1]],
        ['float64', [0]],
      ],
    );
  });

  test('raises the fault with the path "array"', () => {
    const raise = (): unknown => array([1, 300], { dtype: 'int8' });
    expect(raise).toThrow(
      expect.objectContaining({
        code: 'E_ARRAY_RANGE',
        fields: { path: 'array', received: '300 at [1]', expected: 'int8' },
      }),
    );
  });
});
