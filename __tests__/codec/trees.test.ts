/** Whole bodies of any shape: what is written is read again, in every format, also after another program wrote it anew. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DType, dtypes } from '../../src/array/dtype.js';
import { isNdArray, NdArray } from '../../src/array/ndarray.js';
import { parseBody } from '../../src/codec/body.js';
import { decodeTree } from '../../src/codec/decode.js';
import type { Compression } from '../../src/codec/encoding.js';
import type { ArrayFiles } from '../../src/codec/files.js';
import type { Format } from '../../src/codec/index.js';
import { arrayFiles } from '../../src/codec/node/files.js';
import { parseJson } from '../../src/codec/parse.js';
import { writeJson } from '../../src/codec/write.js';

let folder = '';
let files: ArrayFiles;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trees-'));
  files = arrayFiles({ input: folder, output: folder, fileBytes: 20_000 });
});
afterAll(() => rmSync(folder, { recursive: true }));

// Short lists are parsed with the rest of a body, long ones are cut out of it: lengths on both sides, and at the borders.
const lengths = fc.constantFrom(0, 1, 2, 3, 100, 1023, 1024, 1025, 3000);
const kinds = fc.constantFrom<DType>('float64', 'float32', 'float16', 'int32', 'int64', 'uint8', 'bool', 'complex128');

/** Numbers that are awkward to write, by a seed. */
function awkward(k: number, seed: number): number {
  const pool = [
    0,
    -0,
    1,
    -1,
    0.1,
    1 / 3,
    1e21,
    5e-324,
    1.7976931348623157e308,
    123456789.125,
    -1e-7,
    2 ** 53 + 2,
    NaN,
    Infinity,
    -Infinity,
  ];
  return pool[((Math.imul(k + 1, 2654435761) ^ seed) >>> 5) & 15] ?? Math.sin(k + seed) * 10 ** ((k % 40) - 20);
}

const array = fc.tuple(kinds, lengths, fc.nat(1000), fc.constantFrom(1, 2, 3)).map(([dtype, length, seed, rank]) => {
  const { kind, storage, components } = dtypes[dtype];
  const even = rank > 1 && length % 2 === 0;
  const shape = rank === 3 && even ? [2, 1, length / 2] : even ? [length / 2, 2] : [length];
  const data = new storage(length * components);
  for (let k = 0; k < data.length; k++) {
    if (dtype === 'int64') data[k] = BigInt(k) * 9007199254740993n * (k % 2 ? -1n : 1n);
    else if (kind === 'bool') data[k] = (k * seed) % 2;
    else if (kind === 'float' || kind === 'complex')
      data[k] = dtype === 'float16' ? ((k + seed) % 64) / 8 : awkward(k, seed);
    else data[k] = (k * 7 + seed) % 251;
  }
  return new NdArray<DType>(dtype, shape, data as never);
});

// Texts and keys that look like what the codec makes of others.
const texts = fc.oneof(
  fc.constantFrom(
    'buffer',
    '"buffer":',
    '\uE000buffer 0',
    'data',
    '[1,2,3]',
    '\\',
    '"',
    '\u2028',
    '😀',
    '',
    '\ud83d',
    'AAAA'.repeat(3000),
  ),
  fc.string({ maxLength: 12 }),
);
const keys = fc.oneof(
  fc.constantFrom('buffer', 'shape', 'dtype', 'encoding', '__proto__', 'a', 'b.c', '0'),
  fc.string({ maxLength: 5 }),
);
const leaves = fc.oneof(
  array,
  texts,
  fc.boolean(),
  fc.constant(null),
  // A whole number beyond 2^53 outside an array is read as a bigint.
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((one) => !Number.isInteger(one) || Number.isSafeInteger(one)),
  fc.integer(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaves,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('tree')), { maxLength: 4 }).map((all) => new Map(all)),
  ),
}));

/** As plain text, every array by its bytes: a walk that shares nothing with the codec. */
function plain(value: unknown): unknown {
  if (isNdArray(value)) {
    const { data } = value;
    // All NaN are one value in a text, and a float has no other bits that are lost.
    const each = Array.from(data as ArrayLike<number | bigint>, (one) => (Object.is(one, -0) ? '-0' : String(one)));
    return ['array', value.dtype, value.shape.join(), each.join()];
  }
  if (Array.isArray(value)) return ['list', ...value.map(plain)];
  if (value instanceof Map) return ['map', ...[...value].map(([key, one]) => [key, plain(one)]).sort(byKey)];
  if (typeof value === 'object' && value !== null)
    return [
      'map',
      ...Object.entries(value)
        .map(([key, one]) => [key, plain(one)])
        .sort(byKey),
    ];
  return typeof value === 'number' ? [Object.is(value, -0) ? '-0' : String(value)] : value;
}

function byKey([a]: unknown[], [b]: unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}

const ways: readonly (readonly [Format, Compression])[] = [
  ['json', null],
  ['json+base64', null],
  ['json+base64', 'lz4'],
  ['json+binref', null],
];

describe.each(ways)('in %s with compression %s', (format, compression) => {
  const write = (value: unknown) => writeJson(value, { format, compression, files });
  const decode = (read: unknown) => decodeTree(read, { path: 'tree', files });

  test('a tree is read as it was written', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(plain(decode(parseBody(write(value))))).toEqual(plain(value));
      }),
      { seed: 12, numRuns: 120 },
    );
  });

  test('and from the middle of a larger buffer, whose bytes it leaves alone', () => {
    fc.assert(
      fc.property(tree, fc.nat(9), (value, offset) => {
        const bytes = write(value);
        const around = new Uint8Array(bytes.length + 20).fill(0x22);
        around.set(bytes, offset);
        const before = around.slice();
        expect(plain(decode(parseBody(around.subarray(offset, offset + bytes.length))))).toEqual(plain(value));
        expect(Buffer.from(around).equals(before)).toBe(true);
      }),
      { seed: 13, numRuns: 60 },
    );
  });

  test('cutting long data out of a body gives what parsing all of it gives', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const bytes = write(value);
        expect(plain(decode(parseBody(bytes)))).toEqual(plain(decode(parseJson(bytes))));
      }),
      { seed: 14, numRuns: 60 },
    );
  });

  // JSON.parse keeps neither 64-bit integers nor -0.0, so what another engine writes anew has none of them.
  test('written anew with spaces and in another order it reads the same', () => {
    const positive = ({ dtype, shape, data }: NdArray<DType>) =>
      new NdArray(
        'float64',
        shape,
        Float64Array.from(data as ArrayLike<number>, (one) => (dtype === 'uint8' ? one : one + 0)),
      );
    const real = array.filter(({ dtype }) => dtype === 'float64' || dtype === 'uint8');
    const tame = fc.array(real.map(positive), { maxLength: 4 });
    fc.assert(
      fc.property(tame, (arrays) => {
        const value = Object.fromEntries(arrays.map((one, k) => [`x${k}`, one]));
        const engine = JSON.parse(new TextDecoder().decode(write(value))) as object;
        const turned = JSON.stringify(
          engine,
          (_key, one: unknown) =>
            typeof one === 'object' && one !== null && !Array.isArray(one)
              ? Object.fromEntries(Object.entries(one).reverse())
              : one,
          1,
        );
        expect(plain(decode(parseBody(new TextEncoder().encode(turned))))).toEqual(plain(value));
      }),
      { seed: 15, numRuns: 60 },
    );
  });

  test('a body cut off anywhere is refused, and never read as another tree', () => {
    fc.assert(
      fc.property(array, fc.nat(), (value, at) => {
        const bytes = write({ x: value, y: [1, 'text'] });
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => decode(parseBody(cut))).toThrow(expect.objectContaining({ name: 'ComponentError' }));
      }),
      { seed: 16, numRuns: 80 },
    );
  });
});
