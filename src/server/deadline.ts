/**
 * The end of a request before its answer: the client has gone, or the time is up.
 *
 * Most requests are answered before either, and nobody asks whether they should stop: so a signal is made only for whoever
 * looks at it.
 */
import type { ServerResponse } from 'node:http';
import { ComponentError } from '../errors.js';

/** Whoever waits for an answer: `leave` is called once they have gone. Gives how to listen no longer. */
export type Waiting = (leave: () => void) => () => void;

/** Whoever waits for `response`. */
export function waitingFor(response: ServerResponse): Waiting {
  return (leave) => {
    if (response.destroyed) leave();
    response.once('close', leave);
    return () => response.off('close', leave);
  };
}

/** A deadline after `timeout` milliseconds (0: never), or when who waits has gone. */
export class Deadline {
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #unwatch: () => void;
  #reason: ComponentError | undefined;
  #controller: AbortController | undefined;
  #cut: ((reason: ComponentError) => void) | undefined;

  constructor(waiting: Waiting, timeout: number) {
    if (timeout > 0) {
      const expire = () => this.#pass(new ComponentError('E_TIMEOUT', { expected: String(timeout) }));
      this.#timer = setTimeout(expire, timeout);
    }
    this.#unwatch = waiting(() => this.#pass(new ComponentError('E_CANCELLED', { reason: 'the client has gone' })));
  }

  /** Why it has passed, once it has. */
  get reason(): ComponentError | undefined {
    return this.#reason;
  }

  /** Aborted with the reason when it passes. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** What to do when it passes; at once, where it has. */
  heed(cut: (reason: ComponentError) => void): void {
    if (this.#reason) cut(this.#reason);
    else this.#cut = cut;
  }

  /** It passes no more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#unwatch();
  }

  #pass(reason: ComponentError): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#cut?.(reason);
  }
}
