/** A connection to a server, which carries one request at a time, and the idle ones that wait for the next. */
import type { Socket } from 'node:net';
import { type Answer, AnswerReader } from './answerReader.js';
import { onAbort } from './bound.js';
import { Unanswered } from './carrier.js';
import { openSocket, type Written, write } from './openSocket.js';

interface Pending {
  readonly use: (answer: Answer) => unknown;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

const TO_CONNECT = 10_000;
// Many servers close idle connections after five seconds; those that wait less say so.
const IDLE = 4000;
const MARGIN = 1000;
const broken: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/** The idle connections by their origin, the last used one last. */
const idle = new Map<string, Connection[]>();

/** Send a request to the server of `url`, and give what `use` makes of the answer. Rejects as a `Carrier` does. */
export function overConnection<T>(
  url: URL,
  request: Written,
  signal: AbortSignal | undefined,
  use: (answer: Answer) => T,
): Promise<T> {
  const connection = idle.get(url.origin)?.pop() ?? new Connection(url);
  return connection.exchange(request, signal, use);
}

class Connection {
  readonly #origin: string;
  readonly #socket: Socket;
  readonly #reader = new AnswerReader();
  #pending: Pending | undefined;
  #used = false;

  constructor(url: URL) {
    this.#origin = url.origin;
    const socket = openSocket(url, {
      space: () => this.#reader.space(),
      took: (count) => this.#read(() => this.#reader.took(count), true),
    });
    socket.setTimeout(TO_CONNECT);
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => socket.setTimeout(0));
    socket.on('timeout', () => this.#broke(new Error(`no connection within ${TO_CONNECT / 1000} s`), false));
    socket.on('error', (error: Error & { code?: string }) => this.#broke(error, broken.has(error.code)));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#ended());
    this.#socket = socket;
  }

  exchange<T>(request: Written, signal: AbortSignal | undefined, use: (answer: Answer) => T): Promise<T> {
    const socket = this.#socket;
    if (this.#used) socket.ref().setTimeout(0);
    return new Promise((resolve, reject) => {
      const stop = () => this.#broke(signal?.reason, false);
      const forget = signal && onAbort(signal, stop);
      const settling =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          this.#pending = undefined;
          forget?.();
          settle(value);
        };
      this.#pending = { use, done: settling(resolve), failed: settling(reject) } as Pending;
      if (signal?.aborted) stop();
      else write(socket, request);
    });
  }

  #read(step: () => Answer | undefined, open: boolean): void {
    try {
      const answer = this.#pending && step();
      if (answer) this.#answered(answer, open);
      else if (!this.#pending) this.#broke(new Error('something came that nobody asked for'), false);
    } catch (error) {
      this.#broke(error, false);
    }
  }

  #ended(): void {
    if (this.#reader.begun) this.#read(() => this.#reader.ended(), false);
    else this.#broke(new Error('the server closed the connection'), true);
  }

  #answered(answer: Answer, open: boolean): void {
    const { use, done } = this.#pending!;
    const { headers, persistent } = answer;
    const value = use(answer);
    // A server may have answered before it has read all: what is not written by then is never read.
    const again = open && persistent && !this.#reader.surplus && this.#socket.writableLength === 0;
    const wait = again ? idleTime(headers.get('keep-alive')) : 0;
    if (wait > 0) this.#rest(wait);
    else this.#socket.destroy();
    done(value);
  }

  /** Wait for the next request, and keep no process alive meanwhile. */
  #rest(wait: number): void {
    this.#used = true;
    this.#socket.unref().setTimeout(wait);
    const resting = idle.get(this.#origin);
    if (resting) resting.push(this);
    else idle.set(this.#origin, [this]);
  }

  /** The end of the connection, and of the request that it carries. */
  #broke(error: unknown, mayRepeat: boolean): void {
    this.#socket.destroy();
    const resting = idle.get(this.#origin) ?? [];
    if (resting.includes(this)) resting.splice(resting.indexOf(this), 1);
    if (resting.length === 0) idle.delete(this.#origin);
    const unanswered = mayRepeat && !this.#reader.begun;
    // Where one was closed while it was idle, the others were too.
    if (this.#pending && unanswered && this.#used) for (const one of resting.splice(0)) one.#socket.destroy();
    this.#pending?.failed(unanswered ? new Unanswered(error) : error);
  }
}

/** How many milliseconds a connection may wait, by the header in which its server says how long that does. */
function idleTime(header: string | undefined): number {
  const told = /\btimeout=(\d+)/i.exec(header ?? '')?.[1];
  return told === undefined ? IDLE : Math.min(1000 * Number(told) - MARGIN, IDLE);
}
