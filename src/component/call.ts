/** One call of an endpoint of an instance. */
import type { ComponentError } from '../errors.js';
import type { CallOptions, Endpoint, EndpointName, MaybePromise } from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';
import { ask } from './ask.js';
import { type CompiledComponent, missingEndpoint } from './compile.js';
import { dispatch } from './dispatch.js';

/** Call `endpoint` of `instance` on `raw`, whose inputs were checked already or are taken as they are. */
export function call<N extends EndpointName>(
  compiled: CompiledComponent,
  instance: object,
  endpoint: N,
  raw: RawRequest,
  options?: CallOptions,
  found: ComponentError[] = [],
): MaybePromise<unknown> {
  const run = dispatch(compiled, instance)[endpoint] as Endpoint<N> | undefined;
  if (!run) throw missingEndpoint(compiled, endpoint);
  return ask(compiled, endpoint, run, raw, options, found);
}
