/** An answer in HTTP/1.1 as it comes in over one connection: first its head, then its body. */
import { type AnswerBody, bodyOf, CountedBody } from './answerBody.js';
import { type AnswerHead, parseHead } from './answerHead.js';

/** An answer that is whole. Its bytes are lent until the next one comes in. */
export interface Answer extends AnswerHead {
  readonly bytes: Uint8Array;
}

const SCRATCH = 65_536;
const END_OF_HEAD = '\r\n\r\n';
const SWITCHING = 101;

/**
 * Reads one answer after the other. Bytes are put into `space()`, and `took` is told how many: the body of a known length
 * is so received where it stays.
 */
export class AnswerReader {
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH);
  #spare = Buffer.alloc(0);
  #filled = 0;
  #head: AnswerHead | undefined;
  #body: AnswerBody | undefined;
  /** Whether bytes came in that belong to no answer. */
  surplus = false;

  /** Whether the head of an answer was read. */
  get begun(): boolean {
    return this.#head !== undefined;
  }

  /** Where the next bytes go. */
  space(): Uint8Array {
    const direct = this.#body instanceof CountedBody && !this.#body.whole;
    return direct ? (this.#body as CountedBody).space() : this.#scratch.subarray(this.#filled);
  }

  /** So many bytes were put into `space()`: the answer, if it is whole now. Throws where it cannot be read. */
  took(count: number): Answer | undefined {
    if (this.#body instanceof CountedBody) this.#body.advance(count);
    else if (this.#body) this.#feed(this.#scratch.subarray(0, count));
    else this.#readHead(count);
    return this.#whole();
  }

  /** The connection has ended: the answer, if that was its end. Throws where it was not. */
  ended(): Answer | undefined {
    this.#body?.end();
    return this.#whole();
  }

  #readHead(count: number): void {
    const before = this.#filled;
    this.#filled += count;
    const end = this.#scratch.subarray(0, this.#filled).indexOf(END_OF_HEAD, Math.max(0, before - 3));
    if (end < 0) {
      if (this.#filled === SCRATCH) throw new Error(`the head of the answer is longer than ${SCRATCH} bytes`);
      return;
    }
    const head = parseHead(this.#scratch.toString('latin1', 0, end));
    const rest = this.#scratch.subarray(end + END_OF_HEAD.length, this.#filled);
    this.#filled = 0;
    if (head.status === SWITCHING) throw new Error('the server changes the protocol, which nobody asked for');
    if (head.status < 200) {
      // It only says that there will be an answer.
      this.#scratch.set(rest);
      this.#readHead(rest.length);
      return;
    }
    this.#head = head;
    this.#body = bodyOf(head, (length) => this.#lend(length));
    this.#feed(rest);
  }

  // Fresh memory costs as much as receiving into it; but what one large answer needed is not kept for small ones.
  #lend(length: number): Buffer {
    const { length: held } = this.#spare;
    if (held >= length && held <= Math.max(8 * length, SCRATCH)) return this.#spare.subarray(0, length);
    try {
      this.#spare = Buffer.allocUnsafeSlow(length);
    } catch {
      throw new Error(`an answer of ${length} bytes cannot be held`);
    }
    return this.#spare;
  }

  #feed(bytes: Uint8Array): void {
    if (this.#body!.take(bytes) < bytes.length) this.surplus = true;
  }

  #whole(): Answer | undefined {
    if (!this.#head || !this.#body?.whole) return undefined;
    const answer = { ...this.#head, bytes: this.#body.bytes() };
    this.#head = undefined;
    this.#body = undefined;
    return answer;
  }
}
