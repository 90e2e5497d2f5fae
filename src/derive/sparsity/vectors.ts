/** Index lists and random vectors that the sparsity algorithms share. */
import type { Seeded } from '../random.js';

/** The numbers 0 … length − 1. */
export function range(length: number): Uint32Array {
  const items = new Uint32Array(length);
  for (let k = 0; k < length; k++) items[k] = k;
  return items;
}

/** Shuffle `items` in place, every order equally likely (Fisher and Yates). */
export function shuffle(items: Uint32Array, random: Seeded): Uint32Array {
  for (let k = items.length - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    const item = items[k];
    items[k] = items[other];
    items[other] = item;
  }
  return items;
}

/** A vector of `length` independent standard normal numbers. */
export function gaussianVector(length: number, random: Seeded): Float64Array {
  const vector = new Float64Array(length);
  for (let k = 0; k < length; k++) vector[k] = random.normal();
  return vector;
}
