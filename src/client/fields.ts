/**
 * The schema of a model, read from the JSON Schema in an OpenAPI document: the same facts that a model class declares.
 *
 * To read another kind of field, add a row to `readers`. What no row knows is taken as any JSON value.
 */
import { decodeTree } from '../codec/decode.js';
import { isRecord } from '../codec/describe.js';
import { ComponentError } from '../errors.js';
import type { FieldOptions, ModelSpec, PlainKind, PlainSpec } from '../schema/field.js';
import type { AnyClass } from '../schema/metadata.js';
import { type Field, type Schema, schemaOver } from '../schema/schema.js';
import { arraySpec, isArrayNode } from './arrayNode.js';

/** A node of a JSON Schema. */
export type Node = Readonly<Record<string, unknown>>;

/** What reading a model needs besides its node. */
export interface SchemaSource {
  /** The node that a `$ref` names. */
  readonly resolve: (reference: string) => Node | undefined;
}

/** What a node says of one value. */
interface Kind {
  readonly spec: Field['spec'];
  readonly model?: Schema | undefined;
}

interface Reader {
  readonly reads: (node: Node) => boolean;
  readonly kind: (node: Node, options: FieldOptions, source: SchemaSource, depth: number) => Kind;
}

const plainTypes: ReadonlySet<unknown> = new Set<PlainKind>(['string', 'number', 'integer', 'boolean']);
// Recursive models cannot be served; a document may still be recursive.
const DEEPEST = 32;

const readers: Readonly<Record<string, Reader>> = {
  array: {
    reads: isArrayNode,
    kind: (node, options) => ({ spec: arraySpec(node, options) }),
  },
  list: {
    reads: (node) => node['type'] === 'array' && isRecord(node['items']),
    kind: (node, options, source, depth) => several('list', node['items'] as Node, options, source, depth),
  },
  map: {
    reads: (node) => isRecord(node['additionalProperties']) && !isRecord(node['properties']),
    kind: (node, options, source, depth) =>
      several('map', node['additionalProperties'] as Node, options, source, depth),
  },
  model: {
    reads: (node) => isRecord(node['properties']),
    kind: (node, options, source, depth) => {
      const model = modelOf(node, source, depth + 1);
      return { spec: { ...options, kind: 'model', model: () => model.type } satisfies ModelSpec, model };
    },
  },
  choice: {
    reads: (node) => choicesOf(node) !== undefined,
    kind: (node, options) => ({ spec: plain('choice', { ...options, values: choicesOf(node)! }) }),
  },
  plain: {
    reads: (node) => plainTypes.has(node['type']),
    kind: (node, options) => ({ spec: plain(node['type'] as PlainKind, options) }),
  },
};

/** The schema of the model that `node` describes. */
export function modelOf(given: Node, source: SchemaSource, depth = 0): Schema {
  const node = follow(given, source);
  const properties = isRecord(node['properties']) && depth < DEEPEST ? node['properties'] : {};
  const required = new Set(Array.isArray(node['required']) ? node['required'] : []);
  const defaults: Record<string, unknown> = {};
  const fields = Object.entries(properties).map(([name, property]) => {
    const field = isRecord(property) ? property : {};
    const value = defaultOf(follow(field, source), field);
    if (value !== undefined) defaults[name] = value;
    return fieldOf(name, field, { needed: required.has(name), hasDefault: value !== undefined }, source, depth);
  });
  return schemaOver(classNamed(titleOf(node)), fields, () => ({ ...defaults }));
}

function classNamed(name: string): AnyClass {
  const type = class {};
  Object.defineProperty(type, 'name', { value: name });
  return type;
}

// `Apply_Mesh` is the model class `Mesh`, as it goes into apply.
function titleOf(node: Node): string {
  return String(node['title'] ?? 'the model').replace(/^Apply_/, '');
}

function fieldOf(
  name: string,
  given: Node,
  { needed, hasDefault }: { readonly needed: boolean; readonly hasDefault: boolean },
  source: SchemaSource,
  depth: number,
): Field {
  const { node, nullable } = withoutNull(follow(given, source), source);
  const description = given['description'] ?? node['description'];
  // A default that the document does not tell is the server's to fill in.
  const optional = nullable || !(needed || hasDefault);
  const options: FieldOptions = { optional, ...(typeof description === 'string' ? { description } : {}) };
  const { spec, model } = kindOf(node, options, source, depth);
  return Object.freeze({ name, spec, model, hasDefault });
}

function kindOf(node: Node, options: FieldOptions, source: SchemaSource, depth: number): Kind {
  const reader = Object.values(readers).find(({ reads }) => reads(node));
  return reader ? reader.kind(node, options, source, depth) : { spec: anything(options) };
}

/** Several values of one kind. Containers in containers, and elements that may be null, are taken as any JSON. */
function several(
  each: 'list' | 'map',
  element: Node,
  options: FieldOptions,
  source: SchemaSource,
  depth: number,
): Kind {
  const { node, nullable } = withoutNull(follow(element, source), source);
  const nested = readers['list']!.reads(node) || readers['map']!.reads(node);
  if (nested || nullable) return { spec: anything({ ...options, each }) };
  return kindOf(node, { ...options, each }, source, depth);
}

function plain(type: PlainKind, options: FieldOptions & Pick<PlainSpec, 'values'>): PlainSpec {
  return { ...options, kind: 'plain', type };
}

// A server may write arrays where its document does not say so.
function anything(options: FieldOptions): PlainSpec {
  return { ...plain('json', options), encoded: true };
}

function choicesOf(node: Node): PlainSpec['values'] {
  const values: unknown = node['enum'] ?? ('const' in node ? [node['const']] : undefined);
  if (!Array.isArray(values)) return undefined;
  return values.every((value) => typeof value === 'string' || typeof value === 'number') ? values : undefined;
}

/** The node itself, or the one it refers to, with what it says besides. */
function follow(node: Node, source: SchemaSource): Node {
  const { $ref: reference, allOf, ...rest } = node;
  if (typeof reference === 'string') return { ...source.resolve(reference), ...rest };
  if (Array.isArray(allOf) && allOf.length === 1 && isRecord(allOf[0])) return { ...follow(allOf[0], source), ...rest };
  return node;
}

/** The one alternative besides null; a node with several stays as it is. */
function withoutNull(node: Node, source: SchemaSource): { readonly node: Node; readonly nullable: boolean } {
  const { anyOf } = node;
  if (!Array.isArray(anyOf)) return { node, nullable: false };
  const others = anyOf.filter((one) => isRecord(one) && one['type'] !== 'null');
  const nullable = others.length < anyOf.length;
  return { node: others.length === 1 ? follow(others[0] as Node, source) : node, nullable };
}

/** The default that a document tells; one that cannot be read is left to the server. */
function defaultOf(node: Node, given: Node): unknown {
  const value = given['default'] ?? node['default'] ?? undefined;
  try {
    return decodeTree(value, { path: 'default' });
  } catch (error) {
    if (error instanceof ComponentError) return undefined;
    throw error;
  }
}
