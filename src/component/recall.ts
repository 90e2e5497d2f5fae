/** Which endpoints of a component are answered from what is known at a point already. */
import { Memo } from '../derive/memo/memo.js';
import { keeping, recalling } from '../derive/memo/recall.js';
import { ruleOf } from '../derive/rules.js';
import type { Endpoint, EndpointName, Endpoints } from '../operators/endpoints.js';
import type { CompiledComponent } from './compile.js';
import type { Plan } from './resolve.js';

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
 * An endpoint over the memory. What an author wrote is called whenever it is asked for, and what it gives is
 * kept where products are derived from it; what is derived is answered from memory where that gives the same.
 */
export function recalled(plan: Plan, endpoint: EndpointName, run: unknown, memo: Memo | undefined): unknown {
  const one = plan.get(endpoint);
  if (!memo || !one) return run;
  if (endpoint === 'jacobian') {
    const wanted = one.kind === 'derived' || [...plan.values()].some((other) => isFromJacobian(other));
    return wanted ? keeping(memo, run as Endpoint<'jacobian'>, one.kind === 'derived') : run;
  }
  if (!isRecalled(plan, endpoint)) return run;
  const byOutput = endpoint === 'vjp' && !isFromJacobian(one);
  return recalling(memo, { to: endpoint as 'jvp' | 'vjp', run: run as Endpoint<'jvp'>, byOutput });
}

/** Whether a product is answered from the blocks of a Jacobian that are known at the point. */
export function isRecalled(plan: Plan, endpoint: EndpointName): boolean {
  const one = plan.get(endpoint);
  if (one?.kind !== 'derived' || (endpoint !== 'jvp' && endpoint !== 'vjp')) return false;
  const jacobian = plan.get('jacobian');
  return ruleOf(one.rule).exact && (isFromJacobian(one) || !jacobian || isExact(jacobian));
}

type Planned = NonNullable<ReturnType<Plan['get']>>;

function isFromJacobian(one: Planned): boolean {
  return one.kind === 'derived' && ruleOf(one.rule).from.includes('jacobian');
}

function isExact(one: Planned): boolean {
  return one.kind === 'derived' && ruleOf(one.rule).exact;
}
