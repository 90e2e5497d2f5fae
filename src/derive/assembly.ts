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
import { blockAccumulator, type Located, widened, writeColumn, writeRow } from './probe.js';

/** Takes answers in the order of their elements. */
export interface Assembly {
  readonly row: (output: Located, gradients: Arrays) => void;
  readonly column: (input: Located, columns: Arrays) => void;
  /** The blocks, when all is written. */
  readonly blocks: () => Blocks;
}

/** An assembly of zeros; the shapes of all variables are known. */
export function assemblyOf(of: readonly Variable[], wrt: readonly Variable[]): Assembly {
  const blocks: Record<string, Record<string, NdArray<DType>>> = {};
  for (const output of of) {
    const row: Record<string, NdArray<DType>> = {};
    for (const input of wrt) row[input.path] = blockAccumulator(output, input);
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

/** Elements of a block that stays in the third cache, and rows whose lines stay in the second: these need no tiles. */
const CACHED = 2 ** 21;
const CACHED_ROWS = 1024;
/** How many columns are held back, and how many elements of them at most. */
const TILE_COLUMNS = 16;
const TILE = 65_536;

function columnWriter(block: NdArray<DType>, columns: number): ColumnWriter {
  const { data } = block;
  const rows = columns === 0 ? 0 : block.size / columns;
  const width = Math.min(TILE_COLUMNS, columns, Math.floor(TILE / Math.max(1, rows)));
  const small = block.size < CACHED || rows < CACHED_ROWS;
  if (small || width < 4 || block.dtype !== 'float64' || !(data instanceof Float64Array))
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

function writeTile(
  tile: Float64Array,
  width: number,
  rows: number,
  into: Float64Array,
  first: number,
  stride: number,
): void {
  for (let i = 0, at = first; i < rows; i++, at += stride) {
    for (let k = 0, from = i; k < width; k++, from += rows) into[at + k] = tile[from]!;
  }
}
