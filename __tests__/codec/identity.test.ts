/** decode ∘ encode = identity: every dtype, encoding, compression and rank, over arbitrary bits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DType, dtypeNames, dtypes } from '../../src/array/dtype.js';
import { NdArray } from '../../src/array/ndarray.js';
import { parseBody } from '../../src/codec/body.js';
import { decodeTree } from '../../src/codec/decode.js';
import type { Compression } from '../../src/codec/encoding.js';
import type { ArrayFiles } from '../../src/codec/files.js';
import type { Format } from '../../src/codec/index.js';
import { arrayFiles } from '../../src/codec/node/files.js';
import { writeJson } from '../../src/codec/write.js';
import { hex } from './fixtures.js';

let folder = '';
let files: ArrayFiles;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'codec-'));
  files = arrayFiles({ input: folder, output: folder, fileBytes: 5000 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const shapes = fc.array(fc.nat({ max: 3 }), { maxLength: 4 });
const float16s = fc
  .tuple(fc.constantFrom(1, -1), fc.nat({ max: 2047 }), fc.integer({ min: -24, max: 5 }))
  .map(([sign, digits, exponent]) => sign * digits * 2 ** exponent);
const special = [0, -0, NaN, Infinity, -Infinity];

/** Arbitrary typed-array entries of a dtype, the special floats included. */
const entries: { readonly [D in DType]: fc.Arbitrary<unknown> } = {
  float16: fc.oneof(fc.constantFrom(...special), float16s),
  float32: fc.oneof(fc.constantFrom(...special), fc.float()),
  float64: fc.oneof(fc.constantFrom(...special), fc.double()),
  complex64: fc.oneof(fc.constantFrom(...special), fc.float()),
  complex128: fc.oneof(fc.constantFrom(...special), fc.double()),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint8: fc.nat(255),
  uint16: fc.nat(65535),
  uint32: fc.nat(2 ** 32 - 1),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  bool: fc.constantFrom(0, 1),
};

const arrays = (dtype: DType) =>
  shapes.chain((shape) => {
    const length = shape.reduce((product, extent) => product * extent, dtypes[dtype].components);
    return fc.array(entries[dtype], { minLength: length, maxLength: length }).map((values) => {
      const data = new dtypes[dtype].storage(length);
      data.set(values as never);
      return new NdArray<DType>(dtype, shape, data);
    });
  });

const ways: readonly (readonly [Format, Compression])[] = [
  ['json', null],
  ['json+base64', null],
  ['json+base64', 'lz4'],
  ['json+binref', null],
  ['json+binref', 'lz4'],
];

describe.each(ways)('decode ∘ encode = identity as %s, compression %s', (format, compression) => {
  test.each(dtypeNames)('for %s of ranks 0 to 4, extents of 0 included', (dtype) => {
    const identity = (array: NdArray<DType>) => {
      const body = writeJson({ x: array }, { format, compression, files });
      const { x } = decodeTree(parseBody(body), { path: 'inputs', files }) as { x: NdArray<DType> };
      expect([x.dtype, x.shape]).toEqual([array.dtype, array.shape]);
      if (format === 'json') expect(x.data).toEqual(array.data);
      else expect(hex(x.data)).toBe(hex(array.data));
    };
    fc.assert(fc.property(arrays(dtype), identity), { seed: 11, numRuns: 40 });
  });
});

describe('decode ∘ encode = identity for arrays that are too long for one piece', () => {
  test.each(ways.filter(([format]) => format !== 'json+binref'))('as %s, compression %s', (format, compression) => {
    for (const length of [12_288, 12_289, 12_290, 49_152, 49_153, 200_001]) {
      const data = Float64Array.from({ length }, (_, i) => Math.sin(i) * 10 ** (i % 40));
      const tree = {
        a: new NdArray('float64', [length], data),
        text: 'é€😀',
        b: new NdArray('float64', [length], data),
      };
      const body = parseBody(writeJson(tree, { format, compression }));
      expect(decodeTree(body, { path: 'inputs' })).toEqual(tree);
    }
  });
});
