/** A schema: the fields of a model class, gathered once from its decorators and its initialisers. */
import { dtypes } from '../array/dtype.js';
import { ComponentError, fail } from '../errors.js';
import { choicesOf } from './choices.js';
import {
  type ArraySpec,
  type DeclaredField,
  declaredFields,
  type FieldSpec,
  type ModelSpec,
  type PlainSpec,
} from './field.js';
import type { AnyClass, Level } from './metadata.js';
import { parsePath, patternOf, readPath, type Step } from './path.js';

/** A field whose type is known. */
export interface Field {
  readonly name: string;
  readonly spec: ArraySpec | ModelSpec | PlainSpec;
  /** The schema of a nested model. */
  readonly model: Schema | undefined;
  /** Whether an initialiser gives a value where none is given. */
  readonly hasDefault: boolean;
}

/** An array among the fields, however deep: its pattern and what it may be. */
export interface Leaf {
  readonly pattern: string;
  readonly steps: readonly Step[];
  readonly spec: ArraySpec;
  /** Its place in schema order. */
  readonly order: number;
  /** Whether the pattern is a path: no list or map on the way. */
  readonly concrete: boolean;
}

/** The fields of a model class, in declaration order, base class first. */
export interface Schema {
  readonly name: string;
  readonly type: AnyClass;
  readonly fields: readonly Field[];
  readonly byName: ReadonlyMap<string, Field>;
  /** Every array, by pattern, in schema order. */
  readonly leaves: ReadonlyMap<string, Leaf>;
  /** Make an instance: property initialisers give the defaults. */
  readonly create: () => Record<string, unknown>;
}

const cache = new WeakMap<AnyClass, Schema>();
const building = new Set<AnyClass>();

/**
 * The schema of a model class.
 *
 * Raises `E_DEFINE_NO_FIELDS`, `E_DEFINE_FIELD_…`, `E_DEFINE_RECURSIVE`, `E_DEFINE_DIFFERENTIABLE` or
 * `E_DEFINE_INITIALISER` where the class is not a model.
 */
export function schemaOf(type: AnyClass): Schema {
  const known = cache.get(type);
  if (known) return known;
  if (building.has(type)) fail('E_DEFINE_RECURSIVE', { model: type.name });
  building.add(type);
  try {
    const schema = build(type);
    cache.set(type, schema);
    return schema;
  } finally {
    building.delete(type);
  }
}

function build(type: AnyClass): Schema {
  const specs = new Map<string, FieldSpec>();
  for (const level of declaredFields(type)) gather(level, specs);
  if (specs.size === 0) fail('E_DEFINE_NO_FIELDS', { model: type.name });
  const create = (): Record<string, unknown> => new (type as unknown as new () => Record<string, unknown>)();
  const defaults = initial(type, create);
  const fields = [...specs].map(([name, spec]) => fieldOf(type, name, spec, defaults[name] !== undefined));
  return schemaOver(type, fields, create);
}

function gather({ owner, entries }: Level<DeclaredField>, specs: Map<string, FieldSpec>): void {
  const own = new Set<string>();
  for (const { name, spec, misplaced } of entries) {
    const field = `${owner.name}.${name}`;
    const found = misplaced ?? faultOf(owner, name);
    if (found !== undefined) fail('E_DEFINE_FIELD_PLACE', { field, received: found });
    if (own.has(name)) fail('E_DEFINE_FIELD_TWICE', { field });
    own.add(name);
    specs.set(name, spec);
  }
}

// An accessor is a property if it can be read and written.
function faultOf(owner: AnyClass, name: string): string | undefined {
  const accessor = Object.getOwnPropertyDescriptor(owner.prototype, name);
  if (!accessor) return undefined;
  if (accessor.get && !accessor.set) return 'a getter without a setter';
  if (accessor.set && !accessor.get) return 'a setter without a getter';
  return typeof accessor.value === 'function' ? 'a method' : undefined;
}

/** The schema of fields that are known, whose class is `type` and whose defaults `create` makes. */
export function schemaOver(type: AnyClass, fields: readonly Field[], create: Schema['create']): Schema {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const leaves = leavesOf(fields);
  return Object.freeze({ name: type.name, type, fields: Object.freeze([...fields]), byName, leaves, create });
}

function initial(type: AnyClass, create: () => Record<string, unknown>): Record<string, unknown> {
  try {
    return create();
  } catch (cause) {
    throw new ComponentError('E_DEFINE_INITIALISER', { model: type.name, reason: String(cause) }, { cause });
  }
}

function fieldOf(owner: AnyClass, name: string, declared: FieldSpec, hasDefault: boolean): Field {
  const spec = declared.kind === 'deferred' ? undefer(owner, name, declared) : declared;
  const [step, ...others] = parsePath(name) ?? [];
  if (step?.kind !== 'field' || others.length > 0 || name === '__proto__')
    fail('E_DEFINE_FIELD_NAME', { field: `${owner.name}.${name}` });
  if (spec.kind === 'array' && spec.differentiable && spec.dtype !== 'any') {
    const { kind } = dtypes[spec.dtype];
    if (kind !== 'float' && kind !== 'complex') {
      fail('E_DEFINE_DIFFERENTIABLE', { field: `${owner.name}.${name}`, dtype: spec.dtype });
    }
  }
  const model = spec.kind === 'model' ? schemaOf(spec.model()) : undefined;
  return Object.freeze({ name, spec, model, hasDefault });
}

const byConstructor = new Map<unknown, PlainSpec['type']>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Object, 'json'],
]);

function undefer(
  owner: AnyClass,
  name: string,
  { type: thunk, noted, description, optional, each }: Extract<FieldSpec, { kind: 'deferred' }>,
): ModelSpec | PlainSpec {
  const options = { description, optional, each };
  const type = typeBy(owner, name, thunk);
  const plain = byConstructor.get(type);
  const unknown = (reason: string) => fail('E_DEFINE_FIELD_TYPE', { field: `${owner.name}.${name}`, type: reason });
  if (plain === 'json' && noted) return unknown(notedObject);
  if (plain) return { ...options, kind: 'plain', type: plain };
  if (typeof type === 'function' && !natives.has(type))
    return { ...options, kind: 'model', model: () => type as AnyClass };
  const values = typeof type === 'object' && type !== null ? choicesOf(type) : undefined;
  return values ? { ...options, kind: 'plain', type: 'choice', values } : unknown(nameOf(type));
}

const notedObject =
  'Object, which is all that a compiler notes of a union, an interface, unknown, a record or a type that is only imported';

/** What a thunk says; one that is a class itself, or whose class is not there yet, fails. */
function typeBy(owner: AnyClass, name: string, thunk: () => unknown): unknown {
  try {
    return thunk();
  } catch (cause) {
    const type = `${thunk.name || 'its thunk'} failed: ${String(cause)}`;
    return fail('E_DEFINE_FIELD_TYPE', { field: `${owner.name}.${name}`, type }, { cause });
  }
}

const natives = new Set<unknown>([Array, Map, Set, Function, Date, Promise, Symbol, BigInt]);

function nameOf(type: unknown): string {
  if (typeof type === 'object' && type !== null) return 'an object or list that names no texts and numbers';
  return typeof type === 'function' ? type.name : String(type);
}

function leavesOf(fields: readonly Field[]): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const add = (steps: readonly Step[], spec: ArraySpec) => {
    const pattern = patternOf(steps);
    const concrete = steps.every((step) => step.kind === 'field');
    leaves.set(pattern, Object.freeze({ pattern, steps, spec, order: leaves.size, concrete }));
  };
  for (const { name, spec, model } of fields) {
    const steps: Step[] = [{ kind: 'field', name }];
    if (spec.each === 'list') steps.push({ kind: 'index', index: null });
    if (spec.each === 'map') steps.push({ kind: 'key', key: null });
    if (spec.kind === 'array') add(steps, spec);
    for (const leaf of model?.leaves.values() ?? []) add([...steps, ...leaf.steps], leaf.spec);
  }
  return leaves;
}

/** The leaf that a path belongs to, and the path's steps; undefined where the path names no array. */
export function leafAt(
  schema: Schema,
  path: string,
): { readonly leaf: Leaf; readonly steps: readonly Step[] } | undefined {
  const known = schema.leaves.get(path);
  if (known?.concrete) return known === undefined ? undefined : { leaf: known, steps: known.steps };
  const steps = readPath(path);
  const leaf = steps && schema.leaves.get(patternOf(steps));
  return leaf && { leaf, steps };
}

/** The differentiable arrays, in schema order. */
export function differentiable(schema: Schema): readonly Leaf[] {
  return [...schema.leaves.values()].filter((leaf) => leaf.spec.differentiable);
}
