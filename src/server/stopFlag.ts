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

/** A signal that follows a flag. It is made when it is asked for: most requests are done before anybody asks. */
export interface Following {
  readonly signal: AbortSignal;
  /** Follow it no longer. */
  readonly end: () => void;
}

/** A signal that is aborted with `reason` once the flag is up for `request`: whoever asks it looks at the flag. */
export function followFlag(flag: SharedArrayBuffer, request: number, reason: () => unknown): Following {
  const view = new Int32Array(flag);
  let signal: AbortSignal | undefined;
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    const [made, look] = signalOf(() => Atomics.load(view, 0) === request, reason);
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
