/** Requests by `fetch`: in browsers, and wherever one was given. */

import { type Carrier, Unanswered } from './carrier.js';
import { entryOf } from './entry.js';

const broken: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The carrier that sends by `fetch`. Redirects, connections and encodings are its own. */
export function overFetch(fetch: typeof globalThis.fetch): Carrier {
  return async (url, { method, headers, body }, signal, use) => {
    const init = { method, headers, signal: signal ?? null, body: (body ?? null) as BodyInit | null };
    const response = await fetch(url, init).catch((error: unknown) => {
      throw isBroken(error) ? new Unanswered(error) : error;
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return use({ status: response.status, retryAfter: response.headers.get('retry-after'), bytes });
  };
}

// Node says why a request failed; a browser does not, and then nothing is sent again.
function isBroken(error: unknown): boolean {
  return broken.has(entryOf(entryOf(error, 'cause'), 'code'));
}
