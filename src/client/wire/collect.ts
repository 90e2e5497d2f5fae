/** An answer as undici brings it, until it is whole. */
import type { Dispatcher } from 'undici';
import { SpareMemory } from '../../codec/spareMemory.js';
import { onAbort } from './bound.js';
import { type Journey, TooLarge, Unanswered } from './carrier.js';
import { entryOf } from './entry.js';

/** An answer that is whole. Its bytes are lent until who is shown them has returned. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; of equal names the values are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

// What undici says where a connection ended: of its own accord, or before all of what was announced.
const broken: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const bodiless: ReadonlySet<number> = new Set([204, 304]);
const spare = new SpareMemory();

/** Send a request by `dispatcher`, and give what `use` makes of the answer. Rejects as a `Carrier` does. */
export function collect<T>(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signal, answerLimit }: Journey,
  use: (answer: Answer) => T,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const collecting = new Collecting(answerLimit, (outcome) => {
      forget?.();
      if ('error' in outcome) return reject(outcome.error);
      try {
        const value = use(outcome.answer);
        // undici lets a turn of the loop go by before it uses a connection again: the next call is not to open another.
        queueMicrotask(() => setImmediate(resolve, value));
      } catch (error) {
        reject(error);
      }
      spare.give(outcome.answer.bytes);
    });
    const forget = signal && onAbort(signal, () => collecting.stop(signal.reason));
    dispatcher.dispatch(request, collecting);
  });
}

/** Whether this is how a connection ends that was closed while it waited, or before it answered. */
export function isBroken(error: unknown): boolean {
  return broken.has(entryOf(error, 'code')) && !String(entryOf(error, 'message')).startsWith('bad ');
}

/** What is wrong with a status that comes before the answer, or undefined. */
export function badStatus(status: number): Error | undefined {
  if (status === 101) return new Error('the server changes the protocol, which nobody asked for');
  return status < 100 ? new Error(`what came back has the status ${status}, which is none of HTTP`) : undefined;
}

type Outcome = { readonly answer: Answer } | { readonly error: unknown };

class Collecting implements Dispatcher.DispatchHandler {
  readonly #most: number;
  #settle: ((outcome: Outcome) => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;
  #head: Omit<Answer, 'bytes'> | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #filled = 0;

  constructor(most: number, settle: (outcome: Outcome) => void) {
    this.#most = most;
    this.#settle = settle;
  }

  /** Give up, with that error. A request that is waiting for a connection is not sent any more. */
  stop(reason: unknown): void {
    this.#end({ error: reason });
    this.#stopped = new Error('stopped', { cause: reason });
    this.#controller?.abort(this.#stopped);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped) controller.abort(this.#stopped);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers, reason = ''): void {
    const bad = badStatus(status);
    if (bad) this.stop(bad);
    if (bad || status < 200) return;
    const texts = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
    this.#head = { status, reason, headers: Object.fromEntries(texts) };
    const length = bodiless.has(status) ? 0 : Number(this.#head.headers['content-length'] ?? 0);
    if (length > this.#most) this.stop(new TooLarge(`${length} bytes`));
    else this.#makeRoom(length);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#stopped) return;
    const length = this.#filled + chunk.length;
    if (length > this.#most) this.stop(new TooLarge(`${length} bytes and more`));
    else if (length > this.#bytes.length) this.#makeRoom(Math.min(Math.max(length, 2 * this.#filled), this.#most));
    if (this.#stopped) return;
    this.#bytes.set(chunk, this.#filled);
    this.#filled = length;
  }

  onResponseEnd(): void {
    if (this.#head) this.#end({ answer: { ...this.#head, bytes: this.#bytes.subarray(0, this.#filled) } });
  }

  onResponseError(_: unknown, error: Error): void {
    // Whatever their length says, these have no body: all of it is there.
    if (this.#head && bodiless.has(this.#head.status)) this.onResponseEnd();
    const reason = isBroken(error) ? (this.#head ? this.#brokeOff() : new Unanswered(error)) : error;
    this.#end({ error: reason });
  }

  #brokeOff(): Error {
    const length = this.#head?.headers['content-length'];
    const whole = length === undefined ? `${this.#filled} bytes` : `${this.#filled} of ${length} bytes`;
    return new Error(`the answer broke off after ${whole}`);
  }

  #makeRoom(length: number): void {
    if (length === 0) return;
    const before = this.#bytes;
    try {
      this.#bytes = spare.take(length);
      this.#bytes.set(before.subarray(0, this.#filled));
      if (before.length > 0) spare.give(before);
    } catch (cause) {
      this.stop(new Error(`an answer of ${length} bytes cannot be held`, { cause }));
    }
  }

  #end(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}
