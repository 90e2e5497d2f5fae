/** The compression table: how the bytes of an array are made smaller. To add one, add a row, and its name to `Compression`. */
import type { Compression } from './encoding.js';
import { decodeLz4 } from './lz4/read.js';
import { encodeLz4 } from './lz4/write.js';

interface CompressionRow {
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  /** Exactly `length` bytes, or what is wrong with the data in a few words. */
  readonly decompress: (bytes: Uint8Array, length: number) => Uint8Array | string;
}

/** Every compression. */
export const compressions: Readonly<Record<NonNullable<Compression>, CompressionRow>> = {
  lz4: { compress: encodeLz4, decompress: decodeLz4 },
};
