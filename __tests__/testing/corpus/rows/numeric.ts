/** The numerical methods that rows of the corpus are made of, written out here so that nothing is shared with the package. */
import type { Vector } from '../row.js';

/** 0, 1, … n − 1. */
export const range = (n: number) => Array.from({ length: n }, (_, k) => k);
/** The sum of n terms. */
export function sum(n: number, term: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < n; k++) total += term(k);
  return total;
}
/** The unit matrix. */
export const eye = (n: number) => range(n).map((i) => range(n).map((j) => (i === j ? 1 : 0)));

/** A·B of square matrices, row after row. */
export const multiply = (a: Vector, b: Vector, n: number) =>
  range(n * n).map((o) => sum(n, (k) => a[n * Math.floor(o / n) + k] * b[n * k + (o % n)]));

/** The cofactors of a 3×3 matrix: the derivative of its determinant. */
export const cofactors3 = ([a, b, c, d, e, f, g, h, i]: Vector) => [
  e * i - f * h,
  f * g - d * i,
  d * h - e * g,
  c * h - b * i,
  a * i - c * g,
  b * g - a * h,
  b * f - c * e,
  c * d - a * f,
  a * e - b * d,
];

/** The solution of A·x = b by elimination with partial pivoting. */
export function solve(matrix: Vector, right: Vector): number[] {
  const n = right.length;
  const rows = range(n).map((i) => [...matrix.slice(n * i, n * i + n), right[i]]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--)
    x[i] = (rows[i][n] - sum(n - i - 1, (j) => rows[i][i + 1 + j] * x[i + 1 + j])) / rows[i][i];
  return x;
}

/** The inverse of a matrix, row after row. */
export function invert(matrix: Vector, n: number): number[] {
  const columns = eye(n).map((unit) => solve(matrix, unit));
  return range(n * n).map((o) => columns[o % n][Math.floor(o / n)]);
}

/** log Γ(x) by Stirling's series, shifted to where it is exact to rounding. */
export function lnGamma(x: number): number {
  let [shifted, y] = [0, x];
  for (; y < 15; y++) shifted -= Math.log(y);
  const s = 1 / (y * y);
  const series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / y;
  return shifted + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
}
/** ψ(x), the derivative of log Γ. */
export function digamma(x: number): number {
  let [shifted, y] = [0, x];
  for (; y < 15; y++) shifted -= 1 / y;
  const s = 1 / (y * y);
  return shifted + Math.log(y) - 0.5 / y - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s / 132))));
}

/** Φ(x), the normal distribution, by its series or its continued fraction. */
export function normal(x: number): number {
  if (x < -3) {
    let fraction = 0;
    for (let k = 120; k > 0; k--) fraction = k / (-x + fraction);
    return density(x) / (-x + fraction);
  }
  if (x > 3) return 1 - normal(-x);
  let [term, total] = [x, x];
  for (let k = 1; k < 120; k++) {
    term *= (x * x) / (2 * k + 1);
    total += term;
  }
  return 0.5 + density(x) * total;
}
/** φ(x), the density of the normal distribution. */
export const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Newton's method from `x`, until a step is smaller than `tolerance`. */
export function newton(f: (x: number) => number, slope: (x: number) => number, x: number, tolerance: number): number {
  let at = x;
  for (let k = 0; k < 200; k++) {
    const step = f(at) / slope(at);
    at -= step;
    if (Math.abs(step) < tolerance) break;
  }
  return at;
}

/** Halving of [low, high], where f changes its sign, until it is shorter than `tolerance`. */
export function bisect(f: (x: number) => number, low: number, high: number, tolerance: number): number {
  let [a, b] = [low, high];
  const sign = Math.sign(f(a));
  while (b - a > tolerance) {
    const middle = (a + b) / 2;
    if (middle === a || middle === b) break;
    if (Math.sign(f(middle)) === sign) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

/** Numbers from −1 to 1 that follow from the bits of `values`, as noise that comes back the same. */
export function noise(values: Vector): number {
  const view = new DataView(new ArrayBuffer(8));
  let state = 0x9e3779b9;
  for (const value of values) {
    view.setFloat64(0, value);
    for (const part of [view.getUint32(0), view.getUint32(4)]) {
      state = Math.imul(state ^ part, 0x85ebca6b);
      state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
      state ^= state >>> 16;
    }
  }
  return ((state >>> 0) / 2 ** 32) * 2 - 1;
}
