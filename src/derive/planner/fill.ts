/** The values of a Jacobian, by a plan: one sweep by jvp, one by vjp, or both. Every value is copied from an answer. */
import { dot } from '../../array/contraction.js';
import type { DType } from '../../array/dtype.js';
import { NdArray } from '../../array/ndarray.js';
import type { Arrays } from '../../operators/endpoints.js';
import type { Stepwise } from '../drive.js';
import { refuseBeyond } from '../memory.js';
import {
  bidirectionalRecovery,
  columnRecovery,
  type ListedRecovery,
  type Recovery,
  rowRecovery,
  scatter,
} from '../sparsity/compression.js';
import { nnz } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import type { ProductName } from './costs.js';
import { batchOf, type Job, memoryLimit } from './job.js';
import { type Groups, groupsOf } from './members.js';
import { type Chunk, chunksFor, chunksOf, type Plan } from './plan.js';
import { sideOf, sweepGroups } from './probes.js';
import type { Strays } from './strays.js';

/** One direction of a plan: what is called with which seeds, and where the answers belong. */
export interface Direction {
  readonly product: ProductName;
  readonly groups: Groups;
  readonly chunks: readonly Chunk[];
  readonly recovery: Recovery;
  /** The lines that have an entry in each group, where not every line has. */
  readonly touched?: ListedRecovery | undefined;
}

/** The directions of a plan. */
export function directionsOf(job: Job, { pattern, columns, rows, both }: Plan): Direction[] {
  const batch = batchOf(job);
  if (both) {
    const recovery = bidirectionalRecovery(pattern, both);
    const [jvp, vjp] = [groupsOf(both.columnColors, both.columnGroups), groupsOf(both.rowColors, both.rowGroups)];
    return [
      { product: 'jvp', groups: jvp, chunks: chunksOf(jvp.count, batch.jvp), ...recovery.columns },
      { product: 'vjp', groups: vjp, chunks: chunksOf(vjp.count, batch.vjp), ...recovery.rows },
    ];
  }
  if (columns) {
    const chunks = chunksFor(columns, pattern, job.wrt, batch.jvp);
    const recovery = columnRecovery(pattern, columns);
    return [
      {
        product: 'jvp',
        groups: groupsOf(columns.colors, columns.groups),
        chunks,
        recovery,
        touched: listedOf(recovery),
      },
    ];
  }
  if (!rows) return [];
  const chunks = chunksFor(rows, pattern, job.of, batch.vjp);
  const recovery = rowRecovery(pattern, rows);
  return [
    { product: 'vjp', groups: groupsOf(rows.colors, rows.groups), chunks, recovery, touched: listedOf(recovery) },
  ];
}

const listedOf = (recovery: Recovery) => (recovery.kind === 'listed' ? recovery : undefined);

/**
 * Recover the values. Makes exactly the calls that the plan promises, without those that verify. Raises `E_MEMORY_LIMIT`
 * where they take more than the job may: a pattern that was given up is dense, and nobody may have reckoned with that.
 */
export function* fill(job: Job, plan: Plan, strays?: Strays): Stepwise<SparseMatrix> {
  refuseBeyond(
    { rule: job.rule, rows: job.of.size, columns: job.wrt.size, bytes: 8 * nnz(plan.pattern) },
    memoryLimit(job),
  );
  const values = new Float64Array(nnz(plan.pattern));
  const all = directionsOf(job, plan);
  const total = all.reduce((sum, { chunks }) => sum + chunks.length, 0);
  let before = 0;
  for (const { product, groups, chunks, recovery, touched } of all) {
    const side = sideOf(job, product);
    const marked = new Int32Array(side.answers.size).fill(-1);
    yield* sweepGroups(job, side, groups, chunks, { before, total }, (group, answer) => {
      scatter(recovery, group, answer, values);
      if (!touched || !strays) return;
      for (let q = touched.start[group]; q < touched.start[group + 1]; q++) marked[touched.source[q]] = group;
      strays.note(product, answer, marked, group);
    });
    before += chunks.length;
  }
  return { pattern: plan.pattern, values };
}

/**
 * The inner products of every line of a dense Jacobian with `seed`, one line after the other: x̄_j = ⟨J·e_j, c⟩, or
 * ẏ_i = ⟨Jᵀ·e_i, t⟩. No more than one call's lines are held. The sums are those of a sweep without batches, to the bit.
 */
export function* dotSweep(job: Job, plan: Plan, seed: Arrays): Stepwise<Float64Array> {
  const [{ product, groups, chunks }] = directionsOf(job, plan);
  const side = sideOf(job, product);
  const { variables, starts } = side.answers;
  const result = new Float64Array(side.seeds.size);
  const progress = { before: 0, total: chunks.length };
  yield* sweepGroups(job, side, groups, chunks, progress, (line, answer) => {
    for (const [k, { path, shape = [] }] of variables.entries()) {
      const part = new NdArray<DType>('float64', shape, answer.subarray(starts[k], starts[k + 1]));
      result[line] += dot(part, seed[path]);
    }
  });
  return result;
}
