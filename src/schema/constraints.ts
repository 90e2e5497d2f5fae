/**
 * class-validator's constraints on model classes: what its decorators leave on a global, read along the class chain. A
 * subclass's constraints add to those of its parents, as if all were written on one class.
 */
import type { AnyClass } from './metadata.js';
import type { Schema } from './schema.js';

/** One constraint as class-validator keeps it. */
export interface ConstraintNote {
  readonly target: unknown;
  readonly propertyName: string;
  readonly name?: string | undefined;
  /** `customValidation` for whatever is judged by a class, `conditionalValidation` for what says whether anything is. */
  readonly type: string;
  readonly constraints?: readonly unknown[] | undefined;
  /** Whether it is meant for every value of a list, not for the list. */
  readonly each?: boolean | undefined;
  /** The class that judges a value. */
  readonly constraintCls?: unknown;
  readonly message?: string | ((args: Judged) => string) | undefined;
  readonly validateIf?: ((object: object, value: unknown) => boolean) | undefined;
}

/** What a class that judges values is told besides the value. */
export interface Judged {
  readonly targetName: string;
  readonly property: string;
  readonly object: object;
  readonly value: unknown;
  readonly constraints: readonly unknown[];
}

/** A class that judges values, as it was registered. */
export interface Validator {
  readonly name?: string | undefined;
  readonly instance: {
    readonly validate: (value: unknown, args: Judged) => boolean | PromiseLike<boolean>;
    readonly defaultMessage?: (args: Judged) => string;
  };
}

interface Storage {
  readonly validationMetadatas?: ReadonlyMap<unknown, readonly ConstraintNote[]>;
  readonly getTargetValidatorConstraints: (type: unknown) => readonly Validator[];
}

function storage(): Storage | undefined {
  return (globalThis as { classValidatorMetadataStorage?: Storage }).classValidatorMetadataStorage;
}

/** The constraints on a model class, its parents' first. */
export function constraintsOn(type: AnyClass): readonly ConstraintNote[] {
  const all = storage()?.validationMetadatas;
  if (!all?.size) return [];
  // A class that stands for another, such as a proxy, has its prototype: the constraints are kept under the other.
  const owners = new Set<unknown>();
  for (let owner: AnyClass | null = type; owner && owner !== Function.prototype; owner = Object.getPrototypeOf(owner)) {
    owners.add(owner).add((owner.prototype as object | undefined)?.constructor);
  }
  return [...owners].reverse().flatMap((owner) => all.get(owner) ?? []);
}

/** What judges the values of a constraint. */
export function validatorsOf({ constraintCls }: ConstraintNote): readonly Validator[] {
  return constraintCls === undefined ? [] : (storage()?.getTargetValidatorConstraints(constraintCls) ?? []);
}

/** Whether the schema or a model in it carries constraints. */
export function isConstrained(schema: Schema): boolean {
  return constraintsOn(schema.type).length > 0 || schema.fields.some(({ model }) => model && isConstrained(model));
}

/** The constraints on one property that hold for this instance: `@ValidateIf` and `@IsOptional` may say that none does. */
export function constraintsAt(
  notes: readonly ConstraintNote[],
  object: object,
  property: string,
): readonly ConstraintNote[] {
  const value = (object as Record<string, unknown>)[property];
  const all = notes.filter(({ propertyName }) => propertyName === property);
  const holds = ({ constraints: [condition] = [] }: ConstraintNote) =>
    (condition as NonNullable<ConstraintNote['validateIf']>)(object, value);
  if (!all.filter(isCondition).every(holds)) return [];
  return all.filter((note) => !isCondition(note) && (note.validateIf?.(object, value) ?? true));
}

/** Whether a note says when others hold. */
export function isCondition({ type }: ConstraintNote): boolean {
  return type === 'conditionalValidation';
}

/** Whether a note says that others hold for some instances only; a value that is left out is not meant. */
export function isConditional(note: ConstraintNote): boolean {
  return note.validateIf !== undefined || (isCondition(note) && note.name !== 'isOptional');
}
