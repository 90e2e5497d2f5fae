/**
 * Groups of columns for a symmetric matrix, as of a Hessian: an entry may be recovered at its place or at the mirrored
 * one, so fewer groups do. No path of four vertices may have only two groups (a star coloring). A tridiagonal Hessian
 * takes 3 products, an arrow of any size 2. Source: Gebremedhin, Tarafdar, Manne and Pothen, SIAM J. Sci. Comput. 29
 * (2007).
 */
import { fail } from '../../errors.js';
import { type Coloring, colorColumns } from './coloring.js';
import { adjacency, type ConflictGraph } from './conflictGraph.js';
import { groupCount } from './greedy.js';
import { orders } from './orders.js';
import { byColumn, isDense, nnz, type Pattern } from './pattern.js';
import { aloneInRow, noGroup } from './validity.js';

/** The stars of a coloring that grows vertex by vertex. */
class Stars {
  readonly colors: Uint32Array;
  readonly #graph: ConflictGraph;
  /** Whether v·size + c has been seen: the first neighbor of v that has group c. */
  readonly #firstNeighbor = new Map<number, number>();
  /** For each vertex, the groups of the hubs whose star it is a leaf of (stars of two leaves and more). */
  readonly #hubs: (Set<number> | undefined)[];
  readonly #forbiddenFor: Int32Array;

  constructor(graph: ConflictGraph) {
    this.#graph = graph;
    this.colors = new Uint32Array(graph.size).fill(noGroup);
    this.#hubs = new Array(graph.size);
    this.#forbiddenFor = new Int32Array(graph.size + 1).fill(-1);
  }

  #forbidNeighborsOf(w: number, v: number): void {
    const { start, neighbor } = this.#graph;
    for (let e = start[w]; e < start[w + 1]; e++) {
      const color = this.colors[neighbor[e]];
      if (color !== noGroup) this.#forbiddenFor[color] = v;
    }
  }

  /** Give v the first group that makes no path of four vertices in two groups. */
  place(v: number, careful: boolean): void {
    const { start, neighbor } = this.#graph;
    const twin = new Map<number, number>();
    for (let e = start[v]; e < start[v + 1]; e++) {
      const w = neighbor[e];
      const color = this.colors[w];
      if (color === noGroup) {
        if (careful) this.#forbidNeighborsOf(w, v);
        continue;
      }
      this.#forbiddenFor[color] = v;
      for (const hub of this.#hubs[w] ?? []) this.#forbiddenFor[hub] = v;
      const other = twin.get(color);
      if (other === undefined) twin.set(color, w);
      else {
        // v becomes a hub of w and of its twin, so neither may have another neighbor in the group of v.
        if (other >= 0) this.#forbidNeighborsOf(other, v);
        this.#forbidNeighborsOf(w, v);
        twin.set(color, -1);
      }
    }
    let group = 0;
    while (this.#forbiddenFor[group] === v) group++;
    this.colors[v] = group;
    this.#note(v, group, twin);
  }

  #note(v: number, group: number, twin: ReadonlyMap<number, number>): void {
    const { start, neighbor, size } = this.#graph;
    const leaf = (of: number, hubGroup: number) => {
      this.#hubs[of] ??= new Set();
      this.#hubs[of].add(hubGroup);
    };
    for (let e = start[v]; e < start[v + 1]; e++) {
      const w = neighbor[e];
      const color = this.colors[w];
      if (color === noGroup) continue;
      if (twin.get(color) === -1) leaf(w, group);
      const key = w * (size + 1) + group;
      const first = this.#firstNeighbor.get(key);
      if (first === undefined) this.#firstNeighbor.set(key, v);
      else {
        leaf(first, color);
        leaf(v, color);
      }
      const back = v * (size + 1) + color;
      if (!this.#firstNeighbor.has(back)) this.#firstNeighbor.set(back, w);
    }
  }
}

/**
 * Color the vertices in `order`, so that no path of four has only two groups. With `careful` the neighbors of neighbors
 * without a group count too, which does better where hubs come first.
 */
export function greedyStar(graph: ConflictGraph, order: Uint32Array, careful: boolean): Uint32Array {
  const stars = new Stars(graph);
  for (const v of order) stars.place(v, careful);
  return stars.colors;
}

/** Whether every entry is given by its row, or by the mirrored one, and every diagonal entry by its own. */
export function isValidStarColoring(pattern: Pattern, colors: Uint32Array): boolean {
  const direct = aloneInRow(pattern, colors);
  const view = byColumn(pattern);
  for (let j = 0; j < pattern.columns; j++) {
    for (let p = view.columnStart[j]; p < view.columnStart[j + 1]; p++) {
      // Entry p of column j mirrors entry p of row j, as the pattern is symmetric.
      if (!direct[view.entry[p]] && !direct[p]) return false;
    }
  }
  return true;
}

function requireSymmetric(pattern: Pattern): void {
  if (isDense(pattern) && pattern.rows === pattern.columns) return;
  const { columnStart, rowIndex } = byColumn(pattern);
  const same = (a: Uint32Array, b: Uint32Array) => a.length === b.length && a.every((item, k) => item === b[k]);
  if (same(columnStart, pattern.rowStart) && same(rowIndex, pattern.columnIndex)) return;
  const received = `a pattern of ${pattern.rows} × ${pattern.columns} with an entry that has no mirror image`;
  fail('E_SPARSITY', { path: 'sparsity', received, expected: 'a symmetric pattern' });
}

/** A product gives n numbers, and the entries on and above the diagonal are wanted. */
function starLowerBound(pattern: Pattern): number {
  let upper = 0;
  let offDiagonal = 0;
  for (let i = 0; i < pattern.rows; i++) {
    for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
      if (pattern.columnIndex[e] >= i) upper++;
      if (pattern.columnIndex[e] > i) offDiagonal++;
    }
  }
  return upper === 0 ? 0 : Math.max(offDiagonal > 0 ? 2 : 1, Math.ceil(upper / pattern.rows));
}

/** Second neighbors are walked only where that costs no more than this. */
const mostSecondNeighbors = 3e7;

/**
 * Groups of columns for the direct recovery of a symmetric matrix from products with it. Raises E_SPARSITY where the
 * pattern is not symmetric. The column coloring is kept where it is no worse.
 */
export function colorSymmetric(pattern: Pattern): Coloring {
  requireSymmetric(pattern);
  const columns = colorColumns(pattern);
  if (isDense(pattern) || nnz(pattern) === 0) return columns;
  const lowerBound = Math.min(columns.groups, starLowerBound(pattern));
  let best: Coloring = { ...columns, lowerBound };
  const graph = adjacency(pattern);
  let work = 0;
  for (let v = 0; v < graph.size; v++) work += (graph.start[v + 1] - graph.start[v]) ** 2;
  for (const careful of work > mostSecondNeighbors ? [false] : [false, true]) {
    for (const order of Object.values(orders)) {
      if (best.groups <= lowerBound) return best;
      const colors = greedyStar(graph, order(graph), careful);
      for (let j = 0; j < colors.length; j++) if (columns.colors[j] === noGroup) colors[j] = noGroup;
      const groups = groupCount(colors.map((color) => (color === noGroup ? 0 : color)));
      if (groups >= best.groups || !isValidStarColoring(pattern, colors)) continue;
      best = { colors, groups, lowerBound, source: 'greedy' };
    }
  }
  return best;
}
