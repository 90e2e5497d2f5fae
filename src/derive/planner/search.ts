/** The search for the entries that a pattern lacks, where a check has shown that it lacks some. */
import { drive, type Stepwise, settled } from '../drive.js';
import { seeded } from '../random.js';
import { detectPattern } from '../sparsity/detect.js';
import { fromCoordinates, type Pattern, union } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import { compare } from '../sparsity/verify.js';
import type { Verdict } from './check.js';
import { exactnessFor } from './exactness.js';
import type { Job } from './job.js';
import { productOf } from './probes.js';

/** Fewer seeds than this are asked one by one: to look for what a pattern lacks would cost as much. */
export const fewSeeds = 64;

/**
 * The pattern with the entries that it lacks in the places that were found wrong, by group testing: which random seeds
 * make the endpoint and the matrix differ there. Undefined where that would take half as many calls as there are seeds.
 */
export function* extended(
  job: Job,
  matrix: SparseMatrix,
  { side, places, shownBy }: Verdict,
): Stepwise<Pattern | undefined> {
  const { pattern } = matrix;
  const inputs = side.seeds.size;
  if (inputs <= fewSeeds) return undefined;
  const exactness = exactnessFor(job, side, pattern, 1);
  const random = seeded(0x51ed270b);
  // Seeds that showed a difference have the sizes that show it.
  const scale = shownBy.values().next().value?.vector ?? Float64Array.from({ length: inputs }, () => random.normal());
  const ask = function* (pool: Uint32Array): Stepwise<Uint8Array> {
    const seed = new Float64Array(inputs);
    for (const j of pool) seed[j] = (1 + random.uniform()) * scale[j];
    const { vector, product } = yield* productOf(job, side, seed);
    const { excess } = compare(matrix, side.product, vector, product, exactness);
    // What cannot be told may well be so.
    return Uint8Array.from(places, (place) => (excess[place] <= 1 ? 0 : 1));
  };
  const options = { inputs, outputs: places.length, maxPools: Math.floor(inputs / 2) };
  const found = yield* settled(detectPattern(options, (pool) => drive(ask(pool))));
  if (found.unresolved.length > 0) return undefined;
  const { rowStart, columnIndex } = found.pattern;
  if (columnIndex.length === 0) return undefined;
  const line = new Uint32Array(columnIndex.length);
  for (const [k, place] of places.entries()) line.fill(place, rowStart[k], rowStart[k + 1]);
  const [row, column] = side.product === 'jvp' ? [line, columnIndex] : [columnIndex, line];
  return union(pattern, fromCoordinates(pattern.rows, pattern.columns, row, column));
}
