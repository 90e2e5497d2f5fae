/** What bundlers for browsers take for `overSockets.ts`: `imports` of package.json say so. */
import type { Carrier, SocketOptions } from './carrier.js';

/** A page has no sockets. */
export const overSockets: ((options: SocketOptions) => Carrier) | undefined = undefined;
