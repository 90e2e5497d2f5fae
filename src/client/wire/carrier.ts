/** What takes a request to a server and brings its answer back. There are two: `overFetch` and `overSockets`. */

/** A request. */
export interface Parcel {
  readonly method: 'GET' | 'POST';
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** An answer. Its bytes are lent: they may be others as soon as who is shown them has returned. */
export interface Carried {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly bytes: Uint8Array;
}

/**
 * Take a request to `url`, follow where it is sent to, and give what `use` makes of the answer, whatever its status.
 *
 * Rejects with the reason of `signal`, with `Unanswered`, or with what went wrong.
 */
export type Carrier = <T>(
  url: string,
  parcel: Parcel,
  signal: AbortSignal | undefined,
  use: (answer: Carried) => T,
) => Promise<T>;

/** The connection broke before there was any answer: its cause says how. */
export class Unanswered extends Error {
  constructor(cause: unknown) {
    super('the connection broke before there was an answer', { cause });
  }
}
