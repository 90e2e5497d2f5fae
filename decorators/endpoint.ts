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
/** The method gives the pushforward J·t. */
export const Jvp: () => MethodDecoratorFor<JvpMethod> = endpoint<JvpMethod>('jvp');
/** The method gives the pullback Jᵀ·c. */
export const Vjp: () => MethodDecoratorFor<VjpMethod> = endpoint<VjpMethod>('vjp');
