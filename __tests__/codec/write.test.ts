/** Writing trees as JSON. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dtypeNames, dtypes } from '../../src/array/dtype.js';
import { array } from '../../src/array/literal.js';
import { NdArray, zeros } from '../../src/array/ndarray.js';
import { parseJson } from '../../src/codec/parse.js';
import { stringifyJson, writeJson } from '../../src/codec/write.js';
import { atSize, counted } from '../setup/sizes.js';
import { raised } from './fixtures.js';

describe('writeJson', () => {
  test('writes what JSON.stringify writes for trees of plain values', () => {
    const read = (text: string) => JSON.parse(text.replaceAll('-0', '0')) as unknown;
    // Six levels of a thousand would be no tree that fits anywhere: deep ones are small, and large ones flat.
    const deep = atSize('small', () => fc.json({ maxDepth: 6 })).map(read);
    const flat = counted(fc.array(atSize('xsmall', () => fc.json({ maxDepth: 1 })).map(read)));
    const same = (value: unknown) => expect(stringifyJson(value)).toBe(JSON.stringify(value));
    fc.assert(fc.property(deep, same), { seed: 5, numRuns: 1000 });
    fc.assert(fc.property(flat.cases, same), { seed: 6, numRuns: 40 });
    expect(flat.lengths().median).toBeGreaterThan(300);
  });

  test.each([
    [
      new Map<string, unknown>([
        ['2', 1],
        ['1', { a: null }],
      ]),
      '{"2":1,"1":{"a":null}}',
    ],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [2n ** 64n, '18446744073709551616'],
    [-0, '-0.0'],
    [{ lost: NaN }, '{"lost":null}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{}, '{}'],
    [[], '[]'],
    [new Map(), '{}'],
    [{ 'a"\n': '\u2028\ud800' }, '{"a\\"\\n":"\u2028\\ud800"}'],
  ])('%p is %s', (value, text) => {
    expect(stringifyJson(value)).toBe(text);
    expect(Buffer.from(writeJson(value)).toString()).toBe(text);
  });

  test('writes an own key __proto__ as any other', () => {
    const text = '{"__proto__":{"a":1}}';
    expect(stringifyJson(parseJson(text))).toBe(text);
  });

  test.each([
    [{ a: [1, Infinity] }, 'outputs.a[1]'],
    [{ a: -Infinity }, 'outputs.a'],
    [{ f: () => 1 }, 'outputs.f'],
    [[undefined], 'outputs[0]'],
    [{ s: Symbol('s') }, 'outputs.s'],
    [{ t: new Float64Array(2) }, 'outputs.t'],
  ])('%p is refused at %s', (value, path) => {
    expect(raised(() => writeJson(value, { path: 'outputs' }))).toMatchObject({
      code: 'E_JSON_VALUE',
      status: 500,
      path,
    });
  });

  test('a tree that contains itself is refused', () => {
    const tree: Record<string, unknown> = {};
    tree['tree'] = tree;
    expect(raised(() => writeJson(tree)).code).toBe('E_JSON_VALUE');
  });
});

describe('arrays as nested lists', () => {
  const buffer = (given: unknown) => /"buffer":(.*),"encoding"/.exec(stringifyJson(given))?.[1];

  test.each<[unknown, string]>([
    [
      new NdArray('float64', [4], new Float64Array([NaN, Infinity, -Infinity, -0])),
      '[null,"Infinity","-Infinity",-0.0]',
    ],
    [new NdArray('float64', [2, 2], new Float64Array([1, 2.5, 1e-7, 1e21])), '[[1,2.5],[1e-7,1e+21]]'],
    [new NdArray('float32', [], new Float32Array([0.1])), '0.10000000149011612'],
    [new NdArray('float64', [2], new Float64Array([1, -0])), '[1,-0.0]'],
    [new NdArray('bool', [2], new Uint8Array([1, 0])), '[true,false]'],
    [new NdArray('int64', [1, 1], new BigInt64Array([-(2n ** 63n)])), '[[-9223372036854775808]]'],
    [new NdArray('complex128', [3], new Float64Array([1, 2, -0, -0, NaN, -Infinity])), '["1+2j","-0-0j","nan-infj"]'],
    [zeros([3, 0]), '[]'],
    [zeros([0, 1e9, 4]), '[]'],
    [
      array(
        [
          [[1], [2]],
          [[3], [4]],
        ],
        { dtype: 'int8' },
      ),
      '[[[1],[2]],[[3],[4]]]',
    ],
  ])('%# is %s', (given, text) => expect(buffer(given)).toBe(text));

  test.each(dtypeNames)('every row of %s is one list, however long', (dtype) => {
    const whole = Array.from({ length: 20_000 }, (_, i) => (dtypes[dtype].kind === 'bool' ? i % 3 === 0 : i % 100));
    const written = { bool: (one: unknown) => one, complex: (one: unknown) => `${one}+0j` } as const;
    const form = (written as Readonly<Record<string, (one: unknown) => unknown>>)[dtypes[dtype].kind] ?? Number;
    const rows = [whole.slice(0, 10_000), whole.slice(10_000)];
    const given = array(rows as never, { dtype });
    expect(JSON.parse(stringifyJson(given)).data.buffer).toEqual(rows.map((row) => row.map(form)));
    // With more axes than the fast way takes.
    const deep = new NdArray(dtype, [1, 1, 1, 2, 10_000], given.data as never);
    expect(JSON.parse(stringifyJson(deep)).data.buffer).toEqual([[[rows.map((row) => row.map(form))]]]);
  });
});
