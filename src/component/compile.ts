/** A class made ready: its schemas, and what answers each endpoint. Done once; every definition error is raised here. */
import { checkTraits } from '../derive/planner/options.js';
import { costOf, type Rule } from '../derive/rule.js';
import { decoratorOf, type RuleName, ruleOf } from '../derive/rules.js';
import { ComponentError, fail } from '../errors.js';
import { derivativeNames, type EndpointName, endpointNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { Signature } from '../operators/operator.js';
import { describe } from '../schema/check.js';
import type { AnyClass } from '../schema/metadata.js';
import { differentiable, schemaOf } from '../schema/schema.js';
import { type ComponentOptions, notes } from './annotations.js';
import { extendsBase, implementer, isAbove, isFrameworks, type Plan, proposals, resolve } from './resolve.js';

/** Where an endpoint comes from: the author's own method, or a rule. */
export type Provenance =
  | { readonly kind: 'own'; readonly method: string }
  | {
      readonly kind: 'derived';
      readonly rule: RuleName;
      readonly from: readonly EndpointName[];
      readonly exact: boolean;
      /** What a call costs, in words. */
      readonly cost: string;
    };

/** A component class, compiled. */
export interface CompiledComponent {
  readonly type: AnyClass;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly signature: Signature;
  readonly plan: Plan;
  /** Of each endpoint that is offered. */
  readonly provenance: { readonly [N in EndpointName]?: Provenance };
  /** The memory of each instance, where the class declares one. */
  readonly cache?: ComponentOptions['cache'];
}

const cache = new WeakMap<AnyClass, CompiledComponent>();

/** The compiled class. `base` is the class whose five methods are the framework's. */
export function compile(type: AnyClass, base: AnyClass): CompiledComponent {
  const known = cache.get(type);
  if (known) return known;
  const compiled = build(type, true);
  revealDerived(type, base, compiled.plan);
  cache.set(type, compiled);
  return compiled;
}

/** Check a class as far as its decorators have been applied; a class that is only a parent may be incomplete. */
export function checkDefinition(type: AnyClass, base: AnyClass): void {
  const options = optionsOf(type);
  if (!options) return;
  const own = notes(type, 'component').at(-1)!.entries.at(-1);
  if (own?.abstract) build(type, false);
  else compile(type, base);
}

function optionsOf(type: AnyClass): ComponentOptions | undefined {
  return notes(type, 'component')
    .flatMap(({ entries }) => entries)
    .at(-1);
}

function modelOf({ name }: AnyClass, options: ComponentOptions, side: 'inputs' | 'outputs'): AnyClass {
  const model: unknown = options[side];
  if (typeof model === 'function') return options[side];
  return fail('E_DEFINE_MODEL', { component: name, side, received: describe(model) });
}

function build(type: AnyClass, complete: boolean): CompiledComponent {
  const options = optionsOf(type) ?? fail('E_DEFINE_NOT_COMPONENT', { component: type.name });
  if (!extendsBase(type)) fail('E_DEFINE_BASE', { component: type.name });
  const signature: Signature = {
    name: type.name,
    inputs: schemaOf(modelOf(type, options, 'inputs')),
    outputs: schemaOf(modelOf(type, options, 'outputs')),
  };
  const plan = resolve(type, complete);
  checkDifferentiable(signature, plan);
  checkRuleOptions(signature, plan);
  checkCache(type, options);
  return Object.freeze({
    type,
    name: options.name ?? type.name,
    version: options.version ?? '0.0.0',
    description: options.description ?? '',
    signature,
    plan,
    provenance: provenanceOf(plan),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
  });
}

function checkCache({ name }: AnyClass, { cache }: ComponentOptions): void {
  if (cache === undefined || typeof cache === 'boolean' || (Number.isInteger(cache?.bytes) && cache.bytes >= 0)) return;
  const expected = 'true, false, or { bytes } with a whole number from 0';
  fail('E_OPTION', { path: `cache of ${name}`, received: JSON.stringify(cache), expected });
}

// What an option is about has a path only in the schema, so it is checked here and not where the rules are resolved.
function checkRuleOptions({ inputs, outputs }: Signature, plan: Plan): void {
  const patterns = (schema: Signature['inputs']) => differentiable(schema).map(({ pattern }) => pattern);
  for (const one of plan.values()) {
    if (one.kind === 'own') checkTraits(one.options);
    else ruleOf(one.rule).checkOptions?.(one.options, { of: patterns(outputs), wrt: patterns(inputs) });
  }
}

function checkDifferentiable(signature: Signature, plan: Plan): void {
  for (const endpoint of derivativeNames) {
    if (!plan.has(endpoint)) continue;
    for (const side of ['inputs', 'outputs'] as const) {
      if (differentiable(signature[side]).length > 0) continue;
      fail('E_DEFINE_NOT_DIFFERENTIABLE', { component: signature.name, endpoint, side: side.slice(0, -1) });
    }
  }
}

/** Where each endpoint of a plan comes from. */
export function provenanceOf(plan: Plan): CompiledComponent['provenance'] {
  const entries = endpointNames.flatMap((endpoint): [EndpointName, Provenance][] => {
    const one = plan.get(endpoint);
    if (!one) return [];
    if (one.kind === 'own') return [[endpoint, { kind: 'own', method: one.method }]];
    const row: Rule = ruleOf(one.rule);
    return [
      [endpoint, { kind: 'derived', rule: one.rule, from: row.from, exact: row.exact, cost: costOf(row, one.options) }],
    ];
  });
  return Object.freeze(Object.fromEntries(entries));
}

// A subclass may derive what its parent wrote by hand: a direct call must then reach the derivation, not the parent's method.
function revealDerived(type: AnyClass, base: AnyClass, plan: Plan): void {
  for (const [endpoint, one] of plan) {
    const shadow = one.kind === 'derived' ? implementer(type, endpoint) : undefined;
    if (!shadow || isFrameworks(shadow, endpoint) || !isAbove(shadow, one.owner)) continue;
    const value: unknown = base.prototype[endpoint as never];
    Object.defineProperty(one.owner.prototype, endpoint, { value, configurable: true, writable: true });
  }
}

/** The error for an endpoint that is not offered: it proposes the decorators that would offer it, and their cost. */
export function missingEndpoint({ signature, plan }: CompiledComponent, endpoint: EndpointName): ComponentError {
  const ways = proposals(plan, endpoint).map(
    (name) => `Add @${decoratorOf(name)}() to derive it (${costOf(ruleOf(name))}).`,
  );
  const { decorator, route } = operators[endpoint];
  const advice = ways.length > 0 ? ways.join(' ') : `Write it: @${decorator}() ${endpoint}(request) { … }`;
  const offered = [...plan.keys()].map((name) => operators[name].route).join(', ');
  return new ComponentError('E_NO_SUCH_ENDPOINT', { component: signature.name, endpoint: route, offered, advice });
}
