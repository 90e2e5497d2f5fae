/** The rows or columns that a sweep for a product comes by: kept as the blocks of a Jacobian, where they fit. */

import { blockMemory } from '../../array/products/memory.js';
import type { SeededPoint, Variable } from '../../operators/endpoints.js';
import { type Assembly, assemblyOf } from '../assembly.js';
import { elementsOf, isComplex } from '../probe.js';
import { blockOverhead, keepBlocks } from './blocks.js';
import type { Memo } from './memo.js';

/** Takes what a sweep gives, probe by probe. */
export interface Collector extends Pick<Assembly, 'row' | 'column'> {
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
  const { row, column, blocks } = assemblyOf(of, wrt, blockMemory);
  return { row, column, keep: () => keepBlocks(place, { of, wrt }, blocks()) };
}
