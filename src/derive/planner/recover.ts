/**
 * Recovering a Jacobian: plan, probe, check, and mend what the check finds. A pattern that lacks entries is extended and
 * colored anew, at most twice; after that every column (or row) is probed by itself. No number is given that a check
 * has refused.
 */
import type { Stepwise } from '../drive.js';
import { dense, isDense, nnz } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import { type Known, remember } from './behind.js';
import { silenced, type Verdict, verify } from './check.js';
import { isAtFault } from './fault.js';
import { fill } from './fill.js';
import type { Job } from './job.js';
import { fresh, knowledgeOf, wholePlan } from './knowledge.js';
import { keyOf, type Plan } from './plan.js';
import { extended } from './search.js';
import { Strays } from './strays.js';

/** A Jacobian of the outputs (rows) by the inputs (columns), both laid end to end in schema order. */
export interface Recovered {
  readonly plan: Plan;
  readonly matrix: SparseMatrix;
}

/** What is known of a job, and what is planned for it. */
interface Planned {
  readonly known: Known;
  readonly plan: Plan;
}

/** Plan a job. Calls nothing but what finds the pattern: apply, where it is to be detected. */
export function* planOf(job: Job): Stepwise<Planned> {
  const known = yield* knowledgeOf(job);
  return { known, plan: wholePlan(job, known) };
}

/** Recover a Jacobian. Where nothing goes wrong it takes exactly the calls that `planOf` promises. */
export function* recoverJacobian(job: Job): Stepwise<Recovered> {
  return yield* attempt(job, yield* planOf(job), 0);
}

function* attempt(job: Job, { known, plan }: Planned, round: number): Stepwise<Recovered> {
  const strays = new Strays(job.of.size, job.wrt.size);
  const matrix = yield* fill(job, plan, strays);
  const verdict = yield* verify(job, plan, matrix, strays, known.learned, round);
  const found = { plan, matrix: silenced(job, matrix, verdict) };
  if (verdict.places.length === 0) return found;
  if (isDense(plan.pattern) || !(yield* isAtFault(job, plan, matrix, verdict, known.learned))) {
    if (verdict.isBeyond) tell(job, verdict, inexact);
    known.learned.noise = Math.max(1, 2 * known.learned.noise * Math.min(verdict.excess, mostNoise));
    return found;
  }
  const mended = yield* mend(job, known, matrix, verdict, round);
  remember(job.behind.known, keyOf(job.point.of, job.point.wrt), mended);
  return yield* attempt(job, { known: mended, plan: wholePlan(job, mended) }, round + 1);
}

const inexact =
  'The pattern is not at fault, so the product is not linear to this tolerance. Set `tolerance` to what it can keep.';

/** More times the usual roundoff than this is no roundoff any more, and is not got used to. */
const mostNoise = 2 ** 20;

const mostRounds = 2;

function* mend(job: Job, known: Known, matrix: SparseMatrix, verdict: Verdict, round: number): Stepwise<Known> {
  const pattern = round < mostRounds ? yield* extended(job, matrix, verdict) : undefined;
  if (pattern) {
    const more = nnz(pattern) - nnz(known.pattern);
    tell(job, verdict, `The pattern (${known.source}) lacked entries; ${more} were found and added. Declare them.`);
    return fresh(pattern, 'extended');
  }
  tell(job, verdict, `The pattern (${known.source}) is not right, and is given up: every line is probed from now on.`);
  return fresh(dense(known.pattern.rows, known.pattern.columns), 'dense');
}

function tell({ behind, rule }: Job, { side, places }: Verdict, what: string): void {
  const lines = side.product === 'jvp' ? 'rows' : 'columns';
  const some = places.slice(0, 5).join(', ') + (places.length > 5 ? ', …' : '');
  behind.warn(
    `${behind.component}: a check of the Jacobian of ${rule} by a random ${side.product} differs in ${places.length} ` +
      `${lines} (${some}). ${what}`,
  );
}
