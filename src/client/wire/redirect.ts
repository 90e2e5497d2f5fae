/** Where an answer sends a request to, by the rules of the Fetch standard ("HTTP-redirect fetch"). */
import type { Parcel } from './carrier.js';
import type { Answer } from './collect.js';

/** What is to be sent next, and where. */
export interface Redirected {
  readonly url: string;
  readonly parcel: Parcel;
}

const becomesGet: ReadonlySet<number> = new Set([301, 302, 303]);
const keeps: ReadonlySet<number> = new Set([307, 308]);
// What is meant for one server is not told to another: what the standard names, and what has the name of a secret.
const secret = /auth|cookie|credential|key|passw|secret|session|signature|token/;

/** The request that an answer asks for, or undefined where it is no redirect. Throws where it leads out of HTTP. */
export function redirected(
  { url: from, parcel }: Redirected,
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
): Redirected | undefined {
  const location = headers['location'];
  if (location === undefined || !(becomesGet.has(status) || keeps.has(status))) return undefined;
  const url = new URL(location, from);
  if (!/^https?:$/.test(url.protocol))
    throw new Error(`it was redirected to ${url.protocol}, which is not spoken here`);
  const get = parcel.method === 'POST' && becomesGet.has(status);
  const left = Object.entries(parcel.headers).filter(
    ([name]) => !(get && name.startsWith('content-')) && !(url.origin !== new URL(from).origin && secret.test(name)),
  );
  const same = { headers: Object.fromEntries(left) };
  return { url: url.href, parcel: get ? { ...same, method: 'GET' } : { ...parcel, ...same } };
}
