/** LZ4 frames: those of python-lz4 are read, ours are small and read back, and a wrong byte is noticed. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeLz4 } from '../../src/codec/lz4/read.js';
import { readBlock } from '../../src/codec/lz4/readBlock.js';
import { encodeLz4 } from '../../src/codec/lz4/write.js';
import { xxh32 } from '../../src/codec/lz4/xxh32.js';
import { counted } from '../setup/sizes.js';
import { fixture, fnv1a } from './fixtures.js';

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

  test('a frame that says that its blocks are independent, and has others, is refused', () => {
    const row = frames.find(({ name }) => name === 'zeros, the defaults')!;
    const frame = bytesOf(row);
    frame[4]! |= 0b0010_0000;
    frame[14] = (xxh32(frame.subarray(4, 14)) >>> 8) & 0xff;
    expect(decodeLz4(frame, row.content.length)).toEqual(expect.any(String));
  });

  test('what follows the last frame is refused', () => {
    const row = frames[0]!;
    expect(decodeLz4(new Uint8Array([...bytesOf(row), 0]), row.content.length)).toEqual(expect.any(String));
  });
});

describe('our frames', () => {
  const roundTrip = (bytes: Uint8Array) => {
    const content = decodeLz4(encodeLz4(bytes), bytes.length);
    expect(typeof content === 'string' ? content : Buffer.compare(content, bytes)).toBe(0);
  };

  test('give back random bytes of every small length', () => {
    const bytes = counted(fc.uint8Array({ maxLength: 300 }));
    fc.assert(fc.property(bytes.cases, roundTrip), { seed: 1, numRuns: 500 });
    expect(bytes.lengths().median).toBeGreaterThan(100);
  });

  test('give back texts of few letters, which are full of matches', () => {
    const letters = counted(fc.array(fc.constantFrom(97, 98, 99), { maxLength: 3000 }));
    fc.assert(
      fc.property(letters.cases, (codes) => roundTrip(new Uint8Array(codes))),
      { seed: 2, numRuns: 300 },
    );
    expect(letters.lengths().median).toBeGreaterThan(300);
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

  test('give back what repeats at the largest offset, and just beyond', () => {
    for (const period of [65_534, 65_535, 65_536, 65_537]) {
      roundTrip(Uint8Array.from({ length: 2 * period }, (_, i) => Math.imul((i % period) ** 2, 0x9e3779b1) >>> 20));
    }
  });

  test('end every block with five literals, as the format wants', () => {
    const frame = encodeLz4(new Uint8Array(100).fill(7));
    expect(Array.from(frame.subarray(-10))).toEqual([0x50, 7, 7, 7, 7, 7, 0, 0, 0, 0]);
  });

  test('do not mix up one content with the one before it', () => {
    for (const seed of [1, 2, 3]) {
      roundTrip(Uint8Array.from({ length: 2000 }, (_, i) => (i * seed) % 251));
      roundTrip(Uint8Array.from({ length: 2000 }, (_, i) => (i * seed) % 251));
    }
  });
});

describe('a block', () => {
  const read = (block: number[], floor = 0, end = 8) =>
    readBlock(new Uint8Array(block), { bytes: new Uint8Array(8), floor, end }, 4);

  test.each([
    ['a match that is there', [0x00, 1, 0, 0x10, 9], 0, 8, -1],
    ['a match and no literals after it', [0x10, 9, 1, 0], 0, 8, -1],
    ['literals up to the end', [0x40, 1, 2, 3, 4], 0, 8, 8],
    ['literals beyond the end', [0x40, 1, 2, 3, 4], 0, 7, -1],
    ['literals that are not there', [0x40, 1, 2, 3], 0, 8, -1],
    ['an offset of 0', [0x10, 9, 0, 0, 0x00], 0, 16, -1],
    ['an offset to the floor', [0x00, 4, 0, 0x00], 0, 8, 8],
    ['an offset below the floor', [0x00, 4, 0, 0x00], 1, 8, -1],
    ['half an offset', [0x10, 9, 1], 0, 8, -1],
    ['a length without its end', [0xf0, 255], 0, 8, -1],
    ['nothing', [], 0, 8, -1],
  ])('with %s', (_, block, floor, end, at) => expect(read(block, floor, end)).toBe(at));
});
