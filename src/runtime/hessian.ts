/** Hessians of a scalar of a component's outputs. */
import type { AbstractMatrix } from 'ml-matrix';
import { NdArray } from '../array/ndarray.js';
import { hessian as denseHessian, groupedHessian, hvp, symmetrized } from '../derive/difference/hessian.js';
import { coarsest } from '../derive/evaluation.js';
import { refuseBeyond } from '../derive/memory.js';
import { joinArrays, splitFlat } from '../derive/planner/flat.js';
import { groupsOf } from '../derive/planner/members.js';
import { scatter, seedOf, starRecovery } from '../derive/sparsity/compression.js';
import { type PatternSpec, patternOf } from '../derive/sparsity/declared.js';
import { explicit, isDense, nnz, type Pattern } from '../derive/sparsity/pattern.js';
import { type SparseMatrix, toDense } from '../derive/sparsity/sparseMatrix.js';
import { colorSymmetric } from '../derive/sparsity/starColoring.js';
import { gaussianProbe, suspiciousRows } from '../derive/sparsity/verify.js';
import { fail } from '../errors.js';
import { type Gradient, gradientOf, raiseFailure, type SecondOrderOptions, tellWarnings } from './gradient.js';
import type { ComponentHandle } from './handle.js';
import { exactProduct, type SecondOrderLiteral } from './hessianVectorProduct.js';
import type { OperatorSide } from './jacobianOperator.js';

/** What a Hessian may be told. */
export interface HessianOptions extends SecondOrderOptions {
  /** Where the nonzeros are: a symmetric pattern of all elements of `wrt`, laid end to end in schema order. */
  readonly sparsity?: PatternSpec;
  /** Check the result by one more product along a random direction: a pattern that lacks entries is then refused. */
  readonly verify?: boolean;
}

/** The Hessian of ⟨c, f⟩: a symmetric matrix over all elements of `wrt`, laid end to end in schema order. */
export class Hessian {
  /** What the rows and columns are. */
  readonly wrt: readonly OperatorSide[];
  /** The entries, as ½(H + Hᵀ). */
  readonly matrix: SparseMatrix;
  /** max |H_ij − H_ji| / max |H_ij| before: how far the gradients were from those of one function, or the differences off. */
  readonly asymmetry: number;
  /** Whether it comes from the author's own second derivative, and not from differences of the gradient. */
  readonly exact: boolean;
  /** How many gradients, or exact products, it took. */
  readonly calls: number;

  constructor(facts: Pick<Hessian, 'wrt' | 'matrix' | 'asymmetry' | 'exact' | 'calls'>) {
    this.wrt = facts.wrt;
    this.matrix = facts.matrix;
    this.asymmetry = facts.asymmetry;
    this.exact = facts.exact;
    this.calls = facts.calls;
  }

  /** With its zeros, `[n, n]`. */
  toDense(): NdArray {
    const { rows } = this.matrix.pattern;
    return new NdArray('float64', [rows, rows], toDense(this.matrix));
  }

  /** With its zeros, as an ml-matrix matrix. */
  toMatrix(): AbstractMatrix {
    return this.toDense().toMatrix();
  }
}

type Values = Pick<Hessian, 'asymmetry' | 'calls'> & { readonly values: Float64Array };

/**
 * The second derivatives of ⟨c, f⟩ by `wrt`.
 *
 * From central differences of the gradient, 2 vjp calls for each element of `wrt` and 1 more (`richardson` 4 for each), or for each group of
 * columns where a symmetric `sparsity` is declared: 7 for a tridiagonal Hessian of any size. From the author's own `hvp`,
 * where a linearization has one (this process only), 1 product in place of 2 calls. Rejects with `E_SPARSITY` (a pattern that
 * is not symmetric, or lacks entries), `E_MEMORY_LIMIT`, or as `hessianVectorProduct` does.
 */
export async function hessian<I extends object>(
  handle: Pick<ComponentHandle<I>, 'vjp' | 'provenance'>,
  request: SecondOrderLiteral<I>,
  options: HessianOptions = {},
): Promise<Hessian> {
  const gradient = await gradientOf(handle, { ...request }, options);
  const { size, variables } = gradient.space;
  const declared = patternOf(options.sparsity ?? 'dense', size, size);
  const pattern = isDense(declared) ? declared : explicit(declared);
  const advice = 'Declare its sparsity, ask for fewer paths, or use hessianVectorProduct.';
  refuseBeyond({ rule: 'hessian', rows: size, columns: size, bytes: 8 * nnz(pattern), advice }, options.memoryLimit);
  const product = await exactOf(gradient, options);
  const found = product ? await byProducts(pattern, product) : await byDifferences(gradient, pattern, options);
  raiseFailure(gradient, found.values);
  const matrix = { pattern, values: found.values };
  if (options.verify && size > 0) await check(gradient, matrix, product);
  const wrt = variables.map(({ path, shape = [], dtype }) => ({ path, shape, dtype }));
  const { asymmetry, calls } = found;
  return new Hessian({ wrt, matrix, asymmetry, exact: product !== undefined, calls });
}

type Product = (direction: Float64Array) => Promise<Float64Array>;

/** The author's own product along a flat direction, or undefined where there is none. */
async function exactOf(gradient: Gradient, options: HessianOptions): Promise<Product | undefined> {
  const { space } = gradient;
  const along = await exactProduct(gradient, options);
  return along && (async (direction) => joinArrays(space, await along(splitFlat(space, direction))).slice());
}

async function byProducts(pattern: Pattern, product: Product): Promise<Values> {
  const { rows } = pattern;
  const values = new Float64Array(nnz(pattern));
  if (isDense(pattern)) {
    const unit = new Float64Array(rows);
    for (let j = 0; j < rows; j++) {
      unit[j] = 1;
      const column = await product(unit);
      unit[j] = 0;
      for (let i = 0; i < rows; i++) values[i * rows + j] = column[i]!;
    }
    return { values, asymmetry: symmetrized(explicit(pattern), values), calls: rows };
  }
  const coloring = colorSymmetric(pattern);
  const recovery = starRecovery(pattern, coloring);
  for (let group = 0; group < coloring.groups; group++) {
    scatter(recovery, group, await product(seedOf(coloring.colors, group)), values);
  }
  return { values, asymmetry: symmetrized(pattern, values), calls: coloring.groups };
}

async function byDifferences(gradient: Gradient, pattern: Pattern, options: HessianOptions): Promise<Values> {
  const { evaluation, setting } = gradient;
  const { oracle, x } = evaluation;
  if (isDense(pattern)) {
    const { values, asymmetry, report } = await denseHessian(oracle, x, setting);
    tellWarnings(gradient, 'hessian', report, options);
    return { values, asymmetry, calls: report.evaluations };
  }
  const { colors, groups: count } = colorSymmetric(pattern);
  const { start, members } = groupsOf(colors, count);
  const groups = Array.from({ length: count }, (_, k) => members.subarray(start[k]!, start[k + 1]!));
  const { values, asymmetry, report } = await groupedHessian(oracle, x, groups, pattern, setting);
  tellWarnings(gradient, 'hessian', report, options);
  return { values, asymmetry, calls: report.evaluations };
}

/** How far a row may be from its check, relative to |H|·|v|: differences are exact to about 1e-10 in float64. */
const tolerances = {
  float64: { exact: 1e-12, differences: 1e-6 },
  float32: { exact: 1e-5, differences: 1e-2 },
  float16: { exact: 5e-2, differences: 0.2 },
} as const;

async function check(
  { evaluation, point, setting }: Gradient,
  matrix: SparseMatrix,
  product: Product | undefined,
): Promise<void> {
  const direction = gaussianProbe(evaluation.x.length);
  const theirs = product
    ? await product(direction)
    : (await hvp(evaluation.oracle, evaluation.x, direction, setting)).values;
  const { exact, differences } = tolerances[coarsest([...point.of, ...point.wrt])];
  // Central differences of gradients with a relative error η are exact to η^⅔.
  const factor = product ? exact : Math.max(differences, 100 * (setting.noise ?? 0) ** (2 / 3));
  const rows = suspiciousRows(matrix, direction, theirs, { unitRoundoff: 1, factor });
  if (rows.length === 0) return;
  fail('E_SPARSITY', {
    path: 'sparsity',
    received: `a pattern that lacks entries, as a product shows in the rows ${rows.slice(0, 5).join(', ')}`,
    expected: 'one with every entry that may be nonzero',
  });
}
