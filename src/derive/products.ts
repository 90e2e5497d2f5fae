/**
 * Products out of a Jacobian, and products out of the other product: no rule here needs to hold a full Jacobian. What a
 * sweep comes by is kept for the next product at the point, where a memory for that has room.
 */
import { contractLeading, contractTrailing, dot, dotComplex, isZero } from '../array/contraction.js';
import { type DType, dtypes } from '../array/dtype.js';
import { NdArray } from '../array/ndarray.js';
import { formatShape, type Shape, sameShape } from '../array/shape.js';
import { fail } from '../errors.js';
import type { Arrays, Blocks, Endpoint, Endpoints, SeededPoint, Variable } from '../operators/endpoints.js';
import { vjp as vjpOperator } from '../operators/vjp.js';
import { isPromise, type Stepwise, settled } from './drive.js';
import { type Asked, blocksAt } from './memo/blocks.js';
import { collector } from './memo/collect.js';
import { probesOf } from './oneHot.js';
import {
  accumulator,
  elementsOf,
  hotAt,
  isComplex,
  type Located,
  locator,
  refuseMixed,
  sweep,
  writeElement,
} from './probe.js';
import type { Context } from './rule.js';

/** Sum over the seeds that are not zero; none is left where all are, and the answer is zeros. */
function live(point: SeededPoint, variables: readonly Variable[]): readonly Variable[] {
  return variables.filter((one) => !isZero(point.seed[one.path]!));
}

function zerosFor(variables: readonly Variable[]): Arrays {
  const arrays: Record<string, NdArray<DType>> = {};
  for (const one of variables) arrays[one.path] = accumulator(one.shape ?? [], isComplex(one));
  return arrays;
}

/** The blocks that a product is contracted from, where they are known at its point. */
function known(behind: Context['behind'], { inputs }: SeededPoint, asked: Asked): Blocks | undefined {
  if (!behind?.shelf || asked.of.length === 0 || asked.wrt.length === 0) return undefined;
  const place = behind.shelf.memo.at(inputs);
  return place && blocksAt(behind.shelf, place, asked);
}

/** x̄ = Jᵀ·c = Σ_of c[of]·J[of][wrt], out of one Jacobian. */
export function* pullBack(
  { jacobian }: Pick<Endpoints, 'jacobian'>,
  point: SeededPoint,
  { behind }: Pick<Context, 'behind'> = {},
): Stepwise<Arrays> {
  const of = live(point, point.of);
  if (of.length === 0) return zerosFor(point.wrt);
  const answer = known(behind, point, { of, wrt: point.wrt }) ?? jacobian({ ...point, of });
  return pulledBackBy(isPromise(answer) ? yield* settled(answer) : answer, { ...point, of });
}

function pulledBackBy(blocks: Blocks, point: SeededPoint): Arrays {
  const { of } = point;
  const product: Record<string, NdArray<DType>> = {};
  for (const input of point.wrt) product[input.path] = pulledBack(point.seed, blocks, of, input);
  return product;
}

function pulledBack(seed: Arrays, blocks: Blocks, of: readonly Variable[], input: Variable): NdArray<DType> {
  const complex = of.some(({ path }) => isComplex(seed[path]!) || isComplex(blocks[path]![input.path]!));
  const into = accumulator(input.shape ?? [], complex);
  for (const { path } of of) {
    const block = blocks[path]![input.path]!;
    checkCotangent(path, seed[path]!, leading(block, input));
    contractLeading(seed[path]!, block, into);
  }
  return into;
}

/** The output's part of a block's shape. */
function leading(block: NdArray<DType>, input: Variable): Shape {
  return block.shape.slice(0, block.shape.length - (input.shape ?? []).length);
}

/** Raise `E_COTANGENT_SHAPE` where a cotangent has not the shape of its output. */
export function checkCotangent(path: string, cotangent: NdArray<DType>, expected: Shape): void {
  if (sameShape(cotangent.shape, expected)) return;
  fail('E_COTANGENT_SHAPE', {
    path: `${vjpOperator.wire?.seed}["${path}"]`,
    received: formatShape(cotangent.shape),
    expected: formatShape(expected),
    of: path,
  });
}

/** ẏ = J·t = Σ_wrt J[of][wrt]·t[wrt], out of one Jacobian. */
export function* pushForward(
  { jacobian }: Pick<Endpoints, 'jacobian'>,
  point: SeededPoint,
  { shapes, behind }: Pick<Context, 'shapes' | 'behind'>,
): Stepwise<Arrays> {
  const wrt = live(point, point.wrt);
  if (wrt.length === 0) return zerosFor(yield* settled(shapes(point)));
  const answer = known(behind, point, { of: point.of, wrt }) ?? jacobian({ ...point, wrt });
  return pushedForwardBy(isPromise(answer) ? yield* settled(answer) : answer, { ...point, wrt });
}

function pushedForwardBy(blocks: Blocks, point: SeededPoint): Arrays {
  const { wrt } = point;
  const product: Record<string, NdArray<DType>> = {};
  for (const { path } of point.of) product[path] = pushedForward(point.seed, blocks[path]!, wrt);
  return product;
}

function pushedForward(seed: Arrays, row: Arrays, wrt: readonly Variable[]): NdArray<DType> {
  const complex = wrt.some(({ path }) => isComplex(seed[path]!) || isComplex(row[path]!));
  const into = accumulator(leading(row[wrt[0]!.path]!, wrt[0]!), complex);
  for (const { path } of wrt) contractTrailing(row[path]!, seed[path]!, into);
  return into;
}

/**
 * A product out of blocks that a sweep came by, or that a plan gave. It is added up in the order of the sweep, so that it
 * has the same bits: a pullback output by output. `point` names the seeds that are not zero.
 */
export function contracted(to: 'jvp' | 'vjp', blocks: Blocks, point: SeededPoint): Arrays {
  if (to === 'jvp') return pushedForwardBy(blocks, point);
  const [first, ...others] = point.of.map((output) => pulledBackBy(blocks, { ...point, of: [output] }));
  return others.reduce((total, term) => sumOf(total, term, point.wrt), first!);
}

// All terms are of one kind: what a sweep gave does not mix real with complex.
function sumOf(a: Arrays, b: Arrays, variables: readonly Variable[]): Arrays {
  const sum = ({ dtype, shape, data }: NdArray<DType>, { data: more }: NdArray<DType>) =>
    new NdArray<DType>(
      dtype,
      shape,
      (data as Float64Array).map((value, k) => value + (more as Float64Array)[k]!),
    );
  return Object.fromEntries(variables.map(({ path }) => [path, sum(a[path]!, b[path]!)]));
}

/** The same, where the blocks are known at the point; `point` names the seeds that are not zero. */
export function contractedFromKnown(
  to: 'jvp' | 'vjp',
  behind: Context['behind'],
  point: SeededPoint,
): Arrays | undefined {
  const blocks = known(behind, point, point);
  return blocks && contracted(to, blocks, point);
}

/** What a sweep for a product works with: each answer gives an element of `result`, by its inner products with the seed. */
interface Contraction {
  readonly call: Endpoint<'jvp'> | Endpoint<'vjp'>;
  readonly probe: (i: number) => SeededPoint;
  readonly place: (i: number) => Located;
  readonly seed: Arrays;
  readonly terms: readonly Variable[];
  readonly result: Arrays;
  /** Takes the answers too, where they are kept. */
  readonly keep: ((at: Located, answer: Arrays) => void) | undefined;
}

const callBase = (i: number, { call, probe }: Contraction) => call(probe(i));

function takeElement(i: number, answer: Arrays, { place, result, terms, seed, keep }: Contraction): void {
  const at = place(i);
  accumulate(result[at.variable.path]!, at.element, terms, answer, seed);
  keep?.(at, answer);
}

function takeChecked(i: number, answer: Arrays, state: Contraction): void {
  for (const { path } of state.terms) checkCotangent(path, state.seed[path]!, answer[path]!.shape);
  takeElement(i, answer, state);
}

/** ẏ_i = ⟨Jᵀ·e_i, t⟩: one pullback for each element of the outputs. */
export function* pushForwardByVjp(
  { vjp }: Pick<Endpoints, 'vjp'>,
  point: SeededPoint,
  { shapes, behind }: Pick<Context, 'shapes' | 'behind'>,
): Stepwise<Arrays> {
  const { seed } = point;
  const terms = live(point, point.wrt);
  const recalled = contractedFromKnown('jvp', behind, { ...point, wrt: terms });
  if (recalled) return recalled;
  const of = yield* settled(shapes(point));
  const result = zerosFor(of);
  if (terms.length === 0) return result;
  refuseMixed('jvpFromVjp', of, terms);
  const rows = collector(behind?.shelf, point, { of, wrt: terms });
  const probe = probesOf(point, 'of', of, terms);
  yield* sweep({
    rule: 'jvpFromVjp',
    base: 'vjp',
    total: elementsOf(of),
    options: point.options,
    state: { call: vjp, probe, place: locator(of), seed, terms, result, keep: rows?.row },
    call: callBase,
    take: takeElement,
    hot: hotAt,
  });
  rows?.keep();
  return result;
}

/** x̄_j = ⟨J·e_j, c⟩: one pushforward for each element of the inputs. */
export function* pullBackByJvp(
  { jvp }: Pick<Endpoints, 'jvp'>,
  point: SeededPoint,
  { behind }: Pick<Context, 'behind'> = {},
): Stepwise<Arrays> {
  const { seed, wrt } = point;
  const terms = live(point, point.of);
  const result = zerosFor(wrt);
  if (terms.length === 0) return result;
  const recalled = contractedFromKnown('vjp', behind, { ...point, of: terms });
  if (recalled) return recalled;
  refuseMixed('vjpFromJvp', terms, wrt);
  // A cotangent has the shape of its output.
  const shaped = terms.map((one) => ({ ...one, shape: one.shape ?? seed[one.path]!.shape }));
  const columns = collector(behind?.shelf, point, { of: shaped, wrt });
  const probe = probesOf(point, 'wrt', wrt, terms);
  yield* sweep({
    rule: 'vjpFromJvp',
    base: 'jvp',
    total: elementsOf(wrt),
    options: point.options,
    state: { call: jvp, probe, place: locator(wrt), seed, terms, result, keep: columns?.column },
    call: callBase,
    take: takeChecked,
    hot: hotAt,
  });
  columns?.keep();
  return result;
}

/** Element i becomes the sum of the inner products, in schema order. */
function accumulate(into: NdArray<DType>, i: number, terms: readonly Variable[], a: Arrays, b: Arrays): void {
  let [re, im] = [0, 0];
  for (const { path } of terms) {
    if (dtypes[into.dtype].kind === 'complex') {
      const term = dotComplex(a[path]!, b[path]!);
      re += term.re;
      im += term.im;
    } else re += dot(a[path]!, b[path]!);
  }
  writeElement(into, i, re, im);
}
