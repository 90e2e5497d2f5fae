/** The base class of components. */
import type {
  EndpointName,
  JacobianRequest,
  JacobianResult,
  JacobianValue,
  JvpRequest,
  MaybePromise,
  ProductResult,
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

/**
 * What a method of the base class gives: a `Value`. Its type is as wide as `Result`, what an author may return, so that
 * a method which overrides it may return numbers, lists and typed arrays; `sync` and handles give the `Value`.
 */
export type Framework<Result, Value = Result> = Result & { readonly [framework]?: Value };

/** What stands behind the mark of `Framework`; a type without the mark is left as it is. */
export type ValueOf<R> = R extends { readonly [framework]?: infer V } ? (unknown extends V ? R : NonNullable<V>) : R;

/** Whether a result is that of a method of the base class, not of one that a class has written. */
export type IsFramework<R> = R extends { readonly [framework]?: infer V } ? (unknown extends V ? false : true) : false;

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
  jacobian(request: JacobianRequest<I>): MaybePromise<Framework<JacobianResult, JacobianValue>> {
    return perform(this, 'jacobian', request) as MaybePromise<Framework<JacobianResult, JacobianValue>>;
  }

  /** The pushforward J·t: an array of each output's shape. */
  jvp(request: JvpRequest<I>): MaybePromise<Framework<ProductResult, ProductValue>> {
    return perform(this, 'jvp', request) as MaybePromise<Framework<ProductResult, ProductValue>>;
  }

  /** The pullback Jᵀ·c: an array of each input's shape. */
  vjp(request: VjpRequest<I, O>): MaybePromise<Framework<ProductResult, ProductValue>> {
    return perform(this, 'vjp', request) as MaybePromise<Framework<ProductResult, ProductValue>>;
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
