/** Derivations on the caller's side: any handle, with the endpoints it lacks. */
import { extend } from '../component/extend.js';
import type { RuleName } from '../derive/rules.js';
import { fail } from '../errors.js';
import type { CallOptions } from '../operators/endpoints.js';
import type { ComponentHandle } from '../runtime/handle.js';
import { found, foundationOf, handleOver } from '../runtime/handleOver.js';
import type { Send } from '../runtime/send.js';
import { describe } from '../schema/check.js';

/** How endpoints are derived. */
export interface DerivedOptions {
  /** How many probes may run at once; 4 over a connection, 1 for what runs in this process. */
  readonly concurrency?: number | undefined;
}

const written = (rule: string) => `withDerived(…, '${rule}')`;

/**
 * A handle with endpoints added, each computed here by its rule from the endpoints that `handle` has:
 * `withDerived(handle, 'vjpFromJacobian')`. Options may come last. Its provenance tells which they are.
 *
 * Raises `E_HANDLE`, and `E_DERIVE_…` as a class would: an unknown rule, an endpoint that is there already, a missing
 * base. The results are the same whatever `concurrency` is.
 */
export function withDerived<H extends Pick<ComponentHandle, 'name' | 'version' | 'provenance'>>(
  handle: H,
  ...rules: readonly RuleName[] | readonly [...RuleName[], DerivedOptions]
): H {
  const under = foundationOf(handle);
  if (!under) return fail('E_HANDLE', { received: describe(handle) });
  const names = rules.flatMap((one) => (typeof one === 'string' ? [one] : []));
  const last = rules.at(-1);
  const concurrency = (typeof last === 'object' ? last.concurrency : undefined) ?? under.concurrency;
  const offer = extend(under.offer(), names, written);
  const sender = (extended: typeof offer): Send => {
    const send = under.sender(extended);
    return (endpoint, raw, options?: CallOptions) => send(endpoint, raw, { concurrency, ...options });
  };
  const derived = { ...handle, ...handleOver(offer.compiled, sender(offer), () => offer.endpoints, under.concurrency) };
  return Object.freeze(found(derived, { offer: () => offer, sender, concurrency }));
}
