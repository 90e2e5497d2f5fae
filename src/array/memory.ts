/** Fresh memory: for bytes, not cleared where that can be saved, and on pages that were in use before. */

/** Gives memory for so many bytes, all of which are going to be written. Nobody else refers to it. */
export type Take = (length: number) => Uint8Array;

const { Buffer: NodeBuffer } = globalThis as { readonly Buffer?: typeof Buffer };

// The largest piece that glibc learns from, less what it adds itself; and what is worth while to learn for.
const LESSON = 2 ** 25 - 2 ** 16;
const LARGE = 2 ** 17;

let hasLearned = false;

/** Memory of its own for so many bytes, which may hold anything. */
export const blankBytes: Take = (length) => {
  if (NodeBuffer === undefined) return new Uint8Array(length);
  keepFreed(length);
  return new Uint8Array(NodeBuffer.allocUnsafeSlow(length).buffer);
};

/**
 * The `malloc` of glibc gives what is freed back to the system, page by page, until it has seen a piece freed of about the
 * same size: then it keeps that much. So one of the largest is let go, once, where somebody is about to take `length` bytes and
 * that is many; it is never written, so it takes no memory. What a megabyte costs, written for the first time, is as much as
 * encoding it.
 */
export function keepFreed(length: number): void {
  if (length < LARGE || hasLearned) return;
  hasLearned = true;
  NodeBuffer?.allocUnsafeSlow(LESSON);
}
