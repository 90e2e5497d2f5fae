/** Which endpoints of a component are answered from what is known at a point already. */
import type { Shelf } from '../derive/memo/blocks.js';
import { snapshot } from '../derive/memo/content.js';
import { Memo } from '../derive/memo/memo.js';
import { keeping } from '../derive/memo/recall.js';
import { ruleOf } from '../derive/rules.js';
import {
  derivativeNames,
  type Endpoint,
  type EndpointName,
  type Endpoints,
  type Point,
  type SeededPoint,
} from '../operators/endpoints.js';
import type { CompiledComponent } from './compile.js';
import type { DerivedEndpoint, Plan } from './resolve.js';

const defaultBytes = 64 * 2 ** 20;

const memos = new WeakMap<object, Memo>();
const sole = new WeakSet<object>();
const forgetful = new WeakSet<object>();

/** Say that nobody else holds `instance`: no one can change what its methods read between two calls. */
export function holdAlone<T extends object>(instance: T): T {
  sole.add(instance);
  return instance;
}

/**
 * Say whose table this is: an instance, or another table. An instance that the application holds may change between
 * two calls, so its table remembers nothing unless the class says so.
 */
export function belongsTo(table: object, owner: object, isInstance: boolean): void {
  if (isInstance ? !sole.has(owner) : forgetful.has(owner)) forgetful.add(table);
}

/** The memory of a dispatch table, as the class declares it. */
export function memoOf({ cache }: Pick<CompiledComponent, 'cache'>, table: Partial<Endpoints>): Memo | undefined {
  if (cache === false || (cache === undefined && forgetful.has(table))) return undefined;
  const memo = memos.get(table) ?? new Memo(typeof cache === 'object' ? cache.bytes : defaultBytes);
  memos.set(table, memo);
  return memo;
}

/**
 * An endpoint over the memory. What an author wrote is called whenever it is asked for, and what it gives is kept where
 * products are derived from it; a Jacobian that is derived is answered from memory.
 */
export function recalled(plan: Plan, endpoint: EndpointName, run: unknown, memo: Memo | undefined): unknown {
  const isDerived = plan.get(endpoint)?.kind === 'derived' && endpoint !== 'abstractEval';
  const shelf = endpoint === 'jacobian' && isJacobianKept(plan) ? shelfOf(plan, endpoint, memo) : undefined;
  const kept = shelf ? keeping(shelf, run as Endpoint<'jacobian'>, isDerived) : run;
  return isDerived || shelf ? apart(kept as Endpoint<'jacobian'>) : run;
}

/**
 * An endpoint that is given arrays which are nobody else's. A sweep may wait for its probes while its caller goes on, and
 * writes to what it gave: all probes are at one point, with one seed, and what is kept is kept for that point. The
 * probes of a request share what was copied for it.
 */
function apart(run: (point: Point) => unknown): (point: Point | SeededPoint) => unknown {
  return (point) => {
    if (point.scope) return run(point);
    const inputs = snapshot(point.inputs);
    return run('seed' in point ? ({ ...point, inputs, seed: snapshot(point.seed) } as Point) : { ...point, inputs });
  };
}

/** Whether the blocks of a plan's Jacobian are kept: it is derived, or something is derived from it. */
export function isJacobianKept(plan: Plan): boolean {
  return plan.get('jacobian')?.kind === 'derived' || [...plan.values()].some(isFromJacobian);
}

type Planned = NonNullable<ReturnType<Plan['get']>>;

function isFromJacobian(one: Planned): boolean {
  return one.kind === 'derived' && ruleOf(one.rule).from.includes('jacobian');
}

/** Where what a derived endpoint, or a Jacobian, is made from is kept. */
export function shelfOf(plan: Plan, endpoint: EndpointName, memo: Memo | undefined): Shelf | undefined {
  const one = plan.get(endpoint);
  if (!memo || !one) return undefined;
  if (isFromJacobian(one)) return shelfOf(plan, 'jacobian', memo);
  return { memo, origin: originOf(plan, endpoint, one), whole: !isExact(plan, endpoint) };
}

/** Whether an endpoint, and all that it is made from, is exact up to rounding. */
export function isExact(plan: Plan, endpoint: EndpointName): boolean {
  const one = plan.get(endpoint);
  if (one?.kind !== 'derived') return true;
  const { exact, from } = ruleOf(one.rule);
  return exact && from.every((base) => isExact(plan, base));
}

// Two rules share what they come by where they call the same endpoints in the same way.
function originOf(plan: Plan, endpoint: EndpointName, one: Planned): string {
  if (one.kind === 'own') return endpoint;
  const from = (other: DerivedEndpoint) => ruleOf(other.rule).from.join();
  const alike = (name: EndpointName): boolean => {
    const other = plan.get(name);
    return other?.kind === 'derived' && from(other) === from(one) && areSame(other.options, one.options);
  };
  return `${from(one)} as for ${derivativeNames.find(alike) ?? endpoint}`;
}

function areSame(a: object, b: object): boolean {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof typeof a)[];
  return names.every((name) => a[name] === b[name] || JSON.stringify(a[name]) === JSON.stringify(b[name]));
}
