/** Bounds on what one request may make a process do. Whoever serves strangers sets them all. */
import { defaultLimits, type Limits } from '../codec/limits.js';

/** What one request may cost, besides the bytes of its body. */
export interface RequestLimits extends Limits {
  /** How many bytes the arrays of a request may have in memory, all together. */
  readonly arrayBytes: number;
  /** How many values the lists and maps of the inputs may hold, all together. */
  readonly elements?: number | undefined;
  /** How many paths a list of paths may name. */
  readonly paths?: number | undefined;
  /** How many bytes the answer may have. */
  readonly resultBytes?: number | undefined;
}

/** The limits where nobody sets others: those of the codec. */
export const openLimits: RequestLimits = defaultLimits;

/** The limits for requests of strangers. A field that is often a number belongs into an array, not into a list. */
export const servedLimits: RequestLimits = {
  depth: defaultLimits.depth,
  containers: 8_000_000,
  arrayBytes: 2 ** 30,
  elements: 100_000,
  paths: 10_000,
  resultBytes: 2 ** 29,
};
