/** Reading one LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md). */

// Shorter runs are copied faster by a loop than by a call.
const SHORT = 32;

/** Where a block's content goes: at most up to `end`, and matches may reach back to `floor`. */
export interface BlockTarget {
  readonly bytes: Uint8Array;
  readonly floor: number;
  readonly end: number;
}

/** Write the content of block `source` into `target` from `at` on; the end of it, or -1 where the block is malformed. */
export function readBlock(source: Uint8Array, { bytes, floor, end }: BlockTarget, at: number): number {
  const last = source.length;
  let from = 0;
  while (from < last) {
    const token = source[from++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (from >= last) return -1;
        more = source[from++]!;
        literals += more;
      } while (more === 255);
    }
    if (literals > last - from || literals > end - at) return -1;
    if (literals > SHORT) bytes.set(source.subarray(from, from + literals), at);
    else for (let i = 0; i < literals; i++) bytes[at + i] = source[from + i]!;
    from += literals;
    at += literals;
    if (from === last) return at;
    if (last - from < 2) return -1;
    const offset = source[from]! | (source[from + 1]! << 8);
    from += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        if (from >= last) return -1;
        more = source[from++]!;
        length += more;
      } while (more === 255);
    }
    if (offset === 0 || offset > at - floor || length > end - at) return -1;
    at = copyMatch(bytes, at, offset, length);
  }
  return -1;
}

/** Copy `length` bytes from `offset` back; a match may overlap what it writes, and then repeats itself. */
function copyMatch(bytes: Uint8Array, at: number, offset: number, length: number): number {
  const end = at + length;
  if (length <= SHORT) {
    for (; at < end; at++) bytes[at] = bytes[at - offset]!;
    return end;
  }
  const from = at - offset;
  // Every copy doubles what is there to copy from.
  while (at < end) {
    const run = Math.min(at - from, end - at);
    bytes.copyWithin(at, from, from + run);
    at += run;
  }
  return end;
}
