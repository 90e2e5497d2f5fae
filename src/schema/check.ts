/**
 * Checking and coercing values against a schema: plain literals in, typed instances out, every problem at once.
 *
 * A scalar field becomes a number (bigint for 64-bit integers, boolean for bool, `Complex` for complex), an array field
 * an `NdArray`, a map a `Map`, a model an instance of its class with the defaults of its initialisers.
 */

import type { DType } from '../array/dtype.js';
import { type ArrayTarget, readArray } from '../array/literal.js';
import { isNdArray, type NdArray, scalarOf } from '../array/ndarray.js';
import { formatShape } from '../array/shape.js';
import { ComponentError, fail, problem } from '../errors.js';
import { type ArraySpec, type PlainRow, type PlainSpec, plainKinds } from './field.js';
import type { Field, Schema } from './schema.js';
import { nearest } from './suggest.js';

/** How the arrays of a value are read: as values, or as shapes and dtypes only. */
export type ArrayReader = (spec: ArraySpec, value: unknown, at: string, problems: ComponentError[]) => unknown;

/** How a value is checked. */
export interface CheckOptions {
  /** How array fields are read: as values, unless said otherwise. */
  readonly array?: ArrayReader;
  /** Whether fields that are not arrays may be missing. */
  readonly partial?: boolean;
  /** How many values lists and maps may hold, all together; any number unless said otherwise. */
  readonly elements?: number;
}

// More would help nobody, and a request could ask for millions.
const MOST_PROBLEMS = 50;

/** Whether a pass may stop: there is enough to report. */
export function isEnough(problems: readonly ComponentError[]): boolean {
  return problems.length >= MOST_PROBLEMS;
}

/** A pass over a value: what is wrong so far, and how arrays are read. */
interface Pass {
  readonly problems: ComponentError[];
  readonly array: ArrayReader;
  readonly partial: boolean;
  /** Called with every model instance that was built, innermost first. */
  readonly built: (instance: object, at: string) => void;
  /** How many values lists and maps hold so far, and may hold. */
  readonly elements: { held: number; readonly most: number };
}

/** What a pass over a value gave. */
export interface Checked {
  readonly value: Record<string, unknown>;
  readonly problems: readonly ComponentError[];
  /** Every model instance and where it stands, innermost first: constraints are checked on these. */
  readonly instances: readonly { readonly instance: object; readonly at: string }[];
}

/** Coerce `value` to an instance of the schema's class. `at` is its name in messages: `inputs`, `outputs`. */
export function check(schema: Schema, value: unknown, at: string, options: CheckOptions = {}): Checked {
  const problems: ComponentError[] = [];
  const instances: { instance: object; at: string }[] = [];
  const built = (instance: object, where: string) => instances.push({ instance, at: where });
  const instance = readModel(schema, value, at, {
    problems,
    array: options.array ?? readValue,
    partial: options.partial ?? false,
    built,
    elements: { held: 0, most: options.elements ?? Infinity },
  });
  return { value: instance as Record<string, unknown>, problems, instances };
}

function readModel(schema: Schema, value: unknown, at: string, pass: Pass): unknown {
  if (!isRecord(value)) {
    pass.problems.push(problem('E_TYPE', { path: at, received: describe(value), expected: fieldsOf(schema) }));
    return undefined;
  }
  refuseUnknown(schema, value, at, pass.problems);
  const instance = schema.create();
  for (const field of schema.fields) {
    const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    instance[field.name] = readField(
      field,
      given === undefined ? instance[field.name] : given,
      `${at}.${field.name}`,
      pass,
    );
  }
  pass.built(instance, at);
  return instance;
}

function refuseUnknown(schema: Schema, value: Record<string, unknown>, at: string, problems: ComponentError[]): void {
  for (const name of Object.keys(value)) {
    if (schema.byName.has(name)) continue;
    if (isEnough(problems)) return;
    const known = [...schema.byName.keys()];
    const meant = nearest(name, known);
    problems.push(
      problem('E_EXTRA', {
        path: `${at}.${clip(name)}`,
        known: known.join(', '),
        advice: meant === undefined ? 'Remove it.' : `Did you mean ${meant}?`,
      }),
    );
  }
}

function readField(field: Field, value: unknown, at: string, pass: Pass): unknown {
  const { spec } = field;
  if (value === undefined || (value === null && spec.optional)) {
    const excused = spec.optional || (pass.partial && spec.kind === 'plain');
    if (!excused) pass.problems.push(problem('E_MISSING', { path: at, expected: expectation(field) }));
    return undefined;
  }
  if (spec.each === 'list') return readList(field, value, at, pass);
  if (spec.each === 'map') return readMap(field, value, at, pass);
  return readOne(field, value, at, pass);
}

function readOne(field: Field, value: unknown, at: string, pass: Pass): unknown {
  if (field.model) return readModel(field.model, value, at, pass);
  if (field.spec.kind === 'array') return pass.array(field.spec, value, at, pass.problems);
  return readPlain(field.spec as PlainSpec, value, at, pass.problems);
}

function readList(field: Field, value: unknown, at: string, pass: Pass): unknown {
  if (Array.isArray(value)) {
    refuseMany(value.length, at, pass);
    const list: unknown[] = [];
    for (let i = 0; i < value.length && !isEnough(pass.problems); i++) {
      list.push(readOne(field, value[i], `${at}.[${i}]`, pass));
    }
    return list;
  }
  pass.problems.push(
    problem('E_TYPE', { path: at, received: describe(value), expected: `a list of ${expectation(field)}` }),
  );
  return undefined;
}

function readMap(field: Field, value: unknown, at: string, pass: Pass): unknown {
  if (!(value instanceof Map) && !isRecord(value)) {
    pass.problems.push(
      problem('E_TYPE', { path: at, received: describe(value), expected: `a map of ${expectation(field)}` }),
    );
    return undefined;
  }
  const entries: readonly (readonly [unknown, unknown])[] = [...(value instanceof Map ? value : Object.entries(value))];
  refuseMany(entries.length, at, pass);
  const map = new Map<string, unknown>();
  for (const [key, item] of entries) {
    if (isEnough(pass.problems)) break;
    map.set(String(key), readOne(field, item, `${at}.{${clip(String(key))}}`, pass));
  }
  return map;
}

function refuseMany(count: number, at: string, pass: Pass): void {
  pass.elements.held += count;
  const { held, most } = pass.elements;
  if (held > most) fail('E_LIMIT', { path: at, received: `${count} values`, expected: `${most} in lists and maps` });
}

function readPlain(spec: PlainSpec, value: unknown, at: string, problems: ComponentError[]): unknown {
  const row: PlainRow = plainKinds[spec.type];
  if (row.accepts(value, spec)) return value;
  problems.push(problem('E_TYPE', { path: at, received: describe(value), expected: row.expected(spec) }));
  return undefined;
}

/** Read an array field as a value: a scalar as a number, anything else as an `NdArray`. */
export function readValue(spec: ArraySpec, value: unknown, at: string, problems: ComponentError[]): unknown {
  const array = readLeaf(spec, value);
  if ('code' in array) {
    problems.push(new ComponentError(array.code, { path: at, received: array.received, expected: array.expected }));
    return undefined;
  }
  return isScalar(spec) ? scalarOf(array) : array;
}

/** An array literal as an `NdArray` of the target; a matrix of one row or column may stand for a vector. */
export function readLeaf(target: ArrayTarget, value: unknown): ReturnType<typeof readArray> {
  return readArray(value, target);
}

/** Whether values of this field are numbers rather than `NdArray`s. */
export function isScalar(spec: ArraySpec): boolean {
  return spec.shape !== 'any' && spec.shape.length === 0;
}

/** A value as an author meets it in a field: the element of a rank-0 array, else the array itself. */
export function asFieldValue(array: NdArray<DType>, rankZero: boolean): unknown {
  return rankZero ? scalarOf(array) : array;
}

/** What a field takes, for messages. */
export function expectation({ spec, model }: Field): string {
  if (model) return fieldsOf(model);
  if (spec.kind === 'array') return spec.dtype === 'any' ? 'an array' : `${spec.dtype} ${formatShape(spec.shape)}`;
  return spec.kind === 'plain' ? (plainKinds[spec.type] as PlainRow).expected(spec) : 'a value';
}

function fieldsOf(schema: Schema): string {
  return `an object with ${schema.fields.map((field) => field.name).join(', ')}`;
}

// What can be iterated, awaited or told as a time is no record, though it is an object: its contents would be lost.
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return false;
  if (ArrayBuffer.isView(value) || value instanceof Date) return false;
  return !('then' in value && typeof value.then === 'function');
}

/** A value as a few words, for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(clip(value));
  if (typeof value === 'function') return `the function ${value.name}`;
  if (typeof value !== 'object') return String(value);
  if (isNdArray(value)) return `an array, ${value.dtype} ${formatShape(value.shape)}`;
  if (value instanceof Map) return `a map of ${value.size}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'Object';
  return name === 'Object' ? 'an object' : `a ${name}`;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
