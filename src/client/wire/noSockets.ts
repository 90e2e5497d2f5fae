/** What bundlers for browsers take for `overSockets.ts`: `browser` in package.json says so. */
import type { Carrier } from './carrier.js';

/** A page has no sockets. */
export const overSockets: Carrier | undefined = undefined;
