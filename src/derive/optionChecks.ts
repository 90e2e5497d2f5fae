/** Checks of options: what each may be, as a table, and the paths that they may be about. Raises `E_OPTION`. */
import { fail } from '../errors.js';

/** What an option may be. */
export interface Check {
  readonly holds: (value: unknown) => boolean;
  readonly expected: string;
}

/** A check for each option that there is. */
export type Checks = Readonly<Record<string, Check>>;

/** The paths, as patterns, that options of a rule may be about. */
export interface KnownPaths {
  readonly of: readonly string[];
  readonly wrt: readonly string[];
}

/** Whether a value is a whole number from 1. */
export const isNatural = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1;

/** Whether a value is a number above 0. */
export const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0;

/** Raise `E_OPTION` where `value` is there and is not what `check` says. */
export function checkValue(path: string, value: unknown, check: Check): void {
  if (value === undefined || check.holds(value)) return;
  refuseOption(path, value, check.expected);
}

/** Check each option by its row; an option without one is refused. */
export function checkOptionValues(options: object, checks: Checks, alsoKnown: readonly string[] = []): void {
  const known = [...Object.keys(checks), ...alsoKnown];
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) refuseOption(name, value, `an option among ${known.join(', ')}`);
    if (Object.hasOwn(checks, name)) checkValue(name, value, checks[name]!);
  }
}

/** Check what an option says path by path. A path may name an element of what a pattern names: `loads.[3]`. */
export function checkByPath(name: string, value: unknown, known: readonly string[] | undefined, check: Check): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuseOption(name, value, '{ [path]: … }, one for each path');
  }
  for (const [path, one] of Object.entries(value)) {
    if (known && !known.includes(patternOf(path))) {
      refuseOption(`${name}["${path}"]`, one, `a path of a differentiable input: ${known.join(', ')}`);
    }
    checkValue(`${name}["${path}"]`, one, check);
  }
}

/** The pattern that a path falls under. */
export function patternOf(path: string): string {
  return path.replace(/\[\d+\]/g, '[]').replace(/\{(?:\\.|[^}\\])*\}/g, '{}');
}

/** Raise `E_OPTION`. */
export function refuseOption(path: string, value: unknown, expected: string): never {
  return fail('E_OPTION', { path, received: writtenOf(value), expected });
}

// JSON has no NaN and no infinity.
function writtenOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
