/**
 * Whether apply is uneven: a solver with a tolerance inside is as smooth as any function nearby, and its derivative
 * there is off by about as much as the solver is. Further on it takes a step more or less, and jumps by as much; where
 * apply has no such jumps, a derivative that is off is wrong.
 */
import type { Agreement } from './agreement.js';
import type { Bench } from './bench.js';
import type { Evidence } from './evidence.js';
import { type Pair, pairsOf } from './ladder.js';
import { attempt } from './reference.js';
import { pointAt } from './refine.js';
import { duringStage } from './session.js';
import { pair } from './vectors.js';

/** The points that are looked at. */
const count = 16;
/** The longest span, beside the scale. */
const longest = 0.5;
/**
 * How far one looks, and how slowly the coefficients have to shrink: further on, functions end, and theirs shrink by
 * more than those of a jump, but not by much.
 */
const looks = [
  { share: 1, least: 0.25 },
  { share: 1 / 3, least: 0.25 },
  { share: 2, least: 0.6 },
] as const;
/** How many times what apply is uneven by a derivative may be off. */
const reach = 30;

/** How uneven apply is beside its size, where that explains the deviation; 0 where it does not. At most 48 evaluations. */
export function unevenness(bench: Bench, evidence: Evidence, agreement: Agreement): Promise<number> {
  return duringStage(bench.session, 'steps', () => look(bench, evidence, agreement));
}

async function look(bench: Bench, { references, vjp }: Evidence, agreement: Agreement): Promise<number> {
  const { session } = bench;
  const { reference: k, entry, seed } = agreement.where;
  const { direction, samples, values } = references[k]!;
  const weights = vjp?.seeds[seed];
  const project = (of: Float64Array) => (entry >= 0 || !weights ? of[entry]! : pair(weights, of, session.of.parts).re);
  const slope = project(values);
  const span = spanOf(pairsOf(samples), project, slope);
  for (const { share, least } of looks) {
    const heights: number[] = [];
    for (const t of nodes) {
      const point = pointAt(session, direction, t * share * span);
      heights.push(point ? project(await attempt(session, point)) : Number.NaN);
      if (!Number.isFinite(heights.at(-1)!)) break;
    }
    if (!heights.every(Number.isFinite)) continue;
    const jump = jumpOf(heights, least);
    const size = Math.abs(project(session.y)) || Math.abs(slope);
    if (reach * jump > agreement.deviation * Math.abs(slope)) return jump / size;
  }
  return 0;
}

// As far as the function bends by little.
function spanOf(pairs: readonly Pair[], project: (of: Float64Array) => number, slope: number): number {
  const near = pairs.filter(({ up, down }) => {
    const q = up && down ? (project(up.values) - project(down.values)) / (up.t - down.t) : Number.NaN;
    return Math.abs(q - slope) < 0.1 * Math.abs(slope);
  });
  const most = near[0]?.h ?? longest / 4;
  return most === pairs[0]?.h ? longest : most;
}

const nodes = Array.from({ length: count }, (_, k) => Math.cos((Math.PI * (k + 0.5)) / count));

// The coefficients of Chebyshev's polynomials shrink by a factor from each to the next where a function is smooth; those
// of a jump J shrink like J/k.
function jumpOf(heights: readonly number[], least: number): number {
  const coefficient = (order: number) =>
    (2 / count) * heights.reduce((sum, f, k) => sum + f * Math.cos((order * Math.PI * (k + 0.5)) / count), 0);
  const largest = (from: number) =>
    Math.max(...Array.from({ length: count / 4 }, (_, k) => Math.abs(coefficient(from + k))));
  const [before, last] = [largest(count / 2), largest((3 * count) / 4)];
  return last > least * before ? last * count : 0;
}
