/** What is known of the Jacobian of a request before it is recovered: declared, detected, read from a saved plan, or nothing. */
import { ComponentError } from '../../errors.js';
import type { Stepwise } from '../drive.js';
import { dense, isDense, type Pattern } from '../sparsity/pattern.js';
import { type Known, remember } from './behind.js';
import { declaredFor } from './declared.js';
import { detectAt } from './detection.js';
import { isDouble } from './exactness.js';
import { batchOf, everythingOf, type Job, weightsOf, widthOf } from './job.js';
import { Colorings, extentsOf, keyOf, makePlan, type PatternSource, type Plan, type Terms } from './plan.js';
import { fits, loadPlan, type StoredPlan } from './stored.js';

/** What is known, from an earlier request for the same outputs and inputs, or found now. Detection calls apply. */
export function* knowledgeOf(job: Job): Stepwise<Known> {
  const { known } = job.behind;
  const key = keyOf(job.point.of, job.point.wrt);
  const before = known.get(key);
  if (before) return before;
  const { sparsity = 'dense' } = job.options;
  const declared = sparsity === 'detect' ? undefined : yield* declaredIn(job, sparsity);
  const saved = savedIn(job, declared);
  if (saved) return remember(known, key, fresh(saved.pattern, 'saved', saved));
  if (!declared) return remember(known, key, fresh(yield* detectAt(job), 'detected'));
  return remember(known, key, fresh(declared, isDense(declared) ? 'dense' : 'declared'));
}

function* declaredIn(
  job: Job,
  sparsity: Exclude<NonNullable<Job['options']['sparsity']>, 'detect'>,
): Stepwise<Pattern> {
  if (sparsity === 'dense') return dense(job.of.size, job.wrt.size);
  return declaredFor(sparsity, job.of, job.wrt, yield* everythingOf(job));
}

// A saved plan stands for what was found. It has to be about the same paths, and about the pattern that is declared now.
function savedIn(job: Job, declared: Pattern | undefined): StoredPlan | undefined {
  const { options, of, wrt, behind } = job;
  if (options.plan === undefined) return undefined;
  const again = (reason: string) =>
    behind.warn(`${behind.component}: the saved plan of ${job.rule} ${reason}. It is made anew; save it again.`);
  try {
    const plan = loadPlan(options.plan);
    const pattern = options.sparsity === undefined || options.sparsity === 'detect' ? undefined : declared;
    if (fits(plan, extentsOf(of), extentsOf(wrt), pattern)) return plan;
    again('is about other paths, shapes or entries');
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    again('cannot be read');
  }
  return undefined;
}

/** What is known of a pattern that is new. */
export function fresh(pattern: Pattern, source: PatternSource, colorings: Partial<StoredPlan> = {}): Known {
  return { pattern, source, colorings: new Colorings(pattern, colorings), learned: { noise: 1, checks: 1 } };
}

/** What a plan for `pattern` is made from. */
function termsOf(job: Job, { pattern, source: patternSource, learned }: Known): Terms {
  const { of, wrt, bases, options } = job;
  const products = (['jvp', 'vjp'] as const).filter((name) => bases[name]);
  const nothing = of.size === 0 || wrt.size === 0;
  const certain = isDense(pattern);
  return {
    of,
    wrt,
    pattern,
    patternSource,
    products,
    batch: batchOf(job),
    concurrency: Math.max(...products.map((name) => widthOf(job, name))),
    weights: weightsOf(job),
    verify: nothing ? 0 : (options.verify ?? (certain ? 0 : Math.max(isDouble(job) ? 1 : 2, learned.checks))),
  };
}

/** The plan for the whole of what is known. */
export function wholePlan(job: Job, known: Known): Plan {
  return makePlan(termsOf(job, known), known.colorings);
}
