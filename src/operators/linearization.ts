/** What an author's linearize method returns: closures that share the work of one point. */
import type { ByPath, JacobianResult, MaybePromise, ProductResult } from './endpoints.js';

/** The endpoints that a closure can answer. */
export type Linearized = 'jacobian' | 'jvp' | 'vjp';

/** What a closure is given besides its seed. */
export interface ClosureOptions {
  /** Says when the caller of this very product no longer waits. */
  readonly signal?: AbortSignal | undefined;
}

/** The closures of a linearization whose tangents are `T` and whose cotangents are `C`. */
export interface Closures<T = never, C = never> {
  /** The pushforward J·t: an array for each path of `of`. */
  readonly jvp?: (tangent: T, options: ClosureOptions) => MaybePromise<ProductResult>;
  /** The pullback Jᵀ·c: an array for each path of `wrt`. */
  readonly vjp?: (cotangent: C, options: ClosureOptions) => MaybePromise<ProductResult>;
  /** The blocks ∂(of)/∂(wrt). */
  readonly jacobian?: (options: ClosureOptions) => MaybePromise<JacobianResult>;
  /** The second derivative H·d of ⟨c, f⟩, which is the pushforward of the pullback of c: an array for each path of `wrt`. */
  readonly hvp?: (direction: T, cotangent: C, options: ClosureOptions) => MaybePromise<ProductResult>;
  /** The outputs, where they were worked out anyway: they tell the shapes. */
  readonly outputs?: object;
  /** How many bytes the closures hold: what is kept of them counts as that much. */
  readonly bytes?: number;
}

/**
 * A component linearized at one point, for inputs `I` and outputs `O`. Each closure holds for the `of` and `wrt` that
 * linearize was asked for: a tangent has an array for each path of `wrt`, a cotangent one for each path of `of`, of zeros
 * where a path does not matter. Closures may be called any number of times, also long after linearize has returned.
 */
export type Linearization<I = never, O = object, E extends Linearized = 'jvp' | 'vjp'> = Closures<
  ByPath<I>,
  ByPath<O>
> &
  Required<Pick<Closures<ByPath<I>, ByPath<O>>, E>>;
