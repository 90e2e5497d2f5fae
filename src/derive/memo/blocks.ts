/** Blocks of a Jacobian that are kept at a point, one by one: what is asked for later may be fewer of them. */
import type { DType } from '../../array/dtype.js';
import { NdArray } from '../../array/ndarray.js';
import { blockMemory, bytesHeld } from '../../array/products/memory.js';
import type { Arrays, Blocks, Point, Variable } from '../../operators/endpoints.js';
import type { Place } from './memo.js';

/** What a block takes besides its elements. */
export const blockOverhead = 256;

const nameOf = (of: string, wrt: string) => `block ${JSON.stringify([of, wrt])}`;

/** The blocks of these outputs by these inputs, where all of them are known. Nobody may write to them. */
export function blocksAt(place: Place, of: readonly Variable[], wrt: readonly Variable[]): Blocks | undefined {
  const blocks: Record<string, Arrays> = {};
  for (const output of of) {
    const row: Record<string, NdArray<DType>> = {};
    for (const input of wrt) {
      const block = place.get(nameOf(output.path, input.path));
      if (!(block instanceof NdArray)) return undefined;
      row[input.path] = block;
    }
    blocks[output.path] = row;
  }
  return blocks;
}

/** Keep blocks, which are nobody else's from then on. */
export function keepBlocks(place: Place, { of, wrt }: Pick<Point, 'of' | 'wrt'>, blocks: Blocks): void {
  place.set(
    of.flatMap((output) =>
      wrt.map((input) => {
        const value = blocks[output.path]![input.path]!;
        return { name: nameOf(output.path, input.path), value, bytes: bytesHeld(value.data) + blockOverhead };
      }),
    ),
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
