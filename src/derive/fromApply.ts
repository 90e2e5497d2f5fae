/**
 * The rules from apply as plain functions: differences of any function that gives outputs at inputs, inside a
 * hand-written endpoint or outside of any component, such as `(inputs) => handle.apply(inputs)`.
 *
 * With `{ errors: true }` they also give the estimated absolute error of each element, and what went wrong where.
 */
import type {
  Arrays,
  Blocks,
  DifferenceWarning,
  JacobianRequest,
  JacobianValue,
  JvpRequest,
  MaybePromise,
  Point,
  ProductValue,
  VjpRequest,
} from '../operators/endpoints.js';
import { pointOf, seededPointOf } from '../operators/loose.js';
import { learnShapes } from '../operators/shapes.js';
import { checkDifferenceOptions } from './differenceChecks.js';
import type { DifferenceOptions, EstimateOptions } from './differenceOptions.js';
import type { Approximation, Source } from './differenceSource.js';
import { differenceJacobian, differenceJvp, differenceVjp, estimatedVjp } from './differences.js';
import { warningsOf } from './differenceWarnings.js';
import type { Stepwise } from './drive.js';
import { finish, presentArrays, presentBlocks } from './present.js';

/** A method that gives the outputs at inputs. */
export type ApplyFunction<I> = (inputs: I) => MaybePromise<object>;

/** Asks for error estimates too. */
export interface WithErrors {
  readonly errors: true;
}

/** A derivative by differences with its errors. */
export interface Estimated<V> {
  readonly value: V;
  /** The estimated absolute error of each element of `value`; of a random estimate, its standard error. */
  readonly errors: V;
  readonly warnings: readonly DifferenceWarning[];
  /** How often apply was called. */
  readonly evaluations: number;
}

/** J column by column: 2 calls of apply for each element of the inputs, and 1 more (forward: 1, and 1 more; richardson: 4). */
export function jacobianFromApply<I>(
  apply: ApplyFunction<I>,
  request: JacobianRequest<I>,
  options: DifferenceOptions & WithErrors,
): MaybePromise<Estimated<JacobianValue>>;
export function jacobianFromApply<I>(
  apply: ApplyFunction<I>,
  request: JacobianRequest<I>,
  options?: DifferenceOptions,
): MaybePromise<JacobianValue>;
export function jacobianFromApply<I>(
  apply: ApplyFunction<I>,
  request: JacobianRequest<I>,
  options: DifferenceOptions & Partial<WithErrors> = {},
): MaybePromise<JacobianValue | Estimated<JacobianValue>> {
  const steps = differenceJacobian(sourceOf(apply, options), pointOf(request));
  return present<Blocks, JacobianValue>(steps, presentBlocks, options.errors);
}

/** ẏ = J·t along the tangent: 3 calls of apply (forward: 2, richardson: 4). */
export function jvpFromApply<I>(
  apply: ApplyFunction<I>,
  request: JvpRequest<I>,
  options: DifferenceOptions & WithErrors,
): MaybePromise<Estimated<ProductValue>>;
export function jvpFromApply<I>(
  apply: ApplyFunction<I>,
  request: JvpRequest<I>,
  options?: DifferenceOptions,
): MaybePromise<ProductValue>;
export function jvpFromApply<I>(
  apply: ApplyFunction<I>,
  request: JvpRequest<I>,
  options: DifferenceOptions & Partial<WithErrors> = {},
): MaybePromise<ProductValue | Estimated<ProductValue>> {
  return present<Arrays, ProductValue>(
    differenceJvp(sourceOf(apply, options), seededPointOf('tangent', request)),
    presentArrays,
    options.errors,
  );
}

/** x̄ = Jᵀ·c: 2 calls of apply for each element of the inputs, and 1 more (forward: 1, and 1 more; richardson: 4). */
export function vjpFromApply<I>(
  apply: ApplyFunction<I>,
  request: VjpRequest<I>,
  options: DifferenceOptions & WithErrors,
): MaybePromise<Estimated<ProductValue>>;
export function vjpFromApply<I>(
  apply: ApplyFunction<I>,
  request: VjpRequest<I>,
  options?: DifferenceOptions,
): MaybePromise<ProductValue>;
export function vjpFromApply<I>(
  apply: ApplyFunction<I>,
  request: VjpRequest<I>,
  options: DifferenceOptions & Partial<WithErrors> = {},
): MaybePromise<ProductValue | Estimated<ProductValue>> {
  return present<Arrays, ProductValue>(
    differenceVjp(sourceOf(apply, options), seededPointOf('cotangent', request)),
    presentArrays,
    options.errors,
  );
}

/**
 * A random estimate of x̄ = Jᵀ·c from `samples` orthogonal directions, 2 calls of apply for each, and 1 more. Its relative error is
 * √(n/samples − 1), and 0 from n samples on. `errors` are standard errors. Raises `E_SAMPLES`.
 */
export function vjpEstimateFromApply<I>(
  apply: ApplyFunction<I>,
  request: VjpRequest<I>,
  options: EstimateOptions & WithErrors,
): MaybePromise<Estimated<ProductValue>>;
export function vjpEstimateFromApply<I>(
  apply: ApplyFunction<I>,
  request: VjpRequest<I>,
  options: EstimateOptions,
): MaybePromise<ProductValue>;
export function vjpEstimateFromApply<I>(
  apply: ApplyFunction<I>,
  request: VjpRequest<I>,
  options: EstimateOptions & Partial<WithErrors>,
): MaybePromise<ProductValue | Estimated<ProductValue>> {
  return present<Arrays, ProductValue>(
    estimatedVjp(sourceOf(apply, options), seededPointOf('cotangent', request)),
    presentArrays,
    options.errors,
  );
}

function sourceOf<I, O extends DifferenceOptions>(
  apply: ApplyFunction<I>,
  options: O & Partial<WithErrors>,
): Source<O> {
  checkDifferenceOptions(options);
  const evaluate = (inputs: object) => apply(inputs as I);
  const shapes = (point: Point) => learnShapes(point, () => evaluate(point.inputs));
  return { apply: evaluate, evaluate, shapes, options, errors: options.errors ?? false };
}

function present<T, V>(
  steps: Stepwise<Approximation<T>>,
  form: (value: T) => V,
  errors: true | undefined,
): MaybePromise<V | Estimated<V>> {
  return finish(steps, (found): V | Estimated<V> => {
    const value = form(found.value);
    if (!errors) return value;
    const { report } = found;
    return {
      value,
      errors: form(found.errors ?? found.value),
      warnings: warningsOf(found),
      evaluations: report.evaluations,
    };
  });
}
