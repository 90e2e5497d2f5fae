/** Models as JSON Schema: a named schema for each model class, arrays inlined where they are used. */
import { isNdArray } from '../array/ndarray.js';
import { arraySchema, type Direction, type JsonSchema, refTo } from './arraySchema.js';
import { isScalar } from './check.js';
import { keywordsOf, limitsIn, merged } from './constraintKeywords.js';
import { constraintsOn } from './constraints.js';
import { type ArraySpec, type PlainRow, plainKinds } from './field.js';
import type { AnyClass } from './metadata.js';
import type { Field, Schema } from './schema.js';

/** How the models of a document are described. */
export interface Style {
  /** Comes before the name of each model: `Apply_`. */
  readonly prefix: string;
  /** Whether arrays stand for themselves or for their shape and dtype. */
  readonly arrays: 'values' | 'abstract';
}

/** Whose schema a name stands for. */
interface Owner {
  readonly type: AnyClass;
  readonly direction: Direction;
}

/** The named schemas of a document, as they are gathered: what is the same shares one, and equal names are told apart. */
export class NamedSchemas {
  readonly #schemas = new Map<string, JsonSchema>();
  readonly #owners = new Map<string, Owner>();

  /** The schemas by name. */
  get all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(this.#schemas);
  }

  /** Add a schema under a name of its own. */
  add(name: string, schema: JsonSchema): void {
    this.#schemas.set(name, schema);
  }

  /** Describe a model, and those in it, unless that was done; gives its name: the class's, or `root` where it is one. */
  describe(schema: Schema, direction: Direction, style: Style, root?: string): string {
    const name = this.#nameOf(style.prefix + (root ?? schema.name), schema.type, direction);
    if (this.#owners.has(name)) return name;
    this.#owners.set(name, { type: schema.type, direction });
    this.#schemas.set(name, {});
    this.#schemas.set(name, this.#model(schema, direction, style));
    return name;
  }

  #nameOf(wanted: string, type: AnyClass, direction: Direction): string {
    for (let i = 1; ; i++) {
      const name = i === 1 ? wanted : `${wanted}_${i}`;
      const owner = this.#owners.get(name);
      if (owner?.type === type && owner.direction === direction) return name;
      if (!owner && !this.#schemas.has(name)) return name;
    }
  }

  #model(schema: Schema, direction: Direction, style: Style): JsonSchema {
    const defaults = direction === 'input' ? schema.create() : {};
    const properties = schema.fields.map((field): [string, JsonSchema] => {
      const value = style.arrays === 'abstract' && field.spec.kind === 'array' ? undefined : defaults[field.name];
      const byDefault = jsonDefault(value);
      const description = field.spec.description;
      return [
        field.name,
        {
          ...this.#field(schema, field, direction, style),
          ...(description === undefined ? {} : { description }),
          ...(byDefault === undefined ? {} : { default: byDefault }),
        },
      ];
    });
    const required = schema.fields.filter(
      ({ spec, hasDefault }) => !spec.optional && (direction === 'output' || !hasDefault),
    );
    return {
      type: 'object',
      title: schema.name,
      properties: Object.fromEntries(properties),
      ...(required.length > 0 ? { required: required.map(({ name }) => name) } : {}),
      additionalProperties: false,
    };
  }

  #field(owner: Schema, field: Field, direction: Direction, style: Style): JsonSchema {
    const { spec } = field;
    const { own, each, elements } = keywordsOf(constraintsOn(owner.type), field.name, spec);
    const value = this.#one(field, direction, style);
    const inside = spec.kind === 'array' && style.arrays === 'values' ? ofElements(spec, elements) : {};
    if (spec.each === undefined) return nullable(merged([value, own, inside]), field, direction);
    const one = merged([value, each, inside]);
    if (spec.each === 'list') return nullable({ type: 'array', items: one, ...own }, field, direction);
    return nullable({ type: 'object', additionalProperties: one, ...own }, field, direction);
  }

  #one({ spec, model }: Field, direction: Direction, style: Style): JsonSchema {
    if (model) return refTo(this.describe(model, direction, style));
    if (spec.kind === 'plain') return (plainKinds[spec.type] as PlainRow).jsonSchema(spec);
    if (spec.kind !== 'array') return {};
    return style.arrays === 'abstract' ? refTo('ShapeDType') : arraySchema(spec, direction);
  }
}

// An encoded array is an object, so what is said of its elements has a place of its own.
function ofElements(spec: ArraySpec, elements: JsonSchema): JsonSchema {
  if (Object.keys(elements).length === 0) return {};
  return { array_elements: elements, ...(isScalar(spec) ? limitsIn(elements) : {}) };
}

// A client that fills in forms reads the type next to `anyOf`, so among inputs it is that of the value. Null is taken all
// the same. Among outputs it is exact.
function nullable(schema: JsonSchema, { spec }: Field, direction: Direction): JsonSchema {
  if (!spec.optional) return schema;
  const either = { anyOf: [schema, { type: 'null' }] };
  const { type, properties } = schema;
  if (type === undefined) return either;
  if (direction === 'output') return { ...either, type: [type, 'null'].flat() };
  return { ...either, type, ...(properties === undefined ? {} : { properties, array_flags: schema['array_flags'] }) };
}

// A longer default would hide the schema it stands in.
const MOST_DEFAULTS = 64;

/** An initial value as JSON, or undefined where JSON has no form for it that a request could hold. */
export function jsonDefault(value: unknown): unknown {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
  if (isNdArray(value)) return value.size <= MOST_DEFAULTS ? jsonDefault(value.toNested()) : undefined;
  if (value instanceof Map) return value.size <= MOST_DEFAULTS ? recordDefault(value) : undefined;
  const list: readonly unknown[] | undefined = Array.isArray(value)
    ? value
    : ArrayBuffer.isView(value) && 'length' in value
      ? Array.from(value as unknown as ArrayLike<unknown>)
      : undefined;
  if (list === undefined || list.length > MOST_DEFAULTS) return undefined;
  const items = list.map(jsonDefault);
  return items.includes(undefined) ? undefined : items;
}

function recordDefault(map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = [...map].map(([key, value]): [string, unknown] => [String(key), jsonDefault(value)]);
  return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries);
}
