/** Reading JSON exactly, and bodies whose base64 is cut out. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BodyText } from '../../src/codec/base64.js';
import { parseBody } from '../../src/codec/body.js';
import { parseExactly } from '../../src/codec/exactJson.js';
import { parseJson } from '../../src/codec/parse.js';
import { atSize, counted } from '../setup/sizes.js';
import { decoded, raised } from './fixtures.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('parseJson', () => {
  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['[1, 2.5e3, 12345678901234567890]', [1, 2500, 12345678901234567890n]],
    ['1e17', 1e17],
    ['9223372036854775808.5', 2 ** 63],
    ['-0', -0],
    ['-0.0', -0],
    ['[NaN, Infinity, -Infinity]', [NaN, Infinity, -Infinity]],
    ['{"a": "12345678901234567890", "b": 9007199254740993}', { a: '12345678901234567890', b: 9007199254740993n }],
    ['{"a": 1, "a": 2, "b": NaN}', { a: 2, b: NaN }],
    ['["\\"\\\\", NaN, "\\u00e9\\\\\\""]', ['"\\', NaN, 'é\\"']],
    [' {} ', {}],
    ['[ ]', []],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
    expect(parseJson(bytes(text))).toEqual(value);
  });

  test('the exact parser agrees with JSON.parse on every JSON text, but for the digits of large integers', () => {
    const rounded = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
    const plain = (text: string) => JSON.parse(JSON.stringify(parseExactly(text, 64), rounded));
    const agree = (text: string) => expect(plain(text)).toEqual(JSON.parse(JSON.stringify(JSON.parse(text))));
    // Six levels of a thousand would be no text that fits anywhere: deep ones are small, and large ones flat.
    const deep = atSize('small', () => fc.json({ maxDepth: 6 }));
    fc.assert(fc.property(deep, agree), { seed: 3, numRuns: 2000 });
    const flat = counted(
      fc.array(atSize('xsmall', () => fc.json({ maxDepth: 1 }))).map((all) => `[${all.join(', ')}]`),
    );
    fc.assert(fc.property(flat.cases, agree), { seed: 5, numRuns: 40 });
    expect(flat.lengths().median).toBeGreaterThan(1000);
    fc.assert(
      fc.property(
        atSize('small', () => fc.json({ noUnicodeString: false })).map((t) =>
          JSON.stringify(JSON.parse(t), null, '\t'),
        ),
        agree,
      ),
      { seed: 4, numRuns: 500 },
    );
  });

  test.each(['[1, NaN]', '[1]'])('a key __proto__ is an ordinary key: {"__proto__": %s}', (value) => {
    const tree = parseJson(`{"__proto__": ${value}, "constructor": 1}`) as object;
    expect(Object.getPrototypeOf(tree)).toBe(Object.prototype);
    expect(Object.keys(tree)).toEqual(['__proto__', 'constructor']);
  });

  test.each([
    ['', 0],
    ['{"a": 1,}', 8],
    ['[1 2]', 3],
    ['[1', 2],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['nul', 0],
    ['[01]', 2],
    ['[1.]', 3],
    ['[.5]', 1],
    ['[1e]', 3],
    ['[-]', 2],
    ['"abc', 0],
    ['["a\nb"]', 1],
    ['["\\x"]', 1],
    ['[1] x', 4],
    ['[1e400]', 1],
    [`[${'9'.repeat(400)}]`, 1],
    ["['a']", 1],
    ['[-NaN]', 2],
  ])('%j is refused at character %d', (text, offset) => {
    const error = raised(() => parseJson(text));
    expect([error.code, error.status, error.fields['offset']]).toEqual(['E_JSON', 422, String(offset)]);
  });

  test('64 levels are read, and the 65th is refused where it starts', () => {
    expect(parseJson('['.repeat(64) + ']'.repeat(64))).toHaveLength(1);
    const deep = '['.repeat(65) + ']'.repeat(65);
    expect(raised(() => parseJson(deep)).fields).toMatchObject({ offset: '64' });
    expect(raised(() => parseJson('{"a":'.repeat(100_000))).fields).toMatchObject({ offset: '320' });
    expect(raised(() => parseJson('['.repeat(1_000_000) + ']'.repeat(1_000_000))).code).toBe('E_JSON');
    expect(parseJson('[[1]]', { depth: 2, arrayBytes: 1 })).toEqual([[1]]);
    expect(raised(() => parseJson('[[[1]]]', { depth: 2, arrayBytes: 1 })).fields).toMatchObject({ offset: '2' });
  });

  test('bytes that are not UTF-8 are refused, and a byte order mark is not', () => {
    expect(raised(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).code).toBe('E_JSON');
    expect(parseJson(new Uint8Array([0xef, 0xbb, 0xbf, 0x31]))).toBe(1);
  });
});

describe('parseBody', () => {
  const values = Float64Array.from({ length: 3000 }, (_, i) => Math.sqrt(i));
  const base64 = Buffer.from(values.buffer).toString('base64');
  const array = (buffer: string) =>
    `{"shape":[3000],"dtype":"float64","data":{"encoding":"base64","buffer" : "${buffer}"}}`;

  test('cuts a long base64 text out, so that it is read from the bytes of the body', () => {
    const tree = parseBody(bytes(`{"é":"€","x":${array(base64)},"y":[${array(base64)}],"z":1}`)) as Record<
      string,
      never
    >;
    expect(tree['é']).toBe('€');
    expect(tree['x']['data']['buffer']).toBeInstanceOf(BodyText);
    expect(decoded(tree['x']).data).toEqual(values);
    expect(decoded(tree['y'][0]).data).toEqual(values);
    expect(tree['z']).toBe(1);
  });

  const long = 'A'.repeat(10_000);
  test.each([
    ['a text with escapes', `{"shape":[1],"dtype":"int8","data":{"encoding":"base64","buffer":"\\u0041${long}"}}`],
    ['a text behind another encoding', `{"shape":[1],"dtype":"int8","data":{"encoding":"json","buffer":"${long}"}}`],
    ['a text that is in no array', `{"buffer":"${long}","encoding":"base64"}`],
    ['a text that is not ASCII', `{"buffer":"${long}é"}`],
    ['a key that ends alike', `{"a\\"buffer":"${long}","b":[{"buffer":"${long}"}]}`],
    ['a key given twice', `{"buffer":"${long}","buffer":"${long}B"}`],
    ['a large integer elsewhere', `{"buffer":"${long}","n":9007199254740993}`],
    ['NaN elsewhere', `[{"buffer":"${long}"},NaN]`],
    ['a value that looks like the key', `["buffer",{"x":"buffer","buffer":"${long}"}]`],
    ['a key and a text, and no colon', `["buffer" , "${long}"]`],
  ])('%s is read as parseJson reads it', (_, text) => {
    expect(parseBody(bytes(text))).toEqual(parseJson(text));
  });

  test.each([
    ['text that does not end', `{"buffer":"${long}`],
    ['a list that does not end', `[{"buffer":"${long}"}`],
    ['a comma too many', `[{"buffer":"${long}"},]`],
    ['a control character in the text', `[{"buffer":"${long}\n"}]`],
  ])('%s is refused at the character of the whole body', (_, text) => {
    const error = raised(() => parseBody(bytes(text)));
    expect([error.code, error.fields]).toEqual(['E_JSON', raised(() => parseJson(text)).fields]);
  });

  test.each(['-', '_', '=', ' ', '\n', 'é', '!'])('a long base64 text with %j in it is refused', (wrong) => {
    for (const at of [0, 65_535, 65_536, base64.length - 5]) {
      const text = `${base64.repeat(3).slice(0, at)}${wrong}${base64.repeat(3).slice(at + 1)}`;
      const { x } = parseBody(bytes(`{"x":${array(text).replace('3000', '9000')}}`)) as { x: unknown };
      expect(raised(() => decoded(x)).code).toBe('E_ARRAY_DECODE');
    }
  });
});
