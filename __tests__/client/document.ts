/** OpenAPI documents of servers that there are not: written as Tesseract Core writes them. */

type Node = Readonly<Record<string, unknown>>;

/** An encoded array as Tesseract Core describes it. */
export function arrayNode(
  shape: readonly (number | null)[] | 'any',
  dtype: string,
  flags: readonly string[] = [],
  allowed: readonly string[] = [dtype],
): Node {
  const axes = shape === 'any' ? { items: { type: 'integer' } } : { minItems: shape.length, maxItems: shape.length };
  const extents =
    shape === 'any' || shape.length === 0
      ? {}
      : {
          prefixItems: shape.map((extent) =>
            extent === null
              ? { type: 'integer', minimum: 0 }
              : extent === 1
                ? { type: 'integer', const: 1 }
                : { type: 'integer', enum: [1, extent] },
          ),
        };
  return {
    type: 'object',
    array_flags: flags,
    properties: {
      object_type: { type: 'string', const: 'array' },
      shape: { type: 'array', ...axes, ...extents },
      dtype: { type: 'string', enum: allowed, examples: [dtype] },
      data: {},
    },
  };
}

/** What a document is made of. */
export interface Parts {
  readonly inputs: Node;
  readonly outputs: Node;
  readonly required?: readonly string[];
  readonly routes?: Readonly<Record<string, Node>>;
  readonly schemas?: Readonly<Record<string, Node>>;
  readonly extra?: Node;
}

/** A document with these properties of inputs and outputs. */
export function documentOf({
  inputs,
  outputs,
  required = Object.keys(inputs),
  routes = {},
  schemas,
  extra,
}: Parts): Node {
  const paths = Object.fromEntries(
    Object.entries({ apply: {}, ...routes }).map(([route, post]) => [`/${route}`, { post }]),
  );
  return {
    openapi: '3.1.0',
    info: { title: 'Stub', version: '3.2.1' },
    paths,
    components: {
      schemas: {
        Apply_InputSchema: { type: 'object', title: 'Apply_InputSchema', properties: inputs, required },
        Apply_OutputSchema: { type: 'object', properties: outputs, required: Object.keys(outputs) },
        ...schemas,
      },
    },
    ...extra,
  };
}

/** One differentiable vector in, one out. */
export const vectorDocument: Node = documentOf({
  inputs: { x: arrayNode([null], 'float64', ['DIFFERENTIABLE']) },
  outputs: { y: arrayNode([null], 'float64', ['DIFFERENTIABLE']) },
  routes: { jacobian: {} },
});

/** An encoded array in JSON. */
export function encoded(buffer: unknown, shape: readonly number[], dtype = 'float64'): Node {
  return { object_type: 'array', shape, dtype, data: { buffer, encoding: 'json' } };
}
