/** Values in a few words, for messages. */
import { isNdArray } from '../array/ndarray.js';
import { formatShape } from '../array/shape.js';

/** A value as a few words. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(clip(value));
  if (typeof value === 'function') return `the function ${value.name}`;
  if (typeof value !== 'object') return String(value);
  if (isNdArray(value)) return `an array, ${value.dtype} ${formatShape(value.shape)}`;
  if (value instanceof Map) return `a map of ${value.size}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'Object';
  return name === 'Object' ? 'an object' : `a ${name}`;
}

/** A text that is not too long for a message. */
export function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
