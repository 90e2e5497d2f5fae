/** What is behind the derivations of one instance: what its author allows, what is measured, and what is remembered. */
import type { Behind, Traits } from '../derive/planner/behind.js';
import { CallCosts, type ProductName, timed } from '../derive/planner/costs.js';
import { warn } from '../derive/planner/warning.js';
import type { Context } from '../derive/rule.js';
import { ruleOf } from '../derive/rules.js';
import type { Endpoint, EndpointName, Endpoints, Point, Variable } from '../operators/endpoints.js';
import { readVariables } from '../operators/request.js';
import type { CompiledComponent } from './compile.js';
import { memoOf, shelfOf } from './recall.js';
import type { Plan } from './resolve.js';

const measured = new WeakMap<object, CallCosts>();

/** The measured costs of the products of a dispatch table. */
function costsOf(table: object): CallCosts {
  const costs = measured.get(table) ?? new CallCosts();
  measured.set(table, costs);
  return costs;
}

/** What is behind the derivation of an endpoint over `table`. */
export function behindOf(compiled: CompiledComponent, table: Partial<Endpoints>, endpoint: EndpointName): Behind {
  const { signature, plan } = compiled;
  return {
    shelf: shelfOf(plan, endpoint, memoOf(compiled, table)),
    component: signature.name,
    traits: traitsOf(plan),
    costs: costsOf(table),
    everything: ({ inputs }: Point) => ({
      of: readVariables({ schema: signature.outputs, name: 'of', values: undefined }, undefined, []),
      wrt: readVariables({ schema: signature.inputs, name: 'wrt', values: inputs }, undefined, []),
    }),
    known: new Map(),
    warn,
  };
}

function traitsOf(plan: Plan): { readonly [N in EndpointName]?: Traits } {
  const own = [...plan].flatMap(([endpoint, one]) =>
    one.kind === 'own' ? [[endpoint, { batch: one.options.batch, concurrency: one.options.concurrency }] as const] : [],
  );
  return Object.fromEntries(own);
}

/** The endpoint, timed where a rule of the plan chooses between it and another. */
export function watched(plan: Plan, table: Partial<Endpoints>, endpoint: EndpointName, run: unknown): unknown {
  const chooses = [...plan.values()].some((one) => one.kind === 'derived' && ruleOf(one.rule).from.length > 1);
  if (!chooses || (endpoint !== 'jvp' && endpoint !== 'vjp')) return run;
  return timed<ProductName>(endpoint, run as Endpoint<ProductName>, costsOf(table));
}

const contexts = new WeakMap<object, Map<EndpointName, Context>>();

/** Remember the context that an endpoint of `table` is derived in. */
export function derivesIn(table: Partial<Endpoints>, endpoint: EndpointName, context: Context): void {
  const known = contexts.get(table) ?? new Map<EndpointName, Context>();
  contexts.set(table, known.set(endpoint, context));
}

/** The context that an endpoint of `table` is derived in, where it is derived. */
export function contextOf(table: Partial<Endpoints>, endpoint: EndpointName): Context | undefined {
  return contexts.get(table)?.get(endpoint);
}

/** The name that the shapes of outputs are remembered under. */
export function shapesName(of: readonly Variable[]): string {
  return `shapes ${JSON.stringify(of.map(({ path }) => path))}`;
}

/** Whether the shapes of a point's outputs are remembered. */
export function areShapesKnown({ shelf }: Pick<Behind, 'shelf'>, { inputs, of }: Point): boolean {
  return shelf?.memo.at(inputs)?.get(shapesName(of)) !== undefined;
}
