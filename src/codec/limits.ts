/** Bounds on what a request may make a process do, beyond the size of its body. */

/** What reading a request may cost. */
export interface Limits {
  /** How deep lists and objects may be nested. */
  readonly depth: number;
  /** How many bytes one array may have in memory. */
  readonly arrayBytes: number;
  /** How many lists and objects a text may hold; without it, any number. */
  readonly containers?: number | undefined;
}

/** The limits where nobody sets others: 64 levels, and 4 GiB for an array. */
export const defaultLimits: Limits = { depth: 64, arrayBytes: 4 * 2 ** 30 };

/** How many axes an array may have. */
export const maxRank = 32;
