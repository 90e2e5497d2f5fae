/**
 * Adding derivations to endpoints that are there already, of whatever kind: a local component's, or those that requests
 * over the network answer.
 */

import { type RuleName, ruleNames, rules } from '../derive/rules.js';
import { fail } from '../errors.js';
import { ownerOf, speaksFor } from './apart.js';
import { watched } from './behind.js';
import { type CompiledComponent, provenanceOf } from './compile.js';
import { type Dispatch, derived } from './dispatch.js';
import { belongsTo, memoOf, recalled } from './recall.js';
import { checkBases, type DerivedEndpoint, type Plan } from './resolve.js';

/** A component as far as requests go: what it says of itself, and its endpoints in canonical form. */
export interface Offer {
  readonly compiled: CompiledComponent;
  readonly endpoints: Dispatch;
}

/**
 * The offer with the rules added; one that is there already is left as it is. `written` is how a rule was written, for
 * messages. Raises `E_DERIVE_…`: an unknown rule, an endpoint that is answered otherwise, a missing base, a cycle.
 */
export function extend(offer: Offer, names: readonly string[], written: (rule: string) => string): Offer {
  const { compiled } = offer;
  const plan = new Map(compiled.plan);
  for (const name of names) {
    if (isNew(compiled.name, plan, name, written(name))) plan.set(rules[name].to, added(name, written(name), compiled));
  }
  checkBases(compiled, plan);
  const extended: CompiledComponent = Object.freeze({ ...compiled, plan, provenance: provenanceOf(plan) });
  return Object.freeze({ compiled: extended, endpoints: tableOf(extended, plan, offer.endpoints) });
}

function added(rule: RuleName, decorator: string, { type: owner }: CompiledComponent): DerivedEndpoint {
  return { kind: 'derived', rule, decorator, options: {}, owner };
}

function tableOf(compiled: CompiledComponent, plan: Plan, base: Dispatch): Dispatch {
  const table: Record<string, unknown> = { ...base };
  belongsTo(table, base, false);
  speaksFor(table, ownerOf(base));
  const memo = memoOf(compiled, table as Dispatch);
  for (const [endpoint, one] of plan) {
    const added = !Object.hasOwn(base, endpoint) && one.kind === 'derived';
    const run = added ? derived(compiled, table as Dispatch, one) : watched(plan, table, endpoint, base[endpoint]);
    if (!added) table[endpoint] = run;
    if (added || endpoint === 'jacobian') table[endpoint] = recalled(plan, endpoint, run, memo);
  }
  return Object.freeze(table as Dispatch);
}

/**
 * Whether a plan lacks this rule. Raises `E_DERIVE_UNKNOWN`, and `E_DERIVE_OWN_EXISTS` or `E_DERIVE_TWICE` where the
 * plan answers its endpoint otherwise. `decorator` is how the opt-in is written, for messages.
 */
export function isNew(component: string, plan: Plan, name: string, decorator: string): name is RuleName {
  if (!Object.hasOwn(rules, name))
    return fail('E_DERIVE_UNKNOWN', { component, rule: name, known: ruleNames.join(', ') });
  const endpoint = rules[name as RuleName].to;
  const present = plan.get(endpoint);
  if (!present) return true;
  if (present.kind === 'own') return fail('E_DERIVE_OWN_EXISTS', { component, decorator, method: present.method });
  if (present.rule === name) return false;
  return fail('E_DERIVE_TWICE', { component, endpoint, first: present.decorator, second: decorator });
}
