/**
 * Flags in shared memory that tell a worker to stop. A worker that computes receives no message, but between two probes
 * of a sweep, and before a request, it looks at its flag.
 */

/** How many requests of one worker may have a flag at the same time. */
export const FLAGS = 8;

/** New flags, all down. They do for all requests of a worker: each is raised for one of them, by its number. */
export function stopFlags(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * FLAGS);
}

/** Raise that of request number `request`, from 1 on. */
export function raiseFlag(flags: SharedArrayBuffer, request: number): void {
  Atomics.store(new Int32Array(flags), request % FLAGS, request);
}

// How often an asynchronous method is told that it may stop.
const LOOK_MS = 25;

/** A signal that is aborted once the flag of a request is up: whoever asks it looks at the flag. */
export class Following {
  readonly #view: Int32Array;
  readonly #request: number;
  readonly #reason: () => unknown;
  #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** It is aborted with `reason`. */
  constructor(flags: SharedArrayBuffer, request: number, reason: () => unknown) {
    this.#view = new Int32Array(flags);
    this.#request = request;
    this.#reason = reason;
  }

  /** Whether the flag is up. */
  get isUp(): boolean {
    return Atomics.load(this.#view, this.#request % FLAGS) === this.#request;
  }

  /** The signal. It is made when it is asked for: most requests are done before anybody asks. */
  get signal(): AbortSignal {
    this.#signal ??= this.#follow();
    return this.#signal;
  }

  /** Follow the flag no longer. */
  end(): void {
    clearInterval(this.#timer);
  }

  #follow(): AbortSignal {
    const [signal, look] = signalOf(() => this.isUp, this.#reason);
    this.#timer = setInterval(look, LOOK_MS);
    return signal;
  }
}

function signalOf(isUp: () => boolean, reason: () => unknown): [signal: AbortSignal, look: () => boolean] {
  const controller = new AbortController();
  const { signal } = controller;
  let aborted = false;
  const look = (): boolean => {
    if (!aborted && isUp()) {
      aborted = true;
      controller.abort(reason());
    }
    return aborted;
  };
  // The signal stays a true one, which `fetch` takes; only asking it is overridden.
  Object.defineProperties(signal, {
    aborted: { get: look },
    throwIfAborted: {
      value: () => {
        if (look()) throw signal.reason;
      },
    },
  });
  return [signal, look];
}
