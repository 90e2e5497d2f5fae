/**
 * The orders in which a greedy coloring visits the vertices of a conflict graph. To add one, add a row to `orders`.
 * Source: Gebremedhin, Manne and Pothen, "What color is your Jacobian?", SIAM Review 47 (2005).
 */
import type { ConflictGraph } from './conflictGraph.js';
import { range } from './vectors.js';

/** Vertices by falling `weight`, those of equal weight in their own order. */
export function heaviestFirst(weight: ArrayLike<number>): Uint32Array {
  return range(weight.length).sort((a, b) => weight[b] - weight[a] || a - b);
}

function degrees({ size, start }: ConflictGraph): Uint32Array {
  const degree = new Uint32Array(size);
  for (let v = 0; v < size; v++) degree[v] = start[v + 1] - start[v];
  return degree;
}

/** Every order, by name. */
export const orders = {
  natural: (graph: ConflictGraph): Uint32Array => range(graph.size),
  largestFirst: (graph: ConflictGraph): Uint32Array => heaviestFirst(degrees(graph)),
} as const satisfies Record<string, (graph: ConflictGraph) => Uint32Array>;
