/** Endpoint decorators: on a method of any name, in parentheses. */
import type { EndpointOptions } from '../src/component/annotations.js';
import type {
  EndpointName,
  JacobianRequest,
  JacobianResult,
  JvpRequest,
  MaybePromise,
  ProductResult,
  VjpRequest,
} from '../src/operators/endpoints.js';
import { operators } from '../src/operators/index.js';
import type { Closures, Linearized } from '../src/operators/linearization.js';
import { refuseBare } from '../src/schema/parentheses.js';
import { endpointDecorator, type MethodDecoratorFor } from './annotate.js';

/** The signature of a method that implements apply. */
export type ApplyMethod = (inputs: never) => MaybePromise<object>;
/** The signature of a method that implements abstractEval. */
export type AbstractEvalMethod = (inputs: never) => MaybePromise<object>;
/** The signature of a method that implements jacobian. */
export type JacobianMethod = (request: JacobianRequest<never>) => MaybePromise<JacobianResult>;
/** The signature of a method that implements jvp. */
export type JvpMethod = (request: JvpRequest<never>) => MaybePromise<ProductResult>;
/** The signature of a method that implements vjp. */
export type VjpMethod = (request: VjpRequest<never, never>) => MaybePromise<ProductResult>;
/** The signature of a method that gives a linearization with the closures `E`. */
export type LinearizeMethod<E extends Linearized = never> = (
  request: JacobianRequest<never>,
) => MaybePromise<Closures & Required<Pick<Closures, E>>>;

/** What a method that gives products may say: how many seeds it takes at once, and how many calls may run at once. */
export type SeveralOptions = Pick<EndpointOptions, 'batch' | 'concurrency'>;

function endpoint<M extends (argument: never) => unknown>(
  name: EndpointName,
): (options?: EndpointOptions) => MethodDecoratorFor<M> {
  return (...args: readonly [EndpointOptions?]) => {
    refuseBare(operators[name].decorator, args);
    return endpointDecorator<M>({ endpoint: name, options: args[0] ?? {} });
  };
}

/** The method evaluates the component: y = f(x). `keepsDerivatives` says that inherited hand-written ones still hold. */
export const Apply: (options?: EndpointOptions) => MethodDecoratorFor<ApplyMethod> = endpoint<ApplyMethod>('apply');
/** The method gives the outputs' shapes and dtypes, from those of the inputs. */
export const AbstractEval: () => MethodDecoratorFor<AbstractEvalMethod> = endpoint<AbstractEvalMethod>('abstractEval');
/** The method gives the blocks ∂(of)/∂(wrt). */
export const Jacobian: () => MethodDecoratorFor<JacobianMethod> = endpoint<JacobianMethod>('jacobian');
/** The method gives the pushforward J·t; with `batch`, of up to so many tangents at once. */
export const Jvp: (options?: SeveralOptions) => MethodDecoratorFor<JvpMethod> = endpoint<JvpMethod>('jvp');
/** The method gives the pullback Jᵀ·c; with `batch`, of up to so many cotangents at once. */
export const Vjp: (options?: SeveralOptions) => MethodDecoratorFor<VjpMethod> = endpoint<VjpMethod>('vjp');

/**
 * The method linearizes the component at a point: it returns closures that share the work of that point, and those named
 * here (jvp and vjp, unless said otherwise) answer the endpoints of these names. `@Linearize('vjp')` where there is but one.
 */
export function Linearize<const E extends Linearized = 'jvp' | 'vjp'>(
  ...closures: readonly E[]
): MethodDecoratorFor<LinearizeMethod<E>> {
  refuseBare('Linearize', closures);
  const named: readonly Linearized[] = closures.length > 0 ? closures : ['jvp', 'vjp'];
  return endpointDecorator(...named.map((name) => ({ endpoint: name, options: {}, linearizes: true })));
}
