/**
 * Colorings of grids: column x = (x₁, x₂, …) gets the group (a₁x₁ + a₂x₂ + …) mod K. The coefficients are found for the
 * differences between columns that share a row; a form that fails somewhere adds the difference it failed on, and the
 * search goes on. So the rows need only be sampled.
 */
import type { Pattern } from './pattern.js';
import { clash } from './validity.js';

/** Rows looked at when the differences, or the extents of a grid, are collected. */
const sampledRows = 2048;
/** Longer rows, or more differences, are no stencil. */
const mostInRow = 64;
const mostDifferences = 4096;

/** A count of elementary steps that may still be taken: a search is bounded by it, never by the clock. */
export interface Budget {
  steps: number;
}

/** The coordinates of column j on a grid of `shape`, the last axis running fastest. */
function coordinates(j: number, shape: readonly number[]): number[] {
  const place = new Array<number>(shape.length);
  let rest = j;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

/** The coordinate differences between columns that may not share a group, one of each pair of opposites. */
class Differences {
  readonly vectors: number[][] = [];
  readonly #known = new Set<string>();
  readonly #shape: readonly number[];

  constructor(shape: readonly number[]) {
    this.#shape = shape;
  }

  add(j: number, k: number): void {
    const [a, b] = [coordinates(Math.min(j, k), this.#shape), coordinates(Math.max(j, k), this.#shape)];
    const difference = b.map((place, axis) => place - a[axis]);
    const key = difference.join();
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.vectors.push(difference);
  }
}

/** The rows looked at: all of a small pattern, else a spread over the whole. */
function* sample({ rows }: Pattern): Generator<number> {
  const step = Math.max(1, rows / sampledRows);
  for (let i = 0; i < rows; i += step) yield Math.floor(i);
}

function differences(pattern: Pattern, shape: readonly number[]): Differences | undefined {
  const found = new Differences(shape);
  const { rowStart, columnIndex } = pattern;
  for (const i of sample(pattern)) {
    if (rowStart[i + 1] - rowStart[i] > mostInRow || found.vectors.length > mostDifferences) return undefined;
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      for (let f = e + 1; f < rowStart[i + 1]; f++) found.add(columnIndex[e], columnIndex[f]);
    }
  }
  return found;
}

/** Whether no difference is mapped to 0. The one that is moves to the front: it is likely to refuse the next form too. */
function separates(form: readonly number[], modulus: number, vectors: number[][], budget: Budget): boolean {
  for (let k = 0; k < vectors.length; k++) {
    budget.steps -= 4;
    let value = 0;
    for (let axis = 0; axis < form.length; axis++) value += form[axis] * vectors[k][axis];
    if (value % modulus !== 0) continue;
    const [first] = vectors;
    vectors[0] = vectors[k];
    vectors[k] = first;
    return false;
  }
  return true;
}

/** Step `form` to the next one; false after the last. */
function advance(form: number[], modulus: number): boolean {
  for (let axis = form.length - 1; axis >= 0; axis--) {
    if (++form[axis] < modulus) return true;
    form[axis] = 0;
  }
  return false;
}

/** The residue of the linear form at every column of the grid. */
function residues(columns: number, shape: readonly number[], form: readonly number[], modulus: number): Uint32Array {
  const colors = new Uint32Array(columns);
  const place = shape.map(() => 0);
  for (let j = 0; j < columns; j++) {
    let value = 0;
    for (let axis = 0; axis < shape.length; axis++) value += form[axis] * place[axis];
    colors[j] = value % modulus;
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--) place[axis] = 0;
  }
  return colors;
}

/** What a search is asked for: a coloring with at least `enough` and at most `atMost` groups, for a square grid. */
export interface LatticeGoal {
  readonly shape: readonly number[];
  readonly enough: number;
  readonly atMost: number;
  readonly budget: Budget;
}

/** The coloring by a linear form on the grid of `goal.shape` with the fewest groups, or undefined if there is none. */
export function linearColoring(pattern: Pattern, goal: LatticeGoal): Uint32Array | undefined {
  const { shape, enough, atMost, budget } = goal;
  const known = differences(pattern, shape);
  if (!known) return undefined;
  for (let modulus = Math.max(1, enough); modulus <= atMost; modulus++) {
    const form = shape.map(() => 0);
    do {
      if (budget.steps < 0) return undefined;
      if (!separates(form, modulus, known.vectors, budget)) continue;
      const colors = residues(pattern.columns, shape, form, modulus);
      budget.steps -= pattern.columnIndex.length;
      const pair = clash(pattern, colors);
      if (!pair) return colors;
      known.add(...pair);
    } while (advance(form, modulus));
  }
  return undefined;
}

/**
 * The grids that the columns of a square pattern may be numbered on, guessed from the distances to the diagonal: the
 * stride of each axis is one of them, and divides the next. At most `most`, the finest first.
 */
export function guessShapes(pattern: Pattern, most = 6): number[][] {
  const { rows, columns, rowStart, columnIndex } = pattern;
  if (rows !== columns || columns < 2) return [];
  const distances = new Set<number>();
  for (const i of sample(pattern)) {
    if (rowStart[i + 1] - rowStart[i] > mostInRow || distances.size > 256) return [];
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) distances.add(Math.abs(columnIndex[e] - i));
  }
  const strides = [...distances].filter((d) => d > 1 && d < columns && columns % d === 0).sort((a, b) => a - b);
  const shapes: number[][] = [];
  const grow = (chain: number[], from: number) => {
    let extended = false;
    for (let k = from; k < strides.length && shapes.length < most; k++) {
      const last = chain[chain.length - 1];
      if (strides[k] % last !== 0 || chain.length > 4) continue;
      extended = true;
      grow([...chain, strides[k]], k + 1);
    }
    if (extended || shapes.length >= most) return;
    const ends = [...chain.slice(1), columns];
    shapes.push(ends.map((end, axis) => end / chain[axis]).reverse());
  };
  grow([1], 0);
  return shapes;
}
