/** The outline of a literal: the shape its first lists give it, its first leaf, and where later lists disagree. */
import type { DType } from './dtype.js';
import { type ArrayFault, describe, located } from './fault.js';
import { isComplex } from './leaf.js';
import { formatShape, type Shape, sameShape } from './shape.js';
import { viewArray } from './viewed.js';

/** What the first elements of nested lists say. */
export interface Outline {
  readonly shape: Shape;
  /** The first leaf; undefined where the lists are empty. */
  readonly first: unknown;
  /** Whether the lists end in an empty one: there is no leaf. */
  readonly empty: boolean;
}

/** As many axes as NumPy has; lists nested deeper are most likely circular. */
const MAX_RANK = 64;

/** The outline of a literal, from its first elements only. An array inside the lists adds its own axes. */
export function outlineOf(value: unknown): Outline {
  const shape: number[] = [];
  let first = value;
  while (Array.isArray(first) && shape.length < MAX_RANK) {
    shape.push(first.length);
    if (first.length === 0) return { shape, first: undefined, empty: true };
    first = first[0];
  }
  return { shape: [...shape, ...(viewArray(first)?.shape ?? [])], first, empty: false };
}

/** The dtype that the first leaf suggests where any is allowed; undefined if it is no element of an array. */
export function inferDType({ first, empty }: Outline): DType | undefined {
  if (empty || typeof first === 'number') return 'float64';
  if (typeof first === 'bigint') return 'int64';
  if (typeof first === 'boolean') return 'bool';
  return isComplex(first) ? 'complex128' : viewArray(first)?.dtype;
}

/**
 * Where nested lists differ in length or depth from the first ones: `E_ARRAY_RAGGED`. Leaves of the innermost lists
 * are not visited. Whatever passes has as many entries as its shape says, so it is safe to allocate for it.
 */
export function findRagged(value: unknown, shape: Shape): ArrayFault | undefined {
  const at = raggedAt(value, 0, shape);
  if (!at) return undefined;
  const axis = at.index.length;
  const expected =
    axis === 0 ? 'one shape' : `[${at.index.map(() => 0).join(', ')}] has shape ${formatShape(shape.slice(axis))}`;
  return { code: 'E_ARRAY_RAGGED', received: located(describe(at.value), at.index), expected };
}

function raggedAt(value: unknown, axis: number, shape: Shape): { index: number[]; value: unknown } | undefined {
  if (!Array.isArray(value)) {
    const given = viewArray(value)?.shape ?? [];
    return sameShape(given, shape.slice(axis)) ? undefined : { index: [], value };
  }
  if (value.length !== shape[axis]) return { index: [], value };
  if (axis === shape.length - 1) return undefined;
  for (let i = 0; i < value.length; i++) {
    const at = raggedAt(value[i], axis + 1, shape);
    if (at) return { index: [i, ...at.index], value: at.value };
  }
  return undefined;
}
