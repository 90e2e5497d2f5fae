/** A schema: the fields of a model class, gathered once from its decorators and its initialisers. */
import { dtypes } from '../array/dtype.js';
import { ComponentError, fail } from '../errors.js';
import { type ArraySpec, declaredFields, type FieldSpec, type ModelSpec, type PlainSpec } from './field.js';
import type { AnyClass } from './metadata.js';
import { formatPath, parsePath, patternOf, type Step } from './path.js';

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
 * Raises `E_DEFINE_NO_FIELDS`, `E_DEFINE_FIELD_TYPE`, `E_DEFINE_RECURSIVE`, `E_DEFINE_DIFFERENTIABLE` or
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
  for (const { entries } of declaredFields(type)) for (const { name, spec } of entries) specs.set(name, spec);
  if (specs.size === 0) fail('E_DEFINE_NO_FIELDS', { model: type.name });
  const create = (): Record<string, unknown> => new (type as unknown as new () => Record<string, unknown>)();
  const defaults = initial(type, create);
  const fields = [...specs].map(([name, spec]) => fieldOf(type, name, spec, defaults[name] !== undefined));
  return schemaOver(type, fields, create);
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
  { type: thunk, description, optional, each }: Extract<FieldSpec, { kind: 'deferred' }>,
): ModelSpec | PlainSpec {
  const options = { description, optional, each };
  const type = typeBy(owner, name, thunk);
  if (Array.isArray(type)) return { ...options, kind: 'plain', type: 'choice', values: type };
  const plain = byConstructor.get(type);
  if (plain) return { ...options, kind: 'plain', type: plain };
  if (typeof type === 'function' && !natives.has(type))
    return { ...options, kind: 'model', model: () => type as AnyClass };
  if (typeof type === 'object' && type !== null) {
    return { ...options, kind: 'plain', type: 'choice', values: choicesOf(type) };
  }
  return fail('E_DEFINE_FIELD_TYPE', { field: `${owner.name}.${name}`, type: nameOf(type) });
}

/** What a thunk says; one that is a class itself, or whose class is not there yet, fails. */
function typeBy(owner: AnyClass, name: string, thunk: () => unknown): unknown {
  try {
    return thunk();
  } catch (cause) {
    const type = `${thunk.name || 'its thunk'} failed: ${String(cause)}`;
    return fail('E_DEFINE_FIELD_TYPE', { field: `${owner.name}.${name}`, type }, { cause });
  }
}

// An enum of numbers also maps each number to its name.
function choicesOf(type: object): readonly (string | number)[] {
  const named = Object.entries(type).filter(([name]) => !/^-?\d+$/.test(name));
  return named.map(([, value]) => value as string | number);
}

const natives = new Set<unknown>([Array, Map, Set, Function, Date, Promise, Symbol, BigInt]);

function nameOf(type: unknown): string {
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
  const steps = parsePath(path);
  if (!steps?.every((step) => step.kind === 'field' || (step.kind === 'index' ? step.index : step.key) !== null))
    return undefined;
  const leaf = schema.leaves.get(patternOf(steps));
  return leaf && formatPath(steps) === path ? { leaf, steps } : undefined;
}

/** The differentiable arrays, in schema order. */
export function differentiable(schema: Schema): readonly Leaf[] {
  return [...schema.leaves.values()].filter((leaf) => leaf.spec.differentiable);
}
