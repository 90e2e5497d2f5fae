/** base64 by every engine: exact, and equally strict. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  atobEngine,
  type Base64Engine,
  bufferEngine,
  decodeBase64,
  encodeBase64,
  writeBase64,
} from '../../src/codec/base64.js';

/** A browser's method for one array: skips white space, wants padding, and stops at the first bad character. */
const nativeLike: Base64Engine = {
  decode: (text, into) => {
    const clean = text.replace(/[ \t\n\f\r]/g, '');
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean)) return -1;
    into.set(Buffer.from(clean, 'base64').subarray(0, into.length));
    return Buffer.from(clean, 'base64').length;
  },
  encode: (bytes) => Buffer.from(bytes).toString('base64'),
};

describe.each([
  ['Buffer', bufferEngine],
  ['atob', atobEngine],
  ['a native decoder', nativeLike],
])('by %s', (_, engine) => {
  test('bytes come back, and the text is the standard one', () => {
    const back = (bytes: Uint8Array) => {
      const text = encodeBase64(bytes, engine);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(text, engine)).toEqual(bytes);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), back), { seed: 6 });
    for (const length of [8189, 8190, 8191, 49_151, 49_152, 49_153, 100_000]) back(new Uint8Array(length).fill(171));
  });

  test('one wrong character anywhere is refused', () => {
    const text = Buffer.from(new Uint8Array(10)).toString('base64');
    const wrongs = ['-', '_', '=', ' ', '\n', '\0', '.', '\u0141', '\u00c1', '\u{1f600}'];
    for (let at = 0; at < text.length - 2; at++) {
      for (const wrong of wrongs) {
        expect(decodeBase64(text.slice(0, at) + wrong + text.slice(at + wrong.length), engine)).toBeUndefined();
      }
    }
    for (const padding of ['AA', '=A', 'A', '', '===']) {
      const changed = decodeBase64(text.slice(0, -2) + padding, engine);
      expect(changed === undefined || changed.length === 12).toBe(true);
    }
  });
});

test('writeBase64 writes the same text as one string', () => {
  for (const length of [0, 1, 2, 3, 49_151, 49_152, 49_153, 150_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    const into = new Uint8Array(3 + Math.ceil(length / 3) * 4);
    expect(writeBase64(bytes, into, 3)).toBe(into.length);
    expect(Buffer.from(into.subarray(3)).toString()).toBe(Buffer.from(bytes).toString('base64'));
  }
});
