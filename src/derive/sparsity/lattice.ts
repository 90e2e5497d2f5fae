/**
 * Colorings of grids: column x = (x₁, x₂, …) gets the group (a₁x₁ + a₂x₂ + …) mod K, or a coloring of the grid folded
 * onto such residues. The coefficients are found for the differences between columns that share a row; a form that
 * fails somewhere adds the difference it failed on, and the search goes on. So the rows need only be sampled.
 */

import { seeded } from '../random.js';
import { graphOf } from './conflictGraph.js';
import { type Budget, bestGreedy, groupCount } from './greedy.js';
import type { Pattern } from './pattern.js';
import { improve } from './tabu.js';
import { clash } from './validity.js';

/** Rows looked at when the differences, or the extents of a grid, are collected. */
const sampledRows = 2048;
/** Longer rows, or more differences, are no stencil. */
const mostInRow = 64;
const mostDifferences = 4096;
/** An axis this short numbers the unknowns of a cell; it is not folded. */
const shortAxis = 4;
const largestFold = 512;

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

/** Step `form` to the next one; false after the last. The first `fixed` coefficients stay. */
function advance(form: number[], modulus: number, fixed = 0): boolean {
  for (let axis = form.length - 1; axis >= fixed; axis--) {
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

/** The grid with its long axes folded onto residues: vertex residue·labels + label. */
interface Fold {
  readonly form: readonly number[];
  readonly modulus: number;
  /** The mixed-radix weight of each short axis in the label; 0 for a long axis. */
  readonly weights: readonly number[];
  readonly labels: number;
}

function vertexOf(fold: Fold, place: readonly number[]): number {
  let value = 0;
  let label = 0;
  for (let axis = 0; axis < place.length; axis++) {
    value += fold.form[axis] * place[axis];
    label += fold.weights[axis] * place[axis];
  }
  return (value % fold.modulus) * fold.labels + label;
}

/** The edges that `vectors` give on the folded grid, or undefined where one joins a vertex to itself. */
function foldedEdges(fold: Fold, shape: readonly number[], vectors: number[][]): [number, number][] | undefined {
  const { form, modulus, weights, labels } = fold;
  const edges: [number, number][] = [];
  for (const vector of vectors) {
    const shift = vector.reduce((sum, step, axis) => sum + form[axis] * step, 0);
    const jump = vector.reduce((sum, step, axis) => sum + weights[axis] * step, 0);
    const turn = ((shift % modulus) + modulus) % modulus;
    if (turn === 0 && jump === 0) return undefined;
    for (let label = 0; label < labels; label++) {
      const inside = shape.every((extent, axis) => {
        if (weights[axis] === 0) return true;
        const there = (Math.floor(label / weights[axis]) % extent) + vector[axis];
        return there >= 0 && there < extent;
      });
      if (!inside) continue;
      for (let t = 0; t < modulus; t++)
        edges.push([t * labels + label, ((t + turn) % modulus) * labels + label + jump]);
    }
  }
  return edges;
}

/** The folds worth trying: the first long axis has coefficient 1, and the modulus divides an extent or doubles it. */
function* folds(shape: readonly number[], enough: number): Generator<Fold> {
  let labels = 1;
  const weights = shape.map((extent) => {
    if (extent > shortAxis) return 0;
    labels *= extent;
    return labels / extent;
  });
  const long = shape.flatMap((_, axis) => (weights[axis] === 0 ? [axis] : []));
  const moduli = new Set<number>();
  for (const axis of long) {
    for (let m = enough; m * labels <= largestFold && m <= shape[axis]; m++) if (shape[axis] % m === 0) moduli.add(m);
  }
  for (const modulus of [...moduli].sort((a, b) => a - b)) {
    const coefficients = long.map((_, place) => (place === 0 ? 1 : 0));
    do {
      const form = shape.map((_, axis) => coefficients[long.indexOf(axis)] ?? 0);
      yield { form, modulus, weights, labels };
    } while (advance(coefficients, modulus, 1));
  }
}

/** The coloring of the grid folded onto residues with the fewest groups, or undefined if none is within the goal. */
export function foldedColoring(pattern: Pattern, goal: LatticeGoal, seed: number): Uint32Array | undefined {
  const { shape, enough, budget } = goal;
  const known = differences(pattern, shape);
  if (!known) return undefined;
  const random = seeded(seed);
  let best: Uint32Array | undefined;
  let { atMost } = goal;
  for (const fold of folds(shape, enough)) {
    if (budget.steps < 0 || atMost < enough) break;
    const edges = foldedEdges(fold, shape, known.vectors);
    budget.steps -= 20 * known.vectors.length;
    if (!edges) continue;
    budget.steps -= 20 * edges.length;
    const graph = graphOf(fold.modulus * fold.labels, edges);
    const share = { steps: 200 * graph.size * atMost };
    budget.steps -= share.steps;
    const folded = improve(graph, bestGreedy(graph, enough), enough, share, random);
    if (groupCount(folded) > atMost) continue;
    const colors = new Uint32Array(pattern.columns);
    for (let j = 0; j < colors.length; j++) colors[j] = folded[vertexOf(fold, coordinates(j, shape))];
    const pair = clash(pattern, colors);
    if (pair) known.add(...pair);
    else [best, atMost] = [colors, groupCount(folded) - 1];
  }
  return best;
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
