/**
 * Recovering a Jacobian: plan, probe, check, and mend what the check finds. A pattern that lacks entries is extended and
 * colored anew, at most twice; after that every column (or row) is probed by itself. No number is given that a check
 * has refused.
 */
import { drive, type Stepwise, settled } from '../drive.js';
import { coarsest } from '../evaluation.js';
import { type LowRankMatrix, recoverLowRank } from '../sparsity/lowRank.js';
import { dense, isDense, nnz } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import { type Known, type Remainder, remember } from './behind.js';
import { extended, type Verdict, verify } from './check.js';
import type { SteadyBlock } from './declared.js';
import { fill } from './fill.js';
import { type Job, weightsOf } from './job.js';
import { fresh, knowledgeOf, termsOf, wholePlan } from './knowledge.js';
import { keyOf, makePlan, type Plan, priceOf } from './plan.js';
import { productOf, sideOf } from './probes.js';
import { completed, holding, keptOf, remainderOf } from './steady.js';

/** A Jacobian of the outputs (rows) by the inputs (columns), both laid end to end in schema order. */
export type Recovered =
  | { readonly plan: Plan; readonly matrix: SparseMatrix; readonly lowRank?: undefined }
  | { readonly plan: Plan; readonly matrix?: undefined; readonly lowRank: LowRankMatrix };

/** What is known of a job, and what is planned for it. */
export interface Planned {
  readonly known: Known;
  readonly plan: Plan;
  /** What is left to recover, where some blocks stay the same. */
  readonly left?: Remainder;
}

/** Plan a job. Calls nothing but what finds the pattern: apply, where it is to be detected. */
export function* planOf(job: Job): Stepwise<Planned> {
  if (job.options.lowRank !== undefined) {
    const known = fresh(dense(job.of.size, job.wrt.size), 'dense');
    return { known, plan: wholePlan(job, known) };
  }
  const known = yield* knowledgeOf(job);
  const whole = wholePlan(job, known);
  const blocks: readonly SteadyBlock[] = holding(job, known);
  if (blocks.length === 0) return { known, plan: whole };
  const left = remainderOf(known, blocks);
  const plan = makePlan(termsOf(job, left.pattern, known.source, false), left.colorings);
  // What is known may spare no probe, and has to be checked.
  const weights = weightsOf(job);
  return priceOf(plan.calls, weights) < priceOf(whole.calls, weights) ? { known, left, plan } : { known, plan: whole };
}

/** Recover a Jacobian. Where nothing goes wrong it takes exactly the calls that `planOf` promises. */
export function* recoverJacobian(job: Job): Stepwise<Recovered> {
  const planned = yield* planOf(job);
  if (planned.plan.rank !== undefined) return yield* byRank(job, planned.plan);
  return yield* attempt(job, planned, 0);
}

function* attempt(job: Job, { known, plan, left }: Planned, round: number): Stepwise<Recovered> {
  const probed = yield* fill(job, plan);
  const matrix = left && known.kept ? completed(known.pattern, known.kept, left, probed) : probed;
  const verdict = yield* verify(job, plan, matrix, round);
  if (verdict.places.length === 0) {
    keep(job, known, matrix);
    return { plan, matrix };
  }
  if (isDense(plan.pattern)) {
    tell(
      job,
      verdict,
      'Every line was probed by itself, so the product is not linear to this tolerance. Raise `tolerance`.',
    );
    return { plan, matrix };
  }
  const mended = left ? unsteady(job, known, verdict) : yield* mend(job, known, matrix, verdict, round);
  remember(job.behind.known, keyOf(job.point.of, job.point.wrt), mended);
  return yield* attempt(job, { known: mended, plan: wholePlan(job, mended) }, round + 1);
}

function keep(job: Job, known: Known, { values }: SparseMatrix): void {
  const kept = keptOf(job, known, values);
  if (kept) remember(job.behind.known, keyOf(job.point.of, job.point.wrt), { ...known, kept });
}

function unsteady(job: Job, known: Known, verdict: Verdict): Known {
  tell(job, verdict, 'A block that is declared constant or linear is not. It is computed at every point from now on.');
  return { ...known, steady: [], kept: undefined };
}

const mostRounds = 2;

function* mend(job: Job, known: Known, matrix: SparseMatrix, verdict: Verdict, round: number): Stepwise<Known> {
  const pattern = round < mostRounds ? yield* extended(job, matrix, verdict) : undefined;
  if (pattern) {
    const more = nnz(pattern) - nnz(known.pattern);
    tell(job, verdict, `The pattern (${known.source}) lacked entries; ${more} were found and added. Declare them.`);
    return { ...fresh(pattern, 'extended'), steady: known.steady };
  }
  tell(job, verdict, `The pattern (${known.source}) is not right, and is given up: every line is probed from now on.`);
  return { ...fresh(dense(known.pattern.rows, known.pattern.columns), 'dense'), steady: known.steady };
}

function tell({ behind, rule }: Job, { side, places }: Verdict, what: string): void {
  const lines = side.product === 'jvp' ? 'rows' : 'columns';
  const some = places.slice(0, 5).join(', ') + (places.length > 5 ? ', …' : '');
  behind.warn(
    `${behind.component}: a check of the Jacobian of ${rule} by a random ${side.product} differs in ${places.length} ` +
      `${lines} (${some}). ${what}`,
  );
}

const rankTolerance = { float64: 1e-10, float32: 1e-5, float16: 1e-2 } as const;

function* byRank(job: Job, plan: Plan): Stepwise<Recovered> {
  const { point, of, wrt, options } = job;
  const product = function* (name: 'jvp' | 'vjp', vector: Float64Array): Stepwise<Float64Array> {
    return (yield* productOf(job, sideOf(job, name), vector)).product;
  };
  const tolerance = options.tolerance ?? rankTolerance[coarsest([...point.of, ...point.wrt])];
  const sizes = { inputs: wrt.size, outputs: of.size, rank: plan.rank!, tolerance };
  const recovery = recoverLowRank(sizes, {
    jvp: (tangent) => drive(product('jvp', tangent)),
    vjp: (cotangent) => drive(product('vjp', cotangent)),
  });
  return { plan, lowRank: (yield* settled(recovery)).matrix };
}
