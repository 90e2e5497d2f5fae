/** Recovered Jacobians that are remembered at their points: sparse ones as they are; a dense one is remembered by its blocks. */
import type { Stepwise } from '../drive.js';
import { type Asked, prefixOf, type Shelf } from '../memo/blocks.js';
import type { Place } from '../memo/memo.js';
import { isDense, nnz } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import type { Job } from './job.js';
import { keyOf } from './plan.js';
import { type Recovered, recoverJacobian } from './recover.js';

/** The name that the matrix of these outputs by these inputs is kept under. */
export function matrixName(shelf: Shelf, asked: Asked): string {
  return `matrix ${prefixOf(shelf, asked)} ${keyOf(asked.of, asked.wrt)}`;
}

/** How many bytes a matrix counts for. */
export function matrixBytes({ pattern }: Pick<SparseMatrix, 'pattern'>): number {
  return 8 * nnz(pattern) + 512;
}

/** What is known at the point of a job. */
export function placeOf({ behind, point }: Job): Place | undefined {
  return behind.shelf?.memo.at(point.inputs);
}

/** Recover a Jacobian, unless it is known at this place. Nothing of it may be written to. */
export function* recoveredOnce(job: Job, place: Place | undefined): Stepwise<Recovered> {
  const { shelf } = job.behind;
  const name = shelf && matrixName(shelf, job.point);
  const known = name === undefined ? undefined : place?.get(name);
  if (known) return known as Recovered;
  const found = yield* recoverJacobian(job);
  const { matrix } = found;
  if (name !== undefined && !isDense(matrix.pattern)) place?.set([{ name, value: found, bytes: matrixBytes(matrix) }]);
  return found;
}

/**
 * What is known of a job for more than is needed. Nothing, where an entry is not finite: zeros of a seed, which are left
 * out otherwise, would become NaN.
 */
export function knownMatrix(job: Job, place: Place | undefined): SparseMatrix | undefined {
  const { shelf } = job.behind;
  const known = shelf && (place?.get(matrixName(shelf, job.point)) as Recovered | undefined);
  return known?.matrix.values.every(Number.isFinite) ? known.matrix : undefined;
}
