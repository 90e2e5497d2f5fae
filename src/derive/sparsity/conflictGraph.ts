/**
 * Conflict graphs: two columns are neighbors where they may not share a group. Written out, so that orders and
 * improvements can walk it; `conflictWork` says beforehand what that costs.
 */
import type { ColumnView, Pattern } from './pattern.js';

/** An undirected graph: the neighbors of v are `neighbor[start[v]] … neighbor[start[v+1] − 1]`. */
export interface ConflictGraph {
  readonly size: number;
  readonly start: Uint32Array;
  readonly neighbor: Uint32Array;
}

/** Σ (entries of a row)²: the work of building the conflict graph, and a bound on its size. */
export function conflictWork({ rows, rowStart }: Pattern): number {
  let work = 0;
  for (let i = 0; i < rows; i++) work += (rowStart[i + 1] - rowStart[i]) ** 2;
  return work;
}

/** Collects neighbor lists vertex by vertex. */
class NeighborWriter {
  readonly #start: Uint32Array;
  readonly #seen: Int32Array;
  #neighbor = new Uint32Array(64);
  #count = 0;
  #vertex = 0;

  constructor(size: number) {
    this.#start = new Uint32Array(size + 1);
    this.#seen = new Int32Array(size).fill(-1);
  }

  /** Add `other` to the neighbors of the current vertex, once. */
  add(other: number): void {
    if (other === this.#vertex || this.#seen[other] === this.#vertex) return;
    this.#seen[other] = this.#vertex;
    if (this.#count === this.#neighbor.length) {
      const grown = new Uint32Array(2 * this.#count);
      grown.set(this.#neighbor);
      this.#neighbor = grown;
    }
    this.#neighbor[this.#count++] = other;
  }

  endVertex(): void {
    this.#start[++this.#vertex] = this.#count;
  }

  finish(): ConflictGraph {
    return { size: this.#vertex, start: this.#start, neighbor: this.#neighbor.slice(0, this.#count) };
  }
}

/** The graph in which two columns are neighbors if they have entries in one row. */
export function columnConflicts(pattern: Pattern, view: ColumnView): ConflictGraph {
  const { columns, rowStart, columnIndex } = pattern;
  const writer = new NeighborWriter(columns);
  for (let j = 0; j < columns; j++) {
    for (let p = view.columnStart[j]; p < view.columnStart[j + 1]; p++) {
      const i = view.rowIndex[p];
      for (let e = rowStart[i]; e < rowStart[i + 1]; e++) writer.add(columnIndex[e]);
    }
    writer.endVertex();
  }
  return writer.finish();
}

/** Of each row the columns that are probed, and those whose entry is wanted. */
interface Wanted {
  readonly probed: Uint8Array;
  readonly all: Rows;
  readonly own: Rows;
}

/** Columns row by row: those of row i are `columns[start[i]]` … `columns[start[i + 1] − 1]`. */
interface Rows {
  readonly start: Uint32Array;
  readonly columns: Uint32Array;
}

function rowsWhere({ rows, rowStart, columnIndex }: Pattern, holds: (e: number) => boolean): Rows {
  const start = new Uint32Array(rows + 1);
  const columns = new Uint32Array(columnIndex.length);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) if (holds(e)) columns[count++] = columnIndex[e];
    start[i + 1] = count;
  }
  return { start, columns };
}

function wantedOf(pattern: Pattern, wanted: Uint8Array): Wanted {
  const { columns, columnIndex } = pattern;
  const probed = new Uint8Array(columns);
  for (let e = 0; e < columnIndex.length; e++) if (wanted[e]) probed[columnIndex[e]] = 1;
  const all = rowsWhere(pattern, (e) => probed[columnIndex[e]] === 1);
  return { probed, all, own: rowsWhere(pattern, (e) => wanted[e] === 1) };
}

/** The work of `partialConflicts`: in each row, wanted entries by probed ones. */
export function partialWork(pattern: Pattern, wanted: Uint8Array): number {
  const { all, own } = wantedOf(pattern, wanted);
  let work = 0;
  for (let i = 0; i < pattern.rows; i++) work += (own.start[i + 1] - own.start[i]) * (all.start[i + 1] - all.start[i]);
  return 2 * work;
}

/**
 * The graph for columns of which only some entries are to be recovered: columns j and k are neighbors if some row has
 * entries in both and one of the two is `wanted` (by position in the compressed rows). A column without a wanted entry
 * is not probed, so it conflicts with nothing.
 */
export function partialConflicts(pattern: Pattern, view: ColumnView, wanted: Uint8Array): ConflictGraph {
  const { probed, all, own } = wantedOf(pattern, wanted);
  const writer = new NeighborWriter(pattern.columns);
  for (let j = 0; j < pattern.columns; j++) {
    for (let p = view.columnStart[j]; probed[j] && p < view.columnStart[j + 1]; p++) {
      // An entry that is wanted is alone with its group; one that is not stays away from those that are.
      const { start, columns } = wanted[view.entry[p]] ? all : own;
      const i = view.rowIndex[p];
      for (let q = start[i]; q < start[i + 1]; q++) writer.add(columns[q]);
    }
    writer.endVertex();
  }
  return writer.finish();
}

/** The graph of a symmetric pattern itself, without its diagonal. */
export function adjacency(pattern: Pattern): ConflictGraph {
  const writer = new NeighborWriter(pattern.rows);
  for (let i = 0; i < pattern.rows; i++) {
    for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) writer.add(pattern.columnIndex[e]);
    writer.endVertex();
  }
  return writer.finish();
}
