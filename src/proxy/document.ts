/** The OpenAPI document of a proxy: its upstream's, with what is derived added. */
import { isRecord } from '../codec/describe.js';
import { formatNames } from '../codec/index.js';
import type { CompiledComponent } from '../component/compile.js';
import type { EndpointName } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { JsonSchema } from '../schema/arraySchema.js';
import { openApiDocument } from '../server/openapi/document.js';

// There is no folder that a proxy could write to.
const formats = formatNames.filter((name) => name !== 'json+binref');

/** `upstream` with the paths of `derived` and the schemas they refer to; nothing that it says itself is changed. */
export function proxyDocument(
  upstream: JsonSchema,
  compiled: CompiledComponent,
  derived: readonly EndpointName[],
): JsonSchema {
  const { name, version, description } = compiled;
  const own = openApiDocument(compiled, { name, version, description, formats });
  const routes = derived.map((endpoint) => `/${operators[endpoint].route}`);
  const added = Object.entries(recordOf(own['paths'])).filter(([path]) => routes.includes(path));
  const components = recordOf(upstream['components']);
  const listed = upstream['x-supported-output-formats'];
  return {
    ...upstream,
    paths: { ...recordOf(upstream['paths']), ...Object.fromEntries(added) },
    components: {
      ...components,
      schemas: { ...recordOf(recordOf(own['components'])['schemas']), ...recordOf(components['schemas']) },
    },
    ...(Array.isArray(listed) ? { 'x-supported-output-formats': formats.filter((one) => listed.includes(one)) } : {}),
  };
}

function recordOf(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}
