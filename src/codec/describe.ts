/** Values as short text, for messages. */

const LONGEST = 60;

/** What `value` is: `"abc"`, `an object with keys a, b`, `a list of 3`. Long text is cut, and nothing is walked. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string')
    return value.length > LONGEST ? `a text of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object with keys ${clip(keysOf(value))}`;
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (Object.is(value, -0)) return '-0';
  return clip(String(value));
}

/** The first characters of a text. */
export function clip(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function keysOf(value: object): string {
  const keys = Object.keys(value);
  return keys.slice(0, 6).join(', ') || '(none)';
}

/** Whether `value` is an object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
