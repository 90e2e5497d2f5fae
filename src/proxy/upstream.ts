/** What a proxy stands in front of: a remote component, extended by rules, and run as if it were here. */
import { type ConnectOptions, connect } from '../client/connect.js';
import type { Dispatch } from '../component/dispatch.js';
import { extend } from '../component/extend.js';
import type { RuleName } from '../derive/rules.js';
import { fail } from '../errors.js';
import type { EndpointName, Evaluation } from '../operators/endpoints.js';
import { foundationOf } from '../runtime/handleOver.js';
import type { Target } from '../runtime/invoke.js';

/** A remote component, extended. */
export interface Upstream {
  readonly url: string;
  readonly target: Target;
  /** The endpoints that are derived here. */
  readonly derived: readonly EndpointName[];
}

/** Connect, and derive. Raises `E_REMOTE_…` and `E_DERIVE_…`. */
export async function openUpstream(
  url: string,
  rules: readonly RuleName[],
  options: ConnectOptions,
): Promise<Upstream> {
  const handle = await connect(url, options);
  const before = Object.keys(handle.provenance);
  const foundation = foundationOf(handle);
  if (!foundation) return fail('E_HANDLE', { received: handle.url });
  const { compiled, endpoints } = extend(foundation.offer(), rules, (rule) => `--derive ${rule}`);
  const derived = [...compiled.plan.keys()].filter((endpoint) => !before.includes(endpoint));
  const target = { compiled, instance: {}, endpoints: concurrent(endpoints, foundation.concurrency) };
  return { url: handle.url, target, derived };
}

/** Every sweep runs as many probes at once as the connection may. */
function concurrent(endpoints: Dispatch, concurrency: number): Dispatch {
  const wrapped = Object.entries(endpoints).map(([name, run]) => [
    name,
    (request: Evaluation) => run({ ...request, options: { concurrency, ...request.options } } as never),
  ]);
  return Object.freeze(Object.fromEntries(wrapped) as Dispatch);
}
