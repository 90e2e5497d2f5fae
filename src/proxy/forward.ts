/** Passing a request on as it is, and its answer back: no byte of a body is read here. */
import { type ClientRequest, type IncomingMessage, request as overHttp, type ServerResponse } from 'node:http';
import { request as overHttps } from 'node:https';
import { ComponentError } from '../errors.js';

// These belong to one connection (RFC 9110, 7.6.1).
const perConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
]);

/** Send `incoming` to the upstream at `base`, and its answer to `outgoing`. Rejects where nothing was answered. */
export function forward(base: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { protocol, hostname, port, pathname } = new URL(base);
  // Of what was asked for, only the path counts: it is no address.
  const path = `${pathname.replace(/\/$/, '')}/${(incoming.url ?? '').replace(/^\/+/, '')}`;
  const { method = 'GET', headers } = incoming;
  return new Promise((resolve, reject) => {
    const send = protocol === 'https:' ? overHttps : overHttp;
    const asked = { hostname: hostname.replace(/^\[|\]$/g, ''), port, path, method };
    const sent: ClientRequest = send({ ...asked, headers: kept(headers, hasBody(incoming)) }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, kept(answer.headers, true));
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
      outgoing.on('finish', resolve);
    });
    sent.on('error', (cause) => {
      if (outgoing.headersSent) outgoing.destroy();
      reject(new ComponentError('E_REMOTE_UNREACHABLE', { url: base, reason: cause.message }, { cause }));
    });
    // The caller has gone: so goes the request.
    outgoing.on('close', () => {
      sent.destroy();
      resolve();
    });
    incoming.pipe(sent);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

// Without a length, Node sends a body in chunks; it has to know that there is one.
function kept(headers: IncomingMessage['headers'], body: boolean): IncomingMessage['headers'] {
  const entries = Object.entries(headers).filter(([name]) => !perConnection.has(name));
  const chunked = body && headers['content-length'] === undefined && headers['transfer-encoding'] !== undefined;
  return { ...Object.fromEntries(entries), ...(chunked ? { 'transfer-encoding': 'chunked' } : {}) };
}
