/**
 * The bounds that class-validator's constraints put on a number among inputs, or on every element of an array. A
 * constraint is known by its name: to heed another one, add a row to `sides`.
 */
import { roundedTo } from '../schema/constraintKinds.js';
import { constraintsAt, constraintsOn } from '../schema/constraints.js';
import type { AnyClass } from '../schema/metadata.js';
import { valueAt } from '../schema/path.js';
import type { Variable } from './endpoints.js';

/** A bound: one number for all elements of an array, or one for each, laid end to end. */
export type Bound = number | ArrayLike<number>;

/** The smallest and the largest value allowed, infinite where there is none. */
export type Bounds = readonly [lower: Bound, upper: Bound];

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
  return [tighter(Math.max, lower, least), tighter(Math.min, upper, most)];
}

function tighter(pick: (one: number, other: number) => number, one: Bound, other: Bound): Bound {
  if (typeof one === 'number' && typeof other === 'number') return pick(one, other);
  const length = Math.max(...[one, other].map((bound) => (typeof bound === 'number' ? 0 : bound.length)));
  return Float64Array.from({ length }, (_, k) => pick(boundAt(one, k), boundAt(other, k)));
}

/** The bound of element `k`. */
export function boundAt(bound: Bound, k: number): number {
  return typeof bound === 'number' ? bound : bound[k]!;
}
