/** The OpenAPI 3.1 document of a component: what clients discover it by. Only what is offered is in it. */
import { type Format, formats } from '../../codec/index.js';
import type { CompiledComponent, Provenance } from '../../component/compile.js';
import type { EndpointName } from '../../operators/endpoints.js';
import { operators } from '../../operators/index.js';
import { arrayComponents, type JsonSchema, refTo } from '../../schema/arraySchema.js';
import { NamedSchemas } from '../../schema/jsonSchema.js';
import { exampleBody } from './example.js';
import { addOperation, type Operation } from './operations.js';

/** What a document says besides what the class does. */
export interface DocumentOptions {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The formats that answers may have; the first is the default. */
  readonly formats: readonly Format[];
}

// The order in which Tesseract Core lists them.
const order: readonly (EndpointName | 'health')[] = ['apply', 'jacobian', 'jvp', 'vjp', 'health', 'abstractEval'];

/** The document of a component. */
export function openApiDocument(compiled: CompiledComponent, options: DocumentOptions): JsonSchema {
  const named = new NamedSchemas();
  const paths: Record<string, JsonSchema> = {};
  for (const name of order) {
    if (name === 'health') paths['/health'] = healthPath;
    else if (compiled.plan.has(name)) {
      const operation = addOperation(named, compiled, name);
      paths[`/${operators[name].route}`] = { post: post(compiled, name, operation, options) };
    }
  }
  for (const [name, schema] of Object.entries({ ...arrayComponents, ...errorComponents })) named.add(name, schema);
  const { name: title, version, description } = options;
  return {
    openapi: '3.1.0',
    info: { title, version, ...(description === '' ? {} : { description }) },
    paths,
    components: { schemas: named.all },
    'x-supported-output-formats': options.formats,
  };
}

function post(
  compiled: CompiledComponent,
  endpoint: EndpointName,
  operation: Operation,
  options: DocumentOptions,
): JsonSchema {
  const { route, summary } = operators[endpoint];
  const example = exampleBody(compiled, endpoint);
  const derived = provenanceMark(compiled.provenance[endpoint]);
  return {
    summary,
    description: (endpoint === 'apply' && options.description) || summary,
    operationId: route,
    ...derived,
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: refTo(operation.request), ...(example === undefined ? {} : { example }) },
      },
    },
    responses: {
      '200': { description: 'The answer.', content: answerContent(endpoint, operation, options.formats) },
      '422': { description: 'The request does not fit.', content: json(refTo('HTTPValidationError')) },
      default: { description: 'The request was not answered.', content: json(refTo('Problem')) },
    },
  };
}

/** Where an endpoint comes from, unless it is the author's own. */
function provenanceMark(provenance: Provenance | undefined): JsonSchema {
  if (provenance?.kind !== 'derived') return {};
  const { rule, from, exact, cost } = provenance;
  return { 'x-derived-from': { rule, base: from.map((name) => operators[name].route), exact, cost } };
}

function answerContent(endpoint: EndpointName, { answer }: Operation, offered: readonly Format[]): JsonSchema {
  // Shapes and dtypes are plain JSON whatever was asked for.
  const types = endpoint === 'abstractEval' ? ['application/json'] : offered.map((format) => formats[format].mediaType);
  return Object.fromEntries(types.map((type) => [type, { schema: refTo(answer) }]));
}

const json = (schema: JsonSchema): JsonSchema => ({ 'application/json': { schema } });

const healthPath: JsonSchema = {
  get: {
    summary: 'Whether the server runs.',
    operationId: 'health',
    responses: {
      '200': {
        description: 'It does.',
        content: json({
          type: 'object',
          properties: { status: { type: 'string', const: 'ok' } },
          required: ['status'],
        }),
      },
    },
  },
};

const errorComponents: Readonly<Record<string, JsonSchema>> = {
  HTTPValidationError: {
    type: 'object',
    properties: { detail: { type: 'array', items: refTo('ValidationError') } },
  },
  ValidationError: {
    type: 'object',
    properties: {
      type: { type: 'string', description: 'The kind of problem: array_shape_mismatch, missing, …' },
      loc: {
        type: 'array',
        description: 'Where it is.',
        items: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      },
      msg: { type: 'string' },
      ctx: { type: 'object', description: 'The facts that the message is made of.' },
    },
    required: ['type', 'loc', 'msg'],
  },
  Problem: { type: 'object', properties: { detail: { type: 'string' } }, required: ['detail'] },
};
