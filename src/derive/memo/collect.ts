/** The rows or columns that a sweep for a product comes by: kept as the blocks of a Jacobian, where they fit. */

import { sizeOf } from '../../array/shape.js';
import type { Arrays, Blocks, SeededPoint, Variable } from '../../operators/endpoints.js';
import { blockAccumulator, elementsOf, isComplex, type locate, writeColumn, writeRow } from '../probe.js';
import { blockOverhead, keepBlocks } from './blocks.js';
import type { Memo } from './memo.js';

type Located = ReturnType<typeof locate>;

/** Takes what a sweep gives, probe by probe. */
export interface Collector {
  readonly row: (output: Located, gradients: Arrays) => void;
  readonly column: (input: Located, columns: Arrays) => void;
  /** Keep what was taken; the sweep is over. */
  readonly keep: () => void;
}

/** A collector for a sweep at a point, or undefined where nothing is kept, or it would not fit. */
export function collector(
  memo: Memo | undefined,
  point: SeededPoint,
  of: readonly Variable[],
  wrt: readonly Variable[],
): Collector | undefined {
  const open = [...of, ...wrt].some(({ shape, dtype }) => shape === undefined || dtype === 'any');
  if (!memo || open) return undefined;
  const each = [...of, ...wrt].some(isComplex) ? 16 : 8;
  const bytes = elementsOf(of) * elementsOf(wrt) * each + of.length * wrt.length * blockOverhead;
  const place =
    bytes > Math.min(memo.limit / 2, point.options?.memoryLimit ?? Infinity) ? undefined : memo.at(point.inputs);
  if (!place) return undefined;
  const blocks = emptyBlocks(of, wrt);
  return {
    row: ({ variable, element }, gradients) => {
      for (const { path } of wrt) writeRow(blocks[variable.path]![path]!, element, gradients[path]!);
    },
    column: ({ variable, element }, columns) => {
      const size = sizeOf(variable.shape ?? []);
      for (const { path } of of) writeColumn(blocks[path]![variable.path]!, element, size, columns[path]!);
    },
    keep: () => keepBlocks(place, { of, wrt }, blocks),
  };
}

function emptyBlocks(of: readonly Variable[], wrt: readonly Variable[]): Blocks {
  const block = (output: Variable, input: Variable) =>
    blockAccumulator([...(output.shape ?? []), ...(input.shape ?? [])], input, output);
  const row = (output: Variable) => Object.fromEntries(wrt.map((input) => [input.path, block(output, input)]));
  return Object.fromEntries(of.map((output) => [output.path, row(output)]));
}
