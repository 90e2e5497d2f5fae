/** The path of every request: check the inputs, read the request, run it, check and present the result. */
import { ask } from '../component/ask.js';
import { call } from '../component/call.js';
import { type CompiledComponent, missingEndpoint } from '../component/compile.js';
import type { Dispatch } from '../component/dispatch.js';
import { following } from '../derive/drive.js';
import type { ComponentError } from '../errors.js';
import type { CallOptions, Endpoint, EndpointName, MaybePromise } from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';
import { readAbstract } from '../schema/abstract.js';
import { type CheckOptions, check, readValue } from '../schema/check.js';
import { checkConstraints } from '../schema/constraintCheck.js';
import { isConstrained } from '../schema/constraints.js';

/** A component that requests may be sent to. */
export interface Target {
  readonly compiled: CompiledComponent;
  readonly instance: object;
  /** Its endpoints, where they are not those of the instance alone. */
  readonly endpoints?: Dispatch | undefined;
}

const constrained = new WeakMap<CompiledComponent, boolean>();

function isChecked(compiled: CompiledComponent): boolean {
  const known = constrained.get(compiled) ?? isConstrained(compiled.signature.inputs);
  constrained.set(compiled, known);
  return known;
}

/**
 * Send one request. Inputs are coerced, defaulted and validated; every problem is reported at once. The result is there at
 * once where the author's method gives it at once, and no constraint answers by a promise.
 */
export function invoke(
  target: Target,
  endpoint: EndpointName,
  raw: RawRequest,
  options?: CallOptions,
  reading: CheckOptions = {},
): MaybePromise<unknown> {
  const { compiled } = target;
  if (!compiled.plan.has(endpoint)) throw missingEndpoint(compiled, endpoint);
  const array = endpoint === 'abstractEval' ? readAbstract : readValue;
  const checked = check(compiled.signature.inputs, raw.inputs, 'inputs', { array, ...reading });
  const request = { ...raw, inputs: checked.value };
  const unread = endpoint === 'abstractEval' || checked.problems.length > 0;
  const violations = unread || !isChecked(compiled) ? [] : checkConstraints(checked.instances);
  return following(violations as MaybePromise<readonly ComponentError[]>, (found) =>
    put(target, endpoint, request, options, [...checked.problems, ...found]),
  );
}

function put(
  { compiled, instance, endpoints }: Target,
  endpoint: EndpointName,
  request: RawRequest,
  options: CallOptions | undefined,
  problems: ComponentError[],
): MaybePromise<unknown> {
  const run = endpoints?.[endpoint] as Endpoint<EndpointName> | undefined;
  if (run) return ask(compiled, endpoint, run, request, options, problems);
  return call(compiled, instance, endpoint, request, options, problems);
}
