/**
 * class-validator's constraints as JSON Schema. To say another constraint, add a row: its name, and the keywords it
 * stands for. They may allow more than the constraint, never less: a client must not refuse what is taken.
 */
import { choicesOf } from './choices.js';
import { aimOf } from './constraintKinds.js';
import { type ConstraintNote, isCondition, isConditional } from './constraints.js';
import type { FieldOptions, FieldSpec } from './field.js';

type Keywords = Readonly<Record<string, unknown>>;
type Row = (values: readonly unknown[]) => Keywords;

const pattern = (text: string): Row => {
  return () => ({ pattern: text });
};
// Other languages have other letters.
const latin = (text: string): Row => {
  return ([locale]) => (locale === undefined || locale === 'en-US' ? { pattern: text } : {});
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
  isEnum: ([type]) => ({ enum: choicesOf((type ?? {}) as object) }),
  isNotEmpty: () => ({ minLength: 1 }),
  minLength: ([length]) => ({ minLength: length }),
  maxLength: ([length]) => ({ maxLength: length }),
  isLength: ([least, most]) => ({ minLength: least, ...(most === undefined ? {} : { maxLength: most }) }),
  matches: ([expression, flags]) => patternOf(expression, flags),
  isAlpha: latin('^[A-Za-z]+$'),
  isAlphanumeric: latin('^[0-9A-Za-z]+$'),
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

/** What the constraints on a field say, and of what. */
export interface FieldKeywords {
  /** Of the field's own value: the list or map, where it holds several. */
  readonly own: Keywords;
  /** Of each of several values. */
  readonly each: Keywords;
  /** Of each element of an array: an encoded one is an object, which no keyword of numbers is about. */
  readonly elements: Keywords;
}

/** What the constraints on a field say of it. Those that hold for some instances only are left out. */
export function keywordsOf(
  notes: readonly ConstraintNote[],
  name: string,
  spec: Pick<FieldSpec, 'kind'> & FieldOptions,
): FieldKeywords {
  const own = notes.filter(({ propertyName }) => propertyName === name);
  const all = own.some((note) => isCondition(note) && isConditional(note))
    ? []
    : own.filter((note) => !isConditional(note));
  const several = spec.each !== undefined;
  const isEach = (note: ConstraintNote) => note.each === true || (several && aimOf(note) === 'element');
  const said = (wanted: (note: ConstraintNote) => boolean) => merged(all.filter(wanted).map(wordsOf));
  if (spec.kind === 'array') {
    const elements = said((note) => aimOf(note) === 'element');
    return { own: several ? said((note) => !isEach(note)) : {}, each: {}, elements };
  }
  if (several) return { own: said((note) => !isEach(note)), each: said(isEach), elements: {} };
  return { own: said((note) => !note.each || aimOf(note) === 'element'), each: {}, elements: {} };
}

/** Those of the keywords that are about numbers: clients that fill in forms read them beside any type. */
export function limitsIn(words: Keywords): Keywords {
  return Object.fromEntries(
    Object.entries(words).filter(([key, value]) => limits.has(key) && typeof value === 'number'),
  );
}

const limits: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
]);

function wordsOf({ name = '', constraints }: ConstraintNote): Keywords {
  const words = Object.hasOwn(keywords, name) ? keywords[name]!(constraints ?? []) : {};
  const entries = Object.entries(words).map(([key, value]) => [key, jsonOf(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** A value as JSON: a bigint as a number where one is it exactly, else its digits; undefined where JSON has no word for it. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? Number(value) : value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items = value.map(jsonOf);
    return items.includes(undefined) ? undefined : [...new Set(items)];
  }
  return typeof value === 'string' || typeof value === 'boolean' || value === null ? value : undefined;
}

type Tightest = (a: number, b: number) => number;

const tightest: Readonly<Record<string, Tightest>> = {
  minimum: Math.max,
  exclusiveMinimum: Math.max,
  minLength: Math.max,
  minItems: Math.max,
  maximum: Math.min,
  exclusiveMaximum: Math.min,
  maxLength: Math.min,
  maxItems: Math.min,
};

/** All of several keywords: the tightest limit, and whatever else is said twice beside the first. */
export function merged(all: readonly Keywords[]): Keywords {
  const found: Record<string, unknown> = {};
  const others: Keywords[] = [];
  for (const [key, value] of all.flatMap(Object.entries<unknown>)) {
    const known = found[key];
    if (known === undefined) found[key] = value;
    else if (tightest[key] && typeof known === 'number' && typeof value === 'number') {
      found[key] = tightest[key](known, value);
    } else if (JSON.stringify(known) !== JSON.stringify(value)) others.push({ [key]: value });
  }
  return others.length === 0 ? found : { ...found, allOf: others };
}
