/** Products over flat vectors, one seed or several to a call. */
import type { Arrays, Endpoint, MaybePromise, SeededPoint } from '../../operators/endpoints.js';
import { type Stepwise, settled } from '../drive.js';
import { sweep } from '../probe.js';
import type { ProductName } from './costs.js';
import { joinArrays, type Put, type Space, seedArrays, splitFlat } from './flat.js';
import { callOptions, type Job } from './job.js';
import type { Groups } from './members.js';
import type { Chunk } from './plan.js';

/** One of the two products of a job: where its seeds go, and where its answers come from. */
export interface Side {
  readonly product: ProductName;
  readonly seeds: Space;
  readonly answers: Space;
}

/** The side of a product. */
export function sideOf({ of, wrt }: Job, product: ProductName): Side {
  return product === 'jvp' ? { product, seeds: wrt, answers: of } : { product, seeds: of, answers: wrt };
}

/** Call a product with seed arrays; what they do not name has a seed of zeros, and is left out. */
export function callProduct(
  { point, bases }: Job,
  { product, seeds }: Side,
  seed: Arrays,
  batch?: number,
): MaybePromise<Arrays> {
  const named = seeds.variables.filter(({ path }) => Object.hasOwn(seed, path));
  const request: SeededPoint = {
    ...point,
    ...(product === 'jvp' ? { wrt: named } : { of: named }),
    seed,
    ...(batch !== undefined && { batch }),
  };
  // The side was made for a product that there is.
  return (bases[product] as Endpoint<ProductName>)(request);
}

/** The product of a flat vector, as it is after rounding to the dtypes of its variables, and that vector. */
export function* productOf(
  job: Job,
  side: Side,
  vector: Float64Array,
): Stepwise<{ readonly vector: Float64Array; readonly product: Float64Array }> {
  job.point.options?.signal?.throwIfAborted();
  const arrays = splitFlat(side.seeds, vector);
  const rounded = Float64Array.from(joinArrays(side.seeds, arrays));
  const answer = yield* settled(callProduct(job, side, arrays));
  return { vector: rounded, product: Float64Array.from(joinArrays(side.answers, answer)) };
}

/** What a sweep has done before it, and what will be done after, for its progress. */
export interface Progress {
  readonly before: number;
  readonly total: number;
}

/** Call a product with the indicator of each group, and take the answers in order. */
export function* sweepGroups(
  job: Job,
  side: Side,
  groups: Groups,
  chunks: readonly Chunk[],
  progress: Progress,
  take: (group: number, product: Float64Array) => void,
): Stepwise<void> {
  const options = callOptions(job, side.product);
  const { onProgress } = options;
  const told = onProgress && { onProgress: (done: number) => onProgress(progress.before + done, progress.total) };
  yield* sweep<undefined, Arrays>({
    rule: job.rule,
    base: side.product,
    total: chunks.length,
    options: { ...options, ...told },
    state: undefined,
    call: (c) => {
      const { first, count } = chunks[c];
      const batch = count === 1 ? undefined : count;
      return callProduct(job, side, seedArrays(side.seeds, batch, indicators(groups, first, count)), batch);
    },
    take: (c, answer) => {
      const { first, count } = chunks[c];
      for (let k = 0; k < count; k++) take(first + k, joinArrays(side.answers, answer, k));
    },
  });
}

function indicators({ start, members }: Groups, first: number, count: number) {
  return (put: Put): void => {
    for (let k = 0; k < count; k++) {
      for (let p = start[first + k]; p < start[first + k + 1]; p++) put(k, members[p], 1);
    }
  };
}
