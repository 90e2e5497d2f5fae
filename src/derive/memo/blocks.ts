/** Blocks of a Jacobian that are kept at a point, one by one: what is asked for later may be fewer of them. */
import type { DType } from '../../array/dtype.js';
import { NdArray } from '../../array/ndarray.js';
import { blockMemory, bytesHeld } from '../../array/products/memory.js';
import type { Arrays, Blocks, Point, Variable } from '../../operators/endpoints.js';
import type { Memo, Place } from './memo.js';

/** What a block takes besides its elements. */
export const blockOverhead = 256;

/**
 * Where the parts of a Jacobian are kept, and what they are made from. What is made from something else, or in another way,
 * may differ in its last bits, so it is another part.
 */
export interface Shelf {
  readonly memo: Memo;
  /** What is called for the parts, and how: the same for all that may share them. */
  readonly origin: string;
  /**
   * Whether a part depends on what else was asked for, as one by differences does: steps are chosen for all outputs of a
   * request. It then answers requests for the same outputs and inputs only.
   */
  readonly whole: boolean;
}

/** The outputs and inputs of a request, or of a part of one. */
export type Asked = Pick<Point, 'of' | 'wrt'>;

const pathsOf = (variables: readonly Variable[]): readonly string[] => variables.map(({ path }) => path);

/** What the names of all that is kept for a request begin with. */
export function prefixOf({ origin, whole }: Pick<Shelf, 'origin' | 'whole'>, { of, wrt }: Asked): string {
  return whole ? `${origin} ${JSON.stringify([pathsOf(of), pathsOf(wrt)])}` : origin;
}

/** The names of the blocks of a request, each with its output and its input. */
export function* blockNames(shelf: Shelf, { of, wrt }: Asked): Generator<readonly [string, Variable, Variable]> {
  const prefix = prefixOf(shelf, { of, wrt });
  for (const output of of)
    for (const input of wrt) yield [`block ${prefix} ${JSON.stringify([output.path, input.path])}`, output, input];
}

/** The blocks of a request, where all of them are known at the place. Nobody may write to them. */
export function blocksAt(shelf: Shelf, place: Place, asked: Asked): Blocks | undefined {
  const blocks: Record<string, Record<string, NdArray<DType>>> = {};
  for (const { path } of asked.of) blocks[path] = {};
  for (const [name, output, input] of blockNames(shelf, asked)) {
    const block = place.get(name);
    if (!(block instanceof NdArray)) return undefined;
    blocks[output.path]![input.path] = block;
  }
  return blocks;
}

/** Keep the blocks of a request, which are nobody else's from then on. */
export function keepBlocks(shelf: Shelf, place: Place, asked: Asked, blocks: Blocks): void {
  place.set(
    [...blockNames(shelf, asked)].map(([name, output, input]) => {
      const value = blocks[output.path]![input.path]!;
      return { name, value, bytes: bytesHeld(value.data) + blockOverhead };
    }),
  );
}

/** The blocks with elements of their own. */
export function copies(blocks: Blocks): Blocks {
  const row = (one: Arrays) => Object.fromEntries(Object.entries(one).map(([path, block]) => [path, copyOf(block)]));
  return Object.fromEntries(Object.entries(blocks).map(([path, one]) => [path, row(one)]));
}

function copyOf({ dtype, shape, data }: NdArray<DType>): NdArray<DType> {
  if (dtype !== 'float64' || !(data instanceof Float64Array)) return new NdArray<DType>(dtype, shape, data.slice());
  const copy = blockMemory(shape);
  copy.set(data);
  return new NdArray<DType>(dtype, shape, copy);
}

/** How many bytes the elements take. */
export function bytesOf(blocks: Blocks): number {
  return Object.values(blocks).reduce(
    (total, row) => total + Object.values(row).reduce((sum, { data }) => sum + data.byteLength, 0),
    0,
  );
}
