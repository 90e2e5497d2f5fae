/**
 * Blocks that stay the same at other points: `constant` ones everywhere, `linear` ones wherever all inputs but their own
 * are as they were. Rows and columns of which everything is known so are not probed again, but they are checked.
 */
import { zeros } from '../../array/ndarray.js';
import { exchange } from '../../operators/leaves.js';
import { type Content, contentOf, kept, sameContent } from '../memo/content.js';
import { explicit, nnz, type Pattern, RowWriter } from '../sparsity/pattern.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import type { Known, Remainder, Steady } from './behind.js';
import type { SteadyBlock } from './declared.js';
import type { Job } from './job.js';
import { Colorings } from './plan.js';

/** Everything but the input of a block, as it is now. */
function othersOf({ point }: Job, { dependence, input }: SteadyBlock): Content | undefined {
  if (dependence === 'constant') return undefined;
  const without = exchange(point.inputs, [input])([zeros(input.shape ?? [])]);
  return contentOf(without);
}

/** Which of the blocks hold at this point what they held when they were kept. */
export function holding(job: Job, { steady, kept: before }: Known): readonly SteadyBlock[] {
  if (!before) return [];
  return steady.filter((block, k) => {
    if (block.dependence === 'constant') return true;
    const [then, now] = [before.others[k], othersOf(job, block)];
    return then !== undefined && now !== undefined && sameContent(then, now);
  });
}

/** What is to be kept of a matrix for other points. */
export function keptOf(job: Job, { steady }: Known, values: Float64Array): Steady | undefined {
  if (steady.length === 0) return undefined;
  const others = steady.map((block) => {
    const content = othersOf(job, block);
    return content && kept(content);
  });
  return { values: values.slice(), others };
}

/** What is left to recover where `blocks` are known. Made once for each set of them. */
export function remainderOf(known: Known, blocks: readonly SteadyBlock[]): Remainder {
  const key = blocks.map((block) => known.steady.indexOf(block)).join();
  const left = known.remainders.get(key) ?? without(known.pattern, blocks);
  known.remainders.set(key, left);
  return left;
}

// The rows and columns in which something is not known. What is known in them is recovered too: nothing is subtracted.
function without(whole: Pattern, blocks: readonly SteadyBlock[]): Remainder {
  const pattern = explicit(whole);
  const { rows, columns, rowStart, columnIndex } = pattern;
  const rowOpen = new Uint8Array(rows);
  const columnOpen = new Uint8Array(columns);
  for (let i = 0; i < rows; i++) {
    const here = blocks.filter((block) => block.rows[0] <= i && i < block.rows[1]);
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      const j = columnIndex[e];
      if (here.some((block) => block.columns[0] <= j && j < block.columns[1])) continue;
      rowOpen[i] = 1;
      columnOpen[j] = 1;
    }
  }
  const writer = new RowWriter(rows, columns, nnz(pattern));
  const entry: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      if (!rowOpen[i] || !columnOpen[columnIndex[e]]) continue;
      writer.add(columnIndex[e]);
      entry.push(e);
    }
    writer.endRow();
  }
  const left = writer.finish();
  return { pattern: left, entry: Uint32Array.from(entry), colorings: new Colorings(left) };
}

/** The whole matrix: what was recovered now, and what was known. */
export function completed(whole: Pattern, before: Steady, { entry }: Remainder, now: SparseMatrix): SparseMatrix {
  const values = before.values.slice();
  for (let e = 0; e < entry.length; e++) values[entry[e]] = now.values[e];
  return { pattern: explicit(whole), values };
}
