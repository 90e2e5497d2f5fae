/**
 * A proxy in front of a served component, Python's included: what it offers is passed on byte for byte, and what it lacks
 * is derived here. Its callers see one component.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Address, addressOf } from '../client/address.js';
import { exchange } from '../client/transport.js';
import { settled } from '../client/transportOptions.js';
import type { Provenance } from '../component/compile.js';
import type { RuleName } from '../derive/rules.js';
import { ComponentError, fail } from '../errors.js';
import { type EndpointName, endpointNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { waitingFor } from '../server/deadline.js';
import { errorAnswer } from '../server/errorAnswer.js';
import { inlineExecutor } from '../server/inline.js';
import { type AnswerOptions, settingsOf } from '../server/options.js';
import { type Budget, readBody } from '../server/readBody.js';
import { type ServedComponent, servedComponent } from '../server/servedComponent.js';
import { proxyDocument } from './document.js';
import { forward } from './forward.js';
import { openUpstream, type Upstream } from './upstream.js';

/** What a proxy is told. */
export interface ProxyOptions extends Pick<AnswerOptions, 'bodyLimit' | 'resultLimit' | 'jacobianLimit'> {
  /** The address of the served component. */
  readonly url: string;
  /** The rules to derive by. */
  readonly derive: readonly RuleName[];
  /** Where to listen; 127.0.0.1. */
  readonly host?: string | undefined;
  /** The port; 8000. With 0 the system chooses one. */
  readonly port?: number | undefined;
  /** How many milliseconds a request to the component may take. */
  readonly timeout?: number | undefined;
  /** How many probes of a derivation may run at once; 4. */
  readonly concurrency?: number | undefined;
  /** Headers for the requests of derivations: what a component behind a login needs. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Told of every request that was answered. */
  readonly onRequest?: ((line: ProxyLine) => void) | undefined;
}

/** What a log says of a request. */
export interface ProxyLine {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  /** The rule that answered it, where it was not passed on. */
  readonly derived?: RuleName;
}

/** A proxy that listens. */
export interface RunningProxy {
  readonly url: string;
  readonly name: string;
  /** Where each endpoint comes from. */
  readonly provenance: { readonly [N in EndpointName]?: Provenance };
  close(): Promise<void>;
}

/** Everything a request needs. */
interface Proxying {
  readonly upstream: Upstream;
  readonly address: Address;
  readonly served: ServedComponent;
  readonly document: Buffer;
  readonly budget: Budget;
}

/** Serve the component at `url` with endpoints added. Raises `E_REMOTE_…`, `E_DERIVE_…` and `E_SERVE_LISTEN`. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { url, derive, timeout, concurrency, headers, ...rest } = options;
  const upstream = await openUpstream(url, derive, { timeout, concurrency, headers });
  const { compiled } = upstream.target;
  const address = addressOf(url);
  const settings = settingsOf(rest);
  const served = servedComponent(inlineExecutor(upstream.target, settings), settings);
  const document = Buffer.from(JSON.stringify(await documentOf(upstream, address, headers)));
  const budget = { held: 0, most: 8 * settings.bodyLimit };
  const proxying = { upstream, address, served, document, budget };
  const server = createServer((request, response) => void respond(proxying, request, response, options));
  const listening = await listen(server, options);
  return { url: listening, name: compiled.name, provenance: compiled.provenance, close: () => close(server) };
}

async function documentOf({ target, derived }: Upstream, address: Address, headers: ProxyOptions['headers']) {
  const options = settled({ headers }, address);
  const sending = { method: 'GET', headers: options.headers ?? {}, signals: [] } as const;
  const text = await exchange(`${address.base}/openapi.json`, sending, options, ({ bytes }) =>
    Buffer.from(bytes).toString(),
  );
  return proxyDocument(JSON.parse(text) as Record<string, unknown>, target.compiled, derived);
}

async function respond(
  proxying: Proxying,
  request: IncomingMessage,
  response: ServerResponse,
  { onRequest, timeout }: ProxyOptions,
): Promise<void> {
  const start = performance.now();
  const { method = 'GET', url = '/' } = request;
  const path = (url.split('?')[0] ?? '/').replace(/(.)\/+$/, '$1');
  const endpoint = endpointNames.find((name) => `/${operators[name].route}` === path);
  const derived = endpoint !== undefined && proxying.upstream.derived.includes(endpoint) ? endpoint : undefined;
  try {
    if (path === '/openapi.json' && /^(GET|HEAD)$/.test(method))
      send(response, 200, 'application/json', proxying.document);
    else if (derived) await derive(proxying, derived, request, response);
    else await forward({ address: proxying.address, timeout }, request, response);
  } catch (error) {
    refuse(response, error);
  }
  const one = derived && proxying.upstream.target.compiled.provenance[derived];
  const ms = Math.round(10 * (performance.now() - start)) / 10;
  const rule = one?.kind === 'derived' ? { derived: one.rule } : {};
  onRequest?.({ method, path: path.slice(0, 200), status: response.statusCode, ms, ...rule });
}

async function derive(
  { served, budget }: Proxying,
  endpoint: EndpointName,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers, url = '/' } = request;
  const path = `/${operators[endpoint].route}`;
  if (method !== 'POST') return fail('E_METHOD', { path, received: method, expected: 'POST' });
  const { 'content-length': length, 'content-type': contentType, accept } = headers;
  const announced = length === undefined ? undefined : Number(length);
  const { bytes, release } = await readBody(request, { announced, limit: served.settings.bodyLimit, budget });
  try {
    const runId = new URL(url, 'http://proxy').searchParams.get('run_id') ?? undefined;
    const answer = await served.answer({
      endpoint,
      body: bytes,
      accept,
      contentType,
      runId,
      waiting: waitingFor(response),
    });
    send(response, 200, answer.contentType, answer.body);
  } finally {
    release();
  }
}

function send(response: ServerResponse, status: number, type: string, body: Uint8Array | string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

// What the component itself said is as public here as there.
function refuse(response: ServerResponse, error: unknown): void {
  const remote = error instanceof ComponentError && error.code.startsWith('E_REMOTE');
  const { status, body } = remote
    ? { status: error.status, body: { detail: error.message } }
    : errorAnswer(error, { debug: false, id: 'proxy' });
  send(response, status, 'application/json', JSON.stringify(body));
}

function listen(server: Server, { host = '127.0.0.1', port = 8000 }: ProxyOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.on('error', (cause: Error & { code?: string }) => {
      const reason = cause.code ?? cause.message;
      reject(new ComponentError('E_SERVE_LISTEN', { address: `${host}:${port}`, reason }, { cause }));
    });
    server.listen(port, host, () => {
      const { port: chosen, address, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
