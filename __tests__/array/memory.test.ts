/** Fresh memory: as much as was asked for, and nobody else's. */
import { expect, test } from '@jest/globals';
import { blankBytes } from '../../src/array/memory.js';
import { zeros } from '../../src/index.js';

test.each([0, 1, 100, 5000, 131_071, 131_072, 3_000_000])('of %d bytes is all of a buffer of its own', (length) => {
  const [one, other] = [blankBytes(length), blankBytes(length)];
  one.fill(1);
  other.fill(2);
  expect([one.length, one.byteOffset, one.buffer.byteLength]).toEqual([length, 0, length]);
  expect(one.every((byte) => byte === 1)).toBe(true);
});

test('of an array is zero, also where memory was used before', () => {
  for (let round = 0; round < 50; round++) {
    const { data } = zeros([40_000]);
    expect(data.every((value) => Object.is(value, 0))).toBe(true);
    data.fill(NaN);
  }
});
