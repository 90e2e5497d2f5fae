/**
 * A flag in shared memory that tells a worker to stop. A worker that computes receives no message, but between two probes
 * of a sweep it looks at the flag.
 */

/** A new flag, down. One does for all requests of a worker: it is raised for one of them, by its number. */
export function stopFlag(): SharedArrayBuffer {
  return new SharedArrayBuffer(4);
}

/** Raise it for request number `request`, from 1 on. */
export function raiseFlag(flag: SharedArrayBuffer, request: number): void {
  Atomics.store(new Int32Array(flag), 0, request);
}

// How often an asynchronous method is told that it may stop.
const LOOK_MS = 25;

/** A signal that is aborted once a flag is up for a request: whoever asks it looks at the flag. */
export class Following {
  readonly #view: Int32Array;
  readonly #request: number;
  readonly #reason: () => unknown;
  #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** It is aborted with `reason`. */
  constructor(flag: SharedArrayBuffer, request: number, reason: () => unknown) {
    this.#view = new Int32Array(flag);
    this.#request = request;
    this.#reason = reason;
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
    const [signal, look] = signalOf(() => Atomics.load(this.#view, 0) === this.#request, this.#reason);
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
