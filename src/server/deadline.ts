/**
 * The end of a request before its answer: the client has gone, or the time is up.
 *
 * Most requests are answered before either, and nobody asks whether they should stop: so a signal is made only for whoever
 * looks at it.
 */
import type { ServerResponse } from 'node:http';
import { ComponentError } from '../errors.js';
import { after } from './timer.js';

/** Whoever waits for an answer. */
export interface Waiting {
  /** Whether they have gone. */
  readonly hasLeft: boolean;
  /** Calls `leave` once they go. Gives how to listen no longer. */
  watch(leave: () => void): () => void;
}

/** Whoever waits for `response`. */
export function waitingFor(response: ServerResponse): Waiting {
  return new Client(response);
}

// A literal with a getter would have a shape of its own each time, which the engine keeps.
class Client implements Waiting {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get hasLeft(): boolean {
    return this.#response.destroyed;
  }

  watch(leave: () => void): () => void {
    this.#response.once('close', leave);
    return () => this.#response.off('close', leave);
  }
}

const gone = () => new ComponentError('E_CANCELLED', { reason: 'the client has gone' });

/**
 * A deadline after `timeout` milliseconds (Infinity or 0: never), or when who waits has gone. Nobody looks out for either before
 * somebody heeds it.
 */
export class Deadline {
  readonly #waiting: Waiting;
  readonly #timeout: number;
  readonly #start: number;
  #callOff: (() => void) | undefined;
  #unwatch: (() => void) | undefined;
  #isCleared = false;
  #reason: ComponentError | undefined;
  #controller: AbortController | undefined;
  #cut: ((reason: ComponentError) => void) | undefined;

  constructor(waiting: Waiting, timeout: number) {
    this.#waiting = waiting;
    this.#timeout = timeout || Infinity;
    this.#start = this.#timeout < Infinity ? performance.now() : 0;
    if (waiting.hasLeft) this.#reason = gone();
  }

  /** Why it has passed, once it has. */
  get reason(): ComponentError | undefined {
    return this.#reason;
  }

  /** How many milliseconds are left of the time limit, whoever waits; Infinity where there is none. */
  get left(): number {
    return this.#timeout < Infinity ? Math.max(0, this.#timeout - (performance.now() - this.#start)) : Infinity;
  }

  /** Aborted with the reason when it passes. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    this.#watch();
    if (this.#reason) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** What to do when it passes; at once, where it has. */
  heed(cut: (reason: ComponentError) => void): void {
    this.#watch();
    if (this.#reason) cut(this.#reason);
    else this.#cut = cut;
  }

  /** It passes no more. */
  clear(): void {
    this.#isCleared = true;
    this.#callOff?.();
    this.#unwatch?.();
  }

  #watch(): void {
    if (this.#unwatch || this.#reason || this.#isCleared) return;
    if (this.#waiting.hasLeft) {
      this.#pass(gone());
      return;
    }
    this.#unwatch = this.#waiting.watch(() => this.#pass(gone()));
    const expire = () => this.#pass(new ComponentError('E_TIMEOUT', { expected: String(this.#timeout) }));
    this.#callOff = after(this.left, expire);
  }

  #pass(reason: ComponentError): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#cut?.(reason);
  }
}
