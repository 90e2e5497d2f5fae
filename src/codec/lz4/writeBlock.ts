/**
 * Writing LZ4 blocks: one pass with a hash table of the last place of every four bytes seen.
 *
 * The longer nothing repeats, the larger the steps, so data that cannot be compressed costs next to nothing.
 */

const HASH_BITS = 14;
const MAX_OFFSET = 65535;
// The format wants the last 5 bytes as literals, and no match to start in the last 12.
const LAST_LITERALS = 5;
const MATCH_LIMIT = 12;
// Tries without a match until steps grow by one.
const PATIENCE = 6;

// Positions of past calls stay in the table, below `epoch`, instead of its being cleared for every small array.
const table = new Int32Array(2 ** HASH_BITS);
let epoch = 1;

/** The largest input that blocks are searched for matches in. */
export const SEARCHED: number = 2 ** 30;

/** What blocks are made of: all of the content, so that a block may refer to the one before it. */
export interface BlockSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** What is added to a position in the table, to tell it from positions of other contents. */
  readonly base: number;
}

/** Prepare to write the blocks of `bytes`. Only the newest source may be used. */
export function blockSource(bytes: Uint8Array): BlockSource {
  if (epoch + bytes.length > 2 ** 31 - 1) {
    table.fill(0);
    epoch = 1;
  }
  const base = epoch;
  epoch += bytes.length;
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), base };
}

/** Write bytes `start` to `end` as a block into `out` from `at` on; its end, or -1 where it is not smaller. */
export function writeBlock(source: BlockSource, start: number, end: number, out: Uint8Array, at: number): number {
  const { bytes, view, base } = source;
  const limit = at + (end - start) - 1;
  const lastMatch = end - MATCH_LIMIT;
  let anchor = start;
  let position = start;
  while (position <= lastMatch) {
    let match = -1;
    for (let tries = 1 << PATIENCE; position <= lastMatch; position += tries++ >>> PATIENCE) {
      const word = view.getInt32(position, true);
      const slot = Math.imul(word, -1640531535) >>> (32 - HASH_BITS);
      match = table[slot]! - base;
      table[slot] = position + base;
      if (match >= 0 && position - match <= MAX_OFFSET && view.getInt32(match, true) === word) break;
      match = -1;
    }
    if (match < 0) break;
    while (position > anchor && match > 0 && bytes[position - 1] === bytes[match - 1]) {
      position--;
      match--;
    }
    const length = 4 + commonLength(view, position + 4, match + 4, end - LAST_LITERALS);
    at = writeSequence(bytes, anchor, position, out, at, limit, length);
    if (at < 0) return -1;
    out[at++] = (position - match) & 0xff;
    out[at++] = (position - match) >>> 8;
    at = writeLength(length - 4, out, at);
    position += length;
    anchor = position;
  }
  return writeSequence(bytes, anchor, end, out, at, limit, 0);
}

/** How many bytes are the same from `a` and `b` (before `a`) on, up to `end`. */
function commonLength(view: DataView, a: number, b: number, end: number): number {
  const from = a;
  // Long runs, as of zeros, eight bytes at a time.
  while (a + 8 <= end && same4(view, a, b) && same4(view, a + 4, b + 4)) {
    a += 8;
    b += 8;
  }
  for (; a + 4 <= end; a += 4, b += 4) {
    const difference = view.getInt32(a, true) ^ view.getInt32(b, true);
    // The lowest byte that differs is the first.
    if (difference !== 0) return a - from + ((31 - Math.clz32(difference & -difference)) >>> 3);
  }
  while (a < end && view.getUint8(a) === view.getUint8(b)) {
    a++;
    b++;
  }
  return a - from;
}

function same4(view: DataView, a: number, b: number): boolean {
  return view.getInt32(a, true) === view.getInt32(b, true);
}

/** Write a token and its literals; the end of them, or -1 where they and the match would not fit before `limit`. */
function writeSequence(
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
  limit: number,
  match: number,
): number {
  const literals = to - from;
  if (at + literals + (literals + match) / 255 + 5 > limit) return -1;
  out[at++] = (Math.min(literals, 15) << 4) | (match === 0 ? 0 : Math.min(match - 4, 15));
  at = writeLength(literals, out, at);
  if (literals > 16) out.set(bytes.subarray(from, to), at);
  else for (let i = 0; i < literals; i++) out[at + i] = bytes[from + i]!;
  return at + literals;
}

/** Write what does not fit into the four bits of a token. */
function writeLength(length: number, out: Uint8Array, at: number): number {
  if (length < 15) return at;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) out[at++] = 255;
  out[at++] = rest;
  return at;
}
