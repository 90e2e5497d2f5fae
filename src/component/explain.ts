/**
 * What a request would cost, before it is made: how it would be answered, how often the author's methods would be called
 * for it, and how much memory it takes. To explain is to plan: what finds shapes and patterns is called, nothing else.
 */
import { isZero } from '../array/contraction.js';
import { following, type Stepwise, settled } from '../derive/drive.js';
import type { Calls, Method, PatternSource, Plan } from '../derive/planner/plan.js';
import { elementsOf } from '../derive/probe.js';
import { type Context, callsOf } from '../derive/rule.js';
import { type RuleName, ruleOf } from '../derive/rules.js';
import type { EndpointName, Endpoints, Point, RequestOf, SeededPoint, Variable } from '../operators/endpoints.js';
import { areShapesKnown, contextOf } from './behind.js';
import type { CompiledComponent } from './compile.js';
import type { Dispatch } from './dispatch.js';
import { isRecalled, memoOf } from './recall.js';

/** How a request is answered: by the author's method, by a recovery, out of a Jacobian, or by differences. */
export type Way = 'own' | Method | 'contraction' | 'differences' | 'shapes';

/** What a request would cost, as plain data. */
export interface Explanation {
  readonly endpoint: EndpointName;
  /** The rule that answers it, where it is derived. */
  readonly rule?: RuleName;
  readonly method: Way;
  /** What it is made from: `own`, or the endpoints that are called. */
  readonly direction: 'own' | EndpointName | 'both';
  /** How often each method of the author is called. Of the point no more than shapes are taken to be remembered. */
  readonly calls: Calls;
  /** Of these calls, those that only check. */
  readonly verification: number;
  /** Where the pattern of the Jacobian comes from, where one is recovered. */
  readonly patternSource?: PatternSource;
  /** Whether the result is that of the author's methods, up to rounding. */
  readonly exact: boolean;
  /** Seeds that are put together, and the fewest that would do for this pattern. */
  readonly groups?: number;
  readonly lowerBound?: number;
  /** The most bytes that arrays of the derivation take. */
  readonly bytes: number;
  /** How often each method was called to tell all this: for shapes, and to detect a pattern, which is remembered. */
  readonly spent: Calls;
  /** The plan: `savePlan` writes it down. */
  readonly plan?: Plan;
}

type Request = RequestOf[EndpointName];

/** What is explained: a component, its endpoints, and what its methods were called for so far. */
interface Desk {
  readonly compiled: CompiledComponent;
  readonly endpoints: Dispatch;
  readonly spent: Partial<Record<EndpointName, number>>;
  /** Outputs whose shapes were told, by their paths. */
  readonly learned: Map<string, readonly Variable[]>;
}

/** Explain one request in canonical form. */
export function* explanation(
  compiled: CompiledComponent,
  endpoints: Dispatch,
  endpoint: EndpointName,
  request: Request,
): Stepwise<Explanation> {
  const desk: Desk = { compiled, endpoints, spent: {}, learned: new Map() };
  const one = compiled.plan.get(endpoint)!;
  // Twice: shapes that are learned the first time may be remembered, and then the request need not ask for them.
  yield* callsFor(desk, endpoint, request);
  if (one.kind === 'own') {
    const spent = desk.spent;
    return {
      endpoint,
      method: 'own',
      direction: 'own',
      calls: { [endpoint]: 1 },
      verification: 0,
      exact: true,
      bytes: 0,
      spent,
    };
  }
  const row = ruleOf(one.rule);
  const plan = yield* planFor(desk, endpoint, request);
  const about = plan ? aboutPlan(plan) : yield* aboutRule(desk, endpoint, one.rule, request);
  const calls = yield* callsFor(desk, endpoint, request);
  return {
    endpoint,
    rule: one.rule,
    exact: row.exact && exactBelow(desk, row.from),
    calls,
    ...about,
    spent: desk.spent,
  };
}

/** Whether all that an answer is made from is exact. */
function exactBelow({ compiled }: Desk, from: readonly EndpointName[]): boolean {
  return from.every((base) => {
    const one = compiled.plan.get(base);
    if (one?.kind !== 'derived') return true;
    const row = ruleOf(one.rule);
    return row.exact && exactBelow({ compiled } as Desk, row.from);
  });
}

type About = Pick<
  Explanation,
  'method' | 'direction' | 'verification' | 'patternSource' | 'groups' | 'lowerBound' | 'bytes' | 'plan'
>;

function aboutPlan(plan: Plan): About {
  const { method, seeds, verification, patternSource, lowerBound, bytes } = plan;
  const called = Object.keys(plan.calls) as EndpointName[];
  const groups = (seeds.jvp ?? 0) + (seeds.vjp ?? 0) - verification;
  const direction = called.length === 1 ? called[0] : 'both';
  return { method, direction, verification, patternSource, groups, lowerBound, bytes, plan };
}

const ways: { readonly [N in EndpointName]: Way } = {
  jacobian: 'contraction',
  jvp: 'columns',
  vjp: 'rows',
  apply: 'differences',
  abstractEval: 'shapes',
};

function* aboutRule(desk: Desk, endpoint: EndpointName, rule: RuleName, request: Request): Stepwise<About> {
  const row = ruleOf(rule);
  const none = { verification: 0 } as const;
  if (!('of' in request)) return { ...none, method: 'shapes', direction: row.from[0], bytes: 0 };
  const point = { ...request, of: yield* shapesOf(desk, endpoint, request) };
  const [n, m] = [elementsOf(point.wrt), elementsOf(point.of)];
  const counts = callsOf(row, n, m, contextOf(desk.endpoints, endpoint)?.options as object);
  const [direction] = row.from.filter((base) => (counts[base] ?? 0) > 0).concat(row.from);
  const whole = endpoint === 'jacobian' || row.from.includes('jacobian');
  const bytes = 8 * (whole ? n * m : n + m);
  const swept = ways[direction] === 'columns' || ways[direction] === 'rows';
  const groups = swept ? { groups: counts[direction] ?? 0, patternSource: 'dense' as const } : {};
  return { ...none, ...groups, method: ways[direction], direction, bytes };
}

/** A derivative's outputs with their shapes. What that takes is counted. */
function* shapesOf(desk: Desk, endpoint: EndpointName, point: Point): Stepwise<readonly Variable[]> {
  const context = contextOf(desk.endpoints, endpoint);
  return context ? yield* settled(counting(desk, context).shapes(point)) : point.of;
}

/** The plan that a derived endpoint would be answered by. */
function* planFor(desk: Desk, endpoint: EndpointName, request: Request): Stepwise<Plan | undefined> {
  const one = desk.compiled.plan.get(endpoint);
  const context = contextOf(desk.endpoints, endpoint);
  if (one?.kind !== 'derived' || !context) return undefined;
  const { plan } = ruleOf(one.rule);
  return plan && (yield* plan(desk.endpoints as Endpoints, request as never, counting(desk, context)));
}

/** The context, its calls counted. */
function counting(desk: Desk, context: Context): Context {
  const count = (name: EndpointName) => {
    desk.spent[name] = (desk.spent[name] ?? 0) + 1;
  };
  return {
    ...context,
    shapes: (point) => {
      const key = JSON.stringify(point.of.map(({ path }) => path));
      const known = desk.learned.get(key);
      if (known) return known;
      const source = shapeCall(desk, context, point);
      if (source) count(source);
      return following(context.shapes(point), (of) => {
        desk.learned.set(key, of);
        return of;
      });
    },
    evaluate: (inputs) => {
      count('apply');
      return context.evaluate(inputs);
    },
  };
}

/** What is called for the shapes of a point's outputs, where they are not known. */
function shapeCall({ compiled, endpoints }: Desk, context: Context, point: Point): EndpointName | undefined {
  if (endpoints.primal || point.of.every(({ shape, dtype }) => shape !== undefined && dtype !== 'any'))
    return undefined;
  if (context.behind && areShapesKnown(context.behind, point)) return undefined;
  return compiled.plan.get('abstractEval')?.kind === 'own' ? 'abstractEval' : 'apply';
}

type Tally = Partial<Record<EndpointName, number>>;

function add(into: Tally, more: Calls, times = 1): Tally {
  for (const [name, count] of Object.entries(more) as [EndpointName, number][]) {
    if (count * times > 0) into[name] = (into[name] ?? 0) + count * times;
  }
  return into;
}

/** How often the author's methods are called for a request. */
function* callsFor(desk: Desk, endpoint: EndpointName, request: Request): Stepwise<Tally> {
  const one = desk.compiled.plan.get(endpoint);
  if (one?.kind !== 'derived') return { [endpoint]: 1 };
  if (!('of' in request)) return 'fixed' in request && request.fixed ? {} : { apply: 1 };
  const row = ruleOf(one.rule);
  const plan = yield* planFor(desk, endpoint, request);
  const live = liveOf(endpoint, request);
  const tally: Tally = {};
  const idle = live.wrt.length === 0 || live.of.length === 0;
  const asks = plan !== undefined || row.needsShapes || (!row.from.includes('apply') && asksBlind(endpoint, live));
  const context = contextOf(desk.endpoints, endpoint);
  const source = asks && context ? shapeCall(desk, context, live) : undefined;
  if (source) add(tally, { [source]: 1 });
  if (idle) return tally;
  const of = yield* shapesOf(desk, endpoint, live);
  const known = { ...live, of };
  const counts = plan?.calls ?? callsOf(row, elementsOf(live.wrt), elementsOf(of), one.options);
  for (const base of row.from) {
    add(tally, yield* baseCalls(desk, base, counts[base] ?? 0, plan || row.needsShapes ? known : live, known));
  }
  return tally;
}

// What sweeps columns learns the shapes of its answers from them; where there is none, it has to ask.
function asksBlind(endpoint: EndpointName, { wrt }: Point): boolean {
  return (endpoint === 'jacobian' || endpoint === 'jvp') && elementsOf(wrt) === 0;
}

/** Sum over the seeds that are not zero, as the rules do. */
function liveOf(endpoint: EndpointName, point: Point | SeededPoint): Point | SeededPoint {
  if (!('seed' in point)) return point;
  const alive = (variables: readonly Variable[]) => variables.filter(({ path }) => !isZero(point.seed[path]!));
  return endpoint === 'jvp' ? { ...point, wrt: alive(point.wrt) } : { ...point, of: alive(point.of) };
}

/** What `count` calls of a base come to, each about one variable as in a sweep, where the base is derived itself. */
function* baseCalls(desk: Desk, base: EndpointName, count: number, asked: Point, known: Point): Stepwise<Tally> {
  if (count === 0) return {};
  if (desk.compiled.plan.get(base)?.kind !== 'derived') return { [base]: count };
  const swept: readonly Variable[] = base === 'jvp' ? known.wrt : base === 'vjp' ? known.of : [];
  const total = elementsOf(swept);
  const each = (one: Variable): Point => (base === 'jvp' ? { ...asked, wrt: [one] } : { ...asked, of: [one] });
  const times = (probes: number) => (remembers(desk, base, known) ? Math.min(probes, 1) : probes);
  if (total !== count) return add({}, yield* callsFor(desk, base, unseeded(asked)), times(count));
  const tally: Tally = {};
  for (const one of swept) add(tally, yield* callsFor(desk, base, unseeded(each(one))), times(elementsOf([one])));
  return tally;
}

/** Whether the first answer of a derived product leaves blocks behind that the next ones at the point come from. */
function remembers({ compiled, endpoints }: Desk, base: EndpointName, { of, wrt }: Point): boolean {
  const memo = memoOf(compiled, endpoints);
  if (!memo || base === 'jacobian' || !isRecalled(compiled.plan, base)) return false;
  const open = [...of, ...wrt].some(({ shape, dtype }) => shape === undefined || dtype === 'any');
  return !open && 16 * elementsOf(of) * elementsOf(wrt) <= memo.limit / 2;
}

// A seed of a sweep is never zero.
function unseeded({ inputs, of, wrt, options }: Point): Point {
  return { inputs, of, wrt, options };
}
