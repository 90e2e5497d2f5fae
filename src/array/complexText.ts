/** Complex numbers as text, as Python writes and reads them: `1+2j`, `(1.5-2e3j)`, `3`, `-j`, `-0-0j`, `nan+infj`. */
import type { Complex } from './ndarray.js';

const part = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

// Tesseract Core writes without an exponent, so a float64 may take a thousand characters.
const LONGEST = 4096;

/** The complex number that `text` is; `undefined` where it is none, or holds a finite number beyond float64. */
export function parseComplex(text: string): Complex | undefined {
  if (text.length > LONGEST) return undefined;
  const bare = text.trim();
  const inner = bare.startsWith('(') && bare.endsWith(')') ? bare.slice(1, -1) : bare;
  if (!/j$/i.test(inner)) return complex(parsePart(inner), 0);
  const body = inner.slice(0, -1);
  const split = lastSign(body);
  const unit = body.slice(split);
  return complex(
    split === 0 ? 0 : parsePart(body.slice(0, split)),
    parsePart(/^[+-]?$/.test(unit) ? `${unit}1` : unit),
  );
}

/** Where the second number starts: at the last sign that is not an exponent's. */
function lastSign(text: string): number {
  for (let i = text.length - 1; i > 0; i--) {
    if ((text[i] === '+' || text[i] === '-') && text[i - 1]!.toLowerCase() !== 'e') return i;
  }
  return 0;
}

function complex(re: number | undefined, im: number | undefined): Complex | undefined {
  return re === undefined || im === undefined ? undefined : { re, im };
}

function parsePart(text: string): number | undefined {
  if (!part.test(text)) return undefined;
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

function partText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
