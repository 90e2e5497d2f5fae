/**
 * The pattern of a Jacobian, found by asking: NaN through the apply of an instance of its own, or random seeds through a
 * product, which is called as ever and comes to no harm.
 */

import { realValues } from '../../array/cast.js';
import { fail } from '../../errors.js';
import { readLeaves } from '../../operators/leaves.js';
import { drive, type Stepwise, settled } from '../drive.js';
import { evaluationAt } from '../evaluation.js';
import { detectPattern, nanResponse, productResponse } from '../sparsity/detect.js';
import { dense, type Pattern, transpose } from '../sparsity/pattern.js';
import { TooDear, Watched } from './apart.js';
import type { Job } from './job.js';
import { productOf, type Side, sideOf } from './probes.js';

/**
 * Which outputs depend on which inputs, at the point of the job and near it. Pools of inputs are set to NaN; where that is
 * refused, spoils something or takes too long, a product is asked with random numbers on the pool. What swallows a NaN is
 * not found here but by the check of what is recovered.
 */
export function* detectAt(job: Job): Stepwise<Pattern> {
  const { of, wrt } = job;
  if (of.size === 0 || wrt.size === 0) return dense(of.size, wrt.size);
  const { detection = 'apply' } = job.options;
  const pattern = detection === 'apply' ? yield* detectByApply(job) : undefined;
  return pattern ?? (yield* detectByProduct(job));
}

/** The pattern by NaN; undefined where apply cannot be asked so. */
function* detectByApply(job: Job): Stepwise<Pattern | undefined> {
  const { of, wrt, point, behind } = job;
  const mine = behind.apart?.();
  if (!mine) return undefined;
  if (mine.reason !== undefined) return refused(job, mine.reason);
  const watched = new Watched(mine.evaluate);
  const before = finiteIn(job, yield* ordinaryOf(job, watched));
  if (!before) return undefined;
  let dear: TooDear | undefined;
  const evaluate = (inputs: object) => drive(keeping(watched, inputs, (cause) => (dear ??= cause)));
  const { oracle, x, failure } = evaluationAt(evaluate, point);
  const respond = nanResponse(oracle, x);
  const all = new Uint8Array(of.size).fill(1);
  const found = yield* settled(
    // Once apply has refused, nothing is learned from it: no call more, and every output may depend on everything.
    detectPattern({ inputs: wrt.size, outputs: of.size }, (pool) =>
      dear || failure() !== undefined ? all : respond(pool),
    ),
  );
  yield* requireUnspoiled(job, before);
  if (dear) return refused(job, dear.message);
  return failure() === undefined ? found.pattern : undefined;
}

function* keeping(watched: Watched, inputs: object, note: (cause: TooDear) => void): Stepwise<unknown> {
  try {
    return yield* settled(watched.evaluate(inputs));
  } catch (cause) {
    if (cause instanceof TooDear) note(cause);
    throw cause;
  }
}

/** The outputs at the point itself; undefined where an instance that was made for this does not work. */
function* ordinaryOf(job: Job, watched: Watched): Stepwise<unknown> {
  try {
    return yield* watched.ordinary(job.point.inputs);
  } catch (cause) {
    if (job.point.options?.signal?.aborted) throw cause;
    return refused(job, `an instance of its own fails where it should not: ${String(cause)}`);
  }
}

function refused({ behind, rule, bases }: Job, reason: string): undefined {
  behind.warn(
    `${behind.component}: apply is not asked with NaN to detect the sparsity for ${rule}, because ${reason}. ` +
      `${bases.jvp ? 'jvp' : 'vjp'} is asked with random seeds instead, which see what matters at this point only. Declare the ` +
      "sparsity, or say `detection: 'products'`.",
  );
  return undefined;
}

/** Which outputs are numbers at the point; undefined where there are no outputs. */
function finiteIn({ of }: Job, outputs: unknown): Uint8Array | undefined {
  if (outputs === undefined) return undefined;
  const flags = readLeaves(outputs, of.variables, 'outputs').map((array) =>
    Uint8Array.from(realValues(array), (value) => (Number.isNaN(value) ? 0 : 1)),
  );
  return Uint8Array.from(flags.flatMap((part) => [...part]));
}

// What NaN has spoiled outside of the instance, another instance shows: then nobody in this process gets numbers any more.
function* requireUnspoiled(job: Job, before: Uint8Array): Stepwise<void> {
  const other = job.behind.apart?.();
  if (!other || other.reason !== undefined) return;
  const after = finiteIn(job, yield* settled(other.evaluate(job.point.inputs)));
  if (!after || after.every((flag, k) => flag === 1 || before[k] === 0)) return;
  fail('E_DETECT_STATE', { component: job.behind.component, rule: job.rule });
}

function* detectByProduct(job: Job): Stepwise<Pattern> {
  const side = sideOf(job, job.bases.jvp ? 'jvp' : 'vjp');
  const ask = function* (seed: Float64Array): Stepwise<Float64Array> {
    return (yield* productOf(job, side, seed)).product;
  };
  const { inputs, outputs } = sizesOf(side);
  const respond = productResponse((seed) => drive(ask(seed)), inputs);
  const { pattern } = yield* settled(detectPattern({ inputs, outputs }, respond));
  return side.product === 'jvp' ? pattern : transpose(pattern);
}

function sizesOf({ seeds, answers }: Side): { readonly inputs: number; readonly outputs: number } {
  return { inputs: seeds.size, outputs: answers.size };
}
