/**
 * The files that `binref` arrays are kept in, as far as the codec sees them.
 *
 * The codec opens no file: a server, the command line or a client in Node hands this in (`node/files.ts`).
 */

/** Why a file is not read, in words that give away nothing about the machine. */
export interface FileRefusal {
  readonly received: string;
  readonly expected: string;
}

/** Reads and writes the files of `binref` arrays. */
export interface ArrayFiles {
  /**
   * `length` bytes from byte `offset` of the file called `name`, in memory that nothing else refers to; or why not.
   * Memory is taken only once the file is known to be allowed and long enough.
   */
  readonly read: (name: string, offset: number, length: number) => Uint8Array | FileRefusal;
  /** Append `bytes` to a file, and say where they are: `name:offset`. Raises `E_ARRAY_FILE_WRITE`. */
  readonly append: (bytes: Uint8Array) => string;
}
