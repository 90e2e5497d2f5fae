/** What bounds a call: signals, and a time limit. */

/** One signal for all that may stop a call. */
export interface Bound {
  readonly signal: AbortSignal | undefined;
  /** Whether the time limit stopped it. */
  readonly expired: () => boolean;
  /** To be called when the call is over: signals live longer than calls, and must not remember them. */
  readonly release: () => void;
}

/** The bound of `stops` and of `timeout` in milliseconds. Nothing is made where nothing is needed: most calls have one signal. */
export function boundOf(stops: readonly AbortSignal[], timeout: number | undefined): Bound {
  if (timeout === undefined && stops.length <= 1) return { signal: stops[0], expired: () => false, release: () => {} };
  const controller = new AbortController();
  let expired = false;
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          expired = true;
          controller.abort();
        }, timeout);
  const stop = () => controller.abort(stops.find(({ aborted }) => aborted)?.reason);
  for (const one of stops) one.addEventListener('abort', stop);
  if (stops.some(({ aborted }) => aborted)) stop();
  const release = () => {
    clearTimeout(timer);
    for (const one of stops) one.removeEventListener('abort', stop);
  };
  return { signal: controller.signal, expired: () => expired, release };
}
