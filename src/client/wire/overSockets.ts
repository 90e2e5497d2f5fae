/**
 * Requests in HTTP/1.1 by Node's sockets. `fetch` of Node costs a millisecond a call, and copies large bodies thrice.
 *
 * What it does as `fetch` does: connections are kept for the next request, idle ones keep no process alive, redirects are
 * followed by the rules of the Fetch standard, and bodies are uncompressed.
 */
import type { Answer } from './answerReader.js';
import { builtin } from './builtin.js';
import type { Carried, Carrier, Parcel } from './carrier.js';
import { overConnection } from './connection.js';
import { redirected } from './redirect.js';

const MOST_REDIRECTS = 20;
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
export const overSockets: Carrier | undefined = builtin('node:net') && carry;

async function carry(url: string, parcel: Parcel, signal: AbortSignal | undefined): Promise<Carried> {
  let to = { url: new URL(url), parcel };
  for (let followed = 0; ; followed++) {
    const answer = await overConnection(to.url, { head: headOf(to.url, to.parcel), body: to.parcel.body }, signal);
    const next = redirected(to.url, to.parcel, answer);
    if (!next) return carried(answer);
    if (followed === MOST_REDIRECTS) throw new Error(`it was redirected more than ${MOST_REDIRECTS} times`);
    to = next;
  }
}

/** The head of a request. Throws for a header that would end where it should not. */
function headOf({ host, pathname, search }: URL, { method, headers, body }: Parcel): string {
  let head = `${method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n`;
  const all: Readonly<Record<string, string>> = { ...usual, ...headers };
  for (const name in all) {
    if (framing.has(name)) continue;
    const value = all[name]!;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new Error(`the header ${JSON.stringify(name)} has a character that cannot be sent`);
    }
    head += `${name}: ${value}\r\n`;
  }
  if (body) head += `content-length: ${body.length}\r\n`;
  return `${head}\r\n`;
}

async function carried({ status, headers, bytes }: Answer): Promise<Carried> {
  const coding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  const retryAfter = headers.get('retry-after') ?? null;
  return { status, retryAfter, bytes: coding === 'identity' ? bytes : await uncompressed(coding, bytes) };
}

// None is asked for, but where the headers of a connection do.
function uncompressed(coding: string, bytes: Uint8Array): Promise<Uint8Array> {
  const { brotliDecompress, unzip } = builtin('node:zlib')!;
  const row = { br: brotliDecompress, gzip: unzip, 'x-gzip': unzip, deflate: unzip }[coding];
  if (!row) throw new Error(`the answer is compressed by ${coding}, which is not known here`);
  return new Promise((resolve, reject) => {
    row(bytes, (error, whole) => (error ? reject(error) : resolve(whole)));
  });
}
