/** The check of a recovered Jacobian by random products: which lines differ, and whether the pattern is at fault. */

import type { Stepwise } from '../drive.js';
import { refuseBeyond } from '../memory.js';
import { nnz, type Pattern, RowWriter } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import { compare } from '../sparsity/verify.js';
import { askAgain } from './again.js';
import type { Learned } from './behind.js';
import { exactnessFor } from './exactness.js';
import { type Job, memoryLimit } from './job.js';
import { checkedBy, type Plan } from './plan.js';
import { productOf, type Side, sideOf } from './probes.js';
import { checkingSeeds } from './seeds.js';
import type { Strays } from './strays.js';

/** A product that showed a difference, and its seeds. */
export interface Shown {
  readonly vector: Float64Array;
  readonly product: Float64Array;
}

/** What random products found wrong: rows, where jvp checked, and columns, where vjp did. */
export interface Verdict {
  readonly side: Side;
  /** The lines that differ by more than is usual; and, the most different ones first, the seeds that showed it. */
  readonly places: readonly number[];
  readonly shownBy: ReadonlyMap<number, Shown>;
  /** The largest difference, in the roundoffs that are usual, and whether one is beyond those that are allowed. */
  readonly excess: number;
  readonly isBeyond: boolean;
  /** Lines of which the product says nothing, not even for a seed of zeros. */
  readonly mute: readonly number[];
  /** Whether a probe answered where the pattern has no entry: no more has to be asked. */
  readonly isCertain: boolean;
}

/** Check a recovered matrix with as many random products as the plan says. A new `round` takes new ones. */
export function* verify(
  job: Job,
  plan: Plan,
  matrix: SparseMatrix,
  strays: Strays,
  learned: Learned,
  round: number,
): Stepwise<Verdict> {
  const side = sideOf(job, checkedBy(plan.method));
  const exactness = exactnessFor(job, side, plan.pattern, learned.noise);
  const worst = new Map<number, number>();
  const shownBy = new Map<number, Shown>();
  const mute = new Set<number>();
  let isBeyond = false;
  const note = (line: number, excess: number, shown: Shown): void => {
    if (!(excess > (worst.get(line) ?? 1))) return;
    worst.set(line, excess);
    shownBy.set(line, shown);
  };
  for (const seeds of checkingSeeds(job, plan, side, matrix, learned, round)) {
    const shown = yield* productOf(job, side, seeds);
    const { vector, product } = shown;
    const { excess, beyond } = compare(matrix, side.product, vector, product, exactness);
    isBeyond ||= beyond.some((ratio) => ratio > 1);
    const unclear = [...excess.keys()].filter((line) => !Number.isFinite(excess[line]));
    for (const [line, ratio] of excess.entries()) if (Number.isFinite(ratio)) note(line, ratio, shown);
    if (unclear.length === 0) continue;
    const again = yield* askAgain(job, side, matrix, vector, unclear, exactness);
    for (const [line, ratio] of again.excess) note(line, ratio, shown);
    for (const line of again.mute) mute.add(line);
  }
  const ranked = [...worst].sort((a, b) => b[1] - a[1]);
  const verdict = {
    side,
    shownBy: new Map(ranked.map(([line]) => [line, shownBy.get(line)!])),
    excess: ranked[0]?.[1] ?? 0,
    isBeyond: isBeyond || ranked[0]?.[1] === Infinity,
    mute: [...mute],
  };
  if (plan.verification === 0) return { ...verdict, places: [], isCertain: false };
  const astray = strays.places(side, matrix, exactness).filter((line) => !mute.has(line));
  const places = [...new Set([...worst.keys(), ...astray])].sort((a, b) => a - b);
  if (places.length > 0 || !plan.both)
    return { ...verdict, places, isCertain: astray.length > 0 || verdict.excess === Infinity };
  const other = sideOf(job, 'vjp');
  const columns = strays.places(other, matrix, exactnessFor(job, other, plan.pattern, learned.noise));
  return { ...verdict, side: other, places: columns, isCertain: true };
}

/** The matrix, NaN in all of the lines that are mute. Raises `E_MEMORY_LIMIT` where that takes more than the job may. */
export function silenced(job: Job, matrix: SparseMatrix, { side, mute }: Verdict): SparseMatrix {
  if (mute.length === 0) return matrix;
  const { pattern, values } = matrix;
  const bytes = 8 * (nnz(pattern) + mute.length * side.seeds.size);
  refuseBeyond({ rule: job.rule, rows: job.of.size, columns: job.wrt.size, bytes }, memoryLimit(job));
  const full = new Set(mute);
  if (pattern.structure?.kind === 'dense') return matrix;
  const writer = new RowWriter(pattern.rows, pattern.columns, nnz(pattern));
  const found: number[] = [];
  for (let i = 0; i < pattern.rows; i++) {
    const known = new Map<number, number>();
    for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) known.set(pattern.columnIndex[e], values[e]);
    const more =
      side.product === 'vjp' ? mute : full.has(i) ? Array.from({ length: pattern.columns }, (_, j) => j) : [];
    for (const j of more) if (!known.has(j)) known.set(j, Number.NaN);
    for (const j of [...known.keys()].sort((a, b) => a - b)) {
      writer.add(j);
      found.push(known.get(j)!);
    }
    writer.endRow();
  }
  return { pattern: writer.finish() as Pattern, values: Float64Array.from(found) };
}
