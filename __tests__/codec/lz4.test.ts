/** LZ4 frames: those of python-lz4 are read, ours are small and read back, and a wrong byte is noticed. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeLz4 } from '../../src/codec/lz4/read.js';
import { encodeLz4 } from '../../src/codec/lz4/write.js';
import { xxh32 } from '../../src/codec/lz4/xxh32.js';
import { fixture, fnv1a, hex } from './fixtures.js';

interface FrameFixture {
  readonly name: string;
  readonly frame: string;
  readonly content: { readonly length: number; readonly fnv1a: number };
}

const frames = fixture<FrameFixture>('frames.json');
const bytesOf = (row: FrameFixture) => new Uint8Array(Buffer.from(row.frame, 'base64'));
const utf8 = new TextEncoder();

describe('xxh32', () => {
  test.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('of %j is the published one', (text, hash) => expect(xxh32(utf8.encode(text))).toBe(hash));
});

describe('frames of python-lz4', () => {
  test.each(frames.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const content = decodeLz4(bytesOf(row), row.content.length);
    expect(content).toBeInstanceOf(Uint8Array);
    if (typeof content !== 'string') {
      expect({ length: content.length, fnv1a: fnv1a(content) }).toEqual(row.content);
    }
  });

  test('a frame holds exactly the bytes that are asked for, or is refused', () => {
    for (const row of frames) {
      expect(decodeLz4(bytesOf(row), row.content.length + 1)).toEqual(expect.any(String));
      if (row.content.length > 0) {
        expect(decodeLz4(bytesOf(row), row.content.length - 1)).toEqual(expect.any(String));
      }
    }
  });

  test('every truncated frame is refused', () => {
    for (const row of frames.filter(({ frame, content }) => frame.length < 800 && content.length > 0)) {
      const frame = bytesOf(row);
      for (let end = 0; end < frame.length; end++) {
        expect([row.name, end, decodeLz4(frame.subarray(0, end), row.content.length)]).toEqual([
          row.name,
          end,
          expect.any(String),
        ]);
      }
    }
  });

  test('every flipped bit of a frame with all checksums is noticed', () => {
    const row = frames.find(({ name }) => name === 'text, every checksum')!;
    const frame = bytesOf(row);
    for (let bit = 0; bit < 8 * frame.length; bit++) {
      const wrong = frame.slice();
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, decodeLz4(wrong, row.content.length)]).toEqual([bit, expect.any(String)]);
    }
  });

  test('what follows the last frame is refused', () => {
    const row = frames[0]!;
    expect(decodeLz4(new Uint8Array([...bytesOf(row), 0]), row.content.length)).toEqual(expect.any(String));
  });
});

describe('our frames', () => {
  const roundTrip = (bytes: Uint8Array) => {
    const content = decodeLz4(encodeLz4(bytes), bytes.length);
    expect(typeof content === 'string' ? content : hex(content)).toBe(hex(bytes));
  };

  test('give back random bytes of every small length', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), roundTrip), { seed: 1, numRuns: 500 });
  });

  test('give back texts of few letters, which are full of matches', () => {
    const letters = fc.array(fc.constantFrom(97, 98, 99), { maxLength: 3000 });
    fc.assert(
      fc.property(letters, (codes) => roundTrip(new Uint8Array(codes))),
      { seed: 2, numRuns: 300 },
    );
  });

  test('give back runs of every length around the limits of the format', () => {
    for (let length = 0; length < 600; length++) roundTrip(new Uint8Array(length).fill(7));
  });

  test('give back several blocks, with matches that reach from one into the one before', () => {
    const bytes = new Uint8Array(9_000_000);
    for (let i = 0; i < bytes.length; i++) bytes[i] = ((i % 60_000) * 7) >> 3;
    const frame = encodeLz4(bytes);
    expect(frame.length).toBeLessThan(bytes.length / 50);
    roundTrip(bytes);
  });

  test('of data that does not compress are larger by 23 bytes in one block', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => xxh32(utf8.encode(String(i))));
    expect(encodeLz4(bytes).length).toBe(5023);
    roundTrip(bytes);
  });

  test('do not mix up one content with the one before it', () => {
    for (const seed of [1, 2, 3]) {
      roundTrip(Uint8Array.from({ length: 2000 }, (_, i) => (i * seed) % 251));
      roundTrip(Uint8Array.from({ length: 2000 }, (_, i) => (i * seed) % 251));
    }
  });
});
