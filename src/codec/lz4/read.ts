/** Reading LZ4 frames of every option set but dictionaries, into exactly the memory that is asked for. */
import { blockSizeOf, flags, MAGIC, SKIPPABLE, STORED } from './frame.js';
import { readBlock } from './readBlock.js';
import { xxh32 } from './xxh32.js';

/** What is wrong with a frame, in a few words. */
class Malformed extends Error {}

// A match length grows by at most 255 a byte, so no data is larger than this many times its compressed form.
const LARGEST_RATIO = 255;

/** The bytes of one frame or several, exactly `length` of them; or what is wrong, in a few words. */
export function decodeLz4(source: Uint8Array, length: number): Uint8Array | string {
  if (length > source.length * LARGEST_RATIO) return 'far fewer bytes';
  const reader = new Reader(source, length);
  try {
    do reader.frame();
    while (!reader.done);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
  return reader.written === length ? reader.bytes : `${reader.written} bytes`;
}

/** The options of a frame. */
interface Frame {
  readonly flag: number;
  readonly blockSize: number;
  readonly start: number;
  readonly contentSize: number | undefined;
}

class Reader {
  readonly bytes: Uint8Array;
  written = 0;
  readonly #source: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(source: Uint8Array, length: number) {
    this.#source = source;
    this.#view = new DataView(source.buffer, source.byteOffset, source.length);
    this.bytes = new Uint8Array(length);
  }

  get done(): boolean {
    return this.#at === this.#source.length;
  }

  frame(): void {
    const magic = this.#word();
    if ((magic & SKIPPABLE.mask) === SKIPPABLE.magic) {
      this.#take(this.#word());
      return;
    }
    if (magic !== MAGIC) throw new Malformed('something that is no LZ4 frame');
    const frame = this.#descriptor();
    while (this.#block(frame));
    this.#checkContent(frame);
  }

  #take(count: number): Uint8Array {
    if (count > this.#source.length - this.#at) throw new Malformed('an end too soon');
    this.#at += count;
    return this.#source.subarray(this.#at - count, this.#at);
  }

  #word(): number {
    this.#take(4);
    return this.#view.getUint32(this.#at - 4, true);
  }

  #descriptor(): Frame {
    const from = this.#at;
    const flag = this.#take(1)[0]!;
    if ((flag & flags.versionMask) !== flags.version || (flag & flags.reserved) !== 0) {
      throw new Malformed('an unknown version');
    }
    if ((flag & flags.dictionary) !== 0) throw new Malformed('a dictionary, which is not supported');
    const code = this.#take(1)[0]!;
    if ((code & 0b1000_1111) !== 0 || code >>> 4 < 4) throw new Malformed('an unknown block size');
    const contentSize = (flag & flags.contentSize) === 0 ? undefined : this.#word() + this.#word() * 2 ** 32;
    const descriptor = this.#source.subarray(from, this.#at);
    if (this.#take(1)[0] !== ((xxh32(descriptor) >>> 8) & 0xff)) throw new Malformed('a wrong header checksum');
    return { flag, blockSize: blockSizeOf(code >>> 4), start: this.written, contentSize };
  }

  /** Read a block; false at the end mark. */
  #block({ flag, blockSize, start }: Frame): boolean {
    const word = this.#word();
    if (word === 0) return false;
    const stored = word >= STORED;
    const data = this.#take(stored ? word - STORED : word);
    if (data.length > blockSize) throw new Malformed('a block that is too large');
    if ((flag & flags.blockChecksum) !== 0 && this.#word() !== xxh32(data)) {
      throw new Malformed('a wrong block checksum');
    }
    if (stored) this.#store(data);
    else this.#decode(data, (flag & flags.independent) === 0 ? start : this.written, blockSize);
    return true;
  }

  #store(data: Uint8Array): void {
    if (data.length > this.bytes.length - this.written) throw new Malformed('more bytes');
    this.bytes.set(data, this.written);
    this.written += data.length;
  }

  #decode(data: Uint8Array, floor: number, blockSize: number): void {
    const end = Math.min(this.bytes.length, this.written + blockSize);
    const written = readBlock(data, { bytes: this.bytes, floor, end }, this.written);
    if (written < 0) throw new Malformed('a malformed block, or more bytes');
    this.written = written;
  }

  #checkContent({ flag, start, contentSize }: Frame): void {
    const content = this.bytes.subarray(start, this.written);
    if (contentSize !== undefined && content.length !== contentSize) throw new Malformed('a wrong content size');
    if ((flag & flags.contentChecksum) !== 0 && this.#word() !== xxh32(content)) {
      throw new Malformed('a wrong content checksum');
    }
  }
}
