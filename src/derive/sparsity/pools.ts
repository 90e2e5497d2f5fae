/**
 * How to split inputs into pools, so that few pools tell which outputs depend on which inputs.
 *
 * A round deals all inputs into g pools of equal size. An output that does not respond to a pool depends on none of its
 * members, so after the round a wrong candidate is left with probability (responding pools)/g. Against pools drawn one
 * by one this saves a quarter of the evaluations. What is expected to be left over is known exactly from the responses,
 * so the rounds stop by themselves; the number of entries per row is estimated on the way, and sets g.
 */

/** What the rounds so far say of each output. */
export interface Progress {
  /** The expected number of wrong candidates of each output. */
  readonly expected: Float64Array;
  /** An estimate of the number of inputs that each output depends on. */
  readonly entries: Float64Array;
  /** Pools asked so far. */
  asked: number;
}

/** The numbers of pools that a round may have. */
const ladder = [2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024];

/** Before the first round: everything is possible. */
export function started(inputs: number, outputs: number): Progress {
  return { expected: new Float64Array(outputs).fill(inputs), entries: new Float64Array(outputs).fill(4), asked: 0 };
}

/** The number of inputs that `hit` of `pools` pools speak of: hit = g·(1 − (1 − 1/g)^s), solved for s. */
function entriesFor(hit: number, pools: number): number {
  if (hit === 0) return 0;
  // All pools hit: at least this many, and the next round is made larger.
  const share = Math.min(hit, pools - 0.5) / pools;
  return Math.log(1 - share) / Math.log(1 - 1 / pools);
}

/** Take a round into account: `hits[i]` of its `pools` pools made output i respond. */
export function record(progress: Progress, pools: number, hits: Uint32Array): void {
  const before = progress.asked;
  progress.asked += pools;
  for (let i = 0; i < hits.length; i++) {
    progress.expected[i] *= hits[i] / pools;
    const mean = (progress.entries[i] * before + entriesFor(hits[i], pools) * pools) / progress.asked;
    progress.entries[i] = Math.max(mean, hits[i]);
  }
}

/** The share of wrong candidates that a round of g pools leaves an output of s entries. */
function remaining(pools: number, entries: number): number {
  return 1 - (1 - 1 / pools) ** entries;
}

/** The next round: how many pools, 0 where there is none. `unresolved` lists the outputs that are given up. */
export interface NextRound {
  readonly pools: number;
  readonly unresolved: readonly number[];
}

/** An output with fewer wrong candidates expected than this is as good as resolved. */
const settledBelow = 1;

/** The best number of pools against the wrong candidates `weight`, by number of entries, and the evaluations it takes. */
function bestSize(weight: ReadonlyMap<number, number>, allowed: number): { pools: number; cost: number } {
  let total = 0;
  for (const expected of weight.values()) total += expected;
  let best = { pools: ladder[0], rate: 0 };
  for (const pools of ladder) {
    let left = 0;
    for (const [entries, expected] of weight) left += expected * remaining(pools, entries);
    const rate = Math.log(left / total) / pools;
    if (rate < best.rate) best = { pools, rate };
  }
  return { pools: best.pools, cost: Math.log(allowed / total) / best.rate };
}

/** The evaluations that resolve output i alone: 1.5·s pools leave 1/e of the wrong candidates per 2.4·(s + ½). */
function costOf({ expected, entries }: Progress, i: number, allowed: number): number {
  return 2.4 * (entries[i] + 0.5) * Math.log((expected[i] * expected.length) / allowed);
}

/**
 * The next round: of the size that lowers the expected number of wrong candidates fastest per evaluation; or of one
 * input per pool, where that is no dearer. Outputs that the `budget` cannot resolve are given up.
 */
export function nextRound(progress: Progress, inputs: number, allowed: number, budget: number): NextRound {
  const left = budget - progress.asked;
  const unresolved: number[] = [];
  const weight = new Map<number, number>();
  let total = 0;
  for (let i = 0; i < progress.expected.length; i++) {
    const expected = progress.expected[i];
    if (expected === 0) continue;
    if (expected > settledBelow && Math.min(costOf(progress, i, allowed), inputs) > left) {
      unresolved.push(i);
      continue;
    }
    const key = Math.round(progress.entries[i]);
    weight.set(key, (weight.get(key) ?? 0) + expected);
    total += expected;
  }
  if (total <= allowed || left < 2) return { pools: 0, unresolved };
  const { pools, cost } = bestSize(weight, allowed);
  const all = inputs <= left && cost >= inputs;
  return { pools: all ? inputs : Math.min(pools, left, inputs), unresolved };
}
