/** Recovered Jacobians that are remembered at their points: sparse ones as they are; a dense one is remembered by its blocks. */
import type { Point } from '../../operators/endpoints.js';
import type { Stepwise } from '../drive.js';
import type { Place } from '../memo/memo.js';
import { isDense } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import type { Job } from './job.js';
import { keyOf } from './plan.js';
import { type Recovered, recoverJacobian } from './recover.js';

const nameOf = ({ of, wrt }: Pick<Point, 'of' | 'wrt'>) => `matrix ${keyOf(of, wrt)}`;

/** What is known at the point of a job. */
export function placeOf({ behind, point }: Job): Place | undefined {
  return behind.memo?.at(point.inputs);
}

/** Recover a Jacobian, unless it is known at this place. Nothing of it may be written to. */
export function* recoveredOnce(job: Job, place: Place | undefined): Stepwise<Recovered> {
  const known = place?.get(nameOf(job.point));
  if (known) return known as Recovered;
  const found = yield* recoverJacobian(job);
  const { matrix } = found;
  if (!isDense(matrix.pattern)) {
    place?.set([{ name: nameOf(job.point), value: found, bytes: matrix.values.byteLength + 512 }]);
  }
  return found;
}

/**
 * What is known of a job for more than is needed. Nothing, where an entry is not finite: zeros of a seed, which are left
 * out otherwise, would become NaN.
 */
export function knownMatrix(job: Job, place: Place | undefined): SparseMatrix | undefined {
  const known = place?.get(nameOf(job.point)) as Recovered | undefined;
  return known?.matrix.values.every(Number.isFinite) ? known.matrix : undefined;
}
