/**
 * Reading a body: within bounds, and into memory of its own, which can be handed to a worker.
 *
 * A large body is written where it stays as it comes. What a client only announces takes no memory: that is taken once a
 * quarter of it has come.
 */
import type { Readable } from 'node:stream';
import { blankBytes, type Take } from '../array/memory.js';
import type { Release } from '../codec/spareMemory.js';
import { ComponentError } from '../errors.js';
import { isWhole } from './freeMemory.js';

/** How many bytes of bodies are held, and may be held, all together. */
export interface Budget {
  held: number;
  readonly most: number;
}

/** What to read, and how much of it. */
export interface BodyOptions {
  /** The length that the client announced. */
  readonly announced: number | undefined;
  readonly limit: number;
  readonly budget: Budget;
  /** Where memory for it comes from; it is fresh unless said otherwise. */
  readonly take?: Take | undefined;
  /** Called with each chunk that has been copied, and is read no more. Without it, others may keep the chunks. */
  readonly done?: Release | undefined;
}

/** A body, which is given away with its buffer, and how to give back its share of the budget. */
export interface Body {
  readonly bytes: Uint8Array;
  readonly release: () => void;
}

/** The body that `stream` brings. Raises `E_BODY_LIMIT`, `E_BUSY`, and `E_CANCELLED` where it breaks off. */
export function readBody(stream: Readable, options: BodyOptions): Promise<Body> {
  const { announced = 0, limit } = options;
  if (announced > limit) {
    stream.resume();
    return Promise.reject(tooLarge(announced, limit));
  }
  const gathered = new Gathered(options);
  return new Promise<Body>((resolve, reject) => {
    const refuse = (error: unknown) => {
      gathered.release();
      reject(error);
    };
    const cut = () => {
      if (!gathered.isWhole) refuse(new ComponentError('E_CANCELLED', { reason: 'the client has gone' }));
    };
    stream.on('data', (chunk: Uint8Array) => {
      try {
        gathered.add(chunk);
      } catch (error) {
        stream.removeAllListeners('data');
        stream.resume();
        refuse(error);
      }
    });
    stream.on('error', cut);
    stream.on('close', cut);
    stream.on('end', () => resolve({ bytes: gathered.whole(), release: () => gathered.release() }));
  });
}

function tooLarge(received: number, limit: number): ComponentError {
  return new ComponentError('E_BODY_LIMIT', { received: String(received), expected: String(limit) });
}

/** What has come of a body so far. */
class Gathered {
  readonly #options: BodyOptions;
  #chunks: Uint8Array[] = [];
  #place: Uint8Array | undefined;
  #length = 0;
  #isReleased = false;
  #isWhole = false;

  constructor(options: BodyOptions) {
    this.#options = options;
  }

  add(chunk: Uint8Array): void {
    const { limit, budget, announced, done } = this.#options;
    const length = this.#length + chunk.length;
    if (length > limit) throw tooLarge(length, limit);
    budget.held += chunk.length;
    if (budget.held > budget.most) {
      budget.held -= chunk.length;
      throw new ComponentError('E_BUSY', { received: `${budget.held} bytes of requests are under way` });
    }
    if (this.#place && length <= this.#place.length) {
      this.#place.set(chunk, this.#length);
      done?.(chunk);
    } else this.#set(chunk);
    this.#length = length;
    // All of it may have come at once.
    if (!this.#place && announced !== undefined && length < announced && 4 * length >= announced)
      this.#settle(announced);
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  whole(): Uint8Array {
    this.#isWhole = true;
    if (this.#place && this.#place.length !== this.#length) this.#set(new Uint8Array());
    const [first] = this.#chunks;
    // One chunk that nobody else keeps is the body as it is.
    if (first && this.#chunks.length === 1 && this.#options.done && isWhole(first)) return first;
    if (!this.#place) this.#settle(this.#length);
    return this.#place!;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#options.budget.held -= this.#length;
  }

  // More may come than was announced.
  #set(chunk: Uint8Array): void {
    if (this.#place) this.#chunks = [this.#place.subarray(0, this.#length)];
    this.#place = undefined;
    this.#chunks.push(chunk);
  }

  #settle(length: number): void {
    // All of it is written, or it is let go.
    const place = (this.#options.take ?? blankBytes)(length);
    let at = 0;
    for (const piece of this.#chunks) {
      place.set(piece, at);
      at += piece.length;
      this.#options.done?.(piece);
    }
    this.#chunks = [];
    this.#place = place;
  }
}
