/** What a client is told of how to talk to its server: the options, and what makes no sense of them. */
import { fail } from '../errors.js';
import type { Address } from './address.js';
import type { Parcel, SocketOptions } from './wire/carrier.js';
import { overSockets } from './wire/overSockets.js';

/** How a client talks to its server. */
export interface TransportOptions extends SocketOptions {
  /** How many milliseconds a call may take, repetitions included. Without it, and with `Infinity`, there is no bound of ours. */
  readonly timeout?: number | undefined;
  /** Headers for every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A bearer token. It is told to the host of the address alone. */
  readonly token?: string | undefined;
  /** What sends the requests; without it undici in Node, and in a browser its `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How often a request is sent again when the server is busy (503 with Retry-After); 3. */
  readonly retries?: number | undefined;
  /** How many bytes an answer may have, uncompressed; 2 GiB. */
  readonly answerLimit?: number | undefined;
}

/** The bytes that an answer may have where nobody says how many. */
export const ANSWER_LIMIT = 2 ** 31;

interface Rule {
  readonly expected: string;
  readonly holds: (value: never) => boolean;
}

const count: Rule = {
  expected: 'a whole number above 0',
  holds: (value: unknown) => Number.isInteger(value) && Number(value) > 0,
};

/** What an option has to be, where it is given. */
const rules: Readonly<Record<string, Rule>> = {
  timeout: {
    expected: 'milliseconds above 0, or Infinity',
    holds: (value: unknown) => typeof value === 'number' && value > 0,
  },
  retries: {
    expected: 'a whole number, 0 or more',
    holds: (value: unknown) => Number.isInteger(value) && Number(value) >= 0,
  },
  answerLimit: {
    expected: 'bytes above 0, or Infinity',
    holds: (value: unknown) => value === Infinity || count.holds(value as never),
  },
  connections: count,
  token: {
    expected: 'a text of visible characters without spaces or line ends',
    holds: (value: unknown) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value),
  },
};

const ofNode = ['tls', 'socketPath', 'proxy', 'connections'] as const;

/** The options, with what the address says of them. Raises `E_REMOTE_OPTION` for those that make no sense. */
export function settled<T extends TransportOptions>(options: T, { socketPath, authorization }: Address): T {
  const given: TransportOptions = { ...options, ...(socketPath === undefined ? {} : { socketPath }) };
  for (const [option, { expected, holds }] of Object.entries(rules)) {
    const value = given[option as keyof TransportOptions];
    if (value !== undefined && !holds(value as never))
      refuse(option, option === 'token' ? 'something else' : String(value), expected);
  }
  if (given.fetch || !overSockets) {
    const idle = ofNode.find((option) => given[option] !== undefined);
    if (idle)
      refuse(
        idle,
        given.fetch ? 'given beside fetch' : 'given in a browser',
        'left out: it is for requests that Node sends without fetch',
      );
  }
  return {
    ...options,
    ...given,
    headers: identified(given, authorization),
    timeout: given.timeout === Infinity ? undefined : given.timeout,
  };
}

/** The headers of every request, their names in lower case, with the one that says who asks. */
function identified({ headers = {}, token }: TransportOptions, basic: string | undefined): Parcel['headers'] {
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const ways = {
    'headers.authorization': named['authorization'],
    token: token && `Bearer ${token}`,
    'credentials in the address': basic,
  };
  const [[, authorization] = [], another] = Object.entries(ways).filter(([, value]) => value !== undefined);
  if (another) refuse(another[0], 'one of two that say who asks', 'the only one');
  return Object.freeze(authorization === undefined ? named : { ...named, authorization });
}

function refuse(option: string, received: string, expected: string): never {
  return fail('E_REMOTE_OPTION', { option, received, expected });
}
