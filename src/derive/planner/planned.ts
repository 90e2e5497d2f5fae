/** The rules that probe products, with a plan: what they do where there is more to know than that a Jacobian is dense. */

import { isZero } from '../../array/contraction.js';
import type { DType } from '../../array/dtype.js';
import { NdArray } from '../../array/ndarray.js';
import { fail } from '../../errors.js';
import type {
  Arrays,
  Blocks,
  Endpoints,
  MaybePromise,
  Point,
  SeededPoint,
  Variable,
} from '../../operators/endpoints.js';
import { following, type Stepwise, settled } from '../drive.js';
import { keepBlocks } from '../memo/blocks.js';
import { isKept } from '../memo/collect.js';
import type { KnownPaths } from '../optionChecks.js';
import { blockAccumulator, isComplex, refuseMixed } from '../probe.js';
import { checkCotangent, contracted, contractedFromKnown } from '../products.js';
import type { Context, Cost } from '../rule.js';
import { isDense } from '../sparsity/pattern.js';
import { multiply, multiplyTransposed, type SparseMatrix } from '../sparsity/sparseMatrix.js';
import type { ProductName } from './costs.js';
import { dotSweep } from './fill.js';
import { blockShape, joinArrays, type Space } from './flat.js';
import { type Bases, type Job, jobOf, refuseWritten, widthOf } from './job.js';
import { checkPlanOptions, type ProductsOptions } from './options.js';
import type { Plan } from './plan.js';
import { planOf, type Recovered, recoverJacobian } from './recover.js';
import { knownMatrix, placeOf, recoveredOnce } from './remembered.js';

type Base<P extends ProductName> = Pick<Endpoints, P>;
type Options = ProductsOptions;

/** What a rule with a plan is made from. */
interface Parts<P extends ProductName, R extends Point, T> {
  readonly rule: string;
  readonly products: readonly P[];
  /** What it does where there is nothing to plan, and for complex arrays. */
  readonly plain: (base: Base<P>, request: R, context: Context<Options>, plan?: Plan) => Stepwise<T>;
}

/** The parts of a row of the derivation table that have to do with plans. */
export interface Planning<P extends ProductName, R extends Point, T> {
  readonly derive: (base: Base<P>, request: R, context: Context<Options>) => Stepwise<T>;
  readonly plan: (base: Base<P>, request: R, context: Context<Options>) => Stepwise<Plan | undefined>;
  readonly planned: (context: Context<Options>) => boolean;
  readonly checkOptions: (options: Options, known: KnownPaths) => void;
}

/** Whether there is nothing to plan: a dense Jacobian, in one direction, probe by probe. */
function isPlain(products: readonly ProductName[], { options, behind }: Context<Options>): boolean {
  if (!behind) return true;
  const { sparsity = 'dense', verify = 0, plan } = options;
  if (products.length > 1 || sparsity !== 'dense' || verify > 0 || plan !== undefined) return false;
  return products.every((name) => (behind.traits[name]?.batch ?? 1) === 1);
}

/** The request with what the options say of its calls. */
export function heeding<R extends Point>(
  products: readonly ProductName[],
  point: R,
  { options, behind }: Context<Options>,
): R {
  if (!behind) return point;
  const width = Math.max(...products.map((name) => widthOf({ point, options, behind }, name)));
  const limits = [options.memoryBytes, point.options?.memoryLimit].filter((limit) => limit !== undefined);
  const memoryLimit = limits.length === 0 ? undefined : Math.min(...limits);
  return { ...point, options: { ...point.options, concurrency: width, memoryLimit } };
}

/** The context of one request: what it has learned of the outputs' shapes it need not ask again. */
function learning(context: Context<Options>): Context<Options> {
  const learned = new Map<string, readonly Variable[]>();
  const shapes = (point: Point): MaybePromise<readonly Variable[]> => {
    const key = JSON.stringify(point.of.map(({ path }) => path));
    const known = learned.get(key);
    return (
      known ??
      following(context.shapes(point), (of) => {
        learned.set(key, of);
        return of;
      })
    );
  };
  return { ...context, shapes };
}

/** The job of a request; undefined where a complex array takes part. */
function* jobFor<P extends ProductName>(
  { rule, products }: Pick<Parts<P, Point, unknown>, 'rule' | 'products'>,
  base: Base<P>,
  point: Point,
  { shapes, options, behind }: Context<Options>,
): Stepwise<Job | undefined> {
  const of = yield* settled(shapes(point));
  refuseMixed(rule, of, point.wrt);
  const complex = [...of, ...point.wrt].find(isComplex);
  if (complex) return refuseUnverified(complex, options);
  // A table has more endpoints than the rule may use; one of them is the rule's own.
  const bases: Bases = Object.fromEntries(products.map((name) => [name, base[name]]));
  const parts = { rule, point: { ...point, of }, bases, options, behind: behind!, shapes };
  return jobOf(parts);
}

// Complex arrays are probed one by one. What is asked to be verified is not left unverified without a word.
function refuseUnverified({ path, dtype }: Variable, { verify = 0 }: Options): undefined {
  if (verify === 0) return;
  const expected = `0, or no such option: ${path} is ${dtype}, and complex Jacobians are not verified`;
  fail('E_OPTION', { path: 'verify', received: String(verify), expected });
}

/** A rule that gives a Jacobian. */
export function planningJacobian<P extends ProductName>(parts: Parts<P, Point, Blocks>): Planning<P, Point, Blocks> {
  const { products, plain } = parts;
  const planned = (context: Context<Options>) => !isPlain(products, context);
  function* derive(base: Base<P>, request: Point, given: Context<Options>): Stepwise<Blocks> {
    const point = heeding(products, request, given);
    if (isPlain(products, given)) return yield* plain(base, point, given);
    const context = learning(given);
    const job = yield* jobFor(parts, base, point, context);
    if (!job) return yield* plain(base, point, context);
    refuseWritten(job);
    return blocksOf(job, yield* recoveredOnce(job, placeOf(job)));
  }
  function* plan(base: Base<P>, point: Point, context: Context<Options>): Stepwise<Plan | undefined> {
    if (isPlain(products, context)) return undefined;
    const job = yield* jobFor(parts, base, point, context);
    if (!job) return undefined;
    const made = (yield* planOf(job)).plan;
    return { ...made, bytes: made.bytes + blockBytes(job) };
  }
  return { derive, plan, planned, checkOptions: checkPlanOptions };
}

/** A rule that gives a product from the other one: the Jacobian is recovered, and multiplied. */
export function planningProduct<P extends ProductName>(
  parts: Parts<P, SeededPoint, Arrays> & { readonly to: ProductName },
): Planning<P, SeededPoint, Arrays> {
  const { products, plain, to } = parts;
  const planned = (context: Context<Options>) => !isPlain(products, context);
  // A seed of zeros takes no part.
  const live = (point: SeededPoint): SeededPoint => {
    if (point.seed === undefined) return point;
    const alive = (variables: readonly Variable[]) => variables.filter(({ path }) => !isZero(point.seed[path]));
    return to === 'jvp' ? { ...point, wrt: alive(point.wrt) } : { ...point, of: alive(point.of) };
  };
  function* jobOfLive(base: Base<P>, point: SeededPoint, context: Context<Options>): Stepwise<Job | undefined> {
    const used = live(point);
    if (isPlain(products, context) || used.wrt.length === 0 || used.of.length === 0) return undefined;
    return yield* jobFor(parts, base, used, context);
  }
  // Of the whole request, where its shapes are known: its Jacobian may be remembered.
  function* jobOfAll(base: Base<P>, point: SeededPoint, context: Context<Options>): Stepwise<Job | undefined> {
    const { shelf } = context.behind ?? {};
    if (!shelf || shelf.whole) return undefined;
    const told = to === 'jvp' || point.of.every(({ shape }) => shape !== undefined);
    return told ? yield* jobFor(parts, base, point, context) : undefined;
  }
  function* derive(base: Base<P>, request: SeededPoint, given: Context<Options>): Stepwise<Arrays> {
    const point = heeding(products, request, given);
    const context = isPlain(products, given) ? given : learning(given);
    const job = yield* jobOfLive(base, point, context);
    if (!job) return yield* plain(base, point, context);
    if (to === 'vjp')
      for (const { path, shape } of job.of.variables) checkCotangent(path, point.seed[path], shape ?? []);
    const { plan } = yield* planOf(job);
    if (isDense(plan.pattern)) return yield* denseProduct(to, job, plan, { ...job.point, seed: point.seed });
    const place = placeOf(job);
    const whole = yield* jobOfAll(base, point, context);
    const more = whole && knownMatrix(whole, place);
    if (more) return multiplied(whole, more, point.seed);
    return multiplied(job, (yield* recoveredOnce(job, place)).matrix, point.seed);
  }
  function multiplied(job: Job, matrix: SparseMatrix, seed: Arrays): Arrays {
    if (to === 'jvp') return product(job.wrt, job.of, seed, (flat) => multiply(matrix, flat));
    return product(job.of, job.wrt, seed, (flat) => multiplyTransposed(matrix, flat));
  }
  function* plan(base: Base<P>, request: SeededPoint, context: Context<Options>): Stepwise<Plan | undefined> {
    const job = yield* jobOfLive(base, request, context);
    return job && (yield* planOf(job)).plan;
  }
  return { derive, plan, planned, checkOptions: checkPlanOptions };
}

/** A product by a dense plan: line by line where nothing is kept or checked, else out of the Jacobian, to the same bits. */
function* denseProduct(to: ProductName, job: Job, plan: Plan, point: SeededPoint): Stepwise<Arrays> {
  const { shelf } = job.behind;
  const recalled = contractedFromKnown(to, job.behind, point);
  if (recalled) return recalled;
  const place = shelf && isKept(shelf, point, point) ? placeOf(job) : undefined;
  if (!place && plan.verification === 0) {
    return split(to === 'jvp' ? job.of : job.wrt, yield* dotSweep(job, plan, point.seed));
  }
  const blocks = blocksOf(job, yield* recoverJacobian(job));
  if (shelf && place) keepBlocks(shelf, place, point, blocks);
  return contracted(to, blocks, point);
}

function product(from: Space, to: Space, seed: Arrays, times: (seed: Float64Array) => Float64Array): Arrays {
  return split(to, times(Float64Array.from(joinArrays(from, seed))));
}

function split(to: Space, flat: Float64Array): Arrays {
  const entries = to.variables.map(({ path, shape = [] }, k) => {
    const part = flat.slice(to.starts[k], to.starts[k + 1]);
    return [path, new NdArray<DType>('float64', shape, part)] as const;
  });
  return Object.fromEntries(entries);
}

/** What the blocks take, written out. */
function blockBytes({ of, wrt }: Job): number {
  return 8 * of.size * wrt.size;
}

/** A recovered Jacobian as its blocks, zeros included. */
export function blocksOf({ of, wrt }: Pick<Job, 'of' | 'wrt'>, { matrix }: Pick<Recovered, 'matrix'>): Blocks {
  if (of.variables.length === 1 && wrt.variables.length === 1 && isDense(matrix.pattern)) {
    const [output, input] = [of.variables[0], wrt.variables[0]];
    return { [output.path]: { [input.path]: new NdArray<DType>('float64', blockShape(output, input), matrix.values) } };
  }
  const grid = of.variables.map((output) => wrt.variables.map((input) => blockAccumulator(output, input)));
  for (const [a, row] of grid.entries()) {
    for (let i = of.starts[a]; i < of.starts[a + 1]; i++) {
      placeRow(matrix, i, i - of.starts[a], row, wrt);
    }
  }
  const named = (row: readonly NdArray<DType>[]) => row.map((block, b) => [wrt.variables[b].path, block] as const);
  return Object.fromEntries(of.variables.map(({ path }, a) => [path, Object.fromEntries(named(grid[a]))]));
}

function copyRow(values: Float64Array, i: number, row: readonly NdArray<DType>[], { starts }: Space): void {
  for (const [b, block] of row.entries()) {
    const width = starts[b + 1] - starts[b];
    (block as NdArray).data.set(values.subarray(starts[b], starts[b + 1]), i * width);
  }
}

// The columns of a row ascend, so the blocks are gone through once.
function placeRow(
  { pattern, values }: SparseMatrix,
  whole: number,
  i: number,
  row: readonly NdArray<DType>[],
  wrt: Space,
) {
  const { rowStart, columnIndex, columns } = pattern;
  if (isDense(pattern)) return copyRow(values.subarray(whole * columns, (whole + 1) * columns), i, row, wrt);
  let b = 0;
  for (let e = rowStart[whole]; e < rowStart[whole + 1]; e++) {
    const j = columnIndex[e];
    while (j >= wrt.starts[b + 1]) b++;
    const width = wrt.starts[b + 1] - wrt.starts[b];
    (row[b] as NdArray).data[i * width + j - wrt.starts[b]] = values[e];
  }
}

/** What a sweep costs in words: with a pattern, groups instead of elements, and the check. */
export function sweepCost(kind: 'n' | 'm', lines: string): (options: Options) => Cost {
  const dense = `1 %s call for each element of ${kind === 'n' ? 'wrt' : 'the outputs'}`;
  return ({ sparsity = 'dense', plan, verify }) => {
    const grouped = sparsity !== 'dense' || plan !== undefined;
    const checks = verify ?? (grouped ? 1 : 0);
    const more = verify === undefined ? ' (2 in single precision)' : '';
    const check = checks === 0 ? '' : `, and ${checks}${more} to check`;
    return {
      count: (n, m) => (kind === 'n' ? n : m) + (n * m === 0 ? 0 : checks),
      text: `${grouped ? `1 %s call for each group of ${lines}` : dense}${check}`,
    };
  };
}

/** The cost of one product in a sweep that takes the cheaper direction. */
export function cheaperCost(product: ProductName): (options: Options) => Cost {
  const unit = product === 'jvp' ? 'column' : 'row';
  return ({ costs = { jvp: 1, vjp: 2 }, sparsity = 'dense', verify }) => {
    const checks = verify ?? (sparsity === 'dense' ? 0 : 1);
    const count = (n: number, m: number): number => {
      const forward = n * costs.jvp < m * costs.vjp || (n * costs.jvp === m * costs.vjp && n <= m);
      if (n * m === 0 || forward !== (product === 'jvp')) return 0;
      return (forward ? n : m) + checks;
    };
    const what = sparsity === 'dense' ? unit : `group of ${unit}s`;
    return { count, text: `1 %s call for each ${what}, in the cheaper direction` };
  };
}
