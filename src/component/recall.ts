/** Which endpoints of a component are answered from what is known at a point already. */
import { Memo } from '../derive/memo/memo.js';
import { keeping, recalling } from '../derive/memo/recall.js';
import { ruleOf } from '../derive/rules.js';
import type { Endpoint, EndpointName, Endpoints } from '../operators/endpoints.js';
import type { CompiledComponent } from './compile.js';
import type { DerivedEndpoint, Plan } from './resolve.js';

const defaultBytes = 64 * 2 ** 20;

const memos = new WeakMap<object, Memo>();

/** The memory of a dispatch table, as the class declares it. */
export function memoOf({ cache }: Pick<CompiledComponent, 'cache'>, table: Partial<Endpoints>): Memo | undefined {
  if (cache === false) return undefined;
  const memo = memos.get(table) ?? new Memo(cache?.bytes ?? defaultBytes);
  memos.set(table, memo);
  return memo;
}

/**
 * An endpoint of `table` over the memory. What an author wrote is called whenever it is asked for, and what it gives is
 * kept where products are derived from it; what is derived is answered from memory where that gives the same.
 */
export function recalled(
  plan: Plan,
  table: Partial<Endpoints>,
  endpoint: EndpointName,
  run: unknown,
  memo: Memo | undefined,
): unknown {
  const one = plan.get(endpoint);
  if (!memo || !one) return run;
  if (endpoint === 'jacobian') {
    const wanted = one.kind === 'derived' || [...plan.values()].some((other) => isFromJacobian(other));
    return wanted ? keeping(memo, run as Endpoint<'jacobian'>, one.kind === 'derived') : run;
  }
  if (one.kind !== 'derived' || (endpoint !== 'jvp' && endpoint !== 'vjp')) return run;
  const contracts = isFromJacobian(one);
  if (!ruleOf(one.rule).exact || !(contracts || isExact(plan.get('jacobian')))) return run;
  return recalling(memo, {
    to: endpoint,
    run: run as Endpoint<'jvp'>,
    jacobian: isSwept(plan, one) ? (point) => table.jacobian!(point) : undefined,
    byOutput: endpoint === 'vjp' && !contracts,
  });
}

type Planned = NonNullable<ReturnType<Plan['get']>>;

function isFromJacobian(one: Planned): boolean {
  return one.kind === 'derived' && ruleOf(one.rule).from.includes('jacobian');
}

function isExact(one: Planned | undefined): one is DerivedEndpoint {
  return one?.kind === 'derived' && ruleOf(one.rule).exact;
}

/** Whether the class derives its jacobian too, from the same base and without options: then one sweep serves both. */
function isSwept(plan: Plan, { rule, options }: DerivedEndpoint): boolean {
  const jacobian = plan.get('jacobian');
  if (!isExact(jacobian)) return false;
  const plain = [options, jacobian.options].every((one) => Object.keys(one).length === 0);
  return plain && ruleOf(rule).from.join() === ruleOf(jacobian.rule).from.join();
}
