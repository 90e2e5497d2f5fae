/** What a suite is: cases by id, each prepared when its turn comes. */
import type { Run } from '../measure.js';
import { peakOf } from '../memory.js';
import type { Original } from '../python.js';

/** What every suite is told. */
export interface Setting {
  readonly sizes: readonly number[];
  readonly quick: boolean;
  /** Whether the original takes part. */
  readonly python: boolean;
  /** The original; there is none where ids are only listed. */
  readonly original: Original | undefined;
}

/** Who runs, and how the peak of its memory is found. */
export interface Contestant {
  readonly run: Run;
  readonly peak: () => Promise<number | undefined>;
}

/** Calls in this process. */
export const here = (run: Run): Contestant => ({ run, peak: () => peakOf(() => run(1)) });

/** One case: who runs, by name. `ours` is compared with `theirs` (the original) and with `limit`. */
export interface Case {
  readonly ours: Contestant;
  readonly theirs?: Contestant | undefined;
  readonly limit?: { readonly name: string; readonly run: Run } | undefined;
  /** Other programs that do the same. */
  readonly others?: Readonly<Record<string, Run>> | undefined;
  /** Whether to collect garbage before each round: where a call leaves megabytes behind. */
  readonly gc?: boolean | undefined;
  /** How many times what is reported one call does; 1. */
  readonly per?: number | undefined;
  /** Bytes that a call must take: those of its result and of one probe. */
  readonly needed?: number | undefined;
  /** How many probes a call makes, where that is to be looked at. */
  readonly probes?: number | undefined;
  /** Rounds at least, where calls are long. */
  readonly leastRounds?: number | undefined;
  readonly close?: (() => void | Promise<void>) | undefined;
}

/** A case that is prepared when it is wanted. */
export interface Entry {
  readonly id: string;
  readonly open: () => Promise<Case>;
}

/** A suite. `close` is called when none of its cases is wanted any more. */
export interface Suite {
  readonly entries: readonly Entry[];
  readonly close?: (() => void | Promise<void>) | undefined;
}

/** A size as the ids have it: 100,000. */
export function grouped(size: number): string {
  return size.toLocaleString('en-US');
}

/** Values between -0.5 and 0.5 that are the same in every run. */
export function values(size: number): Float64Array {
  const data = new Float64Array(size);
  let state = 42;
  for (let i = 0; i < size; i++) {
    // A linear congruential generator for each half of a mantissa.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const high = state;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = (high * 2 ** 21 + (state >>> 11)) / 2 ** 53 - 0.5;
  }
  return data;
}
