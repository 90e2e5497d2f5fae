/** What is wrong with a value, said without raising: the caller knows the path, and raises the fault or gathers it. */
import type { ErrorCode } from '../errors.js';
import type { Shape } from './shape.js';

/** Why a value is not the array it is declared to be: the code and the facts of an error, without its path. */
export interface ArrayFault {
  readonly code: ErrorCode;
  readonly received: string;
  readonly expected: string;
}

/** Whether a conversion ended in a fault. */
export function isFault(result: object): result is ArrayFault {
  return 'code' in result;
}

/** A value as short text. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if ('re' in value && 'im' in value) return `{re: ${String(value.re)}, im: ${String(value.im)}}`;
  return `an object (${value.constructor?.name ?? 'without a prototype'})`;
}

/** Text about an element, with its index where there is one: `300 at [2]`. */
export function located(text: string, index: readonly number[]): string {
  return index.length === 0 ? text : `${text} at [${index.join(', ')}]`;
}

/** The index, axis by axis, of element `flat` of a non-empty array of this shape. */
export function unravel(flat: number, shape: Shape): number[] {
  const index: number[] = [];
  let rest = flat;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}
