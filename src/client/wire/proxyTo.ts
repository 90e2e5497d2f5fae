/** Which proxy a request goes through: as curl and Python read the environment. */
import type { SocketOptions } from './carrier.js';

/** A proxy, and the hosts that are reached without it. */
export interface Proxy {
  readonly address: string;
  readonly except: string;
}

// What is on this machine no proxy can reach.
const loopback = /^(localhost|.*\.localhost|127\..*|\[::1\])$/;

/** The proxy for `url`, or undefined where the way is direct. */
export function proxyTo(url: URL, { proxy = true, socketPath }: SocketOptions): Proxy | undefined {
  if (proxy === false || socketPath !== undefined) return undefined;
  if (typeof proxy === 'string') return { address: addressOf(proxy), except: '' };
  if (loopback.test(url.hostname)) return undefined;
  const address = variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ?? variable('all_proxy');
  return address === undefined ? undefined : { address: addressOf(address), except: variable('no_proxy') ?? '' };
}

function variable(name: string): string | undefined {
  return process.env[name] || process.env[name.toUpperCase()] || undefined;
}

/** `proxy:3128` as `http://proxy:3128`. */
function addressOf(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}
