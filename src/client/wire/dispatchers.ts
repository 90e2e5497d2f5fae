/** What sends requests in Node: undici's agents, one for each way to reach servers. */
import type { buildConnector, Dispatcher } from 'undici';
import type { SocketOptions } from './carrier.js';
import { entryOf } from './entry.js';
import { mended } from './mendedSocket.js';
import { proxyTo } from './proxyTo.js';

type Undici = typeof import('undici');

const TO_CONNECT_MS = 10_000;
const CONNECTIONS = 64;

const settings = {
  // How long an answer may take is said by the call.
  headersTimeout: 0,
  bodyTimeout: 0,
  // Many servers close idle connections after five seconds; those that wait less say so.
  keepAliveTimeout: 4000,
  keepAliveMaxTimeout: 4000,
  keepAliveTimeoutThreshold: 1000,
  maxHeaderSize: 65_536,
};

let undici: Undici | undefined;

/** undici, loaded with the first request. */
async function loaded(): Promise<Undici> {
  // undici gives Node's own `fetch` its agent where that has none yet. Naming `Headers` makes Node see to that itself.
  if (!undici) Reflect.get(globalThis, 'Headers');
  undici ??= await import('undici');
  return undici;
}

/** The agents by what was said of certificates, and by everything else. */
const kept = new WeakMap<object, Map<string, Dispatcher>>();
const nothingSaid = {};

/** The agent for requests to `url`. It keeps connections, and shares them between all who say the same. */
export async function dispatcherTo(url: URL, options: SocketOptions): Promise<Dispatcher> {
  const { tls = nothingSaid, socketPath, connections } = options;
  const proxy = proxyTo(url, options);
  const key = JSON.stringify([socketPath, connections, proxy]);
  const agents = kept.get(tls) ?? new Map<string, Dispatcher>();
  kept.set(tls, agents);
  const known = agents.get(key);
  if (known) return known;
  const made = agent(await loaded(), options, proxy);
  agents.set(key, agents.get(key) ?? made);
  return agents.get(key)!;
}

/** An agent that has no connection yet, and closes its own when they are idle. */
export async function freshDispatcherTo(url: URL, options: SocketOptions): Promise<Dispatcher> {
  return agent(await loaded(), options, proxyTo(url, options));
}

function agent(
  { Agent, EnvHttpProxyAgent, Pool, buildConnector: connector }: Undici,
  { tls, socketPath, connections = CONNECTIONS }: SocketOptions,
  proxy: ReturnType<typeof proxyTo>,
): Dispatcher {
  const certificates = { ...tls } as buildConnector.BuildOptions;
  const factory = (origin: string | URL, { connect, ...rest }: { connect: buildConnector.connector }) =>
    new Pool(origin, { ...rest, ...settings, connections, connect: mending(connect) });
  const connect = connector({ ...certificates, socketPath: socketPath ?? null, timeout: TO_CONNECT_MS });
  const common = { ...settings, connections, connect, factory: factory as never };
  if (!proxy) return new Agent(common);
  const { address, except } = proxy;
  // `http` goes to a proxy as curl sends it: many let tunnels through for `https` only.
  const way = { httpProxy: address, httpsProxy: address, noProxy: except, proxyTunnel: false };
  return new EnvHttpProxyAgent({ ...common, ...way, ...(tls ? { requestTls: certificates } : {}) });
}

/** `connect`, whose sockets are mended. */
function mending(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      // undici would try for ever where a proxy closes: by this code it knows its own connections.
      if (error) callback(entryOf(error, 'code') === 'UND_ERR_SOCKET' ? new Error(error.message) : error, null);
      else callback(null, mended(socket!));
    });
}
