/** The pattern of a Jacobian, found by asking: NaN through apply, or random seeds through a product. */
import { drive, type Stepwise, settled } from '../drive.js';
import { evaluationAt } from '../evaluation.js';
import { detectPattern, nanResponse, productResponse } from '../sparsity/detect.js';
import { dense, type Pattern, transpose } from '../sparsity/pattern.js';
import type { Job } from './job.js';
import { productOf, type Side, sideOf } from './probes.js';

/**
 * Which outputs depend on which inputs, at the point of the job and near it. Pools of inputs are set to NaN; an apply
 * that refuses NaN is left in peace, and a product is asked with random numbers on the pool. What swallows a NaN is not
 * found here but by the check of what is recovered.
 */
export function* detectAt(job: Job): Stepwise<Pattern> {
  const { of, wrt, point } = job;
  if (of.size === 0 || wrt.size === 0) return dense(of.size, wrt.size);
  const { oracle, x, failure } = evaluationAt(job.evaluate, point);
  const sizes = { inputs: wrt.size, outputs: of.size };
  let refused = false;
  const respond = nanResponse(oracle, x);
  const found = yield* settled(
    detectPattern(sizes, (pool) => {
      refused ||= failure() !== undefined;
      // Once apply has refused, nothing is learned from it: no call more, and every output may depend on everything.
      return refused ? new Uint8Array(of.size).fill(1) : respond(pool);
    }),
  );
  return refused || failure() !== undefined ? yield* detectByProduct(job) : found.pattern;
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
