/**
 * class-validator's constraints on model classes. The package is loaded only where a model carries any: its decorators
 * leave them on a global, so a look there tells, at no cost.
 */
import { type ComponentError, problem } from '../errors.js';
import { describe, isEnough } from './check.js';
import type { AnyClass } from './metadata.js';
import type { Schema } from './schema.js';

/** One constraint as class-validator keeps it. */
export interface ConstraintNote {
  readonly target: unknown;
  readonly propertyName: string;
  readonly name?: string;
  readonly type: string;
  readonly constraints?: readonly unknown[];
  /** Whether it is meant for every value of a list, not for the list. */
  readonly each?: boolean;
}

interface Storage {
  readonly validationMetadatas?: ReadonlyMap<unknown, readonly ConstraintNote[]>;
}

/** The constraints on a model class, its parents' first. */
export function constraintsOn(type: AnyClass): readonly ConstraintNote[] {
  const storage = (globalThis as { classValidatorMetadataStorage?: Storage }).classValidatorMetadataStorage;
  const found: ConstraintNote[] = [];
  for (let owner: AnyClass | null = type; owner && owner !== Function.prototype; owner = Object.getPrototypeOf(owner)) {
    found.unshift(...(storage?.validationMetadatas?.get(owner) ?? []));
  }
  return found;
}

/** Whether the schema or a model in it carries constraints. */
export function isConstrained(schema: Schema): boolean {
  return constraintsOn(schema.type).length > 0 || schema.fields.some(({ model }) => model && isConstrained(model));
}

/** A model instance that was built, and where it stands. */
export interface Built {
  readonly instance: object;
  readonly at: string;
}

/** Check every instance against the constraints of its class. */
export type ConstraintCheck = (built: readonly Built[]) => Promise<readonly ComponentError[]>;

/** Load class-validator, and give the check. */
export async function loadConstraints(): Promise<ConstraintCheck> {
  const { validate } = await import('class-validator');
  return async (built) => {
    const problems: ComponentError[] = [];
    for (const { instance, at } of built) {
      if (isEnough(problems)) break;
      if (constraintsOn(instance.constructor as AnyClass).length === 0) continue;
      const found = await validate(instance, { forbidUnknownValues: false });
      for (const { property, value, constraints } of found) {
        // What may be left out was left out; what may not has been reported.
        if (value === undefined) continue;
        for (const [constraint, expected] of Object.entries(constraints ?? {})) {
          problems.push(
            problem('E_CONSTRAINT', { path: `${at}.${property}`, received: describe(value), expected, constraint }),
          );
        }
      }
    }
    return problems;
  };
}
