/**
 * The orders in which a greedy coloring visits the vertices of a conflict graph. To add one, add a row to `orders`.
 * Source: Gebremedhin, Manne and Pothen, "What color is your Jacobian?", SIAM Review 47 (2005).
 */
import type { ConflictGraph } from './conflictGraph.js';
import { range } from './vectors.js';

/** Vertices in buckets by a whole-number key, so that one with the least or greatest key is found at once. */
class Buckets {
  readonly key: Int32Array;
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #least = 0;
  #greatest = 0;

  constructor(key: Int32Array, limit: number) {
    this.key = key;
    this.#first = new Int32Array(limit + 2).fill(-1);
    this.#next = new Int32Array(key.length);
    this.#previous = new Int32Array(key.length);
    for (let v = key.length - 1; v >= 0; v--) this.#link(v);
  }

  #link(v: number): void {
    const bucket = this.key[v];
    const head = this.#first[bucket];
    this.#next[v] = head;
    this.#previous[v] = -1;
    if (head >= 0) this.#previous[head] = v;
    this.#first[bucket] = v;
    if (bucket < this.#least) this.#least = bucket;
    if (bucket > this.#greatest) this.#greatest = bucket;
  }

  remove(v: number): void {
    const next = this.#next[v];
    const previous = this.#previous[v];
    if (previous >= 0) this.#next[previous] = next;
    else this.#first[this.key[v]] = next;
    if (next >= 0) this.#previous[next] = previous;
  }

  move(v: number, key: number): void {
    this.remove(v);
    this.key[v] = key;
    this.#link(v);
  }

  takeLeast(): number {
    while (this.#first[this.#least] < 0) this.#least++;
    const v = this.#first[this.#least];
    this.remove(v);
    return v;
  }

  takeGreatest(): number {
    while (this.#first[this.#greatest] < 0) this.#greatest--;
    const v = this.#first[this.#greatest];
    this.remove(v);
    return v;
  }
}

function degrees({ size, start }: ConflictGraph): Int32Array {
  const degree = new Int32Array(size);
  for (let v = 0; v < size; v++) degree[v] = start[v + 1] - start[v];
  return degree;
}

/** Vertices by falling `weight`, those of equal weight in their own order. */
export function heaviestFirst(weight: ArrayLike<number>): Uint32Array {
  return range(weight.length).sort((a, b) => weight[b] - weight[a] || a - b);
}

/** Each vertex has, from the end, the fewest neighbors among those that remain. */
function smallestLast(graph: ConflictGraph): Uint32Array {
  const degree = degrees(graph);
  const buckets = new Buckets(degree, graph.size);
  const done = new Uint8Array(graph.size);
  const order = new Uint32Array(graph.size);
  for (let place = graph.size - 1; place >= 0; place--) {
    const v = buckets.takeLeast();
    order[place] = v;
    done[v] = 1;
    for (let e = graph.start[v]; e < graph.start[v + 1]; e++) {
      const other = graph.neighbor[e];
      if (!done[other]) buckets.move(other, degree[other] - 1);
    }
  }
  return order;
}

/** Each vertex has the most neighbors among those already placed. */
function incidenceDegree(graph: ConflictGraph): Uint32Array {
  const incidence = new Int32Array(graph.size);
  const buckets = new Buckets(incidence, graph.size);
  const done = new Uint8Array(graph.size);
  const order = new Uint32Array(graph.size);
  for (let place = 0; place < graph.size; place++) {
    const v = buckets.takeGreatest();
    order[place] = v;
    done[v] = 1;
    for (let e = graph.start[v]; e < graph.start[v + 1]; e++) {
      const other = graph.neighbor[e];
      if (!done[other]) buckets.move(other, incidence[other] + 1);
    }
  }
  return order;
}

/** Every order, by name. */
export const orders = {
  natural: (graph: ConflictGraph): Uint32Array => range(graph.size),
  largestFirst: (graph: ConflictGraph): Uint32Array => heaviestFirst(degrees(graph)),
  smallestLast,
  incidenceDegree,
} as const satisfies Record<string, (graph: ConflictGraph) => Uint32Array>;
