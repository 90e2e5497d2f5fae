/** The body of an answer in HTTP/1.1, as it comes in: one class for each way in which its end is told (RFC 9112, 6). */
import type { AnswerHead } from './answerHead.js';

/** A body that is being received. */
export interface AnswerBody {
  /** Whether all of it is there. */
  readonly whole: boolean;
  /** Take what belongs to it from the start of `bytes`, which are used again, and give how many those were. */
  take(bytes: Uint8Array): number;
  /** The connection has ended. Throws where that is too early. */
  end(): void;
  /** The bytes so far. */
  bytes(): Uint8Array;
}

/** Gives so many bytes to receive a body in. */
export type Lend = (length: number) => Buffer;

const MOST_OF_A_LINE = 16_384;

/** The body that a head announces. Throws where it cannot be told, or cannot be held. */
export function bodyOf({ status, headers }: AnswerHead, lend: Lend): AnswerBody {
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (status === 204 || status === 304) return new CountedBody(lend(0));
  if (coding === undefined && length === undefined) return new EndlessBody();
  if (coding === undefined && /^\d+$/.test(length!)) return new CountedBody(lend(Number(length)));
  if (coding?.toLowerCase() === 'chunked' && length === undefined) return new ChunkedBody();
  throw new Error(`where the answer ends cannot be told (transfer-encoding: ${coding}, content-length: ${length})`);
}

/** A body of a known length. It can be received where it belongs. */
export class CountedBody implements AnswerBody {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get whole(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Where the next bytes belong. */
  space(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** So many bytes were put into `space`. */
  advance(count: number): void {
    this.#at += count;
  }

  take(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.#bytes.length - this.#at);
    this.#bytes.set(part, this.#at);
    this.#at += part.length;
    return part.length;
  }

  end(): void {
    throw new Error(`the answer broke off after ${this.#at} of ${this.#bytes.length} bytes`);
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }
}

/** A body that ends with its connection. */
class EndlessBody implements AnswerBody {
  readonly #pieces: Buffer[] = [];
  whole = false;

  take(bytes: Uint8Array): number {
    this.#pieces.push(Buffer.from(bytes));
    return bytes.length;
  }

  end(): void {
    this.whole = true;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}

/** A body in chunks, each behind a line with its size; then come trailers, which are left out. */
class ChunkedBody implements AnswerBody {
  readonly #pieces: Buffer[] = [];
  #line = '';
  #left = 0;
  #expects: 'size' | 'end of chunk' | 'trailer' = 'size';
  whole = false;

  take(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && !this.whole) {
      at += this.#left > 0 ? this.#takeData(bytes.subarray(at, at + this.#left)) : this.#takeLine(bytes.subarray(at));
    }
    return at;
  }

  #takeData(data: Uint8Array): number {
    this.#pieces.push(Buffer.from(data));
    this.#left -= data.length;
    return data.length;
  }

  #takeLine(bytes: Uint8Array): number {
    const end = bytes.indexOf(0x0a);
    const part = end < 0 ? bytes : bytes.subarray(0, end + 1);
    this.#line += Buffer.from(part).toString('latin1');
    if (this.#line.length > MOST_OF_A_LINE) throw new Error('a line between the chunks of the answer has no end');
    if (end >= 0) {
      this.#readLine(this.#line.trimEnd());
      this.#line = '';
    }
    return part.length;
  }

  #readLine(line: string): void {
    if (this.#expects === 'trailer') {
      this.whole = line === '';
    } else if (this.#expects === 'end of chunk') {
      if (line !== '') throw new Error('a chunk of the answer is longer than it says');
      this.#expects = 'size';
    } else {
      const [, size] = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line) ?? [];
      if (size === undefined)
        throw new Error(`a chunk of the answer has no size: ${JSON.stringify(line.slice(0, 60))}`);
      this.#left = Number.parseInt(size, 16);
      this.#expects = this.#left === 0 ? 'trailer' : 'end of chunk';
    }
  }

  end(): void {
    throw new Error('the answer broke off between its chunks');
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}
