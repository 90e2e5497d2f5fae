/**
 * One exchange with a server: what is sent again and what is not, how long is waited, and what can go wrong on the way.
 *
 * Every endpoint is a function of its request alone, so that sending a request twice does no harm. It is done only
 * where the first one cannot have been answered: the connection broke before any answer (servers close idle ones), or
 * the server says that it is busy and when to come back.
 */
import { ComponentError, fail } from '../errors.js';

/** How a client talks to its server. */
export interface TransportOptions {
  /** How many milliseconds a call may take, repetitions included. Without it there is no bound of ours. */
  readonly timeout?: number | undefined;
  /** Headers for every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What sends the requests: `fetch` of Node or the browser unless another is given. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How often a request is sent again when the server is busy (503 with Retry-After); 3. */
  readonly retries?: number | undefined;
}

/** An answer. */
export interface Exchange {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** A request. */
export interface Sending {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Those who may stop it. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

const BUSY = 503;
const LONGEST_WAIT = 60;
const broken: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * Send a request and read the whole answer, whatever its status. Raises `E_REMOTE_UNREACHABLE` and `E_REMOTE_TIMEOUT`;
 * what a signal was aborted with is thrown as it is.
 */
export async function exchange(url: string, sending: Sending, options: TransportOptions): Promise<Exchange> {
  const { timeout } = options;
  const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const stops = sending.signals.filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(limit ? [...stops, limit] : stops);
  try {
    return await attempts(url, sending, signal, options);
  } catch (cause) {
    for (const stop of stops) stop.throwIfAborted();
    if (limit?.aborted) return fail('E_REMOTE_TIMEOUT', { url, timeout: String(timeout) }, { cause });
    if (cause instanceof ComponentError) throw cause;
    return fail('E_REMOTE_UNREACHABLE', { url, reason: reasonOf(cause) }, { cause });
  }
}

async function attempts(
  url: string,
  { method, headers, body }: Sending,
  signal: AbortSignal,
  { headers: always, fetch = globalThis.fetch, retries = 3 }: TransportOptions,
): Promise<Exchange> {
  const init: RequestInit = {
    method,
    headers: { ...headers, ...always },
    signal,
    body: (body ?? null) as BodyInit | null,
  };
  let again = true;
  for (let busy = 0; ; ) {
    const response = await fetch(url, init).catch((error: unknown) => {
      if (!again || signal.aborted || !isBroken(error)) throw error;
      again = false;
      return undefined;
    });
    if (!response) continue;
    const wait =
      response.status === BUSY && busy < retries ? secondsOf(response.headers.get('retry-after')) : undefined;
    if (wait === undefined) return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
    busy++;
    await response.body?.cancel();
    await pause(1000 * wait, signal);
  }
}

// Node says why a request failed; a browser does not, and then nothing is sent again.
function isBroken(error: unknown): boolean {
  return broken.has(entryOf(entryOf(error, 'cause'), 'code'));
}

// Not by class: an error may come from another realm.
function entryOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? value[key as never] : undefined;
}

/** The seconds of a Retry-After header, or undefined where there is none, or it asks for a long wait. */
function secondsOf(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return seconds <= LONGEST_WAIT ? Math.max(0, seconds) : undefined;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}

function reasonOf(error: unknown): string {
  const cause = entryOf(error, 'cause');
  return String(entryOf(cause, 'message') || entryOf(cause, 'code') || entryOf(error, 'message') || error);
}
