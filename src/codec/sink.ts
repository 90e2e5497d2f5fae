/**
 * The pieces of a JSON text in the making.
 *
 * Large arrays stay bytes until the end, and are then written as base64 into the finished body: the text of a large
 * array never exists as a string of its own.
 */
import { blankBytes, encodeBase64, encodedLength, writeBase64 } from './base64.js';

// Below this, a string is cheaper than a piece.
const INLINE = 1024;
// Text is cut off about here, so that no string comes near the length that an engine allows.
const FLUSH = 1_048_576;

/** Takes the pieces of a JSON text in order. */
export class TextSink {
  readonly #pieces: (Uint8Array | Base64Piece)[] = [];
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

  /** The finished text, as UTF-8. */
  toBytes(): Uint8Array {
    const last = utf8.encode(this.#text);
    if (this.#pieces.length === 0) return last;
    const pieces = [...this.#pieces, last];
    const body = blankBytes(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) at = write(piece, body, at);
    return body;
  }

  #flush(): void {
    if (this.#text !== '') this.#pieces.push(utf8.encode(this.#text));
    this.#text = '';
  }
}

const utf8 = new TextEncoder();

/** Bytes that are written as base64. */
class Base64Piece {
  readonly bytes: Uint8Array;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.length = encodedLength(bytes.length);
  }
}

function write(piece: Uint8Array | Base64Piece, body: Uint8Array, at: number): number {
  if (piece instanceof Base64Piece) return writeBase64(piece.bytes, body, at);
  body.set(piece, at);
  return at + piece.length;
}
