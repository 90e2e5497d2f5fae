/** Explaining a request: it is checked and read as if it were to be made, and then only planned. */
import type { CompiledComponent } from '../component/compile.js';
import { missingEndpoint } from '../component/compile.js';
import type { Dispatch } from '../component/dispatch.js';
import { type Explanation, explanation } from '../component/explain.js';
import { drive } from '../derive/drive.js';
import type { ComponentError } from '../errors.js';
import type { CallOptions, EndpointName } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { type RawRequest, raise } from '../operators/operator.js';
import { readAbstract } from '../schema/abstract.js';
import { check, readValue } from '../schema/check.js';

/** What `endpoint` would cost for `raw`. Rejects as the request itself would where it is wrong. */
export async function explain(
  { compiled, endpoints }: { readonly compiled: CompiledComponent; readonly endpoints: Dispatch },
  endpoint: EndpointName,
  raw: RawRequest,
  options?: CallOptions,
): Promise<Explanation> {
  if (!compiled.plan.has(endpoint)) throw missingEndpoint(compiled, endpoint);
  const array = endpoint === 'abstractEval' ? readAbstract : readValue;
  const { value, problems: found } = check(compiled.signature.inputs, raw.inputs, 'inputs', { array });
  const problems: ComponentError[] = [...found];
  const inputs = found.length === 0 ? value : undefined;
  const { seed } = operators[endpoint];
  // Without its seed a product is read as a point, and no part of the seed is taken for zero.
  const read = seed !== undefined && raw[seed] === undefined ? operators.jacobian.read : operators[endpoint].read;
  const request = read(compiled.signature, { ...raw, inputs: value }, inputs, problems, options);
  raise('The request', problems);
  return drive(explanation(compiled, endpoints, endpoint, request));
}
