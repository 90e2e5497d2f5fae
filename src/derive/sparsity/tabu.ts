/**
 * The improvement of a coloring by tabu search: dissolve one group, and move vertices among the others until no
 * conflict is left. Bounded by a count of elementary steps, never by the clock, so that its result is reproducible.
 * Source: Hertz and de Werra, "Using tabu search techniques for graph coloring", Computing 39 (1987).
 */
import type { Seeded } from '../random.js';
import type { ConflictGraph } from './conflictGraph.js';
import { type Budget, groupCount } from './greedy.js';

/** A candidate with conflicts: the state of one search. */
class Search {
  readonly colors: Uint32Array;
  readonly #graph: ConflictGraph;
  readonly #groups: number;
  /** Entry v·groups + c: how many neighbors of v are in group c. */
  readonly #around: Int32Array;
  readonly #tabuUntil: Int32Array;
  /** The vertices with conflicts, and where each stands in that list (−1: nowhere). */
  readonly #troubled: Int32Array;
  readonly #place: Int32Array;
  #count = 0;
  #conflicts = 0;

  constructor(graph: ConflictGraph, colors: Uint32Array, groups: number) {
    this.#graph = graph;
    this.#groups = groups;
    this.colors = colors;
    this.#around = new Int32Array(graph.size * groups);
    this.#tabuUntil = new Int32Array(graph.size * groups);
    this.#troubled = new Int32Array(graph.size);
    this.#place = new Int32Array(graph.size).fill(-1);
    for (let v = 0; v < graph.size; v++) {
      for (let e = graph.start[v]; e < graph.start[v + 1]; e++) this.#around[v * groups + colors[graph.neighbor[e]]]++;
    }
    for (let v = 0; v < graph.size; v++) {
      this.#conflicts += this.#around[v * groups + colors[v]] / 2;
      this.#refresh(v);
    }
  }

  /** Enter v into the list of troubled vertices, or take it out, as its conflicts say. */
  #refresh(v: number): void {
    const troubled = this.#around[v * this.#groups + this.colors[v]] > 0;
    const place = this.#place[v];
    if (troubled && place < 0) {
      this.#place[v] = this.#count;
      this.#troubled[this.#count++] = v;
    } else if (!troubled && place >= 0) {
      const last = this.#troubled[--this.#count];
      this.#troubled[place] = last;
      this.#place[last] = place;
      this.#place[v] = -1;
    }
  }

  #move(v: number, to: number): void {
    const from = this.colors[v];
    const { start, neighbor } = this.#graph;
    this.#conflicts += this.#around[v * this.#groups + to] - this.#around[v * this.#groups + from];
    this.colors[v] = to;
    for (let e = start[v]; e < start[v + 1]; e++) {
      const row = neighbor[e] * this.#groups;
      this.#around[row + from]--;
      this.#around[row + to]++;
      this.#refresh(neighbor[e]);
    }
    this.#refresh(v);
  }

  /** Search until no conflict is left (true) or the budget is spent (false). */
  run(budget: Budget, random: Seeded): boolean {
    const groups = this.#groups;
    let fewest = this.#conflicts;
    for (let turn = 1; this.#conflicts > 0; turn++) {
      budget.steps -= this.#count * groups + 32;
      if (budget.steps < 0) return false;
      const move = this.#best(turn, fewest, random);
      if (move < 0) continue;
      const v = Math.floor(move / groups);
      budget.steps -= 2 * (this.#graph.start[v + 1] - this.#graph.start[v]);
      const from = this.colors[v];
      this.#move(v, move % groups);
      this.#tabuUntil[v * groups + from] = turn + Math.floor(0.6 * this.#count) + random.integer(10);
      if (this.#conflicts < fewest) fewest = this.#conflicts;
    }
    return true;
  }

  /** The move v·groups + c with the fewest conflicts after it, ties broken at random; −1 if all are tabu. */
  #best(turn: number, fewest: number, random: Seeded): number {
    const groups = this.#groups;
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    let ties = 0;
    for (let k = 0; k < this.#count; k++) {
      const v = this.#troubled[k];
      const row = v * groups;
      const own = this.colors[v];
      const now = this.#around[row + own];
      for (let c = 0; c < groups; c++) {
        const gain = this.#around[row + c] - now;
        if (gain > least || c === own) continue;
        if (this.#tabuUntil[row + c] > turn && this.#conflicts + gain >= fewest) continue;
        if (gain < least) {
          least = gain;
          best = row + c;
          ties = 1;
        } else if (random.integer(++ties) === 0) best = row + c;
      }
    }
    return best;
  }
}

/** Put the vertices of the smallest group into others, and close the gap in the numbers: one group less. */
function dissolved(colors: Uint32Array, groups: number, random: Seeded): Uint32Array {
  const sizes = new Uint32Array(groups);
  for (const color of colors) sizes[color]++;
  const smallest = sizes.indexOf(sizes.reduce((least, size) => Math.min(least, size)));
  return colors.map((color) => {
    if (color === smallest) return random.integer(groups - 1);
    return color > smallest ? color - 1 : color;
  });
}

/** More counters than this, and the search would use too much memory. */
const largestTable = 2e7;

/**
 * Lower the number of groups of the valid coloring `colors` as far as `enough`, while the budget lasts. Gives the best
 * valid coloring found: `colors` itself where there is no better one.
 */
export function improve(
  graph: ConflictGraph,
  colors: Uint32Array,
  enough: number,
  budget: Budget,
  random: Seeded,
): Uint32Array {
  let best = colors;
  for (let groups = groupCount(best) - 1; groups >= Math.max(1, enough); groups--) {
    if (graph.size * groups > largestTable) break;
    budget.steps -= 2 * graph.neighbor.length + graph.size * groups;
    if (budget.steps < 0) break;
    const search = new Search(graph, dissolved(best, groups + 1, random), groups);
    if (!search.run(budget, random)) break;
    best = search.colors;
  }
  return best;
}
