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

/** The inner product Σ aₖbₖ. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** ‖a‖₂, without overflow or underflow. */
export function norm(a: Float64Array): number {
  let largest = 0;
  for (let k = 0; k < a.length; k++) {
    // The comparison is turned so that a NaN becomes the largest, and the norm.
    if (!(Math.abs(a[k]) <= largest)) largest = Math.abs(a[k]);
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] / largest) ** 2;
  return largest * Math.sqrt(sum);
}
