/** Requests by `fetch`: in browsers, and wherever one was given. */

import { type Carrier, TooLarge, Unanswered } from './carrier.js';
import { entryOf } from './entry.js';

const broken: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The carrier that sends by `fetch`. Redirects, connections and encodings are its own. */
export function overFetch(fetch: typeof globalThis.fetch): Carrier {
  return async (url, { method, headers, body }, { signal, answerLimit }, use) => {
    const init = { method, headers, signal: signal ?? null, body: (body ?? null) as BodyInit | null };
    const response = await fetch(url, init).catch((error: unknown) => {
      throw isBroken(error) ? new Unanswered(error) : error;
    });
    const bytes = await bytesOf(response, answerLimit);
    const { status, statusText } = response;
    return use({ status, reason: statusText, retryAfter: response.headers.get('retry-after'), bytes });
  };
}

/** The body, read piece by piece, so that one without end is noticed. */
async function bytesOf({ headers, body }: Response, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const announced = Number(headers.get('content-length') ?? 0);
  const reader = body?.getReader();
  try {
    if (announced > most) throw new TooLarge(`${announced} bytes`);
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      length += next.value.length;
      if (length > most) throw new TooLarge(`${length} bytes and more`);
      pieces.push(next.value);
    }
  } catch (error) {
    // What is left is not wanted; whether giving it up works does not matter.
    reader?.cancel().catch(() => undefined);
    throw error;
  }
  return joined(pieces, length);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

// Node says why a request failed; a browser does not, and then nothing is sent again.
function isBroken(error: unknown): boolean {
  return broken.has(entryOf(entryOf(error, 'cause'), 'code'));
}
