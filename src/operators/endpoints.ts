/**
 * What an endpoint takes and gives: on the author's side (typed requests, results as people write them), and inside
 * (one canonical form, which the derivation rules read and write).
 */
import type { AbstractMatrix } from 'ml-matrix';
import type { DType, TypedArray } from '../array/dtype.js';
import type { Complex, NdArray } from '../array/ndarray.js';
import type { Shape, ShapePattern } from '../array/shape.js';
import type { Step } from '../schema/path.js';

/** A value, or a promise of one. */
export type MaybePromise<T> = T | Promise<T>;

/** The five endpoints. */
export type EndpointName = 'apply' | 'abstractEval' | 'jacobian' | 'jvp' | 'vjp';

/** The endpoints that are derivatives. */
export type DerivativeName = 'jacobian' | 'jvp' | 'vjp';

/** An array as people write one: a number, nested lists, a typed array, an `NdArray`, an ml-matrix matrix. */
export type ArrayLiteral =
  | number
  | bigint
  | boolean
  | Complex
  | TypedArray
  | NdArray<DType>
  | AbstractMatrix
  | readonly ArrayLiteral[];

/** An array as an endpoint meets it: a scalar is a number, anything else an `NdArray`. */
export type ArrayValue = number | Complex | NdArray<DType>;

/** What every call may be given besides its request. */
export interface CallOptions {
  /** Stops a long sweep between two probes. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each probe of a sweep. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** How many probes of a sweep may run at once, where the base is asynchronous; 1 unless said otherwise. */
  readonly concurrency?: number | undefined;
  /** How many bytes a derivation may take for arrays of its own: 4 GiB for a Jacobian unless said otherwise. */
  readonly memoryLimit?: number | undefined;
  /**
   * Told what a derivation by differences cannot do well here, in place of a process warning. It does not travel: of a
   * remote component, the server warns.
   */
  readonly onWarning?: ((warning: DifferenceWarning) => void) | undefined;
  /**
   * Told the estimated absolute error of each element of a derivative by differences, in the form of the derivative.
   * That takes one or two further evaluations for each direction.
   */
  readonly onErrors?: ((errors: JacobianValue | ProductValue) => void) | undefined;
}

/**
 * What differences cannot do well at an element of an input; a direction has no single element (−1).
 *
 * - `guessed scale`: it is 0, and there is no scale to go by, or one of another kind; declare its magnitude.
 * - `no room`: its bounds leave it none; its derivative is NaN.
 * - `not finite`: apply is finite on neither side; these derivatives are NaN.
 * - `not smooth`: outputs jump or bend within the step, and within each shorter one: rounding, float32, the tolerance
 *   of a solver inside (`noise: 'estimate'`), or a kink.
 * - `rounded`: outputs are flat here to the bit, and move farther off: they are rounded on the way, and the derivative
 *   of 0 is that of a step.
 */
export interface DifferenceWarning {
  readonly kind: 'guessed scale' | 'no room' | 'not finite' | 'not smooth' | 'rounded';
  readonly path: string;
  readonly element: number;
  /** The paths of the outputs concerned, where it is not all of them. */
  readonly of?: readonly string[];
  /** In words: what is so, where, and what to do. */
  readonly message: string;
}

/**
 * Arrays by path. A path of a top-level field has that field's type; it is undefined where the request does not name it.
 */
export type ByPath<T> = { readonly [K in keyof T]?: T[K] } & { readonly [path: string]: ArrayValue | undefined };

/** ∂(of)/∂(wrt) at `inputs`: paths in schema order, without duplicates. */
export interface JacobianRequest<I> {
  readonly inputs: I;
  readonly of: readonly string[];
  readonly wrt: readonly string[];
  /** Says when the caller no longer waits. */
  readonly signal?: AbortSignal | undefined;
}

/** The pushforward J·t: `tangent` holds one array for each path of `wrt`. */
export interface JvpRequest<I> extends JacobianRequest<I> {
  readonly tangent: ByPath<I>;
  /**
   * Given only where `@Jvp({ batch })` allows it: how many tangents there are. Every array of `tangent` then has a leading
   * axis of that extent, `[batch, ...input]`, and every array of the result has too: `[batch, ...output]`.
   */
  readonly batch?: number | undefined;
}

/** The pullback Jᵀ·c: `cotangent` holds one array for each path of `of`. */
export interface VjpRequest<I, O = object> extends JacobianRequest<I> {
  readonly cotangent: ByPath<O>;
  /**
   * Given only where `@Vjp({ batch })` allows it: how many cotangents there are. Every array of `cotangent` then has a
   * leading axis of that extent, `[batch, ...output]`, and every array of the result has too: `[batch, ...input]`.
   */
  readonly batch?: number | undefined;
}

/** What an author's jacobian may return: `{ [of]: { [wrt]: block } }`, a block of shape `[...output, ...input]` or a matrix. */
export type JacobianResult = { readonly [of: string]: { readonly [wrt: string]: ArrayLiteral } };

/** What an author's jvp or vjp may return: an array for each path. */
export type ProductResult = { readonly [path: string]: ArrayLiteral };

/** What a jvp or vjp gives: an array for each path. */
export type ProductValue = { readonly [path: string]: ArrayValue };

/** What a jacobian gives: the block ∂(of)/∂(wrt) of shape `[...output, ...input]` for each pair. */
export type JacobianValue = { readonly [of: string]: ProductValue };

/** Arrays by path, in canonical form: every value an `NdArray`, scalars of rank 0. */
export type Arrays = Readonly<Record<string, NdArray<DType>>>;

/** The blocks of a Jacobian, in canonical form. */
export type Blocks = Readonly<Record<string, Arrays>>;

/** One array that a request names. */
export interface Variable {
  readonly path: string;
  readonly steps: readonly Step[];
  readonly dtype: DType | 'any';
  /** The declared shape. */
  readonly pattern: ShapePattern;
  /** Whether an author meets it as an array also where its rank is 0: its declared rank is open. */
  readonly boxed?: boolean;
  /** The actual shape: known of every input, of an output where the declared shape is fixed or it was learned. */
  readonly shape: Shape | undefined;
}

/** A request for outputs. */
export interface Evaluation {
  readonly inputs: object;
  readonly options?: CallOptions | undefined;
}

/** A request for the shapes of outputs: `inputs` holds a `ShapeDType` for every array. */
export interface AbstractEvaluation extends Evaluation {
  /** Concrete inputs of these shapes. */
  readonly sample: () => object;
  /** The answer, where the schema alone gives it. */
  readonly fixed: object | undefined;
}

/** What the probes of one derived request have in common: they may share whatever holds for all of it. */
export interface Scope {
  /** The outputs of the whole request; their shapes are filled in as they are learned. */
  of: readonly Variable[];
  readonly wrt: readonly Variable[];
  /** What was seen of the author's methods in it: whether they write to the inputs that they are given. */
  seen?: { [N in EndpointName]?: { writes?: boolean } };
}

/** A request for ∂(of)/∂(wrt) at `inputs`. */
export interface Point extends Evaluation {
  readonly of: readonly Variable[];
  readonly wrt: readonly Variable[];
  /** The derived request that this one is a probe of. */
  readonly scope?: Scope | undefined;
}

/** A request for a product: the seed is the tangent of a jvp, the cotangent of a vjp. */
export interface SeededPoint extends Point {
  readonly seed: Arrays;
  /** How many seeds there are, where the arrays of the seed, and those of the result, have a leading axis for them. */
  readonly batch?: number | undefined;
}

/** What each endpoint takes, in canonical form. */
export interface RequestOf {
  readonly apply: Evaluation;
  readonly abstractEval: AbstractEvaluation;
  readonly jacobian: Point;
  readonly jvp: SeededPoint;
  readonly vjp: SeededPoint;
}

/** What each endpoint gives, in canonical form. */
export interface ResultOf {
  readonly apply: object;
  readonly abstractEval: object;
  readonly jacobian: Blocks;
  readonly jvp: Arrays;
  readonly vjp: Arrays;
}

/** An endpoint in canonical form. */
export type Endpoint<N extends EndpointName> = (request: RequestOf[N]) => MaybePromise<ResultOf[N]>;

/** All endpoints in canonical form. */
export type Endpoints = { readonly [N in EndpointName]: Endpoint<N> };

/** The names of the endpoints. */
export const endpointNames: readonly EndpointName[] = Object.freeze([
  'apply',
  'abstractEval',
  'jacobian',
  'jvp',
  'vjp',
]);

/** The names of the derivatives. */
export const derivativeNames: readonly DerivativeName[] = Object.freeze(['jacobian', 'jvp', 'vjp']);
