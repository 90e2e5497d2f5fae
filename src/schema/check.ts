/**
 * Checking and coercing values against a schema: plain literals in, typed instances out, every problem at once.
 *
 * A scalar field becomes a number (bigint for 64-bit integers, boolean for bool, `Complex` for complex), an array field
 * an `NdArray`, a map a `Map`, a model an instance of its class with the defaults of its initialisers.
 */

import type { DType } from '../array/dtype.js';
import { type ArrayTarget, readArray } from '../array/literal.js';
import { isNdArray, NdArray, scalarOf } from '../array/ndarray.js';
import { formatShape } from '../array/shape.js';
import { ComponentError, fail, problem } from '../errors.js';
import { clip, describe } from './describe.js';
import { type ArraySpec, type PlainRow, type PlainSpec, plainKinds } from './field.js';
import { readJson } from './json.js';
import { formatStep } from './path.js';
import { entryAt, isBacking, namesIn } from './record.js';
import type { Field, Schema } from './schema.js';
import { nearest } from './suggest.js';

export { describe } from './describe.js';

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
  readonly built: (instance: object, at: string, schema: Schema) => void;
  /** This pass where what is read is a default, which others read too: its arrays are copied. */
  readonly ofDefault: Pass;
  /** How many values lists and maps hold so far, and may hold. */
  readonly elements: { held: number; readonly most: number };
}

/** A model instance that was built, where it stands, and its schema. */
export interface Built {
  readonly instance: object;
  readonly at: string;
  readonly schema: Schema;
}

/** What a pass over a value gave. */
export interface Checked {
  readonly value: Record<string, unknown>;
  readonly problems: readonly ComponentError[];
  /** Every model instance and where it stands, innermost first: constraints are checked on these. */
  readonly instances: readonly Built[];
}

/** Coerce `value` to an instance of the schema's class. `at` is its name in messages: `inputs`, `outputs`. */
export function check(schema: Schema, value: unknown, at: string, options: CheckOptions = {}): Checked {
  const problems: ComponentError[] = [];
  const instances: Built[] = [];
  const pass = passOf({
    problems,
    array: options.array ?? readValue,
    partial: options.partial ?? false,
    built: (instance, where, of) => instances.push({ instance, at: where, schema: of }),
    elements: { held: 0, most: options.elements ?? Infinity },
  });
  const instance = readModel(schema, value, at, pass);
  return { value: instance as Record<string, unknown>, problems, instances };
}

function passOf(pass: Omit<Pass, 'ofDefault'>): Pass {
  const array: ArrayReader = (...args) => {
    const read = pass.array(...args);
    return isNdArray(read) ? unshared(read) : read;
  };
  const ofDefault: Pass = {
    ...pass,
    array,
    get ofDefault() {
      return ofDefault;
    },
  };
  return { ...pass, ofDefault };
}

/** An array that shares no memory with another. */
export function unshared({ dtype, shape, data }: NdArray<DType>): NdArray<DType> {
  return new NdArray<DType>(dtype, shape, data.slice());
}

function readModel(schema: Schema, value: unknown, at: string, pass: Pass): unknown {
  if (!isRecord(value)) {
    pass.problems.push(problem('E_TYPE', { path: at, received: describe(value), expected: fieldsOf(schema) }));
    return undefined;
  }
  const instance = schema.create();
  refuseUnknown(schema, value, at, pass.problems, instance);
  for (const field of schema.fields) {
    const given = entryAt(value, field.name);
    const where = `${at}.${field.name}`;
    instance[field.name] =
      given === undefined
        ? readField(field, instance[field.name], where, pass.ofDefault)
        : readField(field, given, where, pass);
  }
  pass.built(instance, at, schema);
  return instance;
}

// What an instance of the class has besides its fields, a new one has too.
function refuseUnknown(
  schema: Schema,
  value: Record<string, unknown>,
  at: string,
  problems: ComponentError[],
  fresh: object,
): void {
  const alike = Object.getPrototypeOf(value) === Object.getPrototypeOf(fresh);
  for (const name of namesIn(value)) {
    if (schema.byName.has(name) || (alike && Object.hasOwn(fresh, name)) || isBacking(value, name)) continue;
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
  const entries: readonly (readonly [unknown, unknown])[] =
    value instanceof Map ? [...value] : namesIn(value).map((name) => [name, value[name]]);
  refuseMany(entries.length, at, pass);
  const map = new Map<string, unknown>();
  for (const [key, item] of entries) {
    if (isEnough(pass.problems)) break;
    map.set(String(key), readOne(field, item, `${at}.${keyStep(key)}`, pass));
  }
  return map;
}

function keyStep(key: unknown): string {
  return formatStep({ kind: 'key', key: clip(String(key)) });
}

function refuseMany(count: number, at: string, pass: Pass): void {
  pass.elements.held += count;
  const { held, most } = pass.elements;
  if (held > most) fail('E_LIMIT', { path: at, received: `${count} values`, expected: `${most} in lists and maps` });
}

function readPlain(spec: PlainSpec, value: unknown, at: string, problems: ComponentError[]): unknown {
  if (spec.type === 'json' && !spec.encoded) return readJson(value, at, problems);
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
