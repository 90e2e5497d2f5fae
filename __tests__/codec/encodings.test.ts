/** Every encoded form that Tesseract Core writes: read to the right bytes, and written back. */
import { describe, expect, test } from '@jest/globals';
import { type DType, dtypeNames } from '../../src/array/dtype.js';
import { NdArray } from '../../src/array/ndarray.js';
import { parseBody } from '../../src/codec/body.js';
import { isEncodedArray } from '../../src/codec/decode.js';
import { arrayFiles } from '../../src/codec/node/files.js';
import { parseJson } from '../../src/codec/parse.js';
import { stringifyJson, writeJson } from '../../src/codec/write.js';
import { binrefFolder, decoded, type EncodedFixture, fixture, hex, hexOf } from './fixtures.js';

const rows = fixture<EncodedFixture>('encoded.json');
const files = arrayFiles({ input: binrefFolder });
const arrayIn = (body: string) => decoded((parseJson(body) as { x: unknown }).x, { files });

/** What Tesseract Core's json keeps: infinities become NaN, and the zeros of complex numbers lose their sign. */
function asJsonKeeps({ dtype, data }: NdArray<DType>): readonly unknown[] {
  const elements: unknown[] = Array.from({ length: data.length }, (_, i) => data[i]);
  if (dtype.startsWith('complex')) return elements.map((value) => Number(value) + 0);
  return elements.map((value) => (value === Infinity || value === -Infinity ? NaN : value));
}

/** The array of a fixture from its hexadecimal bytes, through typed arrays alone. */
function expectedOf({ dtype, shape, hex: text }: EncodedFixture): NdArray<DType> | undefined {
  if (dtype === 'float16') return undefined;
  const bytes = new Uint8Array(Buffer.from(text, 'hex'));
  const Types = {
    float32: Float32Array,
    complex64: Float32Array,
    float64: Float64Array,
    complex128: Float64Array,
    bool: Uint8Array,
    int8: Int8Array,
    int16: Int16Array,
    int32: Int32Array,
    int64: BigInt64Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
    uint64: BigUint64Array,
  } as const;
  return new NdArray<DType>(dtype, shape, new Types[dtype](bytes.buffer));
}

describe.each(dtypeNames)('%s as Tesseract Core writes it', (dtype) => {
  const ours = rows.filter((row) => row.dtype === dtype);

  test('is read from base64 and binref, compressed or not, to the bytes that NumPy has', () => {
    for (const row of ours.filter(({ format }) => format !== 'json')) {
      const array = arrayIn(row.body);
      expect([array.dtype, array.shape, hexOf(array)]).toEqual([row.dtype, row.shape, row.hex]);
    }
  });

  test('is read from nested lists to the values that NumPy has, as far as its json keeps them', () => {
    for (const row of ours.filter(({ format }) => format === 'json')) {
      const array = arrayIn(row.body);
      const want = expectedOf(row);
      expect([array.dtype, array.shape]).toEqual([row.dtype, row.shape]);
      if (want !== undefined) expect(asJsonKeeps(array)).toEqual(asJsonKeeps(want));
    }
  });

  test('is written as base64 byte for byte as Tesseract Core writes it', () => {
    for (const row of ours.filter(({ format, body }) => format === 'json+base64' && !body.includes('lz4'))) {
      expect(stringifyJson({ x: arrayIn(row.body) }, { format: 'json+base64' })).toBe(row.body);
    }
  });

  test('is written as nested lists that are read to the same bytes', () => {
    for (const row of ours.filter(({ format, body }) => format === 'json+base64' && !body.includes('lz4'))) {
      const text = stringifyJson({ x: arrayIn(row.body) });
      expect(() => JSON.parse(text)).not.toThrow();
      expect(hexOf(arrayIn(text))).toBe(row.hex);
    }
  });
});

describe('bytes that only binary encodings keep', () => {
  test.each(fixture<{ dtype: 'float32' | 'float64'; shape: number[]; hex: string }>('payloads.json'))(
    'the payload of a $dtype NaN goes there and back through base64 and lz4',
    ({ dtype, shape, hex: want }) => {
      const buffer = Buffer.from(want, 'hex').toString('base64');
      const array = decoded({ shape, dtype, data: { buffer, encoding: 'base64' } });
      expect(hex(array.data)).toBe(want);
      for (const compression of [null, 'lz4'] as const) {
        const body = parseBody(writeJson({ x: array }, { format: 'json+base64', compression })) as { x: unknown };
        expect(hex(decoded(body.x).data)).toBe(want);
      }
    },
  );

  test('bytes at an odd place in memory are copied to an even one', () => {
    const memory = new Uint8Array([9, 1, 0, 0, 0, 2, 0, 0, 0]);
    const odd = { read: () => memory.subarray(1), append: () => '' };
    const value = { shape: [2], dtype: 'int32', data: { buffer: 'a', encoding: 'binref' } };
    expect(decoded(value, { files: odd }).data).toEqual(new Int32Array([1, 2]));
  });

  test('a bool byte other than 0 is true', () => {
    const array = decoded({ shape: [3], dtype: 'bool', data: { buffer: 'AAL/', encoding: 'base64' } });
    expect(array.data).toEqual(new Uint8Array([0, 1, 1]));
  });

  test('a bool array with bytes other than 0 and 1 in memory is written as 0 and 1', () => {
    const array = new NdArray('bool', [3], new Uint8Array([0, 2, 255]));
    expect(stringifyJson(array, { format: 'json+base64' })).toContain('"buffer":"AAEB"');
    expect(stringifyJson(array)).toContain('[false,true,true]');
  });
});

describe('what counts as an encoded array', () => {
  test.each([
    [{ shape: [], dtype: 'int8', data: {} }, true],
    [{ object_type: 'array' }, true],
    [{ shape: [], dtype: 'int8' }, false],
    [[1, 2], false],
    [null, false],
  ])('%j: %s', (value, verdict) => expect(isEncodedArray(value)).toBe(verdict));
});
