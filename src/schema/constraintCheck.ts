/**
 * Checking model instances against class-validator's constraints. Its own classes judge, value by value, and each element of
 * an array is a value; which constraints hold is told by `constraints.ts`.
 */
import type { DType } from '../array/dtype.js';
import { elementAt, isNdArray, type NdArray } from '../array/ndarray.js';
import type { Shape } from '../array/shape.js';
import { type ComponentError, problem } from '../errors.js';
import { type Built, isEnough } from './check.js';
import { aimOf, verdictOf } from './constraintKinds.js';
import {
  type ConstraintNote,
  constraintsAt,
  constraintsOn,
  type Judged,
  type Validator,
  validatorsOf,
} from './constraints.js';
import { describe } from './describe.js';
import { formatStep } from './path.js';
import type { Field, Schema } from './schema.js';

type Later<T> = T | PromiseLike<T>;

/** A value that a constraint judges, and where it stands below its property. */
interface Place {
  readonly value: unknown;
  readonly below: string;
  /** The value as a message shows it, where it is judged in another form. */
  readonly shown?: unknown;
}

/** A constraint, a class that judges for it, and what that class is told. */
interface Judgement {
  readonly note: ConstraintNote;
  readonly validator: Validator;
  readonly args: Judged;
  readonly at: string;
  readonly dtype: DType | 'any';
}

/** Check every instance. What is wrong is there at once, unless a constraint answers by a promise. */
export function checkConstraints(built: readonly Built[]): Later<readonly ComponentError[]> {
  const found: ComponentError[] = [];
  const later: PromiseLike<ComponentError | undefined>[] = [];
  const notes = new Map<Schema, readonly ConstraintNote[]>();
  for (const one of built) {
    if (isEnough(found)) break;
    const said = notes.get(one.schema) ?? constraintsOn(one.schema.type);
    notes.set(one.schema, said);
    for (const violation of violationsIn(one, said)) {
      if (isLater(violation)) later.push(violation);
      else if (violation) found.push(violation);
    }
  }
  if (later.length === 0) return distinct(found);
  return Promise.all(later).then((others) => distinct([...found, ...others.filter((one) => one !== undefined)]));
}

// A subclass may repeat what its parent says.
function distinct(found: readonly ComponentError[]): readonly ComponentError[] {
  return [...new Map(found.map((one) => [`${one.fields['constraint']} ${one.message}`, one])).values()];
}

function isLater(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function violationsIn(
  { instance, at, schema }: Built,
  notes: readonly ConstraintNote[],
): Later<ComponentError | undefined>[] {
  const properties = new Set(notes.map(({ propertyName }) => propertyName));
  return [...properties].flatMap((property) => {
    const value = (instance as Record<string, unknown>)[property];
    // What may be left out was left out; what may not has been reported.
    if (value === undefined) return [];
    const field = schema.byName.get(property);
    const where = `${at}.${property}`;
    const dtype = field?.spec.kind === 'array' ? field.spec.dtype : 'any';
    return constraintsAt(notes, instance, property).flatMap((note) => {
      if (note.type === 'nestedValidation' && typeof value !== 'object')
        return [unnested(note, instance, value, where)];
      return validatorsOf(note).flatMap((validator) => {
        const args = argsOf(note, instance, value);
        return placesOf(note, value, field).map((place) => judge({ note, validator, args, at: where, dtype }, place));
      });
    });
  });
}

function argsOf({ propertyName, constraints }: ConstraintNote, object: object, value: unknown): Judged {
  return { targetName: object.constructor.name, property: propertyName, object, value, constraints: constraints ?? [] };
}

function unnested(note: ConstraintNote, instance: object, value: unknown, path: string): ComponentError {
  const expected = textOf(note.message ?? '', argsOf(note, instance, value));
  return problem('E_CONSTRAINT', { path, received: describe(value), expected, constraint: note.type });
}

/** The values that a constraint is about: those of a list or map where it means each, else the value itself. */
function placesOf(note: ConstraintNote, value: unknown, field: Field | undefined): readonly Place[] {
  const aim = aimOf(note);
  const several = field?.spec.each !== undefined;
  if (aim === 'list' && !note.each) return [asList({ value, below: '' })];
  if (note.each || (several && aim === 'element')) {
    const items = itemsOf(aim === 'list' && !several ? listOf(value) : value);
    if (items) return aim === 'list' ? items.map(asList) : items;
  }
  return [{ value, below: '' }];
}

/** The values in a list or map; undefined where the value is neither. */
function itemsOf(value: unknown): readonly Place[] | undefined {
  if (value instanceof Map) {
    const step = (key: unknown) => `.${formatStep({ kind: 'key', key: String(key) })}`;
    return [...value].map(([key, one]) => ({ value: one, below: step(key) }));
  }
  if (!Array.isArray(value)) return undefined;
  return value.map((one: unknown, index) => ({ value: one, below: `.[${index}]` }));
}

function asList(place: Place): Place {
  return { ...place, value: listOf(place.value), shown: place.value };
}

// class-validator counts and compares what is in plain lists.
function listOf(value: unknown): unknown {
  if (value instanceof Map) return [...value.values()];
  return isNdArray(value) ? value.toNested() : value;
}

function judge(judgement: Judgement, place: Place): Later<ComponentError | undefined> {
  const { note, validator, args, dtype } = judgement;
  const { value, below, shown } = place;
  const inside = isNdArray(value) && (aimOf(note) === 'element' || (note.each && below === ''));
  const at = inside ? elementAt(value) : () => value;
  const own = verdictOf(note, inside && value.size > 0 ? at(0) : value, dtype);
  const { instance } = validator;
  const accepts = own ?? ((one: unknown) => instance.validate(one, args));
  const refused = firstRefused(inside ? value.size : 1, at, accepts);
  const report = (index: number): ComponentError | undefined => {
    if (index < 0) return undefined;
    return violation(judgement, shown ?? at(index), inside ? below + indexText(value, index) : below);
  };
  return isLater(refused) ? refused.then(report) : report(refused);
}

/** Which value is refused first, or −1. */
function firstRefused(
  count: number,
  at: (index: number) => unknown,
  accepts: (value: unknown) => Later<boolean>,
): Later<number> {
  for (let i = 0; i < count; i++) {
    const verdict = accepts(at(i));
    if (verdict === true) continue;
    if (isLater(verdict)) return lastAnswered(i, verdict, count, (k) => accepts(at(k)));
    if (!verdict) return i;
  }
  return -1;
}

async function lastAnswered(
  start: number,
  first: PromiseLike<boolean>,
  count: number,
  accepts: (index: number) => Later<boolean>,
): Promise<number> {
  const others = Array.from({ length: count - start - 1 }, (_, k) => accepts(start + 1 + k));
  const verdicts = await Promise.all([first, ...others]);
  const refused = verdicts.findIndex((one) => !one);
  return refused < 0 ? -1 : start + refused;
}

function indexText({ shape }: NdArray<DType>, index: number): string {
  return indicesOf(shape, index)
    .map((one) => `.[${one}]`)
    .join('');
}

function indicesOf(shape: Shape, index: number): readonly number[] {
  let left = index;
  const found: number[] = [];
  for (const extent of [...shape].reverse()) {
    found.unshift(left % extent);
    left = Math.floor(left / extent);
  }
  return found;
}

function violation({ note, validator, args, at }: Judgement, value: unknown, below: string): ComponentError {
  const told = { ...args, value };
  const message = note.message || validator.instance.defaultMessage?.(told) || '';
  const constraint = validator.name || note.type;
  const path = `${at}${below}`;
  return problem('E_CONSTRAINT', { path, received: describe(value), expected: textOf(message, told), constraint });
}

/** A message with what class-validator writes for its tokens. */
function textOf(message: string | ((args: Judged) => string), args: Judged): string {
  const text = typeof message === 'function' ? message(args) : message;
  const { value, constraints, property, targetName } = args;
  const said = { property, target: targetName, ...(isSaid(value) ? { value: String(value) } : {}) };
  return constraints
    .reduce<string>((line, one, k) => line.replaceAll(`$constraint${k + 1}`, () => inWords(one)), text)
    .replace(/\$(value|property|target)/g, (token, name: keyof typeof said) => said[name] ?? token);
}

function isSaid(value: unknown): boolean {
  return ['string', 'boolean', 'number', 'bigint'].includes(typeof value);
}

function inWords(constraint: unknown): string {
  return Array.isArray(constraint) ? constraint.join(', ') : String(constraint);
}
