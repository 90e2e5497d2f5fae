/** The ways to a server, for tests that hold for each. */
import type { ConnectOptions } from '../../../src/client/index.js';

/** Every way, by name, as options of `connect`. */
export const transports: readonly (readonly [string, ConnectOptions])[] = [
  ['sockets', {}],
  ['fetch', { fetch: globalThis.fetch }],
];

/** The code of the error that a promise rejects with. */
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: { code?: unknown }) => error.code ?? error,
  );
