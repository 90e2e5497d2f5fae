/**
 * Products of a matrix with a row and a column, tile by tile in WebAssembly memory.
 *
 * A matrix that lies there is multiplied in place. Of any other, a few rows at a time are copied into a memory that stays
 * in the second cache: copy and SIMD code take half the time of plain loops. Rows that are too long for that are left to
 * them. Vectors are worked on in parts, which stay in the first cache. Tiles change nothing in the order of any sum.
 */
import { benchPart, memoryOf, openMemory, type ProductMemory } from './memory.js';

/** Below this many elements, plain loops are as fast. */
const FEWEST = 4096;
/** Elements of a tile that is copied: 256 KiB. */
const TILE = 32_768;
/** A part of a vector takes as many columns, and two lanes for as many rows. */
const MOST_COLUMNS = benchPart;
const MOST_ROWS = benchPart / 2;

let staging: ProductMemory | null | undefined;

/** How a matrix is cut into tiles. */
interface Tiling {
  readonly memory: ProductMemory;
  readonly height: number;
  readonly width: number;
  /** Puts so many rows of a tile in their place, and gives that. */
  readonly place: (top: number, left: number, height: number) => number;
}

function tilingOf(a: Float64Array, rows: number, columns: number): Tiling | undefined {
  if (a.length < FEWEST) return undefined;
  const memory = memoryOf(a);
  if (!memory) return columns > MOST_COLUMNS ? undefined : stagedTiling(a, rows, columns);
  const place = (top: number, left: number) => a.byteOffset + 8 * (top * columns + left);
  return { memory, height: Math.min(rows, MOST_ROWS), width: Math.min(columns, MOST_COLUMNS), place };
}

/** Whole rows lie in one piece, and copy fast. */
function stagedTiling(a: Float64Array, rows: number, columns: number): Tiling | undefined {
  staging ??= openMemory(TILE) ?? null;
  if (!staging) return undefined;
  const { elements } = staging;
  const height = Math.min(rows, MOST_ROWS, 8 * Math.floor(TILE / columns / 8));
  const place = (top: number, _left: number, h: number) => {
    elements.set(a.subarray(top * columns, (top + h) * columns));
    return 0;
  };
  return { memory: staging, height, width: columns, place };
}

/** `out += v · a`, for `a` of `rows × columns`; undefined where plain loops are as fast, or there is no such memory. */
export function gevmTiled(
  v: Float64Array,
  a: Float64Array,
  rows: number,
  columns: number,
  out: Float64Array,
): true | undefined {
  const tiling = tilingOf(a, rows, columns);
  if (!tiling) return undefined;
  const { height, width, place } = tiling;
  const { kernels, elements, bench } = tiling.memory;
  const sums = bench + benchPart;
  for (let left = 0; left < columns; left += width) {
    const w = Math.min(width, columns - left);
    elements.set(out.subarray(left, left + w), sums);
    for (let top = 0; top < rows; top += height) {
      const h = Math.min(height, rows - top);
      elements.set(v.subarray(top, top + h), bench);
      kernels.gevm(8 * bench, place(top, left, h), h, w, 8 * columns, 8 * sums);
    }
    out.set(elements.subarray(sums, sums + w), left);
  }
  return true;
}

/** `out += a · t`: see `gevmTiled`. */
export function gemvTiled(
  a: Float64Array,
  t: Float64Array,
  rows: number,
  columns: number,
  out: Float64Array,
): true | undefined {
  const tiling = tilingOf(a, rows, columns);
  if (!tiling) return undefined;
  const { height, width, place } = tiling;
  const { kernels, elements, bench } = tiling.memory;
  const lanes = bench + benchPart;
  if (width >= columns) elements.set(t, bench);
  for (let top = 0; top < rows; top += height) {
    const h = Math.min(height, rows - top);
    elements.fill(0, lanes, lanes + 2 * h);
    for (let left = 0; left < columns; left += width) {
      const w = Math.min(width, columns - left);
      if (width < columns) elements.set(t.subarray(left, left + w), bench);
      kernels.gemv(place(top, left, h), 8 * bench, h, w, 8 * columns, 8 * lanes);
    }
    for (let i = 0, lane = lanes; i < h; i++, lane += 2) {
      out[top + i] = out[top + i]! + (elements[lane]! + elements[lane + 1]!);
    }
  }
  return true;
}
