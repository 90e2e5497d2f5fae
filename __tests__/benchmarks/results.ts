/** Results of closed form. */
import type { Timing } from '../../benchmarks/measure.js';
import type { Result, Results } from '../../benchmarks/results.js';

/** Rounds between so much less and so much more than the median. */
export function timing(median: number, spread = 0): Timing {
  return { median, low: median * (1 - spread), high: median * (1 + spread), rounds: 9 };
}

/** A result by its medians. */
export function result(id: string, ours: number, more: { theirs?: number; limit?: number } = {}): Result {
  const { theirs, limit } = more;
  return {
    id,
    ours: timing(ours),
    theirs: theirs === undefined ? undefined : timing(theirs),
    limit: limit === undefined ? undefined : timing(limit),
  };
}

/** A run with these results. */
export function runOf(results: readonly Result[]): Results {
  return { date: '2026-01-02', machine: '1 × A&B <1>', node: 'v1', original: 'theirs 2', options: '', results };
}
