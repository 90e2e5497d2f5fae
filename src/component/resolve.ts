/** Which method or rule answers each endpoint of a class: read from the notes along its chain, and checked. */
import { decoratorOf, type RuleName, ruleNames, ruleOf, rules } from '../derive/rules.js';
import { fail } from '../errors.js';
import { derivativeNames, type EndpointName, endpointNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { AnyClass } from '../schema/metadata.js';
import { type DerivationNote, type EndpointNote, notes } from './annotations.js';

/** An endpoint that a method implements. */
export interface OwnEndpoint {
  readonly kind: 'own';
  readonly method: string;
  readonly options: EndpointNote['options'];
  /** Whether the method gives a linearization, and a closure of that answers the endpoint. */
  readonly linearizes?: boolean | undefined;
  /** The class of the decorated method. */
  readonly owner: AnyClass;
}

/** An endpoint that a rule derives. */
export interface DerivedEndpoint {
  readonly kind: 'derived';
  readonly rule: RuleName;
  readonly decorator: string;
  readonly options: object;
  /** The class that opted in. */
  readonly owner: AnyClass;
}

/** What answers each endpoint that the class offers. */
export type Plan = ReadonlyMap<EndpointName, OwnEndpoint | DerivedEndpoint>;

// A registered symbol, so that the base class of another copy of this package is known too.
const frameworks: symbol = Symbol.for('cotangent:framework');

/** Mark the five methods of the base class, so that they are not taken for an author's. */
export function markFrameworks(prototype: object): void {
  for (const name of endpointNames) {
    Object.defineProperty(prototype[name as never], frameworks, { value: true });
  }
}

/** Whether a class extends the base class, of this copy of the package or another. */
export function extendsBase(type: AnyClass): boolean {
  let prototype: object | null = type.prototype as object | null;
  while (prototype) {
    const method: unknown = Object.getOwnPropertyDescriptor(prototype, 'apply')?.value;
    if (typeof method === 'function' && Object.hasOwn(method, frameworks)) return true;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return false;
}

/** Whether `owner.endpoint` is a method of the base class. */
export function isFrameworks(owner: AnyClass, endpoint: EndpointName): boolean {
  return Object.hasOwn(owner.prototype[endpoint as never], frameworks);
}

/** The plan of a class; with `complete`, everything it needs has to be there. Raises `E_DEFINE_…` and `E_DERIVE_…`. */
export function resolve(type: AnyClass, complete: boolean): Plan {
  const plan = new Map<EndpointName, OwnEndpoint | DerivedEndpoint>();
  const derivations = notes(type, 'derivation');
  notes(type, 'endpoint').forEach(({ owner, entries }, level) => {
    const own = ownAt(owner, entries);
    const derived = derivedAt(owner, derivations[level]!.entries, own);
    for (const [endpoint, one] of [...own, ...derived]) plan.set(endpoint, one);
  });
  checkMethods(type, plan);
  checkKept(type, plan);
  if (complete) checkBases(type, plan);
  return plan;
}

function ownAt(owner: AnyClass, entries: readonly EndpointNote[]): Map<EndpointName, OwnEndpoint> {
  const own = new Map<EndpointName, OwnEndpoint>();
  for (const { endpoint, method, isMethod, options, linearizes } of entries) {
    const first = own.get(endpoint)?.method;
    if (first !== undefined) fail('E_DEFINE_TWO_METHODS', { component: owner.name, endpoint, first, second: method });
    if (!isMethod || !hasMethod(owner, method)) {
      fail('E_DEFINE_NO_METHOD', { component: owner.name, endpoint, method });
    }
    own.set(endpoint, { kind: 'own', method, options, linearizes, owner });
  }
  return own;
}

function hasMethod(owner: AnyClass, method: string): boolean {
  const holder = implementer(owner, method)?.prototype;
  const value: unknown = holder && Object.getOwnPropertyDescriptor(holder, method)?.value;
  return typeof value === 'function' && !Object.hasOwn(value, frameworks);
}

function derivedAt(
  owner: AnyClass,
  entries: readonly DerivationNote[],
  own: ReadonlyMap<EndpointName, OwnEndpoint>,
): Map<EndpointName, DerivedEndpoint> {
  const component = owner.name;
  const derived = new Map<EndpointName, DerivedEndpoint>();
  for (const { rule, decorator, options = {} } of entries) {
    if (!isRule(rule)) fail('E_DERIVE_UNKNOWN', { component, rule, known: ruleNames.join(', ') });
    const endpoint = rules[rule].to;
    const second = derived.get(endpoint)?.decorator;
    if (second !== undefined) fail('E_DERIVE_TWICE', { component, endpoint, first: decorator, second });
    const method = own.get(endpoint)?.method;
    if (method !== undefined) fail('E_DERIVE_OWN_EXISTS', { component, decorator, method });
    derived.set(endpoint, { kind: 'derived', rule, decorator, options, owner });
  }
  return derived;
}

interface Named {
  readonly name: string;
}

function isRule(name: string): name is RuleName {
  return Object.hasOwn(rules, name);
}

/** The class of the chain whose prototype holds `method`, or undefined. */
export function implementer(type: AnyClass, method: string): AnyClass | undefined {
  let owner: AnyClass | null = type;
  while (owner && owner !== Function.prototype) {
    if (Object.hasOwn(owner.prototype, method)) return owner;
    owner = Object.getPrototypeOf(owner) as AnyClass | null;
  }
  return undefined;
}

/** Whether `ancestor` is above `type` in the chain. */
export function isAbove(ancestor: AnyClass, type: AnyClass): boolean {
  return ancestor !== type && Object.prototype.isPrototypeOf.call(ancestor, type);
}

// A method named like an endpoint is what a direct call runs, so it has to be what a request runs.
function checkMethods(type: AnyClass, plan: Plan): void {
  for (const endpoint of endpointNames) {
    const shadow = implementer(type, endpoint);
    if (!shadow || isFrameworks(shadow, endpoint)) continue;
    const one = plan.get(endpoint);
    const facts = { component: shadow.name, endpoint };
    if (one?.kind === 'own' && one.method !== endpoint) {
      fail('E_DEFINE_SHADOWED', { ...facts, component: type.name, method: one.method, shadow: shadow.name });
    }
    if (!one || (one.kind === 'derived' && !isAbove(shadow, one.owner))) {
      fail('E_DEFINE_UNDECORATED', { ...facts, decorator: operators[endpoint].decorator });
    }
  }
}

function checkKept(type: AnyClass, plan: Plan): void {
  const apply = plan.get('apply');
  const current = apply?.kind === 'own' ? implementer(type, apply.method) : undefined;
  if (!current || (apply?.kind === 'own' && apply.owner === current && apply.options.keepsDerivatives)) return;
  for (const endpoint of derivativeNames) {
    const one = plan.get(endpoint);
    const owner = one?.kind === 'own' ? implementer(type, one.method) : undefined;
    if (owner && isAbove(owner, current) && hasApply(owner)) {
      fail('E_DEFINE_STALE_DERIVATIVE', { component: current.name, endpoint, parent: owner.name });
    }
  }
}

// A parent without an apply wrote its derivative for the apply to come.
function hasApply(type: AnyClass): boolean {
  return notes(type, 'endpoint').some(({ entries }) => entries.some(({ endpoint }) => endpoint === 'apply'));
}

/** Raise `E_DEFINE_NO_APPLY`, `E_DERIVE_BASE_MISSING` or `E_DERIVE_CYCLE` where a plan is not whole. */
export function checkBases(type: Named, plan: Plan): void {
  if (!plan.has('apply')) fail('E_DEFINE_NO_APPLY', { component: type.name });
  for (const [endpoint, one] of plan) {
    if (one.kind !== 'derived') continue;
    for (const base of ruleOf(one.rule).from) {
      if (!plan.has(base)) fail('E_DERIVE_BASE_MISSING', { component: type.name, decorator: one.decorator, base });
      checkEstimate(type, one, plan.get(base));
    }
    checkOptions(type, one);
    checkCycle(type, plan, endpoint);
  }
}

function checkEstimate(
  type: Named,
  { decorator }: DerivedEndpoint,
  base: OwnEndpoint | DerivedEndpoint | undefined,
): void {
  if (base?.kind !== 'derived' || !ruleOf(base.rule).estimate) return;
  fail('E_DERIVE_ESTIMATE', { component: type.name, decorator, estimate: base.decorator });
}

function checkOptions(type: Named, { decorator, rule, options }: DerivedEndpoint): void {
  const required: readonly string[] = ruleOf(rule).requires ?? [];
  const option = required.find((name) => !Object.hasOwn(options, name));
  if (option !== undefined)
    fail('E_DERIVE_OPTION', { component: type.name, decorator, rule: decoratorOf(rule), option });
}

function checkCycle(type: Named, plan: Plan, start: EndpointName): void {
  const visit = (endpoint: EndpointName, trail: readonly EndpointName[]): void => {
    const next = [...trail, endpoint];
    if (trail.includes(endpoint)) fail('E_DERIVE_CYCLE', { component: type.name, cycle: next.join(' <- ') });
    const one = plan.get(endpoint);
    if (one?.kind === 'derived') for (const base of ruleOf(one.rule).from) visit(base, next);
  };
  visit(start, []);
}

/** The rules that would offer a missing endpoint, given what is offered. A random estimate is never proposed. */
export function proposals(plan: Plan, endpoint: EndpointName): readonly RuleName[] {
  return ruleNames.filter((name) => {
    const { to, from, estimate = false } = ruleOf(name);
    return to === endpoint && !estimate && from.every((base) => plan.has(base));
  });
}
