/** Encoded arrays that are wrong: each refused with a code of its own, and the path of what is wrong. */
import { describe, expect, test } from '@jest/globals';
import { defaultLimits } from '../../src/codec/limits.js';
import { decoded, refusal } from './fixtures.js';

const good = { object_type: 'array', shape: [2], dtype: 'float64', data: { buffer: [1, 2], encoding: 'json' } };
const base64 = (shape: number[], dtype: string, buffer: unknown, more = {}) => ({
  shape,
  dtype,
  data: { buffer, encoding: 'base64', ...more },
});
const json = (shape: readonly number[], dtype: string, buffer: unknown) => ({
  shape,
  dtype,
  data: { buffer, encoding: 'json' },
});
const said = (value: unknown) => {
  const { code, path } = refusal(value);
  return [code, path];
};

describe('the outside of an encoded array', () => {
  test('object_type and compression may be missing, and compression null', () => {
    expect(decoded(good).data).toEqual(new Float64Array([1, 2]));
    expect(decoded(base64([1], 'int8', 'BQ==', { compression: null })).data).toEqual(new Int8Array([5]));
    expect(decoded({ ...good, data: { ...good.data, compression: null } }).data).toEqual(new Float64Array([1, 2]));
  });

  test.each([
    ['no object', 5, 'E_ARRAY_FORM', 'inputs.x'],
    ['null', null, 'E_ARRAY_FORM', 'inputs.x'],
    ['a list', [1], 'E_ARRAY_FORM', 'inputs.x'],
    ['another object_type', { ...good, object_type: 'list' }, 'E_ARRAY_FORM', 'inputs.x.object_type'],
    ['an unknown key', { ...good, strides: [1] }, 'E_ARRAY_FORM', 'inputs.x.strides'],
    ['a key __proto__', JSON.parse('{"__proto__":1,"shape":[],"dtype":"int8"}'), 'E_ARRAY_FORM', 'inputs.x.__proto__'],
    ['an unknown key of data', { ...good, data: { ...good.data, order: 'C' } }, 'E_ARRAY_FORM', 'inputs.x.data.order'],
    ['no dtype', { ...good, dtype: undefined }, 'E_ARRAY_UNKNOWN_DTYPE', 'inputs.x'],
    ['a dtype of no array', { ...good, dtype: 'bfloat16' }, 'E_ARRAY_UNKNOWN_DTYPE', 'inputs.x'],
    ['a dtype that every object has', { ...good, dtype: 'toString' }, 'E_ARRAY_UNKNOWN_DTYPE', 'inputs.x'],
    ['no shape', { ...good, shape: undefined }, 'E_ARRAY_FORM', 'inputs.x.shape'],
    ['a negative extent', { ...good, shape: [1, -1] }, 'E_ARRAY_FORM', 'inputs.x.shape[1]'],
    ['a fraction', { ...good, shape: [1.5] }, 'E_ARRAY_FORM', 'inputs.x.shape[0]'],
    ['a text extent', { ...good, shape: ['2'] }, 'E_ARRAY_FORM', 'inputs.x.shape[0]'],
    ['33 axes', { ...good, shape: new Array(33).fill(1) }, 'E_ARRAY_FORM', 'inputs.x.shape'],
    ['no data', { ...good, data: undefined }, 'E_ARRAY_FORM', 'inputs.x.data'],
    ['no encoding', { ...good, data: { buffer: [1, 2] } }, 'E_ARRAY_FORM', 'inputs.x.data.encoding'],
    [
      'the encoding "raw"',
      { ...good, data: { buffer: 'AA==', encoding: 'raw' } },
      'E_ARRAY_FORM',
      'inputs.x.data.encoding',
    ],
    [
      'an encoding that every object has',
      { ...good, data: { encoding: 'constructor' } },
      'E_ARRAY_FORM',
      'inputs.x.data.encoding',
    ],
    ['no buffer', { ...good, data: { encoding: 'json' } }, 'E_ARRAY_FORM', 'inputs.x.data.buffer'],
    [
      'another compression',
      base64([0], 'int8', '', { compression: 'zstd' }),
      'E_ARRAY_FORM',
      'inputs.x.data.compression',
    ],
    [
      'compressed json',
      { ...good, data: { ...good.data, compression: 'lz4' } },
      'E_ARRAY_FORM',
      'inputs.x.data.compression',
    ],
  ])('%s is refused', (_, value, code, path) => expect(said(value)).toEqual([code, path]));

  test.each([
    ['a huge extent', [2 ** 53 - 1]],
    ['a huge product', [1e6, 1e6, 1e6]],
    ['a huge extent beside one of 0', [0, 1e15]],
    ['32 axes of 10', new Array<number>(32).fill(10)],
  ])('%s is refused before anything is allocated', (_, shape) => {
    expect(said(json(shape, 'float64', []))).toEqual(['E_ARRAY_LIMIT', 'inputs.x']);
  });

  test('the limit counts bytes', () => {
    const limits = { ...defaultLimits, arrayBytes: 16 };
    expect(decoded(good, { limits }).size).toBe(2);
    expect(refusal(good, { limits: { ...limits, arrayBytes: 15 } }).code).toBe('E_ARRAY_LIMIT');
  });
});

describe('base64', () => {
  test.each([
    ['bytes too few', 'AAAA'],
    ['bytes too many', 'AAAAAAA='],
    ['no padding', 'AAAAAA'],
    ['one pad too few', 'AAAAAA='],
    ['pads alone', '===='],
    ['a pad in the middle', 'AA=AAA=='],
    ['the url-safe -', 'AA-AAA=='],
    ['the url-safe _', 'AA_AAA=='],
    ['a space', 'AA AAA=='],
    ['a line end', 'AAAAAA==\n'],
    ['a line end within', 'AAA\nAA=='],
    ['a wide character whose low byte is a letter', 'AA\u0141AAA=='],
    ['a Latin-1 character', 'AA\u00c1AAA=='],
    ['nothing', ''],
  ])('%s: %j is refused', (_, buffer) => {
    expect(said(base64([4], 'int8', buffer))).toEqual(['E_ARRAY_DECODE', 'inputs.x.data.buffer']);
  });

  test('a buffer that is no text is refused', () => {
    expect(said(base64([1], 'int8', [0]))).toEqual(['E_ARRAY_FORM', 'inputs.x.data.buffer']);
  });

  test('lz4 data that is no frame, or of another length, is refused', () => {
    for (const buffer of ['', 'AAAA', 'AAAAAAAAAAAAAAAA']) {
      expect(said(base64([4], 'int8', buffer, { compression: 'lz4' }))).toEqual([
        'E_ARRAY_DECODE',
        'inputs.x.data.buffer',
      ]);
    }
  });

  test('a small frame that promises a large array is refused by what it can hold at most', () => {
    expect(refusal(base64([2 ** 28], 'float64', 'BCJNGGhAAAAAAAA=', { compression: 'lz4' })).fields).toMatchObject({
      received: 'lz4 data with far fewer bytes',
    });
  });
});

describe('json values', () => {
  test.each([
    ['a flat list for a matrix', json([2, 2], 'int8', [1, 2, 3, 4]), [1, 2, 3, 4]],
    [
      'a matrix for a vector',
      json([4], 'int8', [
        [1, 2],
        [3, 4],
      ]),
      [1, 2, 3, 4],
    ],
    ['a number for shape [1]', json([1], 'int8', 5), [5]],
    ['a list for a scalar', json([], 'int8', [[5]]), [5]],
    ['whole floats for integers', json([2], 'uint8', [255, 2.0]), [255, 2]],
    ['booleans for numbers', json([2], 'float32', [true, false]), [1, 0]],
    ['0 and 1 for booleans', json([4], 'bool', [0, 1, true, false]), [0, 1, 1, 0]],
    [
      'null, and names of infinities',
      json([4], 'float64', [null, 'Infinity', '-inf', 'nan']),
      [NaN, Infinity, -Infinity, NaN],
    ],
    ['the tokens NaN and Infinity', json([2], 'float32', [NaN, Infinity]), [NaN, Infinity]],
    ['large integers for floats', json([1], 'float64', [2n ** 53n]), [2 ** 53]],
    ['a float between two float16', json([2], 'float16', [1 + 2 ** -11 + 2 ** -40, 65519]), [1 + 2 ** -10, 65504]],
    ['lists of nothing', json([2, 0], 'int8', [[], []]), []],
    [
      'complex',
      json([7], 'complex128', ['1+2j', '(1.5-2e3j)', '2j', 3, null, '-nan+infinityj', '-0-0j']),
      [1, 2, 1.5, -2000, 0, 2, 3, 0, NaN, NaN, NaN, Infinity, -0, -0],
    ],
  ])('%s', (_, value, elements) => expect(Array.from(decoded(value).data, Number)).toEqual(elements));

  test('64-bit integers are exact as bigints, and as whole floats', () => {
    expect(decoded(json([3], 'int64', [-(2n ** 63n), 5, 1e18])).data).toEqual(
      new BigInt64Array([-(2n ** 63n), 5n, 10n ** 18n]),
    );
    expect(decoded(json([1], 'uint64', [2n ** 64n - 1n])).data).toEqual(new BigUint64Array([2n ** 64n - 1n]));
  });

  test.each([
    ['E_ARRAY_RANGE', 'int8', 300],
    ['E_ARRAY_RANGE', 'uint8', -1],
    ['E_ARRAY_RANGE', 'int32', 2 ** 31],
    ['E_ARRAY_RANGE', 'int32', 2n ** 60n],
    ['E_ARRAY_RANGE', 'int64', 2n ** 63n],
    ['E_ARRAY_RANGE', 'uint64', -1],
    ['E_ARRAY_RANGE', 'bool', 2],
    ['E_ARRAY_RANGE', 'bool', 1.5],
    ['E_ARRAY_RANGE', 'float32', 1e39],
    ['E_ARRAY_RANGE', 'float16', 65520],
    ['E_ARRAY_RANGE', 'complex64', '1e39+0j'],
    ['E_ARRAY_RANGE', 'complex64', '0-1e39j'],
    ['E_ARRAY_INTEGER', 'int8', 1.5],
    ['E_ARRAY_INTEGER', 'int64', 0.5],
    ['E_ARRAY_INTEGER', 'int64', NaN],
    ['E_ARRAY_INTEGER', 'int32', Infinity],
    ['E_ARRAY_NUMERIC', 'int8', null],
    ['E_ARRAY_NUMERIC', 'int64', null],
    ['E_ARRAY_NUMERIC', 'int64', '5'],
    ['E_ARRAY_NUMERIC', 'float64', '5'],
    ['E_ARRAY_NUMERIC', 'float64', {}],
    ['E_ARRAY_NUMERIC', 'bool', 'true'],
    ['E_ARRAY_NUMERIC', 'bool', null],
    ['E_ARRAY_NUMERIC', 'complex64', '1+j2'],
    ['E_ARRAY_NUMERIC', 'complex64', `${'1'.repeat(5000)}j`],
    ['E_ARRAY_NUMERIC', 'complex128', '1e400+0j'],
    ['E_ARRAY_NUMERIC', 'complex128', ''],
  ])('%s: %s takes no %p', (code, dtype, value) => {
    expect(said(json([2], dtype, [0, value]))).toEqual([code, 'inputs.x.data.buffer']);
  });

  test.each([
    ['too few', [2], [1], 'E_ARRAY_DECODE'],
    ['too many', [2], [1, 2, 3], 'E_ARRAY_DECODE'],
    ['none', [], [], 'E_ARRAY_DECODE'],
    ['lists of two lengths', [3], [[1, 2], [3]], 'E_ARRAY_RAGGED'],
    ['a number among lists', [3], [[1, 2], 3], 'E_ARRAY_RAGGED'],
    ['a list among numbers', [3], [1, 2, [3]], 'E_ARRAY_RAGGED'],
    ['lists that claim more than they hold', [4], [[1, 2], []], 'E_ARRAY_RAGGED'],
  ])('%s are refused', (_, shape, buffer, code) => expect(refusal(json(shape, 'int8', buffer)).code).toBe(code));

  test('lists nested without end are refused', () => {
    const endless: unknown[] = [];
    endless.push(endless);
    expect(refusal(json([1], 'int8', endless)).code).toBe('E_ARRAY_RAGGED');
  });
});

test('binref is refused where there are no files', () => {
  const value = { shape: [1], dtype: 'int8', data: { buffer: 'a.bin:0', encoding: 'binref' } };
  expect(said(value)).toEqual(['E_ARRAY_FILE', 'inputs.x.data.buffer']);
});
