/**
 * Ending without losing a request: what came is answered, and so is what comes on an open connection until that closes.
 *
 * A server that just closes cuts idle connections, and with them the request that a client is sending at that moment.
 * So every answer first says that its connection closes, and idle connections are cut only after a while.
 */
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { Roster } from '../runtime/roster.js';
import { after } from './timer.js';

/** How patient a drain is, in milliseconds. */
export interface Patience {
  /** How long an idle connection is kept for a request that may be under way. */
  readonly idle: number;
  /** How long a client may take to finish a request that it has begun to send. */
  readonly sending: number;
  /** How long all of it may take: what is not answered then is cut off. */
  readonly most: number;
}

/** Watches the requests of a server. */
export class Drain {
  readonly #server: Server;
  readonly #running = new Roster<ServerResponse>();
  #isDraining = false;
  #quiet: (() => void) | undefined;

  constructor(server: Server) {
    this.#server = server;
    server.on('request', (_request: IncomingMessage, response: ServerResponse) => this.#watch(response));
  }

  /** Take no new connections, and wait until everything is answered, or the time is up. Says how many were cut off. */
  async finish(patience: Patience): Promise<number> {
    let callOff: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      callOff = after(patience.most, resolve);
    });
    await Promise.race([this.#answerAll(patience), late]);
    callOff?.();
    const left = this.#running.size;
    this.#server.closeAllConnections();
    return left;
  }

  async #answerAll({ idle, sending }: Patience): Promise<void> {
    this.#isDraining = true;
    for (const response of this.#running.members()) closeAfter(response);
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
  }

  #watch(response: ServerResponse): void {
    const leave = this.#running.add(response);
    if (this.#isDraining) closeAfter(response);
    response.on('close', () => {
      leave();
      if (this.#running.size === 0) this.#quiet?.();
    });
  }

  #untilQuiet(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
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
