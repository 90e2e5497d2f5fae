/** Endpoints that the closures of a linearization answer: one linearization serves a whole sweep, and later products. */
import type { DType } from '../array/dtype.js';
import { type NdArray, zeros } from '../array/ndarray.js';
import { following, isPromise } from '../derive/drive.js';
import { contentOf, snapshot } from '../derive/memo/content.js';
import type { Memo } from '../derive/memo/memo.js';
import { basis } from '../derive/oneHot.js';
import { fail } from '../errors.js';
import { writePoint } from '../operators/derivatives.js';
import type {
  Arrays,
  MaybePromise,
  Point,
  RequestOf,
  ResultOf,
  Scope,
  SeededPoint,
  Variable,
} from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { Closures, Linearized } from '../operators/linearization.js';
import type { Signature } from '../operators/operator.js';
import { describe } from '../schema/check.js';
import { blameAuthor } from './blame.js';

/** A linearization, and the paths it holds for. */
export interface Held {
  readonly scope: Scope;
  readonly closures: Closures;
}

/** Gives the linearization at a point: the one that is known, else a new one. */
export type Linearize = (point: Point) => MaybePromise<Held>;

/** What a linearization belongs to. */
export interface Source {
  readonly signature: Signature;
  readonly instance: object;
  readonly method: string;
  readonly memo: Memo | undefined;
}

const labelOf = ({ signature, method }: Source) => `${signature.name}.${method}()`;

/** How an instance is linearized by its own method. */
export function linearizer(source: Source): Linearize {
  const underway = new WeakMap<Scope, MaybePromise<Held>>();
  return (point) => {
    const { scope } = point;
    const known = scope && underway.get(scope);
    if (known) return known;
    const held = look(source, scope ? { ...point, of: scope.of, wrt: scope.wrt } : point);
    if (scope) underway.set(scope, held);
    return held;
  };
}

function look(source: Source, point: Point): MaybePromise<Held> {
  const { of, wrt } = point;
  const name = `linearization ${JSON.stringify([of.map(({ path }) => path), wrt.map(({ path }) => path)])}`;
  const place = source.memo?.at(point.inputs);
  const known = place?.get(name);
  if (known) return known as Held;
  // What is kept must not see the caller's arrays change.
  const inputs = place ? snapshot(point.inputs) : point.inputs;
  const keep = (raw: unknown): Held => {
    const held = { scope: { of, wrt }, closures: accepted(source, raw) };
    const bytes = (contentOf(inputs)?.bytes ?? 0) + (held.closures.bytes ?? 0);
    place?.set([{ name, value: held, bytes }]);
    return held;
  };
  return attempt(() => methodOf(source)(writePoint({ ...point, inputs })), keep);
}

function methodOf({ instance, method }: Source): (request: object) => unknown {
  const methods = instance as Record<string, (request: object) => unknown>;
  return (request) => methods[method]!(request);
}

function accepted(source: Source, raw: unknown): Closures {
  if (typeof raw === 'object' && raw !== null) return raw as Closures;
  const expected = 'an object with its closures';
  return fail('E_RESULT_TYPE', { path: labelOf(source), received: describe(raw), expected });
}

/** Run what an author wrote, and go on with its value; what it throws is the author's. */
function attempt<T>(run: () => unknown, then: (raw: unknown) => T): MaybePromise<T> {
  let raw: unknown;
  try {
    raw = run();
  } catch (error) {
    throw blameAuthor(error);
  }
  if (!isPromise(raw)) return then(raw);
  return Promise.resolve(raw).then(then, (error) => Promise.reject(blameAuthor(error)));
}

/** The endpoint that a closure answers. */
export function closureEndpoint<N extends Linearized>(source: Source, linearize: Linearize, endpoint: N) {
  const { accept } = operators[endpoint];
  const label = `${labelOf(source)}.${endpoint}()`;
  return (request: RequestOf[N]): MaybePromise<ResultOf[N]> => {
    const answer = (held: Held): MaybePromise<ResultOf[N]> => {
      const whole = 'seed' in request ? widened(request, held, endpoint) : { ...request, ...held.scope };
      if (!whole) return closureEndpoint(source, linearize, endpoint)({ ...request, scope: undefined });
      const ask = () => callOf(source, held, endpoint)(...argumentsOf(endpoint, whole));
      return attempt(ask, (raw) => accept(source.signature, label, request, raw));
    };
    return following(linearize(request), answer);
  };
}

function callOf(source: Source, { closures }: Held, name: Linearized | 'hvp'): (...given: unknown[]) => unknown {
  const closure: unknown = closures[name];
  if (typeof closure === 'function') return (...given) => Reflect.apply(closure, closures, given);
  const path = `${labelOf(source)}.${name}`;
  return fail('E_RESULT_MISSING', { path, expected: `It is a function: @Linearize() says that it is there.` });
}

function argumentsOf(endpoint: Linearized, point: Point | SeededPoint): readonly unknown[] {
  const options = { signal: point.options?.signal };
  const { seed, write } = operators[endpoint];
  return seed ? [(write(point as never) as Record<string, unknown>)[seed], options] : [options];
}

/** The request for all that the linearization holds for, or undefined where the shape of a seed is not known. */
function widened(request: SeededPoint, { scope }: Held, endpoint: Linearized): SeededPoint | undefined {
  const forward = endpoint === 'jvp';
  const variables = forward ? scope.wrt : (request.scope?.of ?? scope.of);
  const given = new Map((forward ? request.wrt : request.of).map((one) => [one.path, one]));
  const seed: Record<string, NdArray<DType>> = {};
  for (const one of variables) {
    const known = request.seed[one.path] ?? zeroSeed(given.get(one.path) ?? one);
    if (!known) return undefined;
    seed[one.path] = known;
  }
  return { ...request, of: scope.of, wrt: scope.wrt, seed };
}

function zeroSeed({ shape, dtype }: Variable): NdArray<DType> | undefined {
  return shape && zeros(shape, basis([1], dtype, 0).dtype);
}

/** The outputs at a point, where its linearization has them. */
export type Primal = (point: Point) => MaybePromise<object | undefined>;

/** The outputs that come with linearizations. */
export function primal(linearize: Linearize): Primal {
  return (point) => following(linearize(point), ({ closures }) => closures.outputs);
}

/** H·d of ⟨c, f⟩ at a point whose seed is c, or undefined where its linearization has no closure for that. */
export type SecondProduct = (
  point: SeededPoint,
) => MaybePromise<((direction: Arrays) => MaybePromise<Arrays>) | undefined>;

/** The second derivatives that linearizations may have. */
export function secondProduct(source: Source, linearize: Linearize): SecondProduct {
  const label = `${labelOf(source)}.hvp()`;
  return (point) =>
    following(linearize(point), (held) => {
      if (!held.closures.hvp) return undefined;
      const [cotangent, options] = argumentsOf('vjp', point);
      return (direction: Arrays) => {
        const [tangent] = argumentsOf('jvp', { ...point, seed: direction });
        const ask = () => callOf(source, held, 'hvp')(tangent, cotangent, options);
        return attempt(ask, (raw) => operators.vjp.accept(source.signature, label, point, raw));
      };
    });
}
