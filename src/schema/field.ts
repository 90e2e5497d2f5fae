/**
 * The field table: what a field of a schema may be.
 *
 * An array field is described by `ArraySpec`, a nested model by `ModelSpec`, anything else by a row of `plainKinds`:
 * to add a kind of plain field, add a row there; reading, messages and the JSON Schema follow from it.
 */
import type { DType } from '../array/dtype.js';
import type { ShapePattern } from '../array/shape.js';
import { type AnyClass, type Level, levels, type Metadata, push } from './metadata.js';

/** What any field may say. */
export interface FieldOptions {
  /** One sentence for people: it appears in the JSON Schema and the documentation page. */
  readonly description?: string;
  /** Whether the field may be left out or null; it is `undefined` then. */
  readonly optional?: boolean;
  /** Several values: a list (`[]`) or a map from strings (`Map`). */
  readonly each?: 'list' | 'map';
}

/** An array field; shape `[]` is a scalar. */
export interface ArraySpec extends FieldOptions {
  readonly kind: 'array';
  readonly dtype: DType | 'any';
  readonly shape: ShapePattern;
  readonly differentiable: boolean;
}

/** A nested model. The class is named by a thunk, so that it may be declared later. */
export interface ModelSpec extends FieldOptions {
  readonly kind: 'model';
  readonly model: () => AnyClass;
}

/** A field that is neither array nor model. */
export interface PlainSpec extends FieldOptions {
  readonly kind: 'plain';
  readonly type: PlainKind;
  /** The allowed values of a `choice`. */
  readonly values?: readonly (string | number)[];
  /** Whether what a `json` field holds may be more than JSON, such as decoded arrays: then it is taken as it is. */
  readonly encoded?: boolean;
}

/** A field whose type is only known once its thunk can be called. */
export interface DeferredSpec extends FieldOptions {
  readonly kind: 'deferred';
  readonly type: () => unknown;
  /** Whether the compiler noted the type, and nobody wrote it. */
  readonly noted?: boolean;
}

/** What a decorator says of a field. */
export type FieldSpec = ArraySpec | ModelSpec | PlainSpec | DeferredSpec;

/** A row of the table of plain kinds. */
export interface PlainRow {
  readonly accepts: (value: unknown, spec: PlainSpec) => boolean;
  /** What is needed, for messages. */
  readonly expected: (spec: PlainSpec) => string;
  readonly jsonSchema: (spec: PlainSpec) => Record<string, unknown>;
}

/** The kinds of plain field. */
export type PlainKind = 'string' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';

/** Every kind of plain field. */
export const plainKinds = {
  string: {
    accepts: (value) => typeof value === 'string',
    expected: () => 'a string',
    jsonSchema: () => ({ type: 'string' }),
  },
  number: {
    accepts: (value) => typeof value === 'number',
    expected: () => 'a number',
    jsonSchema: () => ({ type: 'number' }),
  },
  integer: {
    accepts: (value) => typeof value === 'number' && Number.isInteger(value),
    expected: () => 'a whole number',
    jsonSchema: () => ({ type: 'integer' }),
  },
  boolean: {
    accepts: (value) => typeof value === 'boolean',
    expected: () => 'true or false',
    jsonSchema: () => ({ type: 'boolean' }),
  },
  choice: {
    accepts: (value, spec) => (spec.values ?? []).includes(value as string),
    expected: (spec) => `one of ${(spec.values ?? []).map(choiceText).join(', ')}`,
    jsonSchema: ({ values = [] }) => ({ ...typesOf(values), enum: values.filter((value) => !isUnwritable(value)) }),
  },
  // What is one is told where it is copied.
  json: {
    accepts: () => true,
    expected: () => 'any JSON value',
    jsonSchema: () => ({}),
  },
} as const satisfies Record<PlainKind, PlainRow>;

// JSON has no word for NaN and the infinities, so no request can choose them.
function isUnwritable(value: string | number): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

function choiceText(value: string | number): string {
  return isUnwritable(value) ? String(value) : JSON.stringify(value);
}

// One type is written as such: some clients read no list of types.
function typesOf(values: readonly (string | number)[]): { readonly type?: string | readonly string[] } {
  const types = [...new Set(values.map((value) => typeof value))];
  return types.length === 0 ? {} : { type: types.length === 1 ? types[0]! : types };
}

/** A field as declared: its name and what its decorator said. */
export interface DeclaredField {
  readonly name: string;
  readonly spec: FieldSpec;
  /** What was decorated, where that is no property of an instance. */
  readonly misplaced?: string | undefined;
}

const fieldsKey: symbol = Symbol.for('cotangent:fields');

/** Record a field in its class's metadata. */
export function declareField(metadata: Metadata, field: DeclaredField): void {
  push<DeclaredField>(metadata, fieldsKey, field);
}

/** The fields declared along the class chain, the most distant ancestor first. */
export function declaredFields(model: AnyClass): readonly Level<DeclaredField>[] {
  return levels<DeclaredField>(model, fieldsKey);
}
