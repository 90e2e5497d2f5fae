/**
 * Second derivatives by differences of a gradient: H·v, the dense Hessian, and a sparse one from groups of columns.
 *
 * The gradient oracle returns ∂f/∂x for all elements of x. H is returned as ½(H + Hᵀ); how far H and Hᵀ lie apart is a
 * free estimate of the error.
 */

import { drive, type MaybePromise, type Stepwise } from '../drive.js';
import { jvpSteps } from './directional.js';
import { type Groups, type RowPattern, sweepGroups } from './grouped.js';
import { type Product, sweepColumns } from './jacobian.js';
import type { Oracle, Report } from './sampling.js';
import type { Setting } from './step.js';

/** A Hessian, made symmetric. */
export interface Hessian {
  /** Dense: n×n, by rows. Sparse: in the order of the pattern. */
  readonly values: Float64Array;
  /** max |H_ij − H_ji| / max |H_ij| before it was made symmetric, over the pairs that were both measured. */
  readonly asymmetry: number;
  readonly report: Report;
}

/** H·v: 3 gradients (central or forward), or 5 (richardson). A direction of zeros costs none. */
export function hvp(
  gradient: Oracle,
  x: Float64Array,
  direction: Float64Array,
  setting: Setting & { readonly errors?: boolean } = {},
): MaybePromise<Product> {
  return drive(jvpSteps(gradient, x, direction, { ...setting, size: x.length }));
}

/** The dense Hessian: 2n+1 gradients (central). */
export function* hessianSteps(gradient: Oracle, x: Float64Array, setting: Setting = {}): Stepwise<Hessian> {
  const n = x.length;
  const values = new Float64Array(n * n);
  const report = yield* sweepColumns(
    gradient,
    x,
    (j, column) => {
      for (let i = 0; i < n; i++) values[i * n + j] = column[i];
    },
    setting,
  );
  const partner = (entry: number) => (entry % n) * n + Math.floor(entry / n);
  return { values, asymmetry: symmetrize(values, partner), report };
}

/** `hessianSteps`, driven: a promise only if the gradient is one. */
export function hessian(gradient: Oracle, x: Float64Array, setting: Setting = {}): MaybePromise<Hessian> {
  return drive(hessianSteps(gradient, x, setting));
}

/**
 * The entries of a symmetric `pattern`: 2 gradients for each group, and 1 more (central). An entry needs to be separated by the
 * groups, or else its mirror image (a star coloring); it is NaN where neither is.
 */
export function* groupedHessianSteps(
  gradient: Oracle,
  x: Float64Array,
  groups: Groups,
  pattern: RowPattern,
  setting: Setting = {},
): Stepwise<Hessian> {
  const { values, report } = yield* sweepGroups(gradient, x, groups, pattern, setting);
  return { values, asymmetry: symmetrized(pattern, values), report };
}

/** Make the entries of a symmetric `pattern` symmetric, in place; gives how far they were from it. NaN is filled in. */
export function symmetrized(pattern: RowPattern, values: Float64Array): number {
  const mirror = mirrorOf(pattern);
  return symmetrize(values, (entry) => mirror[entry]);
}

/** `groupedHessianSteps`, driven: a promise only if the gradient is one. */
export function groupedHessian(
  gradient: Oracle,
  x: Float64Array,
  groups: Groups,
  pattern: RowPattern,
  setting: Setting = {},
): MaybePromise<Hessian> {
  return drive(groupedHessianSteps(gradient, x, groups, pattern, setting));
}

// Where one of a pair is missing, the other stands for both.
function symmetrize(values: Float64Array, partner: (entry: number) => number): number {
  let [gap, largest] = [0, 0];
  for (const entry of values.keys()) {
    const other = partner(entry);
    const [a, b] = [values[entry], values[other]];
    if (Number.isNaN(a)) values[entry] = b;
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    gap = Math.max(gap, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(a));
    values[entry] = values[other] = a / 2 + b / 2;
  }
  return gap === 0 ? 0 : gap / largest;
}

// The rows of a pattern are ascending, so the entries (i, j) arrive at row j in the order of that row's columns.
function mirrorOf({ rowStart, columnIndex }: RowPattern): Uint32Array {
  const next = Uint32Array.from({ length: rowStart.length - 1 }, (_, i) => rowStart[i]);
  const mirror = new Uint32Array(columnIndex.length);
  for (let i = 0; i + 1 < rowStart.length; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) mirror[e] = next[columnIndex[e]]++;
  }
  return mirror;
}
