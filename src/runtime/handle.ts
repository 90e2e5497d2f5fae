/** Handles: what an application calls. A local component and a remote one are called through the same interface. */
import { type CompiledComponent, compile, type Provenance } from '../component/compile.js';
import { DifferentiableComponent, type ValueOf } from '../component/component.js';
import { dispatch } from '../component/dispatch.js';
import type { Explanation } from '../component/explain.js';
import type { Offer } from '../component/extend.js';
import { holdAlone } from '../component/recall.js';
import { fail } from '../errors.js';
import type { ArrayLiteral, CallOptions, EndpointName, JacobianValue, ProductValue } from '../operators/endpoints.js';
import type { Abstract, ShapeDType } from '../schema/abstract.js';
import type { AnyClass } from '../schema/metadata.js';
import { found, handleOver } from './handleOver.js';
import { invoke, type Target } from './invoke.js';
import type { JacobianOperator } from './jacobianOperator.js';
import type { Send } from './send.js';

/** Inputs as an application may write them: plain literals; what has a default may be left out. */
export type Literal<T> = { readonly [K in keyof T]?: LiteralOf<T[K]> };

/** One value as an application may write it. */
export type LiteralOf<V> = V extends string | boolean | null | undefined
  ? V
  : V extends number | bigint | { readonly dtype: unknown; readonly shape: unknown }
    ? ArrayLiteral
    : V extends ReadonlyMap<string, infer E>
      ? ReadonlyMap<string, LiteralOf<E>> | { readonly [key: string]: LiteralOf<E> }
      : V extends readonly (infer E)[]
        ? readonly LiteralOf<E>[]
        : V extends object
          ? Literal<V>
          : V;

/** Abstract inputs as an application may write them: a shape and dtype, or any array of that shape. */
export type AbstractLiteral<T> = { readonly [K in keyof T]?: LiteralOf<T[K]> | ShapeDType | Abstract<T[K]> };

/** A request for ∂(of)/∂(wrt). Paths left out mean all that are differentiable. */
export interface DerivativeLiteral<I> {
  readonly inputs: Literal<I>;
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
}

/** A request to explain: what the endpoint takes. */
export interface ExplainLiteral<I> extends DerivativeLiteral<I> {
  readonly tangent?: Seed;
  readonly cotangent?: Seed;
}

/** Arrays by path, as an application may write them. */
export type Seed = { readonly [path: string]: ArrayLiteral };

/**
 * A component, local or remote. Inputs are coerced from plain literals, defaulted and validated; results are checked.
 * Rejects with a `ComponentError`: the caller's mistake (status 422), an endpoint that is not offered (404), or a
 * result that breaks the contract (500). What an author's method throws is passed on.
 */
export interface ComponentHandle<I extends object = object, O extends object = object> {
  readonly name: string;
  readonly version: string;
  /** Where each offered endpoint comes from: the author's own method, or a rule, and at what cost. */
  readonly provenance: { readonly [N in EndpointName]?: Provenance };
  apply(inputs: Literal<I>, options?: CallOptions): Promise<O>;
  abstractEval(inputs: AbstractLiteral<I>, options?: CallOptions): Promise<Abstract<O>>;
  jacobian(request: DerivativeLiteral<I>, options?: CallOptions): Promise<JacobianValue>;
  /** Without `wrt`, the tangent's paths. */
  jvp(request: DerivativeLiteral<I> & { readonly tangent: Seed }, options?: CallOptions): Promise<ProductValue>;
  /** Without `of`, the cotangent's paths. */
  vjp(request: DerivativeLiteral<I> & { readonly cotangent: Seed }, options?: CallOptions): Promise<ProductValue>;
  /** The Jacobian at a point as a linear operator, which is not written out: its products are jvp and vjp calls. */
  jacobianOperator(request: DerivativeLiteral<I>, options?: CallOptions): Promise<JacobianOperator>;
  /**
   * What a request would cost: how it would be answered, and how often the author's methods would be called for it. It is
   * planned and not made; only what finds shapes and patterns is called. A product may be asked about without its seed.
   */
  explain(endpoint: EndpointName, request: ExplainLiteral<I>, options?: CallOptions): Promise<Explanation>;
}

/** Any component, as far as its types are asked for. */
export type AnyComponent = Pick<DifferentiableComponent<never, object>, 'apply'>;

/** The inputs of a component: what its apply takes. */
export type InputsOf<C> = C extends { apply(inputs: infer I): unknown } ? (I extends object ? I : object) : object;

/** The outputs of a component: what its apply gives. */
export type OutputsOf<C> = C extends { apply(inputs: never): infer R }
  ? ValueOf<Awaited<R>> extends infer O extends object
    ? O
    : object
  : object;

/** A handle on a local component: a class, which is made without arguments, or an instance. Raises definition errors. */
export function openComponent<C extends AnyComponent>(
  component: C | (new () => C),
): ComponentHandle<InputsOf<C>, OutputsOf<C>> {
  const type = (typeof component === 'function' ? component : component.constructor) as AnyClass;
  const compiled = compile(type, DifferentiableComponent);
  const instance = typeof component === 'function' ? create(compiled, component) : component;
  const handle = handleOver(compiled, senderTo({ compiled, instance }), () => dispatch(compiled, instance), 1);
  const foundation = {
    offer: () => ({ compiled, endpoints: dispatch(compiled, instance) }),
    sender: (offer: Offer) => senderTo({ ...offer, instance }),
    // What runs in this process may use its buffers again.
    concurrency: 1,
  };
  return Object.freeze(found(handle, foundation)) as unknown as ComponentHandle<InputsOf<C>, OutputsOf<C>>;
}

function senderTo(target: Target): Send {
  return async (endpoint, raw, options) => invoke(target, endpoint, raw, options);
}

function create<T extends object>(compiled: CompiledComponent, type: new () => T): T {
  try {
    return holdAlone(new type());
  } catch (cause) {
    return fail('E_OPEN_CONSTRUCTOR', { component: compiled.signature.name, reason: String(cause) }, { cause });
  }
}
