/**
 * class-validator's constraints as JSON Schema. To say another constraint, add a row: its name, and the keywords it
 * stands for. They may allow more than the constraint, never less: a client must not refuse what is taken.
 */
import type { ConstraintNote } from './constraints.js';

type Keywords = Readonly<Record<string, unknown>>;
type Row = (values: readonly unknown[]) => Keywords;

const pattern = (text: string): Row => {
  return () => ({ pattern: text });
};
const format = (name: string): Row => {
  return () => ({ format: name });
};

/** Every constraint that JSON Schema can say, and how. */
const keywords: Readonly<Record<string, Row>> = {
  min: ([limit]) => ({ minimum: limit }),
  max: ([limit]) => ({ maximum: limit }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isNegative: () => ({ exclusiveMaximum: 0 }),
  isInt: () => ({ multipleOf: 1 }),
  isDivisibleBy: ([factor]) => ({ multipleOf: factor }),
  equals: ([value]) => ({ const: value }),
  isIn: ([values]) => ({ enum: values }),
  isNotEmpty: () => ({ minLength: 1 }),
  minLength: ([length]) => ({ minLength: length }),
  maxLength: ([length]) => ({ maxLength: length }),
  isLength: ([least, most]) => ({ minLength: least, ...(most === undefined ? {} : { maxLength: most }) }),
  matches: ([expression, flags]) => patternOf(expression, flags),
  isAlpha: pattern('^[A-Za-z]+$'),
  isAlphanumeric: pattern('^[0-9A-Za-z]+$'),
  isLowercase: pattern('^[^A-Z]*$'),
  isUppercase: pattern('^[^a-z]*$'),
  isHexadecimal: pattern('^(0[xXhH])?[0-9A-Fa-f]+$'),
  isEmail: format('email'),
  isUuid: format('uuid'),
  arrayMinSize: ([length]) => ({ minItems: length }),
  arrayMaxSize: ([length]) => ({ maxItems: length }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayUnique: () => ({ uniqueItems: true }),
};

// JSON Schema has no flags, and reads a pattern as Unicode: what needs another reading is not said.
function patternOf(expression: unknown, modifiers: unknown): Keywords {
  const given = expression instanceof RegExp ? expression : undefined;
  const source = given?.source ?? String(expression);
  if (/[ims]/.test(given?.flags ?? String(modifiers ?? ''))) return {};
  try {
    return { pattern: new RegExp(source, 'u').source };
  } catch {
    return {};
  }
}

/** What the constraints on a field say of it; `each` picks those that are meant for the values of a list. */
export function keywordsOf(notes: readonly ConstraintNote[], field: string, each: boolean): Keywords {
  const found = notes.filter(({ propertyName, each: inside = false }) => propertyName === field && inside === each);
  return Object.assign({}, ...found.map(({ name = '', constraints = [] }) => keywords[name]?.(constraints ?? [])));
}
