/**
 * Ending without losing a request: what came is answered, and so is what comes on an open connection until that closes.
 *
 * A server that just closes cuts idle connections, and with them the request that a client is sending at that moment.
 * So every answer first says that its connection closes, and idle connections are cut only after a while.
 */
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How patient a drain is, in milliseconds. */
export interface Patience {
  /** How long an idle connection is kept for a request that may be under way. */
  readonly idle: number;
  /** How long a client may take to finish a request that it has begun to send. */
  readonly sending: number;
}

const place = Symbol('place among those that run');

interface Watched extends ServerResponse {
  [place]?: number | undefined;
}

/** Watches the requests of a server. */
export class Drain {
  readonly #server: Server;
  // No set: the tables that a set leaves behind as it grows point to the next one, and so keep responses alive after their end.
  readonly #running: Watched[] = [];
  #isDraining = false;
  #quiet: (() => void) | undefined;
  readonly #left: (this: Watched) => void;

  constructor(server: Server) {
    this.#server = server;
    const [running, quiet] = [this.#running, () => this.#quiet?.()];
    // One listener does for all responses.
    this.#left = function left() {
      const at = this[place];
      if (at === undefined) return;
      const last = running.pop()!;
      if (last !== this) {
        running[at] = last;
        last[place] = at;
      }
      this[place] = undefined;
      if (running.length === 0) quiet();
    };
    server.on('request', (_request: IncomingMessage, response: ServerResponse) => this.#watch(response));
  }

  /** Take no new connections, and wait until everything is answered. */
  async finish({ idle, sending }: Patience): Promise<void> {
    this.#isDraining = true;
    for (const response of this.#running) closeAfter(response);
    // Unlike http's own, this leaves idle connections open.
    NetServer.prototype.close.call(this.#server);
    const patience = performance.now() + idle;
    while ((await this.#connections()) > 0 && performance.now() < patience) await delay(10);
    await this.#untilQuiet();
    this.#server.closeIdleConnections();
    const end = performance.now() + sending;
    while ((await this.#connections()) > 0 && performance.now() < end) {
      await delay(10);
      await this.#untilQuiet();
      this.#server.closeIdleConnections();
    }
    this.#server.closeAllConnections();
  }

  #watch(response: Watched): void {
    response[place] = this.#running.push(response) - 1;
    if (this.#isDraining) closeAfter(response);
    response.on('close', this.#left);
  }

  #untilQuiet(): Promise<void> {
    if (this.#running.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#quiet = resolve;
    });
  }

  #connections(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.getConnections((_error, count) => resolve(count));
    });
  }
}

/** Let a response that has not begun say that its connection closes behind it. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
