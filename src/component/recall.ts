/** Which endpoints of a component are answered from what is known at a point already. */
import { Memo } from '../derive/memo/memo.js';
import { keeping, recalling } from '../derive/memo/recall.js';
import { ruleOf } from '../derive/rules.js';
import type { Endpoint, EndpointName, Endpoints } from '../operators/endpoints.js';
import type { CompiledComponent } from './compile.js';
import type { DerivedEndpoint, Plan } from './resolve.js';

const defaultBytes = 64 * 2 ** 20;

/** The memory of one instance, as its class declares it. */
export function memoOf({ cache }: Pick<CompiledComponent, 'cache'>): Memo | undefined {
  return cache === false ? undefined : new Memo(cache?.bytes ?? defaultBytes);
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
  const row = ruleOf(one.rule);
  const jacobian = isSwept(plan, one)
    ? (point: Parameters<Endpoint<'jacobian'>>[0]) => table.jacobian!(point)
    : undefined;
  if (!row.exact || !(isFromJacobian(one) || jacobian)) return run;
  return recalling(memo, {
    to: endpoint,
    run: run as Endpoint<'jvp'>,
    jacobian,
    byOutput: endpoint === 'vjp' && !isFromJacobian(one),
  });
}

function isFromJacobian(one: { readonly kind: string } | DerivedEndpoint): boolean {
  return 'rule' in one && ruleOf(one.rule).from.includes('jacobian');
}

/** Whether the class derives its jacobian too, in the same way and from the same base: then one sweep serves both. */
function isSwept(plan: Plan, { rule, options }: DerivedEndpoint): boolean {
  const jacobian = plan.get('jacobian');
  if (jacobian?.kind !== 'derived' || [options, jacobian.options].some((one) => Object.keys(one).length > 0))
    return false;
  const [own, other] = [ruleOf(rule), ruleOf(jacobian.rule)];
  return (
    own.exact &&
    other.exact &&
    own.from.length === other.from.length &&
    own.from.every((base) => other.from.includes(base))
  );
}
