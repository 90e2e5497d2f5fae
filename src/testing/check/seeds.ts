/**
 * Random directions. Those of a leaf come from the seed and the leaf's own path, so that they do not depend on which
 * other leaves there are, nor on their order.
 */
import { seeded } from '../../derive/random.js';
import type { Layout } from './layout.js';

/** FNV-1a, 32 bits. */
function hash(text: string, start: number): number {
  let value = (start ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

/**
 * Entries of random sign with sizes from 1/2 to 1: no entry is so small that an error behind it stays unseen, and no
 * two are the same, so that errors do not cancel.
 */
export function directions(layout: Layout, seed: number, purpose: string): Float64Array {
  const flat = new Float64Array(layout.length);
  for (const { path, start, end } of layout.slots) {
    const random = seeded(hash(`${purpose}:${path}`, seed));
    for (let i = start; i < end; i++) flat[i] = (random.uniform() < 0.5 ? -1 : 1) * (0.5 + random.uniform() / 2);
  }
  return flat;
}

/** Each entry times the scale given for it. */
export function scaled(entries: Float64Array, scale: (i: number) => number): Float64Array {
  return entries.map((value, i) => value * scale(i));
}

/** The entries from `start` to `end`, zeros elsewhere. */
export function masked(entries: Float64Array, start: number, end: number): Float64Array {
  const part = new Float64Array(entries.length);
  part.set(entries.subarray(start, end), start);
  return part;
}
