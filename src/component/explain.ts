/**
 * What a request would cost, before it is made: how it would be answered, how often the author's methods would be called
 * for it, and how much memory it takes. To explain is to plan: what finds shapes and patterns is called, nothing else.
 */
import type { Stepwise } from '../derive/drive.js';
import type { Calls, Method, PatternSource, Plan } from '../derive/planner/plan.js';
import { elementsOf } from '../derive/probe.js';
import { callsOf } from '../derive/rule.js';
import { type RuleName, ruleOf } from '../derive/rules.js';
import type { DifferenceWarning, EndpointName, RequestOf } from '../operators/endpoints.js';
import { contextOf } from './behind.js';
import type { CompiledComponent } from './compile.js';
import type { Dispatch } from './dispatch.js';
import { type Desk, expectedCalls, planFor, shapesOf } from './expected.js';
import { isExact, memoOf } from './recall.js';

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
  /** How often each method of the author is called. What is remembered of the point now is not called for. */
  readonly calls: Calls;
  /** Whether it may turn out to be less: of probes that run at once, none knows what the others will leave behind. */
  readonly atMost: boolean;
  /** In words, what may be called besides, and when: where differences are asked, by whatever rule. */
  readonly besides?: string;
  /** What is known to go less than well at this point, and what earlier requests of this component were told. */
  readonly warnings?: readonly DifferenceWarning[];
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

/** Explain one request in canonical form. */
export function* explanation(
  compiled: CompiledComponent,
  endpoints: Dispatch,
  endpoint: EndpointName,
  request: Request,
): Stepwise<Explanation> {
  const memo = memoOf(compiled, endpoints);
  const desk = (): Desk => ({ compiled, endpoints, memo: memo?.fork(), spent: {}, learned: new Map(), atMost: false });
  const one = compiled.plan.get(endpoint)!;
  const first = desk();
  yield* expectedCalls(first, endpoint, request);
  const { spent, learned } = first;
  const about = one.kind === 'derived' ? yield* aboutRule(first, endpoint, one.rule, request) : own;
  // Again: shapes that were learned the first time may be remembered, and then the request need not ask for them.
  const again: Desk = { ...desk(), learned };
  const calls = yield* expectedCalls(again, endpoint, request);
  const rule = one.kind === 'derived' ? { rule: one.rule } : {};
  const exact = isExact(compiled.plan, endpoint);
  const besides = again.besides === undefined ? {} : { besides: again.besides };
  return { endpoint, ...rule, exact, calls, atMost: again.atMost, ...besides, ...about, spent };
}

const own = { method: 'own', direction: 'own', verification: 0, bytes: 0 } as const;

type About = Pick<
  Explanation,
  'method' | 'direction' | 'verification' | 'patternSource' | 'groups' | 'lowerBound' | 'bytes' | 'plan' | 'warnings'
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
  const plan = yield* planFor(desk, endpoint, request);
  if (plan) return aboutPlan(plan);
  const row = ruleOf(rule);
  const none = { verification: 0 } as const;
  if (!('of' in request)) return { ...none, method: 'shapes', direction: row.from[0], bytes: 0 };
  const point = { ...request, of: yield* shapesOf(desk, endpoint, request) };
  const [n, m] = [elementsOf(point.wrt), elementsOf(point.of)];
  const counts = callsOf(row, n, m, contextOf(desk.endpoints, endpoint)?.options as object, point.of);
  const [direction] = row.from.filter((base) => (counts[base] ?? 0) > 0).concat(row.from);
  const whole = endpoint === 'jacobian' || row.from.includes('jacobian');
  const bytes = 8 * (whole ? n * m : n + m);
  const swept = ways[direction] === 'columns' || ways[direction] === 'rows';
  const groups = swept ? { groups: counts[direction] ?? 0, patternSource: 'dense' as const } : {};
  const context = contextOf(desk.endpoints, endpoint);
  const warnings = context && row.foresee?.(point as never, context);
  return { ...none, ...groups, ...(warnings && { warnings }), method: ways[direction], direction, bytes };
}
