/**
 * What constraints of class-validator are about, by their names. To say it of another one, add a row to `elementwise`, or to
 * `exact` where class-validator itself cannot compare the values.
 */
import type { DType } from '../array/dtype.js';
import { readArray } from '../array/literal.js';
import { choicesOf } from './choices.js';
import type { ConstraintNote } from './constraints.js';

/** What a constraint judges: each number however deep, a list of values, or the value of a field as it is. */
export type Aim = 'element' | 'list' | 'whole';

const elementwise: ReadonlySet<string> = new Set([
  'min',
  'max',
  'isPositive',
  'isNegative',
  'isNumber',
  'isInt',
  'isDivisibleBy',
  'isBoolean',
  'isIn',
  'isNotIn',
  'equals',
  'notEquals',
  'isEnum',
]);

const lists = /^(array[A-Z]|isArray$)/;

/** What a constraint judges. */
export function aimOf({ name = '' }: Pick<ConstraintNote, 'name'>): Aim {
  if (elementwise.has(name)) return 'element';
  return lists.test(name) ? 'list' : 'whole';
}

type Exact = number | bigint;
type Verdict = (value: Exact, constraints: readonly unknown[]) => boolean;

// `<` and `>` compare a bigint and a number by what they are worth.
const isOne = (value: Exact, other: unknown) => isExact(other) && value >= other && value <= other;
const within = (value: Exact, values: unknown) => Array.isArray(values) && values.some((one) => isOne(value, one));

/** The verdict where bigints take part, which class-validator takes for no numbers, or where a dtype rounds. */
const exact: Readonly<Record<string, Verdict>> = {
  min: (value, [limit]) => isExact(limit) && value >= limit,
  max: (value, [limit]) => isExact(limit) && value <= limit,
  isPositive: (value) => value > 0,
  isNegative: (value) => value < 0,
  isNumber: () => true,
  isInt: (value) => typeof value === 'bigint' || Number.isInteger(value),
  isDivisibleBy: (value, [factor]) => isExact(factor) && isMultiple(value, factor),
  isIn: (value, [values]) => within(value, values),
  isNotIn: (value, [values]) => !within(value, values),
  equals: (value, [other]) => isOne(value, other),
  notEquals: (value, [other]) => !isOne(value, other),
};

function isMultiple(value: Exact, factor: Exact): boolean {
  if (isOne(factor, 0) || !isWhole(value) || !isWhole(factor)) return false;
  return BigInt(value) % BigInt(factor) === 0n;
}

function isWhole(value: Exact): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function isExact(value: unknown): value is Exact {
  return typeof value === 'bigint' || typeof value === 'number';
}

// What is compared with values that a dtype has rounded is rounded too, or 0.1 would not be in [0.1].
const compared: ReadonlySet<string> = new Set(['min', 'max', 'isIn', 'isNotIn', 'equals', 'notEquals']);

/** A number as it is held in a dtype, where that is coarser than a number. */
export function roundedTo(dtype: DType | 'any', value: unknown): unknown {
  if (typeof value !== 'number' || (dtype !== 'float16' && dtype !== 'float32')) return value;
  const array = readArray(value, { dtype, shape: [] });
  return 'code' in array ? value : array.data[0];
}

/** How a constraint judges values like `sample` of a dtype, where class-validator's own verdict would be wrong. */
export function verdictOf(
  note: ConstraintNote,
  sample: unknown,
  dtype: DType | 'any' = 'any',
): ((value: unknown) => boolean) | undefined {
  const { name = '', constraints } = note;
  const given = constraints ?? [];
  if (name === 'isEnum') {
    // class-validator also takes the names that an enum of numbers maps its values to.
    const values = choicesOf((given[0] ?? {}) as object);
    return values && ((value) => values.some((one) => one === value));
  }
  const verdict = Object.hasOwn(exact, name) ? exact[name] : undefined;
  const rounds = compared.has(name) && (dtype === 'float16' || dtype === 'float32');
  const big = typeof sample === 'bigint' || given.flat().some((one) => typeof one === 'bigint');
  if (!verdict || !(big || rounds)) return undefined;
  const round = (one: unknown) => roundedTo(dtype, one);
  const limits = given.map((one) => (Array.isArray(one) ? one.map(round) : round(one)));
  return (value) => isExact(value) && verdict(value, limits);
}
