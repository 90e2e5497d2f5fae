/**
 * The pieces of a JSON text in the making.
 *
 * Arrays stay bytes until the end, and are then written as base64 into the finished body: the text of a large array never
 * exists as a string of its own.
 */

import { blankBytes, type Take } from '../array/memory.js';
import { encodeBase64, encodedLength, writeAscii, writeBase64 } from './base64.js';

// Below this, a string is cheaper than a piece.
const INLINE = 1024;
// Text is cut off about here, so that no string comes near the length that an engine allows.
const FLUSH = 1_048_576;

/** Takes the pieces of a JSON text in order. */
export class TextSink {
  readonly #pieces: Piece[] = [];
  #text = '';

  /** Add text that is JSON already. */
  text(text: string): void {
    this.#text += text;
    if (this.#text.length > FLUSH) this.#flush();
  }

  /** Add the base64 text of `bytes`, which must not change before the text is finished. */
  base64(bytes: Uint8Array): void {
    if (bytes.length <= INLINE) {
      this.text(encodeBase64(bytes));
      return;
    }
    this.#flush();
    this.#pieces.push(new Base64Piece(bytes));
  }

  /** Add bytes that are JSON in UTF-8 already, and are taken over. */
  bytes(bytes: Uint8Array): void {
    this.#flush();
    this.#pieces.push(bytes);
  }

  /** The finished text, as UTF-8, in memory that is taken so. */
  toBytes(take: Take = blankBytes): Uint8Array {
    this.#flush();
    const body = take(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) at = write(piece, body, at);
    return body;
  }

  #flush(): void {
    const text = this.#text;
    if (text !== '') this.#pieces.push(beyondAscii.test(text) ? utf8.encode(text) : text);
    this.#text = '';
  }
}

/** Text of ASCII, bytes as they are, or what is written as base64. */
type Piece = string | Uint8Array | Base64Piece;

const utf8 = new TextEncoder();
const beyondAscii = /[\u0080-\uffff]/;

/** Bytes that are written as base64. */
class Base64Piece {
  readonly bytes: Uint8Array;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.length = encodedLength(bytes.length);
  }
}

function write(piece: Piece, body: Uint8Array, at: number): number {
  if (typeof piece === 'string') return writeAscii(piece, body, at);
  if (piece instanceof Base64Piece) return writeBase64(piece.bytes, body, at);
  body.set(piece, at);
  return at + piece.length;
}
