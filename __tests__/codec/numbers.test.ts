/** Float64 numbers as text and back in WebAssembly, against JavaScript's own. */
import { describe, expect, test } from '@jest/globals';
import { NdArray } from 'cotangent';
import { parseBody } from '../../src/codec/body.js';
import { decodeTree } from '../../src/codec/decode.js';
import { BodyNumbers, readNumbers } from '../../src/codec/numbers/readNumbers.js';
import { writeNumbers } from '../../src/codec/numbers/writeNumbers.js';
import { writeJson } from '../../src/codec/write.js';

const text = new TextEncoder();
const COUNT = 4000;

let state = 0x2545f491;
/** Random bits, the same in every run. */
function next(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}
const unit = () => next() / 2 ** 32;
const view = new DataView(new ArrayBuffer(8));
function anyBits(): number {
  view.setUint32(0, next());
  view.setUint32(4, next());
  return view.getFloat64(0);
}

const kinds: Readonly<Record<string, () => number>> = {
  'of any bits': anyBits,
  'near zero, on both sides': () => unit() - 0.5,
  'of two decimals': () => Math.floor(unit() * 1e6) / 100,
  'that are powers of two, subnormal ones among them': () => 2 ** Math.floor(unit() * 2100 - 1075),
  'that are powers of ten': () => Number(`1e${Math.floor(unit() * 630 - 323)}`),
  'beside a power of two': () => 2 ** Math.floor(unit() * 200 - 100) * (1 + (unit() < 0.5 ? -1 : 1) * 2 ** -52),
  'of few digits and large exponents': () => Number((unit() * 10 ** Math.floor(unit() * 300)).toPrecision(3)),
  'halfway between others': () => (2 ** 52 + Math.floor(unit() * 2 ** 40)) / 2 ** Math.floor(unit() * 60),
};

function written(data: Float64Array | Float32Array, shape: readonly number[]): string | undefined {
  let out = '';
  const done = writeNumbers(data, shape, (piece) => {
    out += new TextDecoder().decode(piece);
  });
  return done ? out : undefined;
}

const own = (value: number) => {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'null' : `"${value}"`;
};

describe.each(Object.entries(kinds))('numbers %s', (_kind, make) => {
  const data = Float64Array.from({ length: COUNT }, make);

  test('are written with the characters that JavaScript writes them with', () => {
    expect(written(data, [COUNT])).toBe(`[${Array.from(data, own).join(',')}]`);
  });

  test('are read to the bit, whatever white space is between them', () => {
    const finite = data.filter((x) => Number.isFinite(x) && (Math.abs(x) <= 2 ** 53 || !/^-?\d+$/.test(String(x))));
    const read = readNumbers(text.encode(` [ ${finite.join(' ,\n')}\t]`), 1);
    expect(read?.numbers.extents).toEqual([finite.length]);
    expect(new BigUint64Array(read!.numbers.values.buffer)).toEqual(new BigUint64Array(finite.slice().buffer));
  });
});

test('-0, NaN and the infinities are written as the json encoding writes them, float32 with the digits of its double', () => {
  const data = new Float64Array(200);
  data.set([-0, NaN, Infinity, -Infinity]);
  expect(written(data, [200])).toMatch(/^\[-0\.0,null,"Infinity","-Infinity",0,0/);
  expect(written(new Float32Array(200).fill(0.1), [200])).toMatch(/^\[0\.10000000149011612,/);
});

test.each([[[200]], [[10, 20]], [[20, 10]], [[1, 200]], [[200, 1]], [[2, 5, 20]], [[5, 1, 8, 5]], [[3000, 2, 1]]])(
  'the brackets of shape %j are those of nested lists',
  (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const array = new NdArray('float64', shape, Float64Array.from({ length: size }, unit));
    expect(written(array.data, shape)).toBe(JSON.stringify(array.toNested()));
  },
);

const digits = '0.123456789012345689012345678901234567890';
test.each([
  ['more digits than fit', digits, Number(digits)],
  ['a number below the smallest normal one', '4.9406564584124654e-324', 5e-324],
  ['a number that rounds to zero', '1e-400', 0],
  ['zeros in front', '0.0000000000000000000000000000001234567890123456', 1.234567890123456e-31],
  ['a large power without a point', '1e+21', 1e21],
  ['-0', '-0', -0],
  ['-0.0', '-0.0', -0],
  ['a tie, to even', '9007199254740993.0', 9007199254740992],
  ['0e999999999999', '0e999999999999', 0],
])('%s is rounded to the nearest', (_name, given, value) => {
  const read = readNumbers(text.encode(`[1.5,${given},2.5]`), 0);
  expect(Array.from(read!.numbers.values)).toEqual([1.5, value, 2.5]);
});

test.each([
  '[1,01]',
  '[1,.5]',
  '[1,5.]',
  '[1,+5]',
  '[1,-]',
  '[1,1e]',
  '[1,1e+]',
  '[1,,2]',
  '[1,]',
  '[]',
  '[1 2]',
  '[1,null]',
  '[1,true]',
  '[1,"2"]',
  '[1,[2]]',
  '[[1],2]',
  '[[1,2],[3]]',
  '[[1],[2,3]]',
  '[[1],[[2]]]',
  '[1,9007199254740993]',
  '[1,-12345678901234567890123]',
  '[1,1e400]',
  '[1,NaN]',
  '[1,2',
  '[1,2.',
  '[1}',
  `${'['.repeat(33)}1${']'.repeat(33)}`,
])('%s is left to the slower reader', (given) => {
  expect(readNumbers(text.encode(given), 0)).toBeUndefined();
});

test('numbers are read across the pieces in which the text is handed over, wherever they are cut', () => {
  // Its bytes are digits: what lies in memory behind a piece may look like more of a number.
  const digits = new Float64Array(new Uint8Array(8).fill(0x30).buffer)[0]!;
  const pad = ' '.repeat(65_000);
  for (let shift = 0; shift < 60; shift++) {
    const list = `[${digits},${pad}${' '.repeat(480 + shift)}0.1234567890123456,-0.5,-1.5e-7,0,3]`;
    const read = readNumbers(text.encode(list), 0);
    expect(Array.from(read!.numbers.values)).toEqual([digits, 0.1234567890123456, -0.5, -1.5e-7, 0, 3]);
  }
});

test('a million numbers of all lengths are read, and memory is taken for about as many', () => {
  const numbers = Array.from({ length: 1_000_000 }, (_, i) =>
    i % 3 === 0 ? i : (unit() - 0.5) / (i % 7 === 0 ? 1e9 : 1),
  );
  const { values } = readNumbers(text.encode(`[${numbers.join(',')}]`), 0)!.numbers;
  expect(values.length).toBe(numbers.length);
  expect(numbers.every((value, i) => Object.is(values[i], value))).toBe(true);
});

describe('in a body', () => {
  const values = Array.from({ length: 300 }, unit);
  const encoded = (buffer: unknown, dtype = 'float64', shape: readonly number[] = [300]) => ({
    object_type: 'array',
    shape,
    dtype,
    data: { buffer, encoding: 'json' },
  });
  const decode = (tree: unknown, indent?: number) =>
    decodeTree(parseBody(text.encode(JSON.stringify(tree, null, indent))), { path: 'inputs' });

  test('a long list behind the buffer of an array never becomes a list', () => {
    const tree = parseBody(text.encode(JSON.stringify({ x: encoded(values) }))) as never;
    expect(tree).toMatchObject({ x: { data: { buffer: expect.any(BodyNumbers) } } });
  });

  test.each([0, 2])('nested and flat lists give the same array, indented by %d', (indent) => {
    const rows = Array.from({ length: 10 }, (_, i) => values.slice(30 * i, 30 * i + 30));
    const want = new NdArray('float64', [10, 30], Float64Array.from(values));
    expect(decode(encoded(rows, 'float64', [10, 30]), indent)).toEqual(want);
    expect(decode(encoded(values, 'float64', [10, 30]), indent)).toEqual(want);
  });

  test('float32, integers and bools are checked as they are in short lists', () => {
    const ints = values.map((_, i) => i);
    expect(decode(encoded(values, 'float32'))).toMatchObject({ dtype: 'float32', data: Float32Array.from(values) });
    expect(decode(encoded(ints, 'int64'))).toMatchObject({ data: BigInt64Array.from(ints, BigInt) });
    expect(() => decode(encoded(values, 'int32'))).toThrow(expect.objectContaining({ code: 'E_ARRAY_INTEGER' }));
    expect(() => decode(encoded(ints, 'uint8'))).toThrow(expect.objectContaining({ code: 'E_ARRAY_RANGE' }));
    expect(() => decode(encoded(values, 'float64', [299]))).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_DECODE' }),
    );
  });

  test('a long list behind another buffer stays the list it is', () => {
    const plain = { buffer: values, other: { buffer: [values, values] } };
    expect(parseBody(text.encode(JSON.stringify(plain)))).toEqual(plain);
  });

  test.each(['[]', '{}', '[{}]', '{"a":[]}'])(
    'a text may hold as many lists and objects as it is allowed, as %s',
    (one) => {
      const limits = { depth: 64, arrayBytes: 2 ** 30 };
      const each = one.replaceAll(/[^[{]/g, '').length;
      const body = `[${Array.from({ length: 20 }, () => one).join()}]`;
      expect(parseBody(text.encode(body), { ...limits, containers: 20 * each + 1 })).toEqual(JSON.parse(body));
      expect(() => parseBody(text.encode(body), { ...limits, containers: 20 * each })).toThrow(
        expect.objectContaining({ code: 'E_LIMIT' }),
      );
    },
  );

  test('lists that are cut out count among those that a text may hold, and the depth of all', () => {
    const rows = Array.from({ length: 300 }, (_, i) => [i, 0.5]);
    const body = text.encode(JSON.stringify({ x: encoded(rows, 'float64', [300, 2]) }));
    const limits = { depth: 64, arrayBytes: 2 ** 30 };
    expect(parseBody(body, { ...limits, containers: 305 })).toMatchObject({ x: {} });
    expect(() => parseBody(body, { ...limits, containers: 290 })).toThrow(expect.objectContaining({ code: 'E_LIMIT' }));
    expect(() => parseBody(body, { ...limits, depth: 4 })).toThrow(expect.objectContaining({ code: 'E_JSON' }));
    expect(parseBody(body, { ...limits, depth: 5 })).toMatchObject({ x: {} });
  });

  test('what is written is read again to the bit', () => {
    const array = new NdArray(
      'float64',
      [4, 1000],
      Float64Array.from({ length: 4000 }, anyBits).map((x) => x || -0),
    );
    expect(decodeTree(parseBody(writeJson({ array })), { path: '' })).toEqual({ array });
  });
});
