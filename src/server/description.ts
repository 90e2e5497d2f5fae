/** What a server has to know of a component to serve it without having it: plain data, which a worker can send. */
import { type CompiledComponent, missingEndpoint } from '../component/compile.js';
import { type EndpointName, endpointNames } from '../operators/endpoints.js';
import type { JsonSchema } from '../schema/arraySchema.js';
import { openApiDocument } from './openapi/document.js';
import { formatsOffered, type Settings } from './options.js';
import { type PackedError, packError } from './packedError.js';

/** A component, as far as a server knows it. */
export interface Description {
  readonly name: string;
  readonly version: string;
  /** The OpenAPI document. */
  readonly document: JsonSchema;
  /** For each endpoint that is not offered, what is said to those who ask for it. */
  readonly missing: { readonly [N in EndpointName]?: PackedError };
}

/** The description of a component under the given settings. */
export function describeComponent(compiled: CompiledComponent, settings: Settings): Description {
  const { name, version, description } = { ...compiled, ...settings.names };
  const { format, outputPath } = settings;
  const formats = [format, ...formatsOffered(outputPath).filter((other) => other !== format)];
  const missing = endpointNames
    .filter((endpoint) => !compiled.plan.has(endpoint))
    .map((endpoint) => [endpoint, packError(missingEndpoint(compiled, endpoint))]);
  return {
    name,
    version,
    document: openApiDocument(compiled, { name, version, description, formats }),
    missing: Object.fromEntries(missing),
  };
}
