/**
 * Who may call a server: strangers on the same machine and pages in its browser reach a port of this machine too.
 *
 * While a server is bound to loopback, a request names the host that it means: a page whose name was made to resolve to
 * 127.0.0.1 names its own. Where a token is given, a request has it; beyond loopback one is needed, unless it is said that
 * none is.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { describe as describeText } from '../codec/describe.js';
import { ComponentError, fail } from '../errors.js';

/** What a server is told of those who may call it. */
export interface AccessOptions {
  /** Where to listen; 127.0.0.1. */
  readonly host?: string | undefined;
  /** Names that requests may have as their host besides this machine's own; `*` is any. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** What a request must bring as `Authorization: Bearer …`, except to `/health` and for the files of `/docs`. */
  readonly token?: string | undefined;
  /** `none`: anybody may call, also beyond loopback, unless a token is given. */
  readonly auth?: 'token' | 'none' | undefined;
}

/** Who may call. */
export interface Access {
  /** Whether anybody may call who reaches the port, from other machines too. */
  readonly isOpen: boolean;
  /** Why a request is refused by the host that it names. */
  readonly refuseHost: (headers: IncomingHttpHeaders) => ComponentError | undefined;
  /** Why a request is refused for want of the token. */
  readonly refuseToken: (headers: IncomingHttpHeaders) => ComponentError | undefined;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** The access that these options give. Raises `E_SERVE_OPTION`, and `E_SERVE_LISTEN` where the host is none. */
export async function accessOf(options: AccessOptions): Promise<Access> {
  const { host = '127.0.0.1', allowedHosts = [], token, auth } = options;
  if (token !== undefined) checkToken(token);
  const isLocal = await isLoopback(host);
  if (!isLocal && token === undefined && auth !== 'none') {
    const expected =
      "a token with it, since others can reach that address; or auth: 'none' (--no-auth) where anybody may call";
    fail('E_SERVE_OPTION', { option: 'host', received: host, expected });
  }
  const named = new Set([...allowedHosts.map(nameOf), nameOf(isIPv6(host) ? `[${host}]` : host)]);
  const takesAny = allowedHosts.includes('*') || (!isLocal && allowedHosts.length === 0);
  return {
    isOpen: !isLocal && token === undefined,
    refuseHost: ({ host: given }) => {
      // A browser always names a host: what names none is none.
      if (takesAny || given === undefined) return undefined;
      const name = nameOf(given);
      return isOwnName(name) || named.has(name)
        ? undefined
        : new ComponentError('E_HOST', { received: describeText(given) });
    },
    refuseToken: token === undefined ? () => undefined : tokenCheck(token),
  };
}

function checkToken(token: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  const received = token === '' ? 'empty' : 'what a header cannot carry';
  fail('E_SERVE_OPTION', {
    option: 'token',
    received,
    expected: 'one or more letters, digits and signs without spaces',
  });
}

/** Whether only this machine reaches an address. */
async function isLoopback(host: string): Promise<boolean> {
  if (isOwnName(nameOf(host))) return true;
  if (host === '' || isIP(host)) return isOwnAddress(host);
  try {
    return (await lookup(host, { all: true })).every(({ address }) => isOwnAddress(address));
  } catch (cause) {
    const reason = String((cause as NodeJS.ErrnoException).code ?? cause);
    return fail('E_SERVE_LISTEN', { address: host, reason }, { cause });
  }
}

function isOwnName(name: string): boolean {
  return name === 'localhost' || isOwnAddress(name.replace(/^\[(.*)\]$/, '$1'));
}

function isOwnAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** The name in a `Host` header: without its port and the dot at its end, in small letters. */
function nameOf(host: string): string {
  const [, name = host] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host.trim()) ?? [];
  return name.toLowerCase().replace(/\.$/, '');
}

function tokenCheck(token: string): Access['refuseToken'] {
  const wanted = digest(token);
  return ({ authorization = '' }) => {
    const given = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
    // Digests have one length: the comparison takes the same time whatever is given.
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return undefined;
    return new ComponentError('E_TOKEN', { received: given === undefined ? 'none was sent' : 'it is another' });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
