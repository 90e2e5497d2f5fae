/**
 * From numbers to shades: classes whose colors are in `style.ts`, one set for light and one for dark. Sign is blue or
 * orange, which people of every color vision tell apart; size is how far a shade is from the ground.
 */
import { short } from './numbers.js';

/** How many shades there are of each sign. */
export const shadeCount = 7;

/** A scale from numbers to shades. */
export interface Shading {
  /** The class of a number: `p1` … `p7`, `n1` … `n7`, `e1` … `e7`, `unknown`; undefined where nothing is drawn. */
  readonly of: (value: number) => string | undefined;
  /** The classes from left to right, as a legend shows them. */
  readonly legend: readonly string[];
  /** What is written below the ends and the middle of the legend. */
  readonly labels: readonly [left: string, middle: string, right: string];
}

/** Signed numbers on a logarithmic scale: zeros are left out, and what is 10⁸ times smaller than the largest is palest. */
export function signedShading(values: readonly number[]): Shading {
  const sizes = values.map(Math.abs).filter((size) => size > 0 && Number.isFinite(size));
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = sizes.reduce((a, b) => Math.min(a, b), largest);
  const span = Math.min(8, Math.max(1, Math.log10(largest / smallest) || 0));
  const shade = (size: number) => {
    const depth = Math.log10(largest / size) / span;
    return Math.max(1, shadeCount - Math.floor(depth * shadeCount));
  };
  const numbers = Array.from({ length: shadeCount }, (_, k) => k + 1);
  return {
    of: (value) => {
      if (!Number.isFinite(value)) return 'unknown';
      return value === 0 ? undefined : `${value > 0 ? 'p' : 'n'}${shade(Math.abs(value))}`;
    },
    legend: [...numbers.map((k) => `n${k}`).reverse(), 'zero', ...numbers.map((k) => `p${k}`)],
    labels: [short(-largest, 2), '0', short(largest, 2)],
  };
}

/** Relative errors by decades: from 10⁻¹⁴ and less to 1 and more. */
export const errorShading: Shading = {
  of: (value) => {
    if (!Number.isFinite(value)) return 'unknown';
    return value === 0 ? undefined : `e${Math.min(shadeCount, Math.max(1, Math.ceil((Math.log10(value) + 14) / 2)))}`;
  },
  legend: ['zero', ...Array.from({ length: shadeCount }, (_, k) => `e${k + 1}`)],
  labels: ['0', '10⁻⁷', '≥ 1'],
};
