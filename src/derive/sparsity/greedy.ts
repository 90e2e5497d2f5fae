/**
 * Greedy colorings: each vertex, in a given order, takes the first group that none of its neighbors has. On a conflict
 * graph that is written out, or straight from the compressed rows where that graph would be too large.
 */
import type { ConflictGraph } from './conflictGraph.js';
import { orders } from './orders.js';
import type { ColumnView, Pattern } from './pattern.js';

/** A set of groups as bits, with its first gap. */
class GroupSet {
  words: Uint32Array = new Uint32Array(4);
  #used = 0;

  add(group: number): void {
    const word = group >>> 5;
    while (word >= this.words.length) this.#grow();
    if (word >= this.#used) this.#used = word + 1;
    this.words[word] |= 1 << (group & 31);
  }

  /** Add all of `other`. */
  merge(other: GroupSet): void {
    while (other.#used > this.words.length) this.#grow();
    if (other.#used > this.#used) this.#used = other.#used;
    for (let w = 0; w < other.#used; w++) this.words[w] |= other.words[w];
  }

  /** The least group that is not in the set. */
  firstGap(): number {
    for (let w = 0; w < this.#used; w++) {
      const free = ~this.words[w];
      if (free !== 0) return 32 * w + (31 - Math.clz32(free & -free));
    }
    return 32 * this.#used;
  }

  clear(): void {
    this.words.fill(0, 0, this.#used);
    this.#used = 0;
  }

  #grow(): void {
    const grown = new Uint32Array(2 * this.words.length);
    grown.set(this.words);
    this.words = grown;
  }
}

/** Color `graph` greedily in `order`. */
export function greedyOnGraph(graph: ConflictGraph, order: Uint32Array): Uint32Array {
  const colors = new Uint32Array(graph.size);
  const visited = new Uint8Array(graph.size);
  const forbidden = new GroupSet();
  for (const v of order) {
    for (let e = graph.start[v]; e < graph.start[v + 1]; e++) {
      if (visited[graph.neighbor[e]]) forbidden.add(colors[graph.neighbor[e]]);
    }
    colors[v] = forbidden.firstGap();
    visited[v] = 1;
    forbidden.clear();
  }
  return colors;
}

/** From this length on a row remembers the groups it holds, so that no column has to walk it. */
const longRow = 48;

/** Color the columns of `pattern` greedily in `order`, in O(nonzeros · (48 + groups/32)) time. */
export function greedyOnRows(pattern: Pattern, view: ColumnView, order: Uint32Array): Uint32Array {
  const { rows, columns, rowStart, columnIndex } = pattern;
  const colors = new Uint32Array(columns);
  const visited = new Uint8Array(columns);
  const held: (GroupSet | undefined)[] = new Array(rows);
  for (let i = 0; i < rows; i++) held[i] = rowStart[i + 1] - rowStart[i] > longRow ? new GroupSet() : undefined;
  const forbidden = new GroupSet();
  for (const j of order) {
    for (let p = view.columnStart[j]; p < view.columnStart[j + 1]; p++) {
      const i = view.rowIndex[p];
      const known = held[i];
      if (known) forbidden.merge(known);
      else {
        for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
          if (visited[columnIndex[e]]) forbidden.add(colors[columnIndex[e]]);
        }
      }
    }
    const group = forbidden.firstGap();
    colors[j] = group;
    visited[j] = 1;
    forbidden.clear();
    for (let p = view.columnStart[j]; p < view.columnStart[j + 1]; p++) held[view.rowIndex[p]]?.add(group);
  }
  return colors;
}

/** One more than the largest color. */
export function groupCount(colors: Uint32Array): number {
  let groups = 0;
  for (let v = 0; v < colors.length; v++) if (colors[v] >= groups) groups = colors[v] + 1;
  return groups;
}

/** The greedy coloring with the fewest groups over all orders; stops at `enough` groups. */
export function bestGreedy(graph: ConflictGraph, enough: number): Uint32Array {
  const natural = greedyOnGraph(graph, orders.natural(graph));
  const groups = groupCount(natural);
  if (groups <= enough) return natural;
  const heaviest = greedyOnGraph(graph, orders.largestFirst(graph));
  return groupCount(heaviest) < groups ? heaviest : natural;
}
