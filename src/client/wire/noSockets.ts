/** What bundlers for browsers take for `overSockets.ts`: `imports` of package.json say so. */
import type { Carrier } from './carrier.js';

/** A page has no sockets. */
export const overSockets: Carrier | undefined = undefined;
