/** What bounds a call: signals, and a time limit. */

import { Roster } from '../../runtime/roster.js';

/** One signal for all that may stop a call. */
export interface Bound {
  readonly signal: AbortSignal | undefined;
  /** Whether the time limit stopped it. */
  readonly expired: () => boolean;
  /** To be called when the call is over: signals live longer than calls, and must not remember them. */
  readonly release: () => void;
}

const waiting = new WeakMap<AbortSignal, Roster<() => void>>();

/** Have `stop` called when `signal` is aborted, until what is given back is called. */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  const known = waiting.get(signal);
  const stops = known ?? new Roster();
  if (!known) {
    waiting.set(signal, stops);
    // One listener for all: Node warns of eleven, and a connection may have a hundred calls under way.
    signal.addEventListener('abort', () => stops.members().forEach((one) => void one()), { once: true });
  }
  return stops.add(stop);
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
  const ended = stops.map((one) => onAbort(one, stop));
  if (stops.some(({ aborted }) => aborted)) stop();
  const release = () => {
    clearTimeout(timer);
    for (const end of ended) end();
  };
  return { signal: controller.signal, expired: () => expired, release };
}
