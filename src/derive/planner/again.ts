/**
 * Lines that a product could not judge, because an entry of theirs is not finite or the product overflows, are asked
 * again without the seeds of those entries, or with smaller ones.
 */
import type { Stepwise } from '../drive.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import { forEachEntry } from '../sparsity/sparseMatrix.js';
import { compare, type Exactness } from '../sparsity/verify.js';
import type { Job } from './job.js';
import { productOf, type Side } from './probes.js';

/** What came of asking again. */
export interface Again {
  /** The difference of each line in the roundoffs that are usual. */
  readonly excess: ReadonlyMap<number, number>;
  /** Lines whose product is not finite even for a seed of zeros: nothing can be said of them. */
  readonly mute: readonly number[];
}

/** Sets of seeds that are left out one after the other; of more of them halves are. */
const mostSets = 8;

/** Smaller and smaller seeds, for what overflows. */
const shrinkings = [1, 2 ** -60, 2 ** -500] as const;

/** Judge `lines` of a matrix by more products with the seeds of `vector`. */
export function* askAgain(
  job: Job,
  side: Side,
  matrix: SparseMatrix,
  vector: Float64Array,
  lines: readonly number[],
  exactness: Exactness,
): Stepwise<Again> {
  const { product: nothing } = yield* productOf(job, side, new Float64Array(vector.length));
  const mute = lines.filter((line) => !Number.isFinite(nothing[line]));
  const open = lines.filter((line) => Number.isFinite(nothing[line]));
  const excess = new Map<number, number>();
  const infinite = infiniteSeeds(matrix, side, new Set(open));
  for (const { without, judged } of rounds(open, infinite)) {
    let left = judged;
    for (const shrinking of shrinkings) {
      if (left.length === 0) break;
      const seeds = vector.map((value, k) => (without.has(k) ? 0 : value * shrinking));
      const { vector: rounded, product } = yield* productOf(job, side, seeds);
      const found = compare(matrix, side.product, rounded, product, exactness).excess;
      for (const line of left) excess.set(line, Math.max(excess.get(line) ?? 0, found[line] || 0));
      left = left.filter((line) => Number.isNaN(found[line]));
    }
    for (const line of left) excess.set(line, Infinity);
  }
  // What no seed could judge is refused.
  for (const line of open) if (!excess.has(line)) excess.set(line, Infinity);
  return { excess, mute };
}

/** The seeds whose entries are not finite, of each of some lines. */
function infiniteSeeds({ pattern, values }: SparseMatrix, { product }: Side, lines: ReadonlySet<number>) {
  const found = new Map<number, number[]>();
  forEachEntry(pattern, (i, j, e) => {
    if (Number.isFinite(values[e])) return;
    const [line, seed] = product === 'jvp' ? [i, j] : [j, i];
    if (lines.has(line)) found.set(line, [...(found.get(line) ?? []), seed]);
  });
  return found;
}

interface Round {
  readonly without: ReadonlySet<number>;
  readonly judged: readonly number[];
}

/**
 * Which seeds to leave out, and which lines that judges. Every line is judged without its own infinite entries, with every
 * other seed in one round at least; lines with many different ones share rounds: two seeds differ in a digit of their number.
 */
function rounds(lines: readonly number[], infinite: ReadonlyMap<number, readonly number[]>): Round[] {
  const sets = new Map<string, { without: Set<number>; judged: number[] }>();
  for (const line of lines) {
    const own = infinite.get(line) ?? [];
    const known = sets.get(own.join()) ?? { without: new Set(own), judged: [] };
    known.judged.push(line);
    sets.set(own.join(), known);
  }
  const single = [...sets.values()].filter(({ without }) => without.size === 1);
  if (single.length <= mostSets) return [...sets.values()];
  const several = [...sets.values()].filter(({ without }) => without.size !== 1);
  const numbers = single.map(({ without, judged }) => ({ seed: [...without][0], judged }));
  const halves: Round[] = [
    { without: new Set(numbers.map(({ seed }) => seed)), judged: numbers.flatMap((one) => one.judged) },
  ];
  for (let digit = 1; digit < numbers.length; digit *= 2) {
    for (const value of [0, digit]) {
      const half = numbers.filter((_, k) => (k & digit) === value);
      halves.push({ without: new Set(half.map(({ seed }) => seed)), judged: half.flatMap((one) => one.judged) });
    }
  }
  return [...halves, ...several.slice(0, mostSets)];
}
