/**
 * Whether a difference between a recovered Jacobian and a product is the fault of the pattern. What the pattern lacks
 * answers where nothing should: to the seeds of the product that are not the line's own, or to the probe that the line was
 * recovered by, without the line's own part of it. Where neither answers, the product is less exact than its dtype.
 */
import type { Stepwise } from '../drive.js';
import type { Pattern } from '../sparsity/pattern.js';
import { forEachEntry, type SparseMatrix } from '../sparsity/sparseMatrix.js';
import { noGroup } from '../sparsity/validity.js';
import type { Learned } from './behind.js';
import type { Shown, Verdict } from './check.js';
import { dustOf, exactnessFor } from './exactness.js';
import type { Job } from './job.js';
import type { Plan } from './plan.js';
import { productOf, type Side, sideOf } from './probes.js';
import { colorsOf } from './seeds.js';

/** Lines that are looked at one by one before a pattern is believed in spite of what a product shows. */
const mostLooked = 8;

/** Whether what differs is the fault of the pattern. The lines that differ most are asked. */
export function* isAtFault(
  job: Job,
  plan: Plan,
  matrix: SparseMatrix,
  verdict: Verdict,
  { noise }: Learned,
): Stepwise<boolean> {
  if (verdict.isCertain) return true;
  const { side, shownBy } = verdict;
  const exactness = exactnessFor(job, side, matrix.pattern, noise);
  for (const [line, shown] of [...shownBy].slice(0, mostLooked)) {
    const own = ownEntries(matrix, side, line);
    const { largest, difference } = sizesOf(own, shown, line);
    // Values that a missing entry was added to say nothing of the line's own size: the difference has to be explained.
    const least = Math.min(dustOf(largest, exactness, line), Number.isFinite(difference) ? difference / 4 : Infinity);
    const others = shown.vector.map((value, k) => (own.has(k) ? 0 : value));
    const { product } = yield* productOf(job, side, others);
    if (!(Math.abs(product[line]) <= least)) return true;
    if ((yield* fromMates(job, plan, side, line, own, shown)) > least) return true;
    if ((yield* fromRows(job, plan, side, line, own, shown)) > least) return true;
  }
  return false;
}

/** What the line answers to the other members of the groups that its entries were recovered in. */
function* fromMates(
  job: Job,
  plan: Plan,
  side: Side,
  line: number,
  own: ReadonlyMap<number, number>,
  { vector }: Shown,
): Stepwise<number> {
  const colors = colorsOf(plan, side);
  const ofGroup = new Map<number, number>();
  for (const k of own.keys()) if (colors[k] !== noGroup) ofGroup.set(colors[k], vector[k]);
  const mates = vector.map((_, k) => (own.has(k) ? 0 : (ofGroup.get(colors[k]) ?? 0)));
  if (mates.every((seed) => seed === 0)) return 0;
  const { product } = yield* productOf(job, side, mates);
  return finiteOr0(Math.abs(product[line]));
}

/** The same of a row that was recovered by a group of rows, and is checked by a product of columns. */
function* fromRows(
  job: Job,
  { both, pattern }: Plan,
  side: Side,
  row: number,
  own: ReadonlyMap<number, number>,
  { vector }: Shown,
): Stepwise<number> {
  if (!both || side.product === 'vjp' || both.rowColors[row] === noGroup) return 0;
  const inGroup = both.rowColors.map((color) => (color === both.rowColors[row] ? 1 : 0));
  inGroup[row] = 0;
  const taken = columnsOf(pattern, inGroup);
  const { product } = yield* productOf(job, sideOf(job, 'vjp'), Float64Array.from(inGroup));
  let sum = 0;
  for (const j of own.keys()) if (taken[j] === 0) sum += finiteOr0(Math.abs(product[j] * vector[j]));
  return sum;
}

/** The columns in which some rows have entries. */
function columnsOf({ columns, rowStart, columnIndex }: Pattern, rows: Uint32Array): Uint8Array {
  const taken = new Uint8Array(columns);
  for (const [i, isIn] of rows.entries())
    if (isIn) for (let e = rowStart[i]; e < rowStart[i + 1]; e++) taken[columnIndex[e]] = 1;
  return taken;
}

const finiteOr0 = (size: number) => (Number.isFinite(size) ? size : 0);

/** The largest of a line's finite terms, and how far their sum is from the product. */
function sizesOf(own: ReadonlyMap<number, number>, { vector, product }: Shown, line: number) {
  let [sum, largest] = [0, 0];
  for (const [k, value] of own) {
    const term = value * vector[k];
    sum += term;
    largest = Math.max(largest, finiteOr0(Math.abs(term)));
  }
  return { largest, difference: Math.abs(sum - product[line]) };
}

function ownEntries({ pattern, values }: SparseMatrix, { product }: Side, line: number): Map<number, number> {
  const own = new Map<number, number>();
  forEachEntry(pattern, (i, j, e) => {
    if ((product === 'jvp' ? i : j) === line) own.set(product === 'jvp' ? j : i, values[e]);
  });
  return own;
}
