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
  /** The words behind the status. */
  readonly reason: string;
  readonly retryAfter: string | null;
  readonly bytes: Uint8Array;
}

/** What bounds one journey of a request. */
export interface Journey {
  readonly signal: AbortSignal | undefined;
  /** How many bytes the answer may have. */
  readonly answerLimit: number;
  /** Whether only a connection will do that carried nothing before. */
  readonly fresh: boolean;
}

/**
 * Take a request to `url`, follow where it is sent to, and give what `use` makes of the answer, whatever its status.
 *
 * Rejects with the reason of the journey's signal, with `Unanswered`, with `TooLarge`, or with what went wrong.
 */
export type Carrier = <T>(url: string, parcel: Parcel, journey: Journey, use: (answer: Carried) => T) => Promise<T>;

/** Certificates, as Node's `tls` takes them: text in PEM, or bytes. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

/** What a client wants of encrypted connections. */
export interface TlsOptions {
  /** The authorities that may vouch for the server, instead of the system's. */
  readonly ca?: Pem | undefined;
  /** The client's own certificate. */
  readonly cert?: Pem | undefined;
  /** The key of the client's certificate. */
  readonly key?: Pem | undefined;
  /** What the key is encrypted with. */
  readonly passphrase?: string | undefined;
  /** The name that the server's certificate has to be for, where that is not the host of the address. */
  readonly servername?: string | undefined;
  /** With `false`, any certificate is taken: whoever is on the way can read and change everything. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** How Node reaches a server. A browser decides all of this by itself. */
export interface SocketOptions {
  /** Certificates, for `https`. */
  readonly tls?: TlsOptions | undefined;
  /** The Unix socket that the server listens on; the address then says only the path and the `Host`. */
  readonly socketPath?: string | undefined;
  /** The address of a proxy; `false` for none. Otherwise `http_proxy`, `https_proxy` and `no_proxy` of the environment say. */
  readonly proxy?: string | boolean | undefined;
  /** How many connections to one server are open at once; 64. Calls beyond that wait. */
  readonly connections?: number | undefined;
}

/** The connection broke before there was any answer: its cause says how. */
export class Unanswered extends Error {
  constructor(cause: unknown) {
    super('the connection broke before there was an answer', { cause });
  }
}

/** The answer has more bytes than are taken. */
export class TooLarge extends Error {
  /** How many bytes it has, as far as is known. */
  readonly received: string;

  constructor(received: string) {
    super(`the answer has ${received}`);
    this.received = received;
  }
}
