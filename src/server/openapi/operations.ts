/** The requests and answers of each endpoint as named schemas: the names are those that Tesseract Core's clients know. */
import type { CompiledComponent } from '../../component/compile.js';
import type { EndpointName } from '../../operators/endpoints.js';
import { operators } from '../../operators/index.js';
import type { Signature, WireNames } from '../../operators/operator.js';
import { arraySchema, type JsonSchema, refTo } from '../../schema/arraySchema.js';
import type { ArraySpec } from '../../schema/field.js';
import type { NamedSchemas, Style } from '../../schema/jsonSchema.js';
import { differentiable, type Leaf, type Schema } from '../../schema/schema.js';

/** What the schemas of each endpoint are called. */
const names: Readonly<Record<EndpointName, { readonly wrapper: string; readonly style: Style }>> = {
  apply: { wrapper: 'Apply', style: { prefix: 'Apply_', arrays: 'values' } },
  jacobian: { wrapper: 'Jacobian', style: { prefix: 'Jacobian_', arrays: 'values' } },
  jvp: { wrapper: 'JVP', style: { prefix: 'Jvp_', arrays: 'values' } },
  vjp: { wrapper: 'VJP', style: { prefix: 'Vjp_', arrays: 'values' } },
  abstractEval: { wrapper: 'Abstract', style: { prefix: 'AbstractEval_', arrays: 'abstract' } },
};

/** The schemas of an endpoint's request and answer, by name. */
export interface Operation {
  readonly request: string;
  readonly answer: string;
}

/** Add the schemas of an endpoint. */
export function addOperation(named: NamedSchemas, compiled: CompiledComponent, endpoint: EndpointName): Operation {
  const { wrapper, style } = names[endpoint];
  const { inputs, outputs } = compiled.signature;
  const { wire } = operators[endpoint];
  const operation = { request: `${wrapper}InputSchema`, answer: `${wrapper}OutputSchema` };
  const root = refTo(named.describe(inputs, 'input', style, 'InputSchema'));
  const properties = { inputs: root, ...(wire ? derivativeProperties(endpoint, wire, compiled.signature) : {}) };
  named.add(operation.request, {
    ...record(properties, ['inputs', ...(wire ? Object.values(wire) : [])]),
    ...(endpoint === 'apply' ? marks(inputs) : {}),
  });
  named.add(operation.answer, wire ? derivativeAnswer(wire) : outputsAnswer(named, endpoint, outputs));
  return operation;
}

function outputsAnswer(named: NamedSchemas, endpoint: EndpointName, outputs: Schema): JsonSchema {
  const root = refTo(named.describe(outputs, 'output', names[endpoint].style, 'OutputSchema'));
  return { ...root, ...(endpoint === 'apply' ? marks(outputs) : {}) };
}

function record(properties: JsonSchema, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

const anyArray: ArraySpec = { kind: 'array', dtype: 'any', shape: 'any', differentiable: false };

function derivativeProperties(endpoint: EndpointName, wire: WireNames, { inputs, outputs }: Signature): JsonSchema {
  const list = (schema: Schema): JsonSchema => ({
    type: 'array',
    uniqueItems: true,
    minItems: 1,
    items: pathOf(schema),
  });
  const seeded = operators[endpoint].seed === 'tangent' ? inputs : outputs;
  const seed = { type: 'object', propertyNames: pathOf(seeded), additionalProperties: arraySchema(anyArray, 'input') };
  return {
    [wire.wrt]: list(inputs),
    [wire.of]: list(outputs),
    ...(wire.seed === undefined ? {} : { [wire.seed]: seed }),
  };
}

function derivativeAnswer(wire: WireNames): JsonSchema {
  const product = { type: 'object', additionalProperties: arraySchema(anyArray, 'output') };
  return wire.seed === undefined ? { type: 'object', additionalProperties: product } : product;
}

/** The paths of the differentiable arrays: as they are where no list or map is on the way, else a pattern. */
function pathOf(schema: Schema): JsonSchema {
  const kinds = differentiable(schema).map((leaf) =>
    leaf.concrete ? { type: 'string', const: leaf.pattern } : { type: 'string', pattern: `^${expressionOf(leaf)}$` },
  );
  return kinds.length === 1 ? kinds[0]! : { anyOf: kinds };
}

function expressionOf({ steps }: Leaf): string {
  return steps
    .map((step) =>
      step.kind === 'field' ? step.name.replaceAll('$', '\\$') : step.kind === 'index' ? '\\[\\d+\\]' : '\\{[^}]*\\}',
    )
    .join('\\.');
}

/** The extra keys by which clients find out what can be differentiated. A key that is absent means any. */
function marks(schema: Schema): JsonSchema {
  const arrays = differentiable(schema)
    .map(({ pattern, spec: { shape, dtype } }): [string, JsonSchema] => [
      pattern,
      { ...(shape === 'any' ? {} : { shape }), ...(dtype === 'any' ? {} : { dtype }) },
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { differentiable_arrays: Object.fromEntries(arrays), field_order: fieldOrder(schema, '') };
}

function fieldOrder(schema: Schema, path: string): Record<string, readonly string[]> {
  const order = { [path]: schema.fields.map(({ name }) => name) };
  for (const { name, model, spec } of schema.fields) {
    if (!model) continue;
    const steps = [path, name, ...(spec.each === 'list' ? ['[]'] : spec.each === 'map' ? ['{}'] : [])];
    Object.assign(order, fieldOrder(model, steps.filter((step) => step !== '').join('.')));
  }
  return order;
}
