/** What is under a handle, and a handle over it. `openComponent` and the client's `connect` both come through here. */
import type { Explanation } from '../component/explain.js';
import type { Offer } from '../component/extend.js';
import type { CallOptions, EndpointName } from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';
import { explain } from './explain.js';
import type { JacobianOperator } from './jacobianOperator.js';
import { operatorAt } from './operatorAt.js';
import type { Send } from './send.js';

/** What is under a handle. */
export interface Foundation {
  /** What it offers, as far as it is known without a call. */
  readonly offer: () => Offer;
  /** How requests are sent to an offer that was made from this one. */
  readonly sender: (offer: Offer) => Send;
  /** How many probes of a derivation may run at once. */
  readonly concurrency: number;
}

/** A handle whose values have no types yet. */
export interface LooseHandle extends Pick<Offer['compiled'], 'name' | 'version' | 'provenance'> {
  readonly apply: (inputs: unknown, options?: CallOptions) => Promise<unknown>;
  readonly abstractEval: (inputs: unknown, options?: CallOptions) => Promise<unknown>;
  readonly jacobian: (request: RawRequest, options?: CallOptions) => Promise<unknown>;
  readonly jvp: (request: RawRequest, options?: CallOptions) => Promise<unknown>;
  readonly vjp: (request: RawRequest, options?: CallOptions) => Promise<unknown>;
  readonly jacobianOperator: (request: RawRequest, options?: CallOptions) => Promise<JacobianOperator>;
  readonly explain: (endpoint: EndpointName, request: RawRequest, options?: CallOptions) => Promise<Explanation>;
}

const foundations = new WeakMap<object, Foundation>();

/**
 * A handle that sends its requests by `send`, and explains them by the endpoints that answer them. `concurrency` is how
 * many products may run at once: 1 where a method that may use its buffers again answers them in this process.
 */
export function handleOver(
  of: Offer['compiled'],
  send: Send,
  endpoints: () => Offer['endpoints'],
  concurrency: number,
): LooseHandle {
  return {
    name: of.name,
    version: of.version,
    provenance: of.provenance,
    apply: (inputs, options) => send('apply', { inputs }, options),
    abstractEval: (inputs, options) => send('abstractEval', { inputs }, options),
    jacobian: (request, options) => send('jacobian', request, options),
    jvp: (request, options) => send('jvp', request, options),
    vjp: (request, options) => send('vjp', request, options),
    jacobianOperator: (request, options) => operatorAt({ compiled: of, send }, concurrency, request, options),
    explain: (endpoint, request, options) =>
      explain({ compiled: of, endpoints: endpoints() }, endpoint, request, options),
  };
}

/** Remember what is under a handle. */
export function found<T extends object>(handle: T, foundation: Foundation): T {
  foundations.set(handle, foundation);
  return handle;
}

/** What is under a handle, or undefined where it was made elsewhere. */
export function foundationOf(handle: object): Foundation | undefined {
  return foundations.get(handle);
}
