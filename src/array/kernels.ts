/**
 * The loops: products of matrices held flat, in C order, in one `Float64Array` each.
 *
 * Every kernel adds to its output, so that the terms of a sum keep the order in which they are given, and none skips
 * zeros: `0 · NaN` is NaN. The order of summation depends on the shapes alone, so equal operands give equal bits.
 * All take `Float64Array`s only: one that had also seen `Float32Array`s would run at half the speed.
 */
import { gemmPacked } from './gemm.js';
import { gemvTiled, gevmTiled } from './products/tiles.js';

/** `out += v · a`, for `a` of `rows × columns`: eight rows per pass, so that `out` is read and written once per eight. */
export function gevm(v: Float64Array, a: Float64Array, rows: number, columns: number, out: Float64Array): void {
  const blocked = rows - (rows % 8);
  for (let i = 0; i < blocked; i += 8) addEightRows(v, a, i, columns, out);
  for (let i = blocked; i < rows; i++) {
    const s = v[i]!;
    const start = i * columns;
    for (let j = 0; j < columns; j++) out[j] = out[j]! + s * a[start + j]!;
  }
}

function addEightRows(v: Float64Array, a: Float64Array, i: number, columns: number, out: Float64Array): void {
  const v0 = v[i]!;
  const v1 = v[i + 1]!;
  const v2 = v[i + 2]!;
  const v3 = v[i + 3]!;
  const v4 = v[i + 4]!;
  const v5 = v[i + 5]!;
  const v6 = v[i + 6]!;
  const v7 = v[i + 7]!;
  const r0 = i * columns;
  const r1 = r0 + columns;
  const r2 = r1 + columns;
  const r3 = r2 + columns;
  const r4 = r3 + columns;
  const r5 = r4 + columns;
  const r6 = r5 + columns;
  const r7 = r6 + columns;
  for (let j = 0; j < columns; j++) {
    out[j] =
      out[j]! +
      v0 * a[r0 + j]! +
      v1 * a[r1 + j]! +
      v2 * a[r2 + j]! +
      v3 * a[r3 + j]! +
      v4 * a[r4 + j]! +
      v5 * a[r5 + j]! +
      v6 * a[r6 + j]! +
      v7 * a[r7 + j]!;
  }
}

/**
 * `out += a · t`, for `a` of `rows × columns`: four rows share each element of `t`, and the terms at even and at odd
 * places are added up apart, as two lanes of SIMD do.
 */
export function gemv(a: Float64Array, t: Float64Array, rows: number, columns: number, out: Float64Array): void {
  const blocked = rows - (rows % 4);
  for (let i = 0; i < blocked; i += 4) addFourDots(a, t, i, columns, out);
  for (let i = blocked; i < rows; i++) {
    const start = i * columns;
    const whole = columns - (columns % 2);
    let even = 0;
    let odd = 0;
    for (let j = 0; j < whole; j += 2) {
      even += a[start + j]! * t[j]!;
      odd += a[start + j + 1]! * t[j + 1]!;
    }
    if (whole < columns) even += a[start + whole]! * t[whole]!;
    out[i] = out[i]! + (even + odd);
  }
}

function addFourDots(a: Float64Array, t: Float64Array, i: number, columns: number, out: Float64Array): void {
  const r0 = i * columns;
  const r1 = r0 + columns;
  const r2 = r1 + columns;
  const r3 = r2 + columns;
  let e0 = 0;
  let e1 = 0;
  let e2 = 0;
  let e3 = 0;
  let o0 = 0;
  let o1 = 0;
  let o2 = 0;
  let o3 = 0;
  const whole = columns - (columns % 2);
  for (let j = 0; j < whole; j += 2) {
    const x = t[j]!;
    const y = t[j + 1]!;
    e0 += a[r0 + j]! * x;
    o0 += a[r0 + j + 1]! * y;
    e1 += a[r1 + j]! * x;
    o1 += a[r1 + j + 1]! * y;
    e2 += a[r2 + j]! * x;
    o2 += a[r2 + j + 1]! * y;
    e3 += a[r3 + j]! * x;
    o3 += a[r3 + j + 1]! * y;
  }
  if (whole < columns) {
    const x = t[whole]!;
    e0 += a[r0 + whole]! * x;
    e1 += a[r1 + whole]! * x;
    e2 += a[r2 + whole]! * x;
    e3 += a[r3 + whole]! * x;
  }
  out[i] = out[i]! + (e0 + o0);
  out[i + 1] = out[i + 1]! + (e1 + o1);
  out[i + 2] = out[i + 2]! + (e2 + o2);
  out[i + 3] = out[i + 3]! + (e3 + o3);
}

/** `start + Σ aᵢ · bᵢ`, term by term. */
export function addDot(start: number, a: Float64Array, b: Float64Array): number {
  let sum = start;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** `out += a · b`, for `a` of `rows × inner` and `b` of `inner × columns`. */
export function gemm(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  out: Float64Array,
): void {
  if (rows === 1 && columns === 1) out[0] = addDot(out[0]!, a, b);
  else if (rows === 1) gevmTiled(a, b, inner, columns, out) ?? gevm(a, b, inner, columns, out);
  else if (columns === 1) gemvTiled(a, b, rows, inner, out) ?? gemv(a, b, rows, inner, out);
  else if (rows * inner * columns < SMALL) gemmSmall(a, b, rows, inner, columns, out);
  else if (inner < SHALLOW) gemmShallow(a, b, rows, inner, columns, out);
  else gemmPacked(a, b, rows, inner, columns, out);
}

/** Below this many products, or terms of a sum, packing costs more than it saves. */
const SMALL = 4096;
const SHALLOW = 32;

function gemmSmall(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  out: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    const to = i * columns;
    for (let k = 0; k < inner; k++) {
      const s = a[i * inner + k]!;
      const from = k * columns;
      for (let j = 0; j < columns; j++) out[to + j] = out[to + j]! + s * b[from + j]!;
    }
  }
}

function gemmShallow(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  out: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    const row = out.subarray(i * columns, (i + 1) * columns);
    gevm(a.subarray(i * inner, (i + 1) * inner), b, inner, columns, row);
  }
}

/** `out += scale · x`. */
export function axpy(scale: number, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + scale * x[i]!;
}

/** The transpose of `a`, of `rows × columns`, in square tiles that stay in the cache. */
export function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length);
  if (rows === 1 || columns === 1) out.set(a);
  else
    for (let i = 0; i < rows; i += TILE)
      for (let j = 0; j < columns; j += TILE)
        transposeTile(a, rows, columns, out, i, j, Math.min(i + TILE, rows), Math.min(j + TILE, columns));
  return out;
}

const TILE = 32;

function transposeTile(
  a: Float64Array,
  rows: number,
  columns: number,
  out: Float64Array,
  top: number,
  left: number,
  bottom: number,
  right: number,
): void {
  for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) out[j * rows + i] = a[i * columns + j]!;
}
