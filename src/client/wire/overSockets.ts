/**
 * Requests in HTTP/1.1 by Node's sockets. `fetch` of Node costs a millisecond a call, and copies large bodies thrice.
 *
 * What it does as `fetch` does: connections are kept for the next request, idle ones keep no process alive, redirects are
 * followed by the rules of the Fetch standard, and bodies are uncompressed.
 */
import type { Answer } from './answerReader.js';
import { builtin, hasBuiltins } from './builtin.js';
import type { Carried, Carrier, Parcel } from './carrier.js';
import { overConnection } from './connection.js';
import { type Redirected, redirected } from './redirect.js';

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
export const overSockets: Carrier | undefined = hasBuiltins() ? carry : undefined;

async function carry<T>(
  url: string,
  parcel: Parcel,
  signal: AbortSignal | undefined,
  use: (answer: Carried) => T,
): Promise<T> {
  let to: Redirected = { url, parcel };
  for (let followed = 0; followed <= MOST_REDIRECTS; followed++) {
    const { origin, head } = headFor(to);
    const { body } = to.parcel;
    const length = body ? `content-length: ${body.length}\r\n` : '';
    const step = await overConnection(origin, { head: `${head}${length}\r\n`, body }, signal, (answer) => {
      return redirected(to, answer) ?? { result: read(answer, use) };
    });
    if ('result' in step) return step.result;
    to = step;
  }
  throw new Error(`it was redirected more than ${MOST_REDIRECTS} times`);
}

interface Head {
  readonly origin: URL;
  readonly head: string;
}

/** The heads of requests by their headers, which are the same for every call of a connection, and by what is asked. */
const heads = new WeakMap<Parcel['headers'], Map<string, Head>>();

function headFor({ url, parcel }: Redirected): Head {
  const { method, headers } = parcel;
  const written = heads.get(headers) ?? new Map<string, Head>();
  heads.set(headers, written);
  const known = written.get(`${method} ${url}`);
  if (known) return known;
  const origin = new URL(url);
  const made = { origin, head: headOf(origin, parcel) };
  written.set(`${method} ${url}`, made);
  return made;
}

/** The head of a request but for its end. Throws for a header that would end where it should not. */
function headOf({ host, pathname, search }: URL, { method, headers }: Parcel): string {
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
  return head;
}

function read<T>({ status, headers, bytes }: Answer, use: (answer: Carried) => T): T | Promise<T> {
  const coding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  const answer = { status, retryAfter: headers.get('retry-after') ?? null };
  if (coding === 'identity') return use({ ...answer, bytes });
  return uncompressed(coding, bytes.slice()).then((whole) => use({ ...answer, bytes: whole }));
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
