/**
 * The bounds that class-validator's constraints put on a number among inputs, or on every element of an array. A
 * constraint is known by its name: to heed another one, add a row to `sides`.
 */
import { roundedTo } from '../schema/constraintKinds.js';
import { constraintsAt, constraintsOn } from '../schema/constraints.js';
import type { AnyClass } from '../schema/metadata.js';
import { valueAt } from '../schema/path.js';
import type { Variable } from './endpoints.js';

/** The smallest and the largest value allowed, infinite where there is none. */
export type Bounds = readonly [lower: number, upper: number];

const free: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

// `x > 0` is `x >= the smallest positive number`, which is then rounded to the precision of the field.
const sides: Readonly<Record<string, (limit: number) => Bounds>> = {
  min: (limit) => [limit, Number.POSITIVE_INFINITY],
  max: (limit) => [Number.NEGATIVE_INFINITY, limit],
  isPositive: () => [Number.MIN_VALUE, Number.POSITIVE_INFINITY],
  isNegative: () => [Number.NEGATIVE_INFINITY, -Number.MIN_VALUE],
};

/** The bounds on each number at the path of `variable`: those on its field, which holds it, or a list or map of it. */
export function boundsOf(
  inputs: object,
  { steps, dtype = 'any' }: Pick<Variable, 'steps'> & Partial<Pick<Variable, 'dtype'>>,
): Bounds {
  const last = steps.findLastIndex((step) => step.kind === 'field');
  const field = steps[last];
  const holder = last < 0 ? undefined : valueAt(inputs, steps.slice(0, last));
  if (field?.kind !== 'field' || typeof holder !== 'object' || holder === null) return free;
  const notes = constraintsAt(constraintsOn(holder.constructor as AnyClass), holder, field.name);
  return notes.reduce<Bounds>((bounds, { name = '', constraints }) => {
    const limit = Number(roundedTo(dtype, constraints?.[0] ?? 0));
    return Object.hasOwn(sides, name) && !Number.isNaN(limit) ? within(bounds, sides[name]!(limit)) : bounds;
  }, free);
}

/** What both allow. */
export function within([lower, upper]: Bounds, [least, most]: Bounds): Bounds {
  return [Math.max(lower, least), Math.min(upper, most)];
}
