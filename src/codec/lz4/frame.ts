/** The constants of the LZ4 frame format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). */

/** The first four bytes of a frame, little-endian. */
export const MAGIC = 0x184d2204;

/** Frames with these magic numbers carry something else, and are skipped. */
export const SKIPPABLE = { mask: 0xfffffff0, magic: 0x184d2a50 } as const;

/** The bits of the flag byte; the two topmost hold the version, 1. */
export const flags = {
  version: 0b0100_0000,
  versionMask: 0b1100_0000,
  independent: 0b0010_0000,
  blockChecksum: 0b0001_0000,
  contentSize: 0b0000_1000,
  contentChecksum: 0b0000_0100,
  reserved: 0b0000_0010,
  dictionary: 0b0000_0001,
} as const;

/** The bit of a block size that says that the block is stored as it is. */
export const STORED = 0x80000000;

/** The largest block of each block size code, 4 to 7: 64 KiB to 4 MiB. */
export function blockSizeOf(code: number): number {
  return 2 ** (8 + 2 * code);
}
