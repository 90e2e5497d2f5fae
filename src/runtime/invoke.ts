/** The path of every request: check the inputs, read the request, run it, check and present the result. */
import { ask } from '../component/ask.js';
import { call } from '../component/call.js';
import { type CompiledComponent, missingEndpoint } from '../component/compile.js';
import type { Dispatch } from '../component/dispatch.js';
import type { ComponentError } from '../errors.js';
import type { CallOptions, Endpoint, EndpointName } from '../operators/endpoints.js';
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

/** Send one request. Inputs are coerced, defaulted and validated; every problem is reported at once. */
export async function invoke(
  { compiled, instance, endpoints }: Target,
  endpoint: EndpointName,
  raw: RawRequest,
  options?: CallOptions,
  reading: CheckOptions = {},
): Promise<unknown> {
  if (!compiled.plan.has(endpoint)) throw missingEndpoint(compiled, endpoint);
  const array = endpoint === 'abstractEval' ? readAbstract : readValue;
  const checked = check(compiled.signature.inputs, raw.inputs, 'inputs', { array, ...reading });
  const problems: ComponentError[] = [...checked.problems];
  const constraints = endpoint === 'abstractEval' ? undefined : constraintsOf(compiled);
  if (constraints && problems.length === 0) problems.push(...(await (await constraints)(checked.instances)));
  const request = { ...raw, inputs: checked.value };
  const run = endpoints?.[endpoint] as Endpoint<EndpointName> | undefined;
  if (run) return ask(compiled, endpoint, run, request, options, problems);
  return call(compiled, instance, endpoint, request, options, problems);
}
