/**
 * Requests in HTTP/1.1 by undici, whose `fetch` is what Node has built in. That costs a millisecond a call, and copies large
 * bodies thrice; underneath is the same.
 *
 * What it does as `fetch` does: connections are kept for the next request, idle ones keep no process alive, redirects are
 * followed by the rules of the Fetch standard, and bodies are uncompressed.
 */
import type { Dispatcher } from 'undici';
import { builtin, hasBuiltins } from './builtin.js';
import { type Carried, type Carrier, type SocketOptions, TooLarge } from './carrier.js';
import { type Answer, collect } from './collect.js';
import { dispatcherTo, freshDispatcherTo } from './dispatchers.js';
import { entryOf } from './entry.js';
import { type Redirected, redirected } from './redirect.js';

const MOST_REDIRECTS = 20;
// Below this, one write of head and body is cheaper than two.
const SMALL = 65_536;
// These say how a message is framed, which is not the caller's to say.
const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const usual = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'cotangent' };

/** The carrier over sockets, or undefined where there are none. */
export const overSockets: ((options: SocketOptions) => Carrier) | undefined = hasBuiltins() ? carrier : undefined;

function carrier(options: SocketOptions): Carrier {
  return async (url, parcel, journey, use) => {
    let to: Redirected = { url, parcel };
    for (let followed = 0; followed <= MOST_REDIRECTS; followed++) {
      const address = new URL(to.url);
      // Another server does not listen on this one's socket.
      const way = address.origin === new URL(url).origin ? options : { ...options, socketPath: undefined };
      const dispatcher = await (journey.fresh ? freshDispatcherTo : dispatcherTo)(address, way);
      const step = await collect(dispatcher, requestOf(address, to.parcel), journey, (answer) => {
        return redirected(to, answer) ?? read(answer, use);
      }).finally(() => void (journey.fresh && dispatcher.close()));
      if ('result' in step) return step.result;
      if ('codings' in step) {
        const { answer, codings } = step;
        return use({ ...answer, bytes: await uncompressed(codings, answer.bytes, journey.answerLimit) });
      }
      to = step;
    }
    throw new Error(`it was redirected more than ${MOST_REDIRECTS} times`);
  };
}

/** A request as undici takes it. */
function requestOf({ origin, pathname, search }: URL, { method, headers, body }: Redirected['parcel']) {
  const all = Object.entries({ ...usual, ...headers }).filter(([name]) => !framing.has(name));
  const length = body ? { 'content-length': String(body.length) } : {};
  return {
    origin,
    path: `${pathname}${search}`,
    method,
    headers: { ...Object.fromEntries(all), ...length },
    // A server may answer before it has read all. Of a body in pieces, undici then knows that the connection is spent.
    body: (body && body.length >= SMALL ? [body] : (body ?? null)) as Dispatcher.DispatchOptions['body'],
  } as const;
}

/** What was made of an answer; or one that is compressed, whose bytes are not lent. */
type Read<T> = { readonly result: T } | { readonly codings: readonly string[]; readonly answer: Carried };

function read<T>({ status, reason, headers, bytes }: Answer, use: (answer: Carried) => T): Read<T> {
  // A coding of the transfer is none that was asked for, but it is undone in the same way.
  const told = `${headers['content-encoding'] ?? ''},${headers['transfer-encoding'] ?? ''}`.toLowerCase().split(',');
  const codings = told.map((one) => one.trim()).filter((one) => !/^(|identity|chunked)$/.test(one));
  const answer = { status, reason, retryAfter: headers['retry-after'] ?? null };
  if (codings.length === 0 || bytes.length === 0) return { result: use({ ...answer, bytes }) };
  return { codings, answer: { ...answer, bytes: bytes.slice() } };
}

// None is asked for, but where the headers of a connection do.
async function uncompressed(codings: readonly string[], bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const { brotliDecompress, unzip } = builtin('node:zlib')!;
  const rows: Readonly<Record<string, typeof unzip>> = {
    br: brotliDecompress,
    gzip: unzip,
    'x-gzip': unzip,
    deflate: unzip,
  };
  let whole = bytes;
  // The last that was applied is the first to be undone.
  for (const coding of codings.toReversed()) {
    const row = rows[coding];
    if (!row) throw new Error(`the answer is compressed by ${coding}, which is not known here`);
    whole = await new Promise<Uint8Array>((resolve, reject) => {
      row(whole, { maxOutputLength: most }, (error, result) => (error ? reject(error) : resolve(result)));
    }).catch((error: unknown) => {
      const large = entryOf(error, 'code') === 'ERR_BUFFER_TOO_LARGE';
      throw large ? new TooLarge(`more than ${most} bytes, uncompressed`) : error;
    });
  }
  return whole;
}
