/** Passing a request on as it is, and its answer back: no byte of a body is read here. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Address } from '../client/address.js';
import { boundOf, onAbort } from '../client/wire/bound.js';
import { badStatus, isBroken } from '../client/wire/collect.js';
import { dispatcherTo, freshDispatcherTo } from '../client/wire/dispatchers.js';
import { ComponentError, fail } from '../errors.js';
import { type Passed, passedOn } from './headers.js';

/** Where requests are passed on to. */
export interface Onward {
  readonly address: Address;
  /** How many milliseconds the component may take. */
  readonly timeout?: number | undefined;
}

// What has at most so many bytes is kept until there is an answer, to be sent again where a connection was stale.
const KEPT_BYTES = 2 ** 20;
const bodiless: ReadonlySet<number> = new Set([204, 304]);

/** Send `incoming` to the upstream, and its answer to `outgoing`. Rejects with `E_REMOTE_…` where nothing was answered. */
export async function forward(
  { address, timeout }: Onward,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  outgoing.on('close', () => left.abort(new Error('the caller has gone')));
  const bound = boundOf([left.signal], timeout);
  const source = new Source(incoming);
  const url = address.shown;
  try {
    const body = await source.body();
    await sendOn({ ...sentTo(address, incoming), body }, address, outgoing, bound.signal!);
  } catch (error) {
    if (left.signal.aborted) return;
    if (outgoing.headersSent) outgoing.destroy();
    else if (bound.expired()) fail('E_REMOTE_TIMEOUT', { url, timeout: String(timeout) }, { cause: error });
    else throw unreachable(url, error);
  } finally {
    bound.release();
    source.leave();
  }
}

function unreachable(url: string, cause: unknown): ComponentError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ComponentError('E_REMOTE_UNREACHABLE', { url, reason }, { cause });
}

type Body = Uint8Array | AsyncIterable<Uint8Array> | null;

interface Sent {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Passed;
  readonly body: Body;
}

function sentTo({ base, authorization }: Address, { url = '/', method = 'GET', rawHeaders }: IncomingMessage) {
  const { origin, pathname } = new URL(base);
  // Of what was asked for, only the path counts: it is no address.
  const path = `${pathname.replace(/\/$/, '')}/${url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+/, '')}`;
  // Who has the address has its credentials; a caller's own come first.
  const identity: Passed = authorization === undefined ? {} : { authorization };
  return { origin, path, method, headers: { ...identity, ...passedOn(rawHeaders) } };
}

/** A small body is sent by a connection that was used before, and again where that was stale; another by a new one. */
async function sendOn(sent: Sent, { socketPath }: Address, outgoing: ServerResponse, signal: AbortSignal) {
  const origin = new URL(sent.origin);
  if (sent.body === null || sent.body instanceof Uint8Array) {
    try {
      return await pass(await dispatcherTo(origin, { socketPath }), sent, outgoing, signal);
    } catch (error) {
      if (!isBroken(error) || outgoing.headersSent || signal.aborted) throw error;
    }
  }
  const dispatcher = await freshDispatcherTo(origin, { socketPath });
  try {
    await pass(dispatcher, sent, outgoing, signal);
  } finally {
    void dispatcher.close();
  }
}

/** The body of a caller's request. */
class Source {
  readonly #incoming: IncomingMessage;
  // To read no further does not end the connection of the caller, which waits for its answer.
  readonly #pieces: AsyncIterator<Buffer>;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    this.#pieces = incoming.iterator({ destroyOnReturn: false });
  }

  /** The body: whole where it is small, else the pieces as they come. */
  async body(): Promise<Body> {
    const { 'content-length': length, 'transfer-encoding': coding } = this.#incoming.headers;
    if (length === undefined && coding === undefined) return null;
    const held: Buffer[] = [];
    for (let size = Number(length ?? 0) > KEPT_BYTES ? Infinity : 0; size <= KEPT_BYTES; ) {
      const next = await this.#pieces.next();
      if (next.done) return Buffer.concat(held);
      held.push(next.value);
      size += next.value.length;
    }
    return this.#rest(held);
  }

  async *#rest(held: readonly Buffer[]): AsyncGenerator<Uint8Array> {
    yield* held;
    for (let next = await this.#pieces.next(); !next.done; next = await this.#pieces.next()) yield next.value;
  }

  /** What the caller still sends nobody needs, but some hear an answer only when all of it was taken. */
  leave(): void {
    const ended = this.#pieces.return?.() ?? Promise.resolve();
    ended.then(
      () => this.#incoming.resume(),
      () => undefined,
    );
  }
}

/** Send a request by `dispatcher`, and pass its answer to `outgoing` as it comes in. */
function pass(dispatcher: Dispatcher, sent: Sent, outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const passing = new Passing(outgoing, sent.method, (error) => {
      forget();
      if (error) reject(error);
      else resolve();
    });
    const forget = onAbort(signal, () => passing.stop(signal.reason));
    dispatcher.dispatch(sent as Dispatcher.DispatchOptions, passing);
  });
}

class Passing implements Dispatcher.DispatchHandler {
  readonly #outgoing: ServerResponse;
  readonly #method: string;
  readonly #settle: (error?: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;
  #ended = false;

  constructor(outgoing: ServerResponse, method: string, settle: (error?: unknown) => void) {
    this.#outgoing = outgoing;
    this.#method = method;
    this.#settle = settle;
  }

  /** Give up, with that error. */
  stop(reason: Error): void {
    this.#stopped = reason;
    this.#controller?.abort(reason);
    this.#settle(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped) controller.abort(this.#stopped);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const bad = badStatus(status);
    if (bad) this.stop(bad);
    if (bad || status < 200) return;
    const raw = (controller.rawHeaders as readonly Buffer[]).map((bytes) => bytes.toString('latin1'));
    const { 'content-length': length, ...headers } = passedOn(raw);
    // Of an answer without a body, only that to HEAD, and 304, may say how long one would be.
    const counted = length !== undefined && status !== 204 ? { 'content-length': [length].flat()[0]! } : {};
    try {
      this.#outgoing.writeHead(status, { ...headers, ...counted });
      if (bodiless.has(status) || this.#method === 'HEAD') this.#end();
    } catch (error) {
      this.stop(error as Error);
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#stopped || this.#outgoing.write(chunk)) return;
    controller.pause();
    this.#outgoing.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_: unknown, error: Error): void {
    if (!this.#ended) this.#settle(error);
  }

  #end(): void {
    if (this.#ended || this.#stopped) return;
    this.#ended = true;
    this.#outgoing.end(() => this.#settle());
  }
}
