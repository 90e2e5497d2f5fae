/**
 * Memory that is used again. Bodies come and go at the rate of requests: fresh memory costs as much as what is done with
 * it, and what was just used is in the caches of the processor still.
 *
 * What nobody takes for some seconds is let go, so that one large body does not stay for ever.
 */
import { blankBytes, type Take } from '../array/memory.js';

/** Lets go of memory that is not kept. */
export type Release = (bytes: Uint8Array) => void;

const SMALL = 16_384;
const MOST_PIECES = 64;
const MOST_BYTES = 2 ** 28;
// What has not been taken for one to two of these is let go.
const PATIENCE_MS = 5000;

interface Piece {
  readonly buffer: ArrayBuffer;
  /** How often the clock has run down since it was given. */
  age: number;
}

/** A small store of memory. */
export class SpareMemory {
  readonly #release: Release;
  /** The last that was given is the last. */
  #pieces: Piece[] = [];
  #bytes = 0;
  #clock: ReturnType<typeof setTimeout> | undefined;

  /** `release` is called with what is not kept; without it, it is left to the collection of garbage. */
  constructor(release: Release = () => undefined) {
    this.#release = release;
  }

  /** Memory for so many bytes: the start of a buffer that may be longer. */
  readonly take: Take = (length) => {
    const most = 2 * Math.max(length, SMALL);
    for (let i = this.#pieces.length - 1; i >= 0; i--) {
      const { buffer } = this.#pieces[i]!;
      if (buffer.byteLength < length || buffer.byteLength > most) continue;
      this.#pieces.splice(i, 1);
      this.#bytes -= buffer.byteLength;
      return new Uint8Array(buffer, 0, length);
    }
    const { buffer } = blankBytes(Math.max(SMALL, Math.ceil(length / SMALL) * SMALL));
    return new Uint8Array(buffer, 0, length);
  };

  /** Give memory back, all of its buffer. Nobody reads or writes it any more, whoever it came from. */
  readonly give: Release = ({ buffer }) => {
    const size = buffer.byteLength;
    if (!(buffer instanceof ArrayBuffer) || size < SMALL) return;
    // Lent to two at once, it would be written by both.
    if (this.#pieces.some((piece) => piece.buffer === buffer)) return;
    if (this.#pieces.length === MOST_PIECES || this.#bytes + size > MOST_BYTES) {
      this.#release(new Uint8Array(buffer));
      return;
    }
    this.#pieces.push({ buffer, age: 0 });
    this.#bytes += size;
    this.#clock ??= this.#wind();
  };

  #wind(): ReturnType<typeof setTimeout> {
    const clock = setTimeout(() => this.#grow(), PATIENCE_MS);
    // It keeps no process alive. A browser has numbers for its clocks.
    if (typeof clock === 'object') clock.unref();
    return clock;
  }

  #grow(): void {
    const old = this.#pieces.filter((piece) => piece.age++ > 0);
    this.#pieces = this.#pieces.filter((piece) => !old.includes(piece));
    for (const { buffer } of old) {
      this.#bytes -= buffer.byteLength;
      this.#release(new Uint8Array(buffer));
    }
    this.#clock = this.#pieces.length > 0 ? this.#wind() : undefined;
  }
}
