/** The rows or columns that a sweep for a product comes by: kept as the blocks of a Jacobian, where they fit. */

import { blockMemory } from '../../array/products/memory.js';
import type { Point } from '../../operators/endpoints.js';
import { type Assembly, assemblyOf } from '../assembly.js';
import { elementsOf, isComplex } from '../probe.js';
import { type Asked, blockOverhead, keepBlocks, type Shelf } from './blocks.js';

/** Takes what a sweep gives, probe by probe. */
export interface Collector extends Pick<Assembly, 'row' | 'column'> {
  /** Keep what was taken; the sweep is over. */
  readonly keep: () => void;
}

/** A collector for a sweep at a point, or undefined where nothing is kept, or it would not fit. */
export function collector(shelf: Shelf | undefined, point: Point, asked: Asked): Collector | undefined {
  const { of, wrt } = asked;
  if (!shelf || !isKept(shelf, point, asked)) return undefined;
  const place = shelf.memo.at(point.inputs);
  if (!place) return undefined;
  const { row, column, blocks } = assemblyOf(of, wrt, blockMemory);
  return { row, column, keep: () => keepBlocks(shelf, place, asked, blocks()) };
}

/** Whether what a sweep for a product comes by is kept: it takes at most half of the memory, and no more than allowed. */
export function isKept({ memo }: Shelf, { options }: Pick<Point, 'options'>, { of, wrt }: Asked): boolean {
  if ([...of, ...wrt].some(({ shape, dtype }) => shape === undefined || dtype === 'any')) return false;
  const each = [...of, ...wrt].some(isComplex) ? 16 : 8;
  const bytes = elementsOf(of) * elementsOf(wrt) * each + of.length * wrt.length * blockOverhead;
  return bytes <= Math.min(memo.limit / 2, options?.memoryLimit ?? Infinity);
}
