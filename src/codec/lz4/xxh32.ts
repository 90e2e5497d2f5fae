/** xxHash32, the checksum of LZ4 frames (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). */

const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;
const P4 = 0x27d4eb2f;
const P5 = 0x165667b1;

const rotl = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));
const round = (lane: number, word: number) => Math.imul(rotl((lane + Math.imul(word, P2)) | 0, 13), P1);

/** The hash, with seed 0, of `bytes`, as an unsigned 32-bit integer. */
export function xxh32(bytes: Uint8Array): number {
  const { length } = bytes;
  const words = new DataView(bytes.buffer, bytes.byteOffset, length);
  const whole = length - (length % 16);
  let hash = whole === 0 ? P5 : stripes(words, whole);
  hash = (hash + length) | 0;
  let at = whole;
  for (; at + 4 <= length; at += 4) {
    hash = Math.imul(rotl((hash + Math.imul(words.getInt32(at, true), P3)) | 0, 17), P4);
  }
  for (; at < length; at++) hash = Math.imul(rotl((hash + Math.imul(bytes[at]!, P5)) | 0, 11), P1);
  return avalanche(hash);
}

function stripes(words: DataView, whole: number): number {
  let a = (P1 + P2) | 0;
  let b = P2 | 0;
  let c = 0;
  let d = -P1 | 0;
  for (let at = 0; at < whole; at += 16) {
    a = round(a, words.getInt32(at, true));
    b = round(b, words.getInt32(at + 4, true));
    c = round(c, words.getInt32(at + 8, true));
    d = round(d, words.getInt32(at + 12, true));
  }
  return (rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18)) | 0;
}

function avalanche(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
