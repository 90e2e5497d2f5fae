/**
 * How often the author's methods would be called for a request: the rules of a plan are followed from endpoint to
 * endpoint, and what they would keep is kept in a memory to try things on. Equal probes are followed twice, for what the
 * first one leaves behind; the others cost what the second one does.
 */
import { isZero } from '../array/contraction.js';
import { following, type Stepwise, settled } from '../derive/drive.js';
import { blockNames, blockOverhead, type Shelf } from '../derive/memo/blocks.js';
import { isKept } from '../derive/memo/collect.js';
import type { Memo } from '../derive/memo/memo.js';
import type { Apart } from '../derive/planner/apart.js';
import type { ProductName } from '../derive/planner/costs.js';
import { spaceOf, variableAt } from '../derive/planner/flat.js';
import { groupsOf } from '../derive/planner/members.js';
import type { ProductsOptions } from '../derive/planner/options.js';
import { type Calls, checkedBy, type Plan } from '../derive/planner/plan.js';
import { heeding } from '../derive/planner/planned.js';
import { matrixBytes, matrixName } from '../derive/planner/remembered.js';
import { elementsOf, isComplex } from '../derive/probe.js';
import { type Context, callsOf } from '../derive/rule.js';
import { ruleOf } from '../derive/rules.js';
import { isDense } from '../derive/sparsity/pattern.js';
import type { EndpointName, Endpoints, Point, RequestOf, SeededPoint, Variable } from '../operators/endpoints.js';
import { areShapesKnown, contextOf } from './behind.js';
import type { CompiledComponent } from './compile.js';
import type { Dispatch } from './dispatch.js';
import { isJacobianKept, shelfOf } from './recall.js';
import type { DerivedEndpoint } from './resolve.js';

type Request = RequestOf[EndpointName];
type Tally = Partial<Record<EndpointName, number>>;

/** What is explained: a component, its endpoints, and what is found out about a request on the way. */
export interface Desk {
  readonly compiled: CompiledComponent;
  readonly endpoints: Dispatch;
  /** A memory to try things on. */
  readonly memo: Memo | undefined;
  /** What the author's methods were called for so far, to find this out. */
  readonly spent: Tally;
  /** Outputs whose shapes are known, by their paths. */
  readonly learned: Map<string, Variable>;
  /** Whether it may turn out to be less: of probes that run at once, none knows what the others will leave behind. */
  atMost: boolean;
  /** What differences that are asked on the way may call besides, in words. */
  besides?: string | undefined;
}

/** How often the author's methods are called for a request. */
export function* expectedCalls(desk: Desk, endpoint: EndpointName, request: Request): Stepwise<Tally> {
  const one = desk.compiled.plan.get(endpoint);
  if (endpoint === 'jacobian' && 'of' in request) return yield* ofJacobian(desk, one, request);
  if (one?.kind !== 'derived') return { [endpoint]: 1 };
  if (!('of' in request)) return 'fixed' in request && request.fixed ? {} : { apply: 1 };
  return yield* ofRule(desk, endpoint, one, request);
}

/** A Jacobian may be known, and is known afterwards. */
function* ofJacobian(desk: Desk, one: DerivedEndpoint | { kind: 'own' } | undefined, point: Point): Stepwise<Tally> {
  const shelf = isJacobianKept(desk.compiled.plan) ? shelfOf(desk.compiled.plan, 'jacobian', desk.memo) : undefined;
  const derived = one?.kind === 'derived' ? one : undefined;
  if (derived && shelf && areKnown(shelf, point)) {
    const shaped = { ...point, of: shapedOf(desk, point.of) };
    if (bytesOf(shaped) <= (point.options?.memoryLimit ?? Infinity)) return {};
  }
  const tally = derived ? yield* ofRule(desk, 'jacobian', derived, point) : { jacobian: 1 };
  const shaped = { ...point, of: shapedOf(desk, point.of) };
  if (shelf && bytesOf(shaped) < shelf.memo.limit) keep(shelf, shaped);
  return tally;
}

function* ofRule(
  desk: Desk,
  endpoint: EndpointName,
  { rule, options }: DerivedEndpoint,
  request: Point | SeededPoint,
): Stepwise<Tally> {
  const row = ruleOf(rule);
  const point = liveOf(endpoint, request);
  const isIdle = endpoint === 'jvp' ? point.wrt.length === 0 : endpoint === 'vjp' && point.of.length === 0;
  if (row.from.includes('apply')) return yield* byDifferences(desk, endpoint, options, point);
  if (isIdle) return endpoint === 'jvp' ? yield* askShapes(desk, endpoint, point) : {};
  if (!row.from.includes('jacobian')) return yield* bySweep(desk, endpoint, point);
  const shelf = shelfOf(desk.compiled.plan, endpoint, desk.memo);
  if (shelf && areKnown(shelf, point)) return {};
  return yield* expectedCalls(desk, 'jacobian', unseeded(point));
}

function* byDifferences(desk: Desk, endpoint: EndpointName, options: object, point: Point): Stepwise<Tally> {
  const [n, of] = [elementsOf(point.wrt), yield* shapesOf(desk, endpoint, point)];
  // Where nothing is moved, no evaluation tells the shapes of the zeros.
  if (n === 0 && endpoint === 'vjp') return {};
  if (point.wrt.length === 0 || (n === 0 && endpoint === 'jacobian')) return yield* askShapes(desk, endpoint, point);
  if (point.of.length === 0 && endpoint !== 'jacobian') return {};
  const one = desk.compiled.plan.get(endpoint) as DerivedEndpoint;
  const row = ruleOf(one.rule);
  desk.besides = row.besides;
  return callsOf(row, n, elementsOf(of), options, of);
}

/** What a sweep calls: the shapes first, where the rule has to know them, then its probes. */
function* bySweep(desk: Desk, endpoint: EndpointName, request: Point): Stepwise<Tally> {
  const shelf = shelfOf(desk.compiled.plan, endpoint, desk.memo);
  const one = desk.compiled.plan.get(endpoint) as DerivedEndpoint;
  const { from, planned } = ruleOf(one.rule);
  const context = contextOf(desk.endpoints, endpoint);
  const point = context
    ? heeding(from as readonly ProductName[], request, context as Context<ProductsOptions>)
    : request;
  if (!context || !planned?.(context))
    return yield* byLines(desk, endpoint, point, from[0] === 'jvp' ? 'jvp' : 'vjp', shelf);
  const tally = yield* askShapes(desk, endpoint, point);
  const plan = yield* planFor(desk, endpoint, point);
  const shaped = { ...point, of: yield* shapesOf(desk, endpoint, point) };
  if (!plan) {
    const [n, m] = [elementsOf(point.wrt), elementsOf(shaped.of)];
    const base = from.length > 1 ? (n <= 2 * m ? 'jvp' : 'vjp') : from[0];
    return add(tally, yield* byLines(desk, endpoint, shaped, base as ProductName, shelf));
  }
  if (isDense(plan.pattern)) return add(tally, yield* byDensePlan(desk, endpoint, shaped, plan, shelf));
  return add(tally, yield* byPattern(desk, shaped, plan, shelf));
}

/** Probe by probe, each about one element. */
function* byLines(
  desk: Desk,
  endpoint: EndpointName,
  point: Point,
  base: ProductName,
  shelf: Shelf | undefined,
): Stepwise<Tally> {
  if (endpoint !== 'jacobian' && shelf && areKnown(shelf, point)) return {};
  const of = yield* shapesOf(desk, endpoint, point);
  const shaped = { ...point, of };
  // A sweep by jvp learns the shapes from its answers, where there is one.
  const tally =
    base === 'vjp' || (endpoint === 'jacobian' && elementsOf(point.wrt) === 0)
      ? yield* askShapes(desk, endpoint, point)
      : {};
  const swept = base === 'jvp' ? point.wrt : of;
  const probes = swept.map((variable) => ({ about: [variable], times: elementsOf([variable]) }));
  add(tally, yield* probing(desk, base, base === 'jvp' ? point : shaped, probes));
  if (endpoint !== 'jacobian' && shelf && isKept(shelf, point, shaped)) keep(shelf, shaped);
  return tally;
}

function* byDensePlan(
  desk: Desk,
  endpoint: EndpointName,
  point: Point,
  plan: Plan,
  shelf: Shelf | undefined,
): Stepwise<Tally> {
  const isProduct = endpoint !== 'jacobian';
  if (isProduct && shelf && areKnown(shelf, point)) return {};
  const tally = yield* byGroups(desk, point, plan);
  if (isProduct && shelf && isKept(shelf, point, point)) keep(shelf, point);
  return tally;
}

/** A Jacobian with a pattern is known as a whole, or not at all. */
function* byPattern(desk: Desk, point: Point, plan: Plan, shelf: Shelf | undefined): Stepwise<Tally> {
  const place = shelf?.memo.at(point.inputs);
  if (!shelf || !place) return yield* byGroups(desk, point, plan);
  const whole = (point as Live).whole;
  const names = [point, ...(whole && !shelf.whole ? [whole] : [])].map((asked) => matrixName(shelf, asked));
  if (names.some((name) => place.get(name) !== undefined)) return {};
  const tally = yield* byGroups(desk, point, plan);
  place.set([{ name: names[0]!, value: true, bytes: matrixBytes(plan) }]);
  return tally;
}

/** The calls of a plan: each seed names the variables that it is not zero in. */
function* byGroups(desk: Desk, point: Point, plan: Plan): Stepwise<Tally> {
  const tally: Tally = {};
  const products = (['jvp', 'vjp'] as const).filter((name) => (plan.calls[name] ?? 0) > 0);
  for (const base of products) {
    if (desk.compiled.plan.get(base)?.kind !== 'derived') add(tally, { [base]: plan.calls[base] });
    else add(tally, yield* probing(desk, base, point, groupsIn(plan, base, base === 'jvp' ? point.wrt : point.of)));
  }
  return tally;
}

/** Probes that are alike: what they are about, and how many there are. */
interface Alike {
  readonly about: readonly Variable[];
  readonly times: number;
}

function groupsIn(plan: Plan, base: ProductName, variables: readonly Variable[]): readonly Alike[] {
  const { columns, rows, both, pattern } = plan;
  const filled = variables.filter((variable) => elementsOf([variable]) > 0);
  const checks = base === checkedBy(plan.method) ? [{ about: filled, times: plan.verification }] : [];
  if (isDense(pattern)) return [...filled.map((one) => ({ about: [one], times: elementsOf([one]) })), ...checks];
  const coloring = base === 'jvp' ? columns : rows;
  const colors = base === 'jvp' ? (both?.columnColors ?? coloring?.colors) : (both?.rowColors ?? coloring?.colors);
  const count = base === 'jvp' ? (both?.columnGroups ?? coloring?.groups) : (both?.rowGroups ?? coloring?.groups);
  if (!colors || !count) return checks;
  const space = spaceOf(variables);
  const { start, members } = groupsOf(colors, count);
  const groups = Array.from({ length: count }, (_, k) => {
    const touched = new Set(members.subarray(start[k], start[k + 1]));
    const which = new Set([...touched].map((i) => variableAt(space, i)));
    return { about: variables.filter((_one, index) => which.has(index)), times: 1 };
  });
  return [...groups, ...checks];
}

/** The probes of a sweep, one after the other. */
function* probing(desk: Desk, base: ProductName, point: Point, probes: readonly Alike[]): Stepwise<Tally> {
  const tally: Tally = {};
  const total = probes.reduce((sum, { times }) => sum + times, 0);
  if (desk.compiled.plan.get(base)?.kind !== 'derived') return add(tally, { [base]: total });
  const width = desk.memo ? Math.max(1, point.options?.concurrency ?? 1) : 1;
  for (const { about, times } of probes) {
    const request = unseeded(base === 'jvp' ? { ...point, wrt: about } : { ...point, of: about });
    if (times > 0) yield* alike(desk, base, request, { times, width }, tally);
  }
  return tally;
}

// The first probes may be underway at once: none of them knows then what another one will find.
function* alike(
  desk: Desk,
  base: ProductName,
  request: Point,
  { times, width }: { readonly times: number; readonly width: number },
  tally: Tally,
): Stepwise<void> {
  const first = yield* expectedCalls(desk, base, request);
  const second = times > 1 ? yield* expectedCalls(desk, base, request) : {};
  const unaware = Math.min(times, width);
  if (unaware > 1 && JSON.stringify(first) !== JSON.stringify(second)) desk.atMost = true;
  add(add(tally, first, unaware), second, times - unaware);
}

/** A request as far as it is not zero, and the whole of it. */
interface Live extends Point {
  readonly whole?: Point;
}

/** Sum over the seeds that are not zero, as the rules do. */
function liveOf(endpoint: EndpointName, point: Point | SeededPoint): Live {
  if (!('seed' in point)) return point;
  const { seed, of, wrt } = point;
  const alive = (variables: readonly Variable[]) => variables.filter(({ path }) => !isZero(seed[path]!));
  if (endpoint === 'jvp') return { ...point, wrt: alive(wrt), whole: { ...point } };
  // A cotangent has the shape of its output.
  const shaped = of.map((one) => ({ ...one, shape: one.shape ?? seed[one.path]!.shape }));
  const told = of.every(({ shape }) => shape !== undefined);
  return { ...point, of: alive(of), ...(told ? { whole: { ...point, of: shaped } } : {}) };
}

// A seed of a sweep is never zero.
function unseeded({ inputs, of, wrt, options }: Point): Point {
  return { inputs, of, wrt, options };
}

/** The calls that find shapes, where they are not known. */
function* askShapes(desk: Desk, endpoint: EndpointName, point: Point): Stepwise<Tally> {
  const context = contextOf(desk.endpoints, endpoint);
  const source = context && shapeCall(desk, context, point);
  yield* shapesOf(desk, endpoint, point);
  return source ? { [source]: 1 } : {};
}

/** A derivative's outputs with their shapes. What that takes is counted. */
export function* shapesOf(desk: Desk, endpoint: EndpointName, point: Point): Stepwise<readonly Variable[]> {
  const context = contextOf(desk.endpoints, endpoint);
  return context ? yield* settled(counting(desk, context).shapes(point)) : point.of;
}

/** The plan that a derived endpoint would be answered by. */
export function* planFor(desk: Desk, endpoint: EndpointName, request: Request): Stepwise<Plan | undefined> {
  const one = desk.compiled.plan.get(endpoint);
  const context = contextOf(desk.endpoints, endpoint);
  if (one?.kind !== 'derived' || !context) return undefined;
  const { plan } = ruleOf(one.rule);
  return plan && (yield* plan(countedIn(desk), request as never, counting(desk, context)));
}

function count({ spent }: Desk, name: EndpointName): void {
  spent[name] = (spent[name] ?? 0) + 1;
}

/** The endpoints, the author's own ones counted. */
function countedIn(desk: Desk): Endpoints {
  const entries = Object.entries(desk.endpoints).map(([name, run]) => {
    if (desk.compiled.plan.get(name as EndpointName)?.kind !== 'own') return [name, run];
    const counted = (request: never) => {
      count(desk, name as EndpointName);
      return (run as (request: never) => unknown)(request);
    };
    return [name, counted];
  });
  return Object.fromEntries(entries) as Endpoints;
}

/** The context, its calls counted. */
function counting(desk: Desk, context: Context): Context {
  const { behind } = context;
  const apart = behind?.apart;
  return {
    ...context,
    behind: behind && apart ? { ...behind, apart: () => countedApart(apart(), () => count(desk, 'apply')) } : behind,
    shapes: (point) => {
      const known = shapedOf(desk, point.of);
      if (known.every(({ shape, dtype }) => shape !== undefined && dtype !== 'any')) return known;
      const source = shapeCall(desk, context, point);
      if (source) count(desk, source);
      return following(context.shapes(point), (of) => {
        for (const one of of) desk.learned.set(one.path, one);
        return of;
      });
    },
    evaluate: (inputs) => {
      count(desk, 'apply');
      return context.evaluate(inputs);
    },
  };
}

function countedApart(one: Apart, count: () => void): Apart {
  if (one.reason !== undefined) return one;
  const evaluate = (inputs: object) => {
    count();
    return one.evaluate(inputs);
  };
  return { evaluate };
}

function shapedOf({ learned }: Pick<Desk, 'learned'>, of: readonly Variable[]): readonly Variable[] {
  return of.map((one) => learned.get(one.path) ?? one);
}

/** What is called for the shapes of a point's outputs, where they are not known. */
function shapeCall({ compiled, endpoints }: Desk, context: Context, point: Point): EndpointName | undefined {
  if (endpoints.primal || point.of.every(({ shape, dtype }) => shape !== undefined && dtype !== 'any'))
    return undefined;
  if (context.behind && areShapesKnown(context.behind, point)) return undefined;
  return compiled.plan.get('abstractEval')?.kind === 'own' ? 'abstractEval' : 'apply';
}

function areKnown(shelf: Shelf, point: Point): boolean {
  const place = shelf.memo.at(point.inputs);
  if (!place || point.of.length === 0 || point.wrt.length === 0) return false;
  for (const [name] of blockNames(shelf, point)) if (place.get(name) === undefined) return false;
  return true;
}

function keep(shelf: Shelf, point: Point): void {
  const items = [...blockNames(shelf, point)].map(([name, output, input]) => ({
    name,
    value: true,
    bytes: blockBytes(output, input) + blockOverhead,
  }));
  shelf.memo.at(point.inputs)?.set(items);
}

function blockBytes(output: Variable, input: Variable): number {
  return elementsOf([output]) * elementsOf([input]) * (isComplex(output) || isComplex(input) ? 16 : 8);
}

function bytesOf({ of, wrt }: Point): number {
  return of.reduce((sum, output) => sum + wrt.reduce((more, input) => more + blockBytes(output, input), 0), 0);
}

function add(into: Tally, more: Calls, times = 1): Tally {
  for (const [name, calls] of Object.entries(more) as [EndpointName, number][]) {
    if (calls * times > 0) into[name] = (into[name] ?? 0) + calls * times;
  }
  return into;
}
