/** Connecting to a served component, ours or one in Python: the same handle as of a component in this process. */
import { parseBody } from '../codec/body.js';
import type { Compression } from '../codec/encoding.js';
import type { ArrayFiles } from '../codec/files.js';
import { type Encoding, type Format, formatNames, formats as formatTable } from '../codec/index.js';
import { parseJson } from '../codec/parse.js';
import { SpareMemory } from '../codec/spareMemory.js';
import { writeJson } from '../codec/write.js';
import { ComponentError, fail } from '../errors.js';
import type { CallOptions } from '../operators/endpoints.js';
import type { ComponentHandle } from '../runtime/handle.js';
import { found, handleOver } from '../runtime/handleOver.js';
import { type Address, addressOf } from './address.js';
import { type Description, describeRemote } from './describe.js';
import { refusal } from './refusal.js';
import { type Answer, remoteEndpoints } from './remote.js';
import { senderTo } from './send.js';
import { statusReason } from './statusReason.js';
import { type Exchange, exchange, keepsBodies } from './transport.js';
import { settled, type TransportOptions } from './transportOptions.js';

/** The files that one call's `binref` arrays are in. */
export interface CallFiles extends ArrayFiles {
  /** Called when the call is over. */
  readonly done?: () => void;
}

/** How to connect. */
export interface ConnectOptions extends TransportOptions {
  /** Stops connecting, and every call of the handle. */
  readonly signal?: AbortSignal | undefined;
  /** How arrays travel, in both directions: `base64` unless said otherwise. `binref` needs `files`. */
  readonly encoding?: Encoding | undefined;
  /** How the arrays of requests are compressed: not at all unless said otherwise. */
  readonly compression?: Compression | undefined;
  /** The folders that are shared with the server, for `binref`: `sharedFolders` of `cotangent/client/node`. */
  readonly files?: (() => CallFiles) | undefined;
  /** How many probes of a derivation may run at once over this connection; 4. */
  readonly concurrency?: number | undefined;
}

/** A handle on a remote component. */
export interface Connection {
  /** The server's address. */
  readonly url: string;
  /** Stop every call that is under way, and refuse others. */
  readonly close: () => void;
}

/** A remote component, and how to talk to it. */
interface Link {
  readonly address: Address;
  readonly options: ConnectOptions;
  readonly description: Description;
  readonly format: Format;
  /** The headers of every call. */
  readonly headers: Readonly<Record<string, string>>;
  readonly closing: AbortSignal;
  /** The memory of the bodies of requests, where nobody else keeps them. */
  readonly spare: SpareMemory | undefined;
}

/**
 * A handle on the component that is served at `url`: what it offers, its defaults and its types are read from its
 * OpenAPI document, once. Inputs are checked here, and again there.
 *
 * Rejects with `E_REMOTE_…`; a call rejects with the error it would have had in process, code and path included.
 */
export async function connect<I extends object = Record<string, unknown>, O extends object = Record<string, unknown>>(
  url: string,
  given: ConnectOptions = {},
): Promise<ComponentHandle<I, O> & Connection> {
  const address = addressOf(url);
  const options = settled(given, address);
  const description = describeRemote(await fetchDocument(address, options), address.shown);
  const closing = new AbortController();
  const link = linkTo(address, options, description, closing.signal);
  const { compiled } = description;
  const endpoints = remoteEndpoints(compiled, (route, tree, call, use) => post(link, route, tree, call, use));
  const offer = Object.freeze({ compiled, endpoints });
  const handle = {
    ...handleOver(compiled, senderTo(offer), () => endpoints, options.concurrency ?? 4),
    url: address.shown,
    close: () => closing.abort(new ComponentError('E_REMOTE_CLOSED', { url: address.shown })),
  };
  found(handle, { offer: () => offer, sender: senderTo, concurrency: options.concurrency ?? 4 });
  return Object.freeze(handle) as unknown as ComponentHandle<I, O> & Connection;
}

async function fetchDocument({ base, shown }: Address, options: ConnectOptions): Promise<unknown> {
  const sending = { method: 'GET', headers: options.headers ?? {}, signals: [options.signal] } as const;
  return exchange(`${base}/openapi.json`, sending, options, ({ status, reason: words, bytes }) => {
    const reason =
      status === 200 ? 'is not JSON' : `has status ${status}, ${statusReason(status, words, textOf(bytes))}`;
    const document = status === 200 ? readJson(bytes) : undefined;
    return document ?? fail('E_REMOTE_NO_COMPONENT', { url: shown, reason: `/openapi.json ${reason}` });
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 100_000));
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof ComponentError) return undefined;
    throw error;
  }
}

function linkTo(address: Address, options: ConnectOptions, description: Description, closing: AbortSignal): Link {
  const { encoding = 'base64' } = options;
  const format = formatNames.find((name) => formatTable[name].encoding === encoding) ?? 'json';
  const headers = Object.freeze({
    'content-type': 'application/json',
    accept: acceptOf(description, format),
    ...options.headers,
  });
  const spare = keepsBodies(options) ? undefined : new SpareMemory();
  return { address, options, description, format, headers, closing, spare };
}

async function post<T>(
  link: Link,
  route: string,
  tree: unknown,
  call: CallOptions | undefined,
  use: (answer: Answer) => T,
): Promise<T> {
  const { address, options, format, headers, closing, spare } = link;
  const files = options.files?.();
  try {
    const { compression } = options;
    const body = writeJson(tree, { format, compression, files, path: 'request', take: spare?.take });
    const sending = { method: 'POST', headers, body, signals: [call?.signal, options.signal, closing] } as const;
    const value = await exchange(`${address.base}/${route}`, sending, options, (received) =>
      use(read(link, received, files)),
    );
    spare?.give(body);
    return value;
  } finally {
    files?.done?.();
  }
}

// A server that does not say which formats it has may fail at any header but the most usual one.
function acceptOf({ formats }: Description, format: Format): string {
  return formats.has(format) ? formatTable[format].mediaType : '*/*';
}

function read(
  { address, description: { compiled } }: Link,
  { status, reason, bytes }: Exchange,
  files?: CallFiles,
): Answer {
  const { name: component, signature } = compiled;
  const url = address.shown;
  if (status < 200 || status > 299) {
    const answer = { status, reason, body: readJson(bytes), text: textOf(bytes) };
    throw refusal(answer, { component, url, inputs: signature.inputs });
  }
  const unreadable = (cause: ComponentError): never =>
    fail('E_REMOTE_ANSWER', { component, url, reason: cause.message }, { cause });
  try {
    return { tree: parseBody(bytes), context: { files }, unreadable };
  } catch (error) {
    if (error instanceof ComponentError) return unreadable(error);
    throw error;
  }
}
