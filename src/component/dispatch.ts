/** The dispatch table of an instance: a function in canonical form for each endpoint that its class offers. */
import { isZero } from '../array/contraction.js';
import { drive, following, isPromise } from '../derive/drive.js';
import { snapshot } from '../derive/memo/content.js';
import type { Memo } from '../derive/memo/memo.js';
import type { Context, ShapeSource } from '../derive/rule.js';
import { ruleOf } from '../derive/rules.js';
import type {
  EndpointName,
  Endpoints,
  MaybePromise,
  Point,
  RequestOf,
  ResultOf,
  Scope,
  SeededPoint,
  Variable,
} from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { Linearized } from '../operators/linearization.js';
import { isKnown, learnShapes } from '../operators/shapes.js';
import { readAbstract } from '../schema/abstract.js';
import { check } from '../schema/check.js';
import { apartFrom, speaksFor } from './apart.js';
import { behindOf, derivesIn, shapesName, watched } from './behind.js';
import { blameAuthor } from './blame.js';
import type { CompiledComponent } from './compile.js';
import {
  closureEndpoint,
  type Linearize,
  linearizer,
  type Primal,
  primal,
  type SecondProduct,
  secondProduct,
} from './linearize.js';
import { belongsTo, memoOf, recalled } from './recall.js';
import type { DerivedEndpoint, OwnEndpoint } from './resolve.js';
import { type Seen, unwritten } from './unwritten.js';

/** A dispatch table. */
export interface Dispatch extends Partial<Endpoints> {
  /** Second derivatives, where the author's linearizations may have them. */
  readonly hvp?: SecondProduct;
  /** Outputs that linearizations come with. */
  readonly primal?: Primal;
}

type Method = (argument: unknown) => unknown;

// One instance may be served under several plans: as its class says, and opted in to more.
const tables = new WeakMap<CompiledComponent, WeakMap<object, Dispatch>>();

// Of an author's apply, the method before its result is checked: what a complex step evaluates.
const unchecked = new WeakMap<object, (inputs: object) => MaybePromise<unknown>>();

/** The dispatch table of `instance`, made on first use and frozen. */
export function dispatch(compiled: CompiledComponent, instance: object): Dispatch {
  const known = tables.get(compiled)?.get(instance);
  if (known) return known;
  const table: Record<string, unknown> = {};
  const endpoints = table as Dispatch;
  belongsTo(table, instance, true);
  speaksFor(table, instance);
  const memo = memoOf(compiled, endpoints);
  const closures = closuresOf(compiled, instance, memo, table);
  for (const [endpoint, one] of compiled.plan) {
    const run =
      one.kind === 'derived'
        ? derived(compiled, endpoints, one)
        : one.linearizes
          ? closures(endpoint as Linearized, one)
          : own(compiled, instance, endpoint, one);
    const timed = watched(compiled.plan, endpoints, endpoint, run);
    table[endpoint] = recalled(compiled.plan, endpoint, timed, memo);
  }
  if (!tables.has(compiled)) tables.set(compiled, new WeakMap());
  tables.get(compiled)!.set(instance, Object.freeze(endpoints));
  return endpoints;
}

/** Endpoints that closures answer: those of one method share its linearizations. */
function closuresOf(
  { signature }: CompiledComponent,
  instance: object,
  memo: Memo | undefined,
  table: Record<string, unknown>,
) {
  const known = new Map<string, Linearize>();
  return (endpoint: Linearized, { method }: OwnEndpoint) => {
    const source = { signature, instance, method, memo };
    const linearize = known.get(method) ?? linearizer(source);
    known.set(method, linearize);
    table['primal'] = primal(linearize);
    if (endpoint === 'vjp') table['hvp'] = secondProduct(source, linearize);
    return closureEndpoint(source, linearize, endpoint);
  };
}

/** The author's method between its operator's request and result checks. */
function own<N extends EndpointName>(
  { signature }: CompiledComponent,
  instance: object,
  endpoint: N,
  { method }: OwnEndpoint,
) {
  const { write, accept } = operators[endpoint];
  const label = `${signature.name}.${method}()`;
  const methods = instance as Record<string, Method>;
  const checked = (request: RequestOf[N]): MaybePromise<ResultOf[N]> => {
    const ask = (given: RequestOf[N]) => run(methods, method, write(given)) as MaybePromise<unknown>;
    const raw = isProbe(request)
      ? unwritten(seenOf(request.scope, endpoint), request.inputs, (inputs) => ask({ ...request, inputs }))
      : ask(request);
    if (!isPromise(raw)) return accept(signature, label, request, raw);
    return Promise.resolve(raw).then(
      (value) => accept(signature, label, request, value),
      (error) => Promise.reject(blameAuthor(error)),
    );
  };
  if (endpoint === 'apply') unchecked.set(checked, (inputs) => run(methods, method, inputs) as MaybePromise<unknown>);
  return checked;
}

/** A request that a sweep makes many of at one point. */
function isProbe(request: object): request is SeededPoint & { readonly scope: Scope } {
  return 'seed' in request && 'scope' in request && request.scope !== undefined;
}

function seenOf(scope: Scope, endpoint: EndpointName): Seen {
  scope.seen ??= {};
  scope.seen[endpoint] ??= {};
  return scope.seen[endpoint];
}

function run(methods: Record<string, Method>, method: string, argument: unknown): unknown {
  try {
    return methods[method]!(argument);
  } catch (error) {
    throw blameAuthor(error);
  }
}

/** A rule over the other endpoints of the same table. */
export function derived(compiled: CompiledComponent, endpoints: Dispatch, { rule: name, options }: DerivedEndpoint) {
  const { signature, plan } = compiled;
  const rule = ruleOf(name);
  const outputsAt = ({ inputs, options: callOptions }: Point): MaybePromise<unknown> => {
    // The probes that follow are at these inputs, whatever apply writes to what it is given.
    if (plan.get('abstractEval')?.kind !== 'own')
      return endpoints.apply!({ inputs: snapshot(inputs), options: callOptions });
    const { value } = check(signature.inputs, inputs, 'inputs', { array: readAbstract });
    const { read } = operators.abstractEval;
    return endpoints.abstractEval!(read(signature, { inputs }, value, [], callOptions));
  };
  const learn = (point: Point): MaybePromise<readonly Variable[]> =>
    learnShapes(point, () => {
      if (!endpoints.primal || isIdle(point)) return outputsAt(point);
      return following(endpoints.primal(point), (outputs) => outputs ?? outputsAt(point));
    });
  const shapes = rememberedShapes(memoOf(compiled, endpoints), learn);
  const evaluate = (inputs: object): MaybePromise<unknown> => {
    const apply = endpoints.apply!;
    return (unchecked.get(apply) ?? ((given: object) => apply({ inputs: given })))(inputs);
  };
  const { accept } = operators[rule.to];
  const behind = { ...behindOf(compiled, endpoints, rule.to), apart: apartFrom(compiled, endpoints) };
  derivesIn(endpoints, rule.to, { shapes, evaluate, options, behind });
  const swept = rule.from.includes('apply') && rule.to !== 'abstractEval';
  const bases = (seen: Seen): Endpoints => {
    if (!swept) return endpoints as Endpoints;
    const apply: Endpoints['apply'] = ({ inputs, ...rest }) =>
      unwritten(seen, inputs, (given) => endpoints.apply!({ ...rest, inputs: given }));
    return { ...(endpoints as Endpoints), apply };
  };
  return (request: RequestOf[EndpointName]): MaybePromise<unknown> => {
    const seen: Seen = {};
    const apart = (inputs: object) => unwritten(seen, inputs, evaluate);
    const [whole, context] = scoped(request, { shapes, evaluate: apart, options, behind });
    const result = drive(rule.derive(bases(seen), whole as never, context));
    // Abstract outputs may be the values of an apply: reading them again leaves shapes and dtypes.
    if (rule.to !== 'abstractEval') return result as MaybePromise<unknown>;
    const abstract = (value: unknown) => accept(signature, `${signature.name}.apply()`, request as never, value);
    return isPromise(result) ? Promise.resolve(result).then(abstract) : abstract(result);
  };
}

/** Shapes that were learned at a point are known there. */
function rememberedShapes(memo: Memo | undefined, learn: ShapeSource): ShapeSource {
  return (point) => {
    if (!memo || point.of.every(isKnown)) return learn(point);
    const name = shapesName(point.of);
    const place = memo.at(point.inputs);
    const known = place?.get(name);
    if (known) return known as readonly Variable[];
    return following(learn(point), (of) => {
      place?.set([{ name, value: of, bytes: of.length * variableBytes }]);
      return of;
    });
  };
}

const variableBytes = 512;

/** Whether a product asks for nothing: all of its seed is zero. */
function isIdle(point: Point | SeededPoint): boolean {
  return 'seed' in point && Object.values(point.seed).every(isZero);
}

/** A derived request that its probes are told of, and its context: the shapes that are learned are told too. */
function scoped(request: RequestOf[EndpointName], context: Context): [RequestOf[EndpointName], Context] {
  if (!('of' in request)) return [request, context];
  const scope: Scope = { of: request.of, wrt: request.wrt };
  const learned = (of: readonly Variable[]): readonly Variable[] => {
    scope.of = scope.of.map((one) => of.find(({ path }) => path === one.path) ?? one);
    return of;
  };
  const shapes = (point: Point): MaybePromise<readonly Variable[]> => {
    const of = context.shapes(point);
    return isPromise(of) ? Promise.resolve(of).then(learned) : learned(of);
  };
  return [
    { ...request, scope },
    { ...context, shapes },
  ];
}
