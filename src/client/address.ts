/** The address of a server, as a user writes it: where requests go, and who they say they are from. */
import { fail } from '../errors.js';

/** Where requests go. */
export interface Address {
  /** The address without credentials and trailing slashes, to be shown. */
  readonly shown: string;
  /** What the routes are appended to. */
  readonly base: string;
  /** The Unix socket that the server listens on. */
  readonly socketPath?: string;
  /** The header for the credentials in the address. */
  readonly authorization?: string;
}

const ofSocket = /^unix:(?:\/\/)?(.*)$/i;

/** Read an address: `http` where no scheme is written, `unix:/run/server.sock` for a Unix socket. Raises `E_REMOTE_ADDRESS`. */
export function addressOf(text: string): Address {
  const path = ofSocket.exec(text)?.[1];
  if (path !== undefined) return socketAt(text, path);
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(written);
  } catch (cause) {
    return refused(text, 'it cannot be read', cause);
  }
  if (!/^https?:$/.test(url.protocol)) return refused(text, `${url.protocol} is not spoken here`);
  // What belongs to one request cannot be sent with all of them.
  if (url.search !== '') return refused(text, 'it has a query; what every request needs goes into headers');
  if (url.hash !== '') return refused(text, 'it has a fragment, which is never sent');
  const shown = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  const credentials = credentialsOf(text, url);
  return { shown, base: shown, ...(credentials === undefined ? {} : { authorization: credentials }) };
}

function socketAt(text: string, path: string): Address {
  if (!path.startsWith('/')) return refused(text, 'the path of a Unix socket begins with /');
  return { shown: `unix:${path}`, base: 'http://localhost', socketPath: path };
}

/** What `user:password@` means: authentication by HTTP Basic (RFC 7617). */
function credentialsOf(text: string, { username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const bytes = new TextEncoder().encode(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
  } catch (cause) {
    return refused(text, 'its credentials have a % that is not followed by two hexadecimal digits', cause);
  }
}

function refused(text: string, reason: string, cause?: unknown): never {
  // A message ends up in logs, where no password belongs.
  const url = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/i, '$1…@');
  return fail('E_REMOTE_ADDRESS', { url, reason }, { cause });
}
