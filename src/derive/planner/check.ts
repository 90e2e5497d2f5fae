/** The check of a recovered Jacobian by random products, and the search for what its pattern lacks. */

import { drive, type Stepwise, settled } from '../drive.js';
import { coarsest } from '../evaluation.js';
import { seeded } from '../random.js';
import { detectPattern } from '../sparsity/detect.js';
import { fromCoordinates, maxRowCount, type Pattern, union } from '../sparsity/pattern.js';
import { magnitudes, multiply, multiplyTransposed, type SparseMatrix } from '../sparsity/sparseMatrix.js';
import { gaussianVector } from '../sparsity/vectors.js';
import { suspiciousColumns, suspiciousRows, type Tolerance } from '../sparsity/verify.js';
import type { Job } from './job.js';
import { checkedBy, type Plan } from './plan.js';
import { productOf, type Side, sideOf } from './probes.js';

const roundoff = { float64: 2 ** -53, float32: 2 ** -24, float16: 2 ** -11 } as const;

/** Roundoffs that a row may differ by; a row of very many entries has the roundoffs of its sum besides. */
const usual = 64;

/** How far a row may be from its check. */
export function toleranceFor(job: Pick<Job, 'point' | 'of' | 'wrt' | 'options'>, pattern: Pattern): Tolerance {
  const { point, options } = job;
  const unitRoundoff = roundoff[coarsest([...point.of, ...point.wrt])];
  if (options.tolerance !== undefined) return { unitRoundoff, factor: options.tolerance / unitRoundoff };
  const factor = Math.max(usual, 4 * Math.sqrt(maxRowCount(pattern)));
  return { unitRoundoff, factor, weight: weightFor(job, unitRoundoff) };
}

// An entry is as exact as the coarser of its output and its input: what is coarse elsewhere excuses nothing here.
function weightFor({ of, wrt }: Pick<Job, 'of' | 'wrt'>, coarse: number): Tolerance['weight'] {
  const [rows, columns] = [of, wrt].map(({ variables, starts, size }) => {
    const each = new Float64Array(size);
    for (const [k, one] of variables.entries()) each.fill(roundoff[coarsest([one])] / coarse, starts[k], starts[k + 1]);
    return each;
  });
  if (rows.every((one) => one === 1) || columns.every((one) => one === 1)) return undefined;
  return (row, column) => Math.max(rows[row], columns[column]);
}

/** What random products found wrong: rows, where jvp checked, and columns, where vjp did. */
export interface Verdict {
  readonly side: Side;
  readonly places: readonly number[];
}

/** Check a recovered matrix with as many random products as the plan says. A new `round` takes new ones. */
export function* verify(job: Job, plan: Plan, matrix: SparseMatrix, round: number): Stepwise<Verdict> {
  const side = sideOf(job, checkedBy(plan.method));
  const tolerance = toleranceFor(job, plan.pattern);
  const places = new Set<number>();
  for (let k = 0; k < plan.verification; k++) {
    const random = seeded(0x9e3779b9 + 7919 * round + k);
    const { vector, product } = yield* productOf(job, side, gaussianVector(side.seeds.size, random));
    const suspicious = side.product === 'jvp' ? suspiciousRows : suspiciousColumns;
    for (const place of suspicious(matrix, vector, product, tolerance)) places.add(place);
  }
  return { side, places: [...places].sort((a, b) => a - b) };
}

/** Fewer seeds than this are asked one by one: to look for what a pattern lacks would cost as much. */
export const fewSeeds = 64;

/**
 * The pattern with the entries that it lacks in the places that were found wrong, by group testing: which random seeds
 * make the endpoint and the matrix differ there. Undefined where that would take half as many calls as there are seeds.
 */
export function* extended(job: Job, matrix: SparseMatrix, { side, places }: Verdict): Stepwise<Pattern | undefined> {
  const { pattern } = matrix;
  const inputs = side.seeds.size;
  if (inputs <= fewSeeds) return undefined;
  const tolerance = toleranceFor(job, pattern);
  const random = seeded(0x51ed270b);
  const ask = function* (pool: Uint32Array): Stepwise<Uint8Array> {
    const seed = new Float64Array(inputs);
    for (const j of pool) seed[j] = random.normal();
    const { vector, product } = yield* productOf(job, side, seed);
    return differing(side, matrix, vector, product, places, tolerance);
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

function differing(
  { product: name }: Side,
  matrix: SparseMatrix,
  vector: Float64Array,
  product: Float64Array,
  places: readonly number[],
  { unitRoundoff = 2 ** -53, factor = usual, weight }: Tolerance,
): Uint8Array {
  const times = name === 'jvp' ? multiply : multiplyTransposed;
  const ours = times(matrix, vector);
  const scale = times(magnitudes(matrix, weight), vector.map(Math.abs));
  return Uint8Array.from(places, (place) => {
    const near = Math.abs(ours[place] - product[place]) <= factor * unitRoundoff * scale[place];
    return near || Object.is(ours[place], product[place]) ? 0 : 1;
  });
}
