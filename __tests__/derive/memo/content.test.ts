/** What a value holds, told apart to the last bit. */

import { describe, expect, test } from '@jest/globals';
import { array, NdArray } from 'cotangent';
import fc from 'fast-check';
import { contentOf, kept, sameContent, snapshot } from '../../../src/derive/memo/content.js';

const same = (a: unknown, b: unknown) => sameContent(contentOf(a)!, contentOf(b)!);

function withBits(high: number, low: number): Float64Array {
  return new Float64Array(Uint32Array.of(low, high).buffer);
}

class Mesh {
  x = 1;
}
class Grid {
  x = 1;
}

describe('two values have equal content', () => {
  test.each([
    ['numbers', { x: 1.5 }, { x: 1.5 }],
    ['arrays in different buffers', { x: array([1, 2, 3]) }, { x: array([1, 2, 3]) }],
    ['arrays at different offsets', Float32Array.of(1, 2), Float32Array.of(0, 1, 2).subarray(1)],
    ['maps of lists', new Map([['a', [1, { y: 2n }]]]), new Map([['a', [1, { y: 2n }]]])],
    ['one class', new Mesh(), new Mesh()],
    ['nothing', { a: null, b: undefined, c: true }, { a: null, b: undefined, c: true }],
  ])('where they hold the same: %s', (_name, a, b) => {
    expect(same(a, b)).toBe(true);
  });

  test.each([
    ['0 and −0', { x: 0 }, { x: -0 }],
    ['0 and −0 in arrays', array([0]), array([-0])],
    ['NaNs with different bits', withBits(0x7ff80000, 1), withBits(0x7ff80000, 2)],
    ['neighboring numbers', array([1]), array([1 + Number.EPSILON])],
    ['dtypes', new NdArray('int32', [1], Int32Array.of(0)), new NdArray('float32', [1], Float32Array.of(0))],
    [
      'shapes',
      new NdArray('float64', [2, 3], new Float64Array(6)),
      new NdArray('float64', [3, 2], new Float64Array(6)),
    ],
    ['names', { a: 1 }, { b: 1 }],
    ['which of two fields holds a value', { a: 1, b: 2 }, { a: 2, b: 1 }],
    ['classes', new Mesh(), new Grid()],
    ['a map and an object', new Map([['a', 1]]), { a: 1 }],
    ['a number and a text', { a: 1 }, { a: '1' }],
    ['where one text ends', { a: 'x', b: 'yz' }, { a: 'xy', b: 'z' }],
    ['where one list ends', [[1, 2], [3]], [[1], [2, 3]]],
    ['null and undefined', { a: null }, { a: undefined }],
  ])('never where these differ: %s', (_name, a, b) => {
    expect(same(a, b)).toBe(false);
  });

  test('exactly where all their bytes are equal, whatever one bit is flipped', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 67 }),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (bytes, at, bit) => {
          const changed = bytes.slice();
          changed[at % bytes.length] = changed[at % bytes.length]! ^ (1 << bit);
          expect(same({ bytes }, { bytes: bytes.slice() })).toBe(true);
          expect(same({ bytes }, { bytes: changed })).toBe(false);
        },
      ),
      { seed: 7 },
    );
  });

  test('never where the hashes happen to be equal and the bytes are not', () => {
    const [a, b] = [contentOf(array([1, 2]))!, contentOf(array([2, 1]))!];
    expect(sameContent({ ...a, hash: '5' }, { ...b, hash: '5' })).toBe(false);
  });
});

test('the hash tells arrays apart whichever few of their bits are flipped', () => {
  const base = Float64Array.from({ length: 67 }, (_, i) => Math.sin(i));
  const hashes = new Set([contentOf(base)!.hash]);
  let count = 1;
  for (let bit = 0; bit < 64 * base.length; bit += 3) {
    const flipped = base.slice();
    const words = new Uint32Array(flipped.buffer);
    words[bit >> 5] = words[bit >> 5]! ^ (1 << (bit & 31));
    hashes.add(contentOf(flipped)!.hash);
    const other = (bit + 833) % (64 * base.length);
    words[other >> 5] = words[other >> 5]! ^ (1 << (other & 31));
    hashes.add(contentOf(flipped)!.hash);
    count += 2;
  }
  expect(hashes.size).toBe(count);
});

test('content that was kept stays what it was when the array is written to', () => {
  const x = array([1, 2, 3]);
  const before = kept(contentOf({ x })!);
  x.data[1] = 9;
  expect(sameContent(before, contentOf({ x })!)).toBe(false);
  x.data[1] = 2;
  expect(sameContent(before, contentOf({ x })!)).toBe(true);
});

test.each([
  ['a function', { f: () => 1 }],
  ['a date', { at: new Date(0) }],
  ['a set', { s: new Set([1]) }],
])('%s has no content to go by', (_name, value) => {
  expect(contentOf(value)).toBeUndefined();
});

test('a snapshot is equal in content and shares no array, list, map or object', () => {
  const value = { x: array([1, 2]), l: [new Mesh()], m: new Map([['a', Float64Array.of(1)]]) };
  const copy = snapshot(value);
  expect(same(value, copy)).toBe(true);
  expect(copy.l[0]).toBeInstanceOf(Mesh);
  value.x.data[0] = 5;
  value.l[0]!.x = 5;
  value.m.get('a')![0] = 5;
  expect(copy.x.data[0]).toBe(1);
  expect(copy.l[0]!.x).toBe(1);
  expect(copy.m.get('a')![0]).toBe(1);
});
