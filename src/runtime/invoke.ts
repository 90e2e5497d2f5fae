/** The path of every request: check the inputs, read the request, run it, check and present the result. */
import { ask } from '../component/ask.js';
import { call } from '../component/call.js';
import { type CompiledComponent, missingEndpoint } from '../component/compile.js';
import type { Dispatch } from '../component/dispatch.js';
import type { ComponentError } from '../errors.js';
import type { CallOptions, Endpoint, EndpointName, MaybePromise } from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';
import { readAbstract } from '../schema/abstract.js';
import { type CheckOptions, check, readValue } from '../schema/check.js';
import { type ConstraintCheck, isConstrained, loadConstraints } from '../schema/constraints.js';

/** A component that requests may be sent to. */
export interface Target {
  readonly compiled: CompiledComponent;
  readonly instance: object;
  /** Its endpoints, where they are not those of the instance alone. */
  readonly endpoints?: Dispatch | undefined;
}

const constraintChecks = new WeakMap<CompiledComponent, Promise<ConstraintCheck> | undefined>();

function constraintsOf(compiled: CompiledComponent): Promise<ConstraintCheck> | undefined {
  if (!constraintChecks.has(compiled)) {
    constraintChecks.set(compiled, isConstrained(compiled.signature.inputs) ? loadConstraints() : undefined);
  }
  return constraintChecks.get(compiled);
}

/**
 * Send one request. Inputs are coerced, defaulted and validated; every problem is reported at once. The result is there at
 * once where the author's method gives it at once, and no constraints have to be loaded.
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
  const problems: ComponentError[] = [...checked.problems];
  const request = { ...raw, inputs: checked.value };
  const constraints = endpoint === 'abstractEval' || problems.length > 0 ? undefined : constraintsOf(compiled);
  if (!constraints) return put(target, endpoint, request, options, problems);
  return constraints.then(async (violations) => {
    problems.push(...(await violations(checked.instances)));
    return put(target, endpoint, request, options, problems);
  });
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
