/** Complex numbers as text, as Python writes and reads them: `1+2j`, `-0-0j`, `nan+infj`. */
import type { Complex } from '../../array/ndarray.js';

const unsigned = String.raw`(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)`;
// The sign before the second number is not optional, so there is one way to read a text, and no backtracking.
const pattern = new RegExp(`^(?<first>[+-]?${unsigned})(?:(?<second>[+-]${unsigned})?(?<unit>j))?$`, 'i');

// Tesseract Core writes without an exponent, so a float64 may take a thousand characters.
const LONGEST = 4096;

/** The complex number that `text` is; `undefined` where it is none, or holds a finite number beyond float64. */
export function parseComplex(text: string): Complex | undefined {
  const inner = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
  const groups = inner.length <= LONGEST ? pattern.exec(inner)?.groups : undefined;
  if (groups === undefined) return undefined;
  const first = parsePart(groups['first']!);
  if (groups['unit'] === undefined) return complex(first, 0);
  if (groups['second'] === undefined) return complex(0, first);
  return complex(first, parsePart(groups['second']));
}

function complex(re: number | undefined, im: number | undefined): Complex | undefined {
  return re === undefined || im === undefined ? undefined : { re, im };
}

function parsePart(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const size = text.replace(/^[+-]/, '').toLowerCase();
  if (size === 'nan') return NaN;
  if (size.startsWith('inf')) return sign * Infinity;
  return Number.isFinite(Number(size)) ? sign * Number(size) : undefined;
}

/** A complex number as Python's `complex` reads it, with the signs of zeros. */
export function formatComplex(re: number, im: number): string {
  const second = partText(im);
  return `${partText(re)}${second.startsWith('-') ? '' : '+'}${second}j`;
}

function partText(part: number): string {
  if (Number.isNaN(part)) return 'nan';
  if (!Number.isFinite(part)) return part > 0 ? 'inf' : '-inf';
  return Object.is(part, -0) ? '-0' : String(part);
}
