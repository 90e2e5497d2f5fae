/** The path of every request: check the inputs, read the request, run it, check and present the result. */
import { call } from '../component/call.js';
import { type CompiledComponent, missingEndpoint } from '../component/compile.js';
import type { ComponentError } from '../errors.js';
import type { CallOptions, EndpointName } from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';
import { readAbstract } from '../schema/abstract.js';
import { type ArrayReader, check, readValue } from '../schema/check.js';
import { type ConstraintCheck, isConstrained, loadConstraints } from '../schema/constraints.js';

/** A component that requests may be sent to. */
export interface Target {
  readonly compiled: CompiledComponent;
  readonly instance: object;
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
  { compiled, instance }: Target,
  endpoint: EndpointName,
  raw: RawRequest,
  options?: CallOptions,
  array?: ArrayReader,
): Promise<unknown> {
  if (!compiled.plan.has(endpoint)) throw missingEndpoint(compiled, endpoint);
  const reader = array ?? (endpoint === 'abstractEval' ? readAbstract : readValue);
  const checked = check(compiled.signature.inputs, raw.inputs, 'inputs', { array: reader });
  const problems: ComponentError[] = [...checked.problems];
  const constraints = endpoint === 'abstractEval' ? undefined : constraintsOf(compiled);
  if (constraints && problems.length === 0) problems.push(...(await (await constraints)(checked.instances)));
  return call(compiled, instance, endpoint, { ...raw, inputs: checked.value }, options, problems);
}
