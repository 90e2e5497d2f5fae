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

// What does not fit into 31 bits a timer takes for one millisecond.
const LONGEST_MS = 2 ** 31 - 1;

/** Call `then` after so many milliseconds, however many, until what is given back is called. */
function after(milliseconds: number, then: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number) => {
    const next = left > LONGEST_MS ? () => wait(left - LONGEST_MS) : then;
    timer = setTimeout(next, Math.min(left, LONGEST_MS));
  };
  wait(milliseconds);
  return () => clearTimeout(timer);
}

/** The bound of `stops` and of `timeout` in milliseconds. Nothing is made where nothing is needed: most calls have one signal. */
export function boundOf(stops: readonly AbortSignal[], timeout: number | undefined): Bound {
  if (timeout === undefined && stops.length <= 1) return { signal: stops[0], expired: () => false, release: () => {} };
  const controller = new AbortController();
  let expired = false;
  const expire = () => {
    expired = true;
    controller.abort();
  };
  const disarm = timeout === undefined ? undefined : after(timeout, expire);
  const stop = () => controller.abort(stops.find(({ aborted }) => aborted)?.reason);
  const ended = stops.map((one) => onAbort(one, stop));
  if (stops.some(({ aborted }) => aborted)) stop();
  const release = () => {
    disarm?.();
    for (const end of ended) end();
  };
  return { signal: controller.signal, expired: () => expired, release };
}
