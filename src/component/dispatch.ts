/** The dispatch table of an instance: a function in canonical form for each endpoint that its class offers. */
import { drive, isPromise } from '../derive/drive.js';
import { ruleOf } from '../derive/rules.js';
import type {
  EndpointName,
  Endpoints,
  MaybePromise,
  Point,
  RequestOf,
  ResultOf,
  Variable,
} from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { learnShapes } from '../operators/shapes.js';
import { readAbstract } from '../schema/abstract.js';
import { check } from '../schema/check.js';
import { blameAuthor } from './blame.js';
import type { CompiledComponent } from './compile.js';
import type { DerivedEndpoint, OwnEndpoint } from './resolve.js';

/** A dispatch table. */
export type Dispatch = Partial<Endpoints>;

type Method = (argument: unknown) => unknown;

const tables = new WeakMap<object, Dispatch>();

// Of an author's apply, the method before its result is checked: what a complex step evaluates.
const unchecked = new WeakMap<object, (inputs: object) => MaybePromise<unknown>>();

/** The dispatch table of `instance`, made on first use and frozen. */
export function dispatch(compiled: CompiledComponent, instance: object): Dispatch {
  const known = tables.get(instance);
  if (known) return known;
  const table: Record<string, unknown> = {};
  const endpoints = table as Dispatch;
  for (const [endpoint, one] of compiled.plan) {
    table[endpoint] = one.kind === 'own' ? own(compiled, instance, endpoint, one) : derived(compiled, endpoints, one);
  }
  tables.set(instance, Object.freeze(endpoints));
  return endpoints;
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
    const raw = run(methods, method, write(request));
    if (!isPromise(raw)) return accept(signature, label, request, raw);
    return Promise.resolve(raw).then(
      (value) => accept(signature, label, request, value),
      (error) => Promise.reject(blameAuthor(error)),
    );
  };
  if (endpoint === 'apply') unchecked.set(checked, (inputs) => run(methods, method, inputs) as MaybePromise<unknown>);
  return checked;
}

function run(methods: Record<string, Method>, method: string, argument: unknown): unknown {
  try {
    return methods[method]!(argument);
  } catch (error) {
    throw blameAuthor(error);
  }
}

/** A rule over the other endpoints of the same table. */
export function derived(
  { signature, plan }: CompiledComponent,
  endpoints: Dispatch,
  { rule: name, options }: DerivedEndpoint,
) {
  const rule = ruleOf(name);
  const shapes = (point: Point): MaybePromise<readonly Variable[]> =>
    learnShapes(point, () => {
      const { inputs, options: callOptions } = point;
      if (plan.get('abstractEval')?.kind !== 'own') return endpoints.apply!({ inputs, options: callOptions });
      const { value } = check(signature.inputs, inputs, 'inputs', { array: readAbstract });
      const { read } = operators.abstractEval;
      return endpoints.abstractEval!(read(signature, { inputs }, value, [], callOptions));
    });
  const evaluate = (inputs: object): MaybePromise<unknown> => {
    const apply = endpoints.apply!;
    return (unchecked.get(apply) ?? ((given: object) => apply({ inputs: given })))(inputs);
  };
  const { accept } = operators[rule.to];
  return (request: RequestOf[EndpointName]): MaybePromise<unknown> => {
    const result = drive(rule.derive(endpoints as Endpoints, request as never, { shapes, evaluate, options }));
    // Abstract outputs may be the values of an apply: reading them again leaves shapes and dtypes.
    if (rule.to !== 'abstractEval') return result as MaybePromise<unknown>;
    const abstract = (value: unknown) => accept(signature, `${signature.name}.apply()`, request as never, value);
    return isPromise(result) ? Promise.resolve(result).then(abstract) : abstract(result);
  };
}
