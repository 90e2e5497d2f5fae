/**
 * The product of large matrices: tiles of 4 × 4 results held in registers, over operands packed in the order of use.
 *
 * The scheme is that of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): a panel of
 * `b` and a panel of `a` are copied so that the inner loop reads both straight through. Panels are padded with zeros
 * to whole tiles, and the padding is never written back.
 */

/** Rows of `a`, the inner dimension, and columns of `b` that are packed at a time: 128 KiB and 1 MiB of workspace. */
const ROWS = 64;
const INNER = 256;
const COLUMNS = 512;

interface Workspace {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly tile: Float64Array;
}

let workspace: Workspace | undefined;

function open(): Workspace {
  workspace ??= {
    a: new Float64Array(ROWS * INNER),
    b: new Float64Array(INNER * COLUMNS),
    tile: new Float64Array(16),
  };
  return workspace;
}

/** `out += a · b`, for `a` of `rows × inner` and `b` of `inner × columns`. */
export function gemmPacked(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  out: Float64Array,
): void {
  const packed = open();
  for (let j = 0; j < columns; j += COLUMNS) {
    const width = Math.min(COLUMNS, columns - j);
    for (let k = 0; k < inner; k += INNER) {
      const depth = Math.min(INNER, inner - k);
      packColumns(b, k * columns + j, columns, depth, width, packed.b);
      for (let i = 0; i < rows; i += ROWS) {
        const height = Math.min(ROWS, rows - i);
        packRows(a, i * inner + k, inner, height, depth, packed.a);
        multiplyPanels(packed, height, depth, width, out, i * columns + j, columns);
      }
    }
  }
}

/** Groups of four rows, each laid out element by element of the inner dimension. */
function packRows(
  a: Float64Array,
  start: number,
  stride: number,
  height: number,
  depth: number,
  to: Float64Array,
): void {
  let at = 0;
  for (let i = 0; i < height; i += 4)
    for (let k = 0; k < depth; k++)
      for (let r = i; r < i + 4; r++) to[at++] = r < height ? a[start + r * stride + k]! : 0;
}

/** Groups of four columns, each laid out element by element of the inner dimension. */
function packColumns(
  b: Float64Array,
  start: number,
  stride: number,
  depth: number,
  width: number,
  to: Float64Array,
): void {
  let at = 0;
  for (let j = 0; j < width; j += 4) {
    const whole = j + 4 <= width;
    for (let k = 0; k < depth; k++) {
      const from = start + k * stride + j;
      to[at] = b[from]!;
      to[at + 1] = whole || j + 1 < width ? b[from + 1]! : 0;
      to[at + 2] = whole || j + 2 < width ? b[from + 2]! : 0;
      to[at + 3] = whole ? b[from + 3]! : 0;
      at += 4;
    }
  }
}

function multiplyPanels(
  { a, b, tile }: Workspace,
  height: number,
  depth: number,
  width: number,
  out: Float64Array,
  start: number,
  stride: number,
): void {
  for (let j = 0; j < width; j += 4) {
    for (let i = 0; i < height; i += 4) {
      multiplyTile(a, i * depth, b, j * depth, depth, tile);
      const bottom = Math.min(4, height - i);
      const right = Math.min(4, width - j);
      for (let r = 0; r < bottom; r++) {
        const to = start + (i + r) * stride + j;
        for (let c = 0; c < right; c++) out[to + c] = out[to + c]! + tile[4 * r + c]!;
      }
    }
  }
}

/** Sixteen sums in registers; written once, after the whole inner dimension of the panel. */
function multiplyTile(
  a: Float64Array,
  fromA: number,
  b: Float64Array,
  fromB: number,
  depth: number,
  tile: Float64Array,
): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  const end = fromA + 4 * depth;
  for (let p = fromA, q = fromB; p < end; p += 4, q += 4) {
    const a0 = a[p]!;
    const a1 = a[p + 1]!;
    const a2 = a[p + 2]!;
    const a3 = a[p + 3]!;
    const b0 = b[q]!;
    const b1 = b[q + 1]!;
    const b2 = b[q + 2]!;
    const b3 = b[q + 3]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  const sums = [c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33];
  tile.set(sums);
}
