/** The base class of components. */
import type {
  EndpointName,
  JacobianRequest,
  JacobianValue,
  JvpRequest,
  MaybePromise,
  ProductValue,
  VjpRequest,
} from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';
import type { Abstract } from '../schema/abstract.js';
import type { AnyClass } from '../schema/metadata.js';
import { call } from './call.js';
import { compile } from './compile.js';
import { markFrameworks } from './resolve.js';

declare const framework: unique symbol;

/** Marks what a method of the base class gives, so that the compiler can tell a method that a class has written. */
export type Framework<T> = T & { readonly [framework]?: never };

/**
 * A component: a class that says what goes in, what comes out, and which derivatives it implements.
 *
 * Its five methods are typed here. Those a subclass has written or opted in to work; another throws
 * `E_NO_SUCH_ENDPOINT`, which names the decorators that would offer it. They are plain calls: inputs are taken as they
 * are. `openComponent` gives a handle that coerces and checks them. What is synchronous stays so.
 */
export abstract class DifferentiableComponent<I extends object, O extends object> {
  static {
    markFrameworks(DifferentiableComponent.prototype);
  }

  /** Evaluate: y = f(x). */
  apply(inputs: I): MaybePromise<Framework<O>> {
    return perform(this, 'apply', { inputs }) as MaybePromise<Framework<O>>;
  }

  /** The outputs' shapes and dtypes, from those of the inputs. */
  abstractEval(inputs: Abstract<I>): MaybePromise<Framework<Abstract<O>>> {
    return perform(this, 'abstractEval', { inputs }) as MaybePromise<Framework<Abstract<O>>>;
  }

  /** The blocks ∂(of)/∂(wrt), each of shape `[...output, ...input]`. */
  jacobian(request: JacobianRequest<I>): MaybePromise<Framework<JacobianValue>> {
    return perform(this, 'jacobian', request) as MaybePromise<Framework<JacobianValue>>;
  }

  /** The pushforward J·t: an array of each output's shape. */
  jvp(request: JvpRequest<I>): MaybePromise<Framework<ProductValue>> {
    return perform(this, 'jvp', request) as MaybePromise<Framework<ProductValue>>;
  }

  /** The pullback Jᵀ·c: an array of each input's shape. */
  vjp(request: VjpRequest<I, O>): MaybePromise<Framework<ProductValue>> {
    return perform(this, 'vjp', request) as MaybePromise<Framework<ProductValue>>;
  }
}

function perform(
  instance: object,
  endpoint: EndpointName,
  raw: RawRequest & { signal?: AbortSignal | undefined },
): MaybePromise<unknown> {
  const compiled = compile(instance.constructor as AnyClass, DifferentiableComponent);
  return call(compiled, instance, endpoint, raw, raw.signal ? { signal: raw.signal } : undefined);
}
