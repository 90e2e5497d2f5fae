/**
 * A flag in shared memory that tells a worker to stop. A worker that computes receives no message, but between two probes
 * of a sweep it looks at the flag.
 */

/** A new flag, down. */
export function stopFlag(): SharedArrayBuffer {
  return new SharedArrayBuffer(4);
}

/** Raise it. */
export function raiseFlag(flag: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(flag), 0, 1);
}

// How often an asynchronous method is told that it may stop.
const LOOK_MS = 25;

/** A signal that follows a flag. It is made when it is asked for: most requests are done before anybody asks. */
export interface Following {
  readonly signal: AbortSignal;
  /** Follow it no longer. */
  readonly end: () => void;
}

/** A signal that is aborted with `reason` once the flag is up: whoever asks it looks at the flag. */
export function followFlag(flag: SharedArrayBuffer, reason: () => unknown): Following {
  let signal: AbortSignal | undefined;
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    const [made, look] = signalOf(flag, reason);
    timer = setInterval(look, LOOK_MS);
    return made;
  };
  return {
    get signal() {
      signal ??= follow();
      return signal;
    },
    end: () => clearInterval(timer),
  };
}

function signalOf(flag: SharedArrayBuffer, reason: () => unknown): [signal: AbortSignal, look: () => boolean] {
  const view = new Int32Array(flag);
  const controller = new AbortController();
  const { signal } = controller;
  let aborted = false;
  const look = (): boolean => {
    if (!aborted && Atomics.load(view, 0) !== 0) {
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
