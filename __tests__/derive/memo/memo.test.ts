/** What was worked out at a point is found by content, in bounded memory. */

import { describe, expect, test } from '@jest/globals';
import { array } from 'cotangent';
import { Memo } from '../../../src/derive/memo/memo.js';

const point = (first: number, size = 4) => ({ x: array([first, ...new Array<number>(size - 1).fill(0)]) });

describe('a memo', () => {
  test('finds a value at equal inputs, under its name', () => {
    const memo = new Memo(1e6);
    memo.at(point(1))!.set([{ name: 'a', value: 'kept', bytes: 10 }]);
    expect(memo.at(point(1))!.get('a')).toBe('kept');
    expect(memo.at(point(1))!.get('b')).toBeUndefined();
    expect(memo.at(point(2))!.get('a')).toBeUndefined();
  });

  test('keeps nothing for inputs that changed since they were looked up', () => {
    const memo = new Memo(1e6);
    const inputs = point(1);
    const place = memo.at(inputs)!;
    inputs.x.data[0] = 2;
    place.set([{ name: 'a', value: 'worked out at 1, or at 2', bytes: 10 }]);
    expect(memo.at(point(1))!.get('a')).toBeUndefined();
    expect(memo.at(point(2))!.get('a')).toBeUndefined();
    expect(memo.bytes).toBe(0);
  });

  test('drops the point that was not asked at for the longest time, and never takes more bytes than its limit', () => {
    const memo = new Memo(5000);
    for (const k of [1, 2, 3]) memo.at(point(k))!.set([{ name: 'a', value: k, bytes: 800 }]);
    expect(memo.at(point(1))!.get('a')).toBe(1);
    memo.at(point(4))!.set([{ name: 'a', value: 4, bytes: 800 }]);
    expect([1, 2, 3, 4].map((k) => memo.at(point(k))!.get('a'))).toEqual([1, undefined, 3, 4]);
    for (let k = 0; k < 200; k++) {
      memo.at(point(k % 17, 4 + (k % 5)))!.set([{ name: `a${k % 3}`, value: k, bytes: (k * 97) % 3000 }]);
      expect(memo.bytes).toBeLessThanOrEqual(5000);
    }
  });

  test('does not keep what is larger than its limit, and forgets nothing else for it', () => {
    const memo = new Memo(5000);
    memo.at(point(1))!.set([{ name: 'a', value: 1, bytes: 100 }]);
    memo.at(point(2))!.set([{ name: 'a', value: 2, bytes: 6000 }]);
    expect(memo.at(point(2))!.get('a')).toBeUndefined();
    expect(memo.at(point(1))!.get('a')).toBe(1);
    expect(memo.at(point(1, 10_000))).toBeUndefined();
  });

  test('remembers no more than 256 points, however small they are', () => {
    const memo = new Memo(1e9);
    for (let k = 0; k < 300; k++) memo.at(point(k))!.set([{ name: 'a', value: k, bytes: 1 }]);
    expect([0, 43, 44, 299].map((k) => memo.at(point(k))!.get('a'))).toEqual([undefined, undefined, 44, 299]);
  });

  test('replaces a value without counting it twice', () => {
    const memo = new Memo(5000);
    for (let k = 0; k < 100; k++) memo.at(point(1))!.set([{ name: 'a', value: k, bytes: 1000 }]);
    expect(memo.at(point(1))!.get('a')).toBe(99);
    expect(memo.bytes).toBeLessThan(3000);
  });
});
