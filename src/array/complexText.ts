/** Complex numbers as text, as Python writes them: `1+2j`, `(1.5-2e3j)`, `3`, `-j`, `nan+infj`. */
import type { Complex } from './ndarray.js';

const NUMBER = '(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?|inf(?:inity)?|nan)';
const REAL = new RegExp(`^([+-]?${NUMBER})$`, 'i');
const COMPLEX = new RegExp(`^([+-]?${NUMBER}(?=[+-]))?([+-]?${NUMBER}?)j$`, 'i');

/** The complex number that `text` says, or undefined. */
export function parseComplex(text: string): Complex | undefined {
  const bare = text.trim().replace(/^\((.*)\)$/, '$1');
  const real = REAL.exec(bare);
  if (real) return { re: toNumber(real[1]!), im: 0 };
  const both = COMPLEX.exec(bare);
  return both ? { re: toNumber(both[1] ?? '0'), im: toNumber(both[2]!) } : undefined;
}

/** A matched part as a number; a sign alone, or nothing, counts one. */
function toNumber(part: string): number {
  const sign = part.startsWith('-') ? -1 : 1;
  const digits = part.replace(/^[+-]/, '').toLowerCase();
  if (digits === '') return sign;
  if (digits === 'nan') return NaN;
  return sign * (digits.startsWith('inf') ? Infinity : Number(digits));
}
