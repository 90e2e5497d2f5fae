/**
 * One exchange with a server: what is sent again and what is not, how long is waited, and what can go wrong on the way.
 *
 * Every endpoint is a function of its request alone, so that sending a request twice does no harm. It is done only
 * where the first one cannot have been answered: the connection broke before any answer (servers close idle ones), or
 * the server says that it is busy and when to come back.
 */
import { ComponentError, fail } from '../errors.js';
import { ANSWER_LIMIT, type TransportOptions } from './transportOptions.js';
import { boundOf, onAbort } from './wire/bound.js';
import { type Carried, type Carrier, type Parcel, TooLarge, Unanswered } from './wire/carrier.js';
import { entryOf } from './wire/entry.js';
import { overFetch } from './wire/overFetch.js';
import { overSockets } from './wire/overSockets.js';

/** An answer. */
export type Exchange = Pick<Carried, 'status' | 'reason' | 'bytes'>;

/** A request. */
export interface Sending extends Parcel {
  /** Those who may stop it. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

const BUSY = 503;
const LONGEST_WAIT = 60;

/**
 * Send a request, and give what `use` makes of the answer, whatever its status. The answer's bytes are lent: `use` must
 * not keep them. Raises `E_REMOTE_UNREACHABLE`, `E_REMOTE_TIMEOUT` and `E_REMOTE_LIMIT`; what a signal was aborted with is
 * thrown as it is.
 */
export async function exchange<T>(
  url: string,
  sending: Sending,
  options: TransportOptions,
  use: (answer: Exchange) => T,
): Promise<T> {
  const { timeout, answerLimit = ANSWER_LIMIT } = options;
  const stops = sending.signals.filter((signal) => signal !== undefined);
  const bound = boundOf(stops, timeout);
  let outcome: Outcome<T>;
  try {
    outcome = await attempts(url, sending, bound.signal, options, use);
  } catch (cause) {
    for (const stop of stops) stop.throwIfAborted();
    if (bound.expired())
      return fail('E_REMOTE_TIMEOUT', { url: shownAs(url, options), timeout: String(timeout) }, { cause });
    if (cause instanceof ComponentError) throw cause;
    if (cause instanceof TooLarge) {
      return fail(
        'E_REMOTE_LIMIT',
        { url: shownAs(url, options), received: cause.received, expected: String(answerLimit) },
        { cause },
      );
    }
    return fail('E_REMOTE_UNREACHABLE', { url: shownAs(url, options), reason: reasonOf(cause) }, { cause });
  } finally {
    bound.release();
  }
  return outcome();
}

/** An address as it is told to people: that of a Unix socket names the socket. */
function shownAs(url: string, { socketPath }: TransportOptions): string {
  return socketPath === undefined ? url : `${new URL(url).pathname} of unix:${socketPath}`;
}

/** Whether what sends the requests may keep their bodies for longer than an exchange lasts. Node's sockets do not. */
export function keepsBodies({ fetch }: TransportOptions): boolean {
  return fetch !== undefined || overSockets === undefined;
}

/** What was made of an answer: given, or thrown, when it is asked for. */
type Outcome<T> = () => T;

async function attempts<T>(
  url: string,
  parcel: Parcel,
  signal: AbortSignal | undefined,
  options: TransportOptions,
  use: (answer: Exchange) => T,
): Promise<Outcome<T>> {
  const { retries = 3, answerLimit = ANSWER_LIMIT } = options;
  const carry = carrierOf(options);
  let fresh = false;
  for (let busy = 0; ; ) {
    const settle = (answer: Carried) => (busy < retries ? secondsToWait(answer) : undefined) ?? outcomeOf(use, answer);
    const next = await carry(url, parcel, { signal, answerLimit, fresh }, settle).catch((error: unknown) => {
      if (fresh || signal?.aborted || !(error instanceof Unanswered)) throw error;
      // Where one connection was closed while it waited, the others were too.
      fresh = true;
      return undefined;
    });
    if (typeof next === 'function') return next;
    if (next === undefined) continue;
    busy++;
    await pause(1000 * next, signal);
  }
}

function carrierOf({ fetch, ...options }: TransportOptions): Carrier {
  return fetch || !overSockets ? overFetch(fetch ?? globalThis.fetch) : overSockets(options);
}

// What goes wrong with an answer is no fault of the way it took.
function outcomeOf<T>(use: (answer: Exchange) => T, answer: Exchange): Outcome<T> {
  try {
    const value = use(answer);
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function secondsToWait({ status, retryAfter }: Carried): number | undefined {
  return status === BUSY ? secondsOf(retryAfter) : undefined;
}

/** The seconds of a Retry-After header, or undefined where there is none, or it asks for a long wait. */
function secondsOf(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return seconds <= LONGEST_WAIT ? Math.max(0, seconds) : undefined;
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget =
      signal &&
      onAbort(signal, () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    const timer = setTimeout(() => {
      forget?.();
      resolve();
    }, milliseconds);
  });
}

function reasonOf(error: unknown): string {
  // What has no message says its code: several addresses were tried, and none took the connection.
  const at = entryOf(error, 'cause') ?? error;
  return error instanceof Unanswered ? reasonOf(at) : String(entryOf(at, 'message') || entryOf(at, 'code') || error);
}
