/**
 * The rules as plain functions, for use inside a hand-written endpoint: `return vjpFromJacobian((r) => this.jacobian(r), request)`.
 *
 * They take methods as authors write them. What is synchronous stays so; results are in float64 (complex128), and the
 * endpoint that returns them has them cast to its declared dtypes.
 */
import { zeros } from '../array/ndarray.js';
import type {
  Blocks,
  Endpoint,
  Endpoints,
  JacobianRequest,
  JacobianResult,
  JacobianValue,
  JvpRequest,
  MaybePromise,
  Point,
  ProductResult,
  ProductValue,
  RequestOf,
  ResultOf,
  Variable,
  VjpRequest,
} from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { pointOf, seededPointOf } from '../operators/loose.js';
import type { Signature } from '../operators/operator.js';
import { learnShapes } from '../operators/shapes.js';
import { isPromise } from './drive.js';
import { columnsByJvp, rowsByVjp } from './jacobians.js';
import { finish, presentArrays, presentBlocks } from './present.js';
import { pullBack, pullBackByJvp, pushForward, pushForwardByVjp } from './products.js';
import type { Context } from './rule.js';

/** A method that gives a Jacobian. */
export type JacobianFunction<I> = (request: JacobianRequest<I>) => MaybePromise<JacobianResult>;
/** A method that gives a pushforward. */
export type JvpFunction<I> = (request: JvpRequest<I>) => MaybePromise<ProductResult>;
/** A method that gives a pullback. */
export type VjpFunction<I> = (request: VjpRequest<I>) => MaybePromise<ProductResult>;
/** A method that tells the outputs' shapes: apply, or abstractEval. */
export type ShapeFunction<I> = (inputs: I) => MaybePromise<object>;

type ProductOrJacobian = 'jacobian' | 'jvp' | 'vjp';
type Method = (request: never) => MaybePromise<unknown>;

const noSignature = undefined as unknown as Signature;

function lift<N extends ProductOrJacobian>(endpoint: N, method: Method): Endpoint<N> {
  const label = method.name === '' ? `the ${endpoint} given` : `${method.name}()`;
  return (request) => called(endpoint, label, method, request);
}

// Not a part of the closure: code that is compiled for a closure is dropped with it, and each sweep has its own.
function called<N extends ProductOrJacobian>(
  endpoint: N,
  label: string,
  method: Method,
  request: RequestOf[N],
): MaybePromise<ResultOf[N]> {
  const { write, accept } = operators[endpoint];
  const raw = method(write(request) as never);
  if (isPromise(raw)) return Promise.resolve(raw).then((value) => accept(noSignature, label, request, value));
  return accept(noSignature, label, request, raw);
}

function shapesFrom<I>(evaluate: ShapeFunction<I>): Pick<Context, 'shapes'> {
  const shapes = (point: Point): MaybePromise<readonly Variable[]> =>
    learnShapes(point, () => evaluate(point.inputs as I));
  return { shapes };
}

// A seed of zeros needs no call, but the shapes it has zeros for do, where no schema tells them: that of the base itself.
function shapesOf<R>(
  call: (point: Point) => MaybePromise<R>,
  shapeIn: (answer: R, output: string, point: Point) => Variable['shape'],
): Pick<Context, 'shapes'> {
  const shapes = (point: Point): MaybePromise<readonly Variable[]> => {
    if (point.of.every((one) => one.shape)) return point.of;
    const named = (answer: R) => point.of.map((one) => ({ ...one, shape: shapeIn(answer, one.path, point) }));
    const answer = call(point);
    return isPromise(answer) ? Promise.resolve(answer).then(named) : named(answer);
  };
  return { shapes };
}

function outputShape(blocks: Blocks, output: string, { wrt: [input] }: Point): Variable['shape'] {
  const block = input && blocks[output]?.[input.path];
  return block?.shape.slice(0, block.shape.length - (input?.shape?.length ?? 0));
}

/** x̄ = Jᵀ·c from a Jacobian: one call. */
export function vjpFromJacobian<I>(jacobian: JacobianFunction<I>, request: VjpRequest<I>): MaybePromise<ProductValue> {
  return finish(pullBack(base('jacobian', jacobian), seededPointOf('cotangent', request)), presentArrays);
}

/** ẏ = J·t from a Jacobian: one call. */
export function jvpFromJacobian<I>(jacobian: JacobianFunction<I>, request: JvpRequest<I>): MaybePromise<ProductValue> {
  const blocks = base('jacobian', jacobian);
  const shapes = shapesOf(blocks.jacobian, outputShape);
  return finish(pushForward(blocks, seededPointOf('tangent', request), shapes), presentArrays);
}

/** J row by row from a vjp: one call for each element of the outputs, whose shapes `evaluate` tells. */
export function jacobianFromVjp<I>(
  vjp: VjpFunction<I>,
  evaluate: ShapeFunction<I>,
  request: JacobianRequest<I>,
): MaybePromise<JacobianValue> {
  return finish(rowsByVjp(base('vjp', vjp), pointOf(request), shapesFrom(evaluate)), presentBlocks);
}

/** J column by column from a jvp: one call for each element of the inputs. */
export function jacobianFromJvp<I>(jvp: JvpFunction<I>, request: JacobianRequest<I>): MaybePromise<JacobianValue> {
  const columns = base('jvp', jvp);
  const still = (point: Point) =>
    columns.jvp({ ...point, seed: Object.fromEntries(point.wrt.map(({ path, shape }) => [path, zeros(shape ?? [])])) });
  const shapes = shapesOf(still, (answer, output) => answer[output]?.shape);
  return finish(columnsByJvp(columns, pointOf(request), shapes), presentBlocks);
}

/** ẏ_i = ⟨Jᵀ·e_i, t⟩ from a vjp: one call for each element of the outputs, whose shapes `evaluate` tells. */
export function jvpFromVjp<I>(
  vjp: VjpFunction<I>,
  evaluate: ShapeFunction<I>,
  request: JvpRequest<I>,
): MaybePromise<ProductValue> {
  return finish(
    pushForwardByVjp(base('vjp', vjp), seededPointOf('tangent', request), shapesFrom(evaluate)),
    presentArrays,
  );
}

/** x̄_j = ⟨J·e_j, c⟩ from a jvp: one call for each element of the inputs. */
export function vjpFromJvp<I>(jvp: JvpFunction<I>, request: VjpRequest<I>): MaybePromise<ProductValue> {
  return finish(pullBackByJvp(base('jvp', jvp), seededPointOf('cotangent', request)), presentArrays);
}

function base<N extends ProductOrJacobian>(endpoint: N, method: Method): Pick<Endpoints, N> {
  return { [endpoint]: lift(endpoint, method) } as unknown as Pick<Endpoints, N>;
}
