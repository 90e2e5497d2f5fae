/**
 * A Jacobian put together out of what probes answer, row by row or column by column.
 *
 * Columns of a large block are written several at a time: each row's part of them is then one piece, and no line of the
 * cache is fetched once for every column.
 */
import type { DType } from '../array/dtype.js';
import type { NdArray } from '../array/ndarray.js';
import { formatShape, sizeOf } from '../array/shape.js';
import { fail } from '../errors.js';
import type { Arrays, Blocks, Variable } from '../operators/endpoints.js';
import { blockAccumulator, type Located, type Room, widened, writeColumn, writeRow } from './probe.js';

/** Takes answers in the order of their elements. */
export interface Assembly {
  readonly row: (output: Located, gradients: Arrays) => void;
  readonly column: (input: Located, columns: Arrays) => void;
  /** The blocks, when all is written. */
  readonly blocks: () => Blocks;
}

/** An assembly of zeros, in memory from `room`; the shapes of all variables are known. */
export function assemblyOf(of: readonly Variable[], wrt: readonly Variable[], room?: Room): Assembly {
  const blocks: Record<string, Record<string, NdArray<DType>>> = {};
  for (const output of of) {
    const row: Record<string, NdArray<DType>> = {};
    for (const input of wrt) row[input.path] = blockAccumulator(output, input, room);
    blocks[output.path] = row;
  }
  let current: Variable | undefined;
  let writers: readonly ColumnWriter[] = [];
  const turnTo = (input: Variable | undefined) => {
    for (const { flush } of writers) flush();
    current = input;
    const columns = sizeOf(input?.shape ?? []);
    writers = input ? of.map((output) => columnWriter(blocks[output.path]![input.path]!, columns)) : [];
  };
  return {
    row: ({ variable, element }, gradients) => {
      const row = blocks[variable.path]!;
      for (const { path } of wrt) writeRow(row[path]!, element, gradients[path]!);
    },
    column: ({ variable, element }, columns) => {
      if (variable !== current) turnTo(variable);
      for (let k = 0; k < of.length; k++) writers[k]!.write(element, asDeclared(of[k]!, columns[of[k]!.path]!));
    },
    blocks: () => {
      turnTo(undefined);
      return blocks;
    },
  };
}

/** Answers to probes have one shape, also where the schema leaves it open. */
function asDeclared({ path, shape = [] }: Variable, answer: NdArray<DType>): NdArray<DType> {
  if (answer.size === sizeOf(shape)) return answer;
  const [received, expected] = [formatShape(answer.shape), formatShape(shape)];
  return fail('E_RESULT_SHAPE', { path: `["${path}"]`, received, expected, rule: 'what the probe before it answered' });
}

interface ColumnWriter {
  readonly write: (column: number, answer: NdArray<DType>) => void;
  readonly flush: () => void;
}

/** How many columns are held back at most, and how many of their elements: these stay in the second cache. */
const TILE_COLUMNS = 32;
const TILE = 65_536;
/** A part of a block that its tile may take besides, and the least rows and columns of one that is worth its while. */
const TILE_PART = 1 / 16;
const FEWEST_ROWS = 64;
const FEWEST_COLUMNS = 8;

function columnWriter(block: NdArray<DType>, columns: number): ColumnWriter {
  const { data } = block;
  const rows = columns === 0 ? 0 : block.size / columns;
  const width = Math.floor(Math.min(TILE_COLUMNS, columns * TILE_PART, TILE / Math.max(1, rows)));
  const small = rows < FEWEST_ROWS || width < FEWEST_COLUMNS;
  if (small || block.dtype !== 'float64' || !(data instanceof Float64Array))
    return { write: (column, answer) => writeColumn(block, column, columns, answer), flush: () => undefined };
  const tile = new Float64Array(width * rows);
  let first = 0;
  let held = 0;
  const flush = () => {
    writeTile(tile, held, rows, data, first, columns);
    held = 0;
  };
  const write = (column: number, answer: NdArray<DType>) => {
    if (held === 0) first = column;
    tile.set(widened(answer, block).data, rows * held++);
    if (held === width) flush();
  };
  return { write, flush };
}

// Eight elements at a time: a loop over single ones takes half as long again.
function writeTile(
  tile: Float64Array,
  width: number,
  rows: number,
  into: Float64Array,
  first: number,
  stride: number,
): void {
  const [r2, r3, r4, r5, r6, r7, r8] = [2 * rows, 3 * rows, 4 * rows, 5 * rows, 6 * rows, 7 * rows, 8 * rows];
  const eights = width - (width % 8);
  for (let i = 0, row = first; i < rows; i++, row += stride) {
    const end = row + width;
    let [at, from] = [row, i];
    for (; at < row + eights; at += 8, from += r8) {
      into[at] = tile[from]!;
      into[at + 1] = tile[from + rows]!;
      into[at + 2] = tile[from + r2]!;
      into[at + 3] = tile[from + r3]!;
      into[at + 4] = tile[from + r4]!;
      into[at + 5] = tile[from + r5]!;
      into[at + 6] = tile[from + r6]!;
      into[at + 7] = tile[from + r7]!;
    }
    for (; at < end; at++, from += rows) into[at] = tile[from]!;
  }
}
