/** Writing an LZ4 frame: content size stated, linked blocks, those that would not shrink stored as they are. */
import { blankBytes } from '../../array/memory.js';
import { blockSizeOf, flags, MAGIC, STORED } from './frame.js';
import { blockSource, SEARCHED, writeBlock } from './writeBlock.js';
import { xxh32 } from './xxh32.js';

const HEADER = 15;
const END_MARK = 4;

/** `bytes` as one LZ4 frame. */
export function encodeLz4(bytes: Uint8Array): Uint8Array {
  const code = blockSizeCode(bytes.length);
  const blockSize = blockSizeOf(code);
  const out = blankBytes(HEADER + bytes.length + 4 * Math.ceil(bytes.length / blockSize) + END_MARK);
  const view = new DataView(out.buffer);
  let at = writeHeader(out, view, code, bytes.length);
  const source = bytes.length <= SEARCHED ? blockSource(bytes) : undefined;
  for (let start = 0; start < bytes.length; start += blockSize) {
    const end = Math.min(start + blockSize, bytes.length);
    const written = source === undefined ? -1 : writeBlock(source, start, end, out, at + 4);
    const size = written < 0 ? end - start : written - at - 4;
    if (written < 0) out.set(bytes.subarray(start, end), at + 4);
    view.setUint32(at, written < 0 ? size + STORED : size, true);
    at += 4 + size;
  }
  view.setUint32(at, 0, true);
  return out.subarray(0, at + END_MARK);
}

/** The smallest code whose blocks hold all of the content: a reader reserves memory by it. */
function blockSizeCode(length: number): number {
  return [4, 5, 6].find((code) => length <= blockSizeOf(code)) ?? 7;
}

function writeHeader(out: Uint8Array, view: DataView, code: number, length: number): number {
  view.setUint32(0, MAGIC, true);
  // Readers take a stated size of 0 for an unknown one, so both say the same.
  out[4] = flags.version | flags.contentSize;
  out[5] = code << 4;
  view.setUint32(6, length >>> 0, true);
  view.setUint32(10, Math.floor(length / 2 ** 32), true);
  out[14] = (xxh32(out.subarray(4, 14)) >>> 8) & 0xff;
  return HEADER;
}
