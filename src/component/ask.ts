/** One request to one endpoint in canonical form: read, run, present. Synchronous wherever the endpoint is. */
import { isPromise } from '../derive/drive.js';
import type { ComponentError } from '../errors.js';
import type { CallOptions, Endpoint, EndpointName, MaybePromise } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { type Operator, type RawRequest, raise } from '../operators/operator.js';
import type { CompiledComponent } from './compile.js';

/** Put `raw`, whose inputs were checked already or are taken as they are, to `run`. Raises the problems in `found`. */
export function ask<N extends EndpointName>(
  compiled: CompiledComponent,
  endpoint: N,
  run: Endpoint<N>,
  raw: RawRequest,
  options?: CallOptions,
  found: ComponentError[] = [],
): MaybePromise<unknown> {
  const operator = operators[endpoint] as unknown as Operator<N>;
  const inputs = found.length === 0 ? (raw.inputs as object) : undefined;
  const request = operator.read(compiled.signature, raw, inputs, found, options);
  raise('The request', found);
  const method = methodOf(compiled, endpoint);
  const result = run(request);
  if (isPromise(result)) return Promise.resolve(result).then((value) => operator.present(method, request, value));
  return operator.present(method, request, result);
}

function methodOf({ signature, plan }: CompiledComponent, endpoint: EndpointName): string {
  const one = plan.get(endpoint);
  return `${signature.name}.${one?.kind === 'own' ? one.method : endpoint}()`;
}
