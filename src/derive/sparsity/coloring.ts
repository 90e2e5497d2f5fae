/**
 * Groups of columns that one probe can serve: no two columns of a group have entries in one row (direct recovery).
 *
 * Declared structure gives a closed form. Otherwise, and where the closed form is above the lower bound, the best of
 * several greedy orders, a guess at an underlying grid, and a bounded improvement are tried: probes cost milliseconds
 * to hours, and a coloring is made once. To add a closed form, add a row to `closedForms`.
 * Sources: Curtis, Powell and Reid 1974; Coleman and Moré 1983; Gebremedhin, Manne and Pothen 2005.
 */
import { seeded } from '../random.js';
import { columnConflicts, conflictWork } from './conflictGraph.js';
import { type Budget, bestGreedy, greedyOnRows, groupCount } from './greedy.js';
import { foldedColoring, guessShapes, type LatticeGoal, linearColoring } from './lattice.js';
import { heaviestFirst } from './orders.js';
import {
  byColumn,
  type ColumnView,
  isDense,
  maxRowCount,
  nnz,
  type Pattern,
  type Structure,
  transpose,
} from './pattern.js';
import { improve } from './tabu.js';
import { isValidColoring, noGroup } from './validity.js';
import { range } from './vectors.js';

/** A partition of columns (or rows) into groups that are probed together. */
export interface Coloring {
  /** The group of each column; `noGroup` where it has no entries and needs no probe. */
  readonly colors: Uint32Array;
  /** How many groups there are: the number of probes. */
  readonly groups: number;
  /** No coloring has fewer groups. */
  readonly lowerBound: number;
  readonly source: 'closed form' | 'greedy' | 'improved';
}

/** How a coloring is searched for. */
export interface ColoringOptions {
  /** For the random choices of the improvement; the same seed gives the same coloring. */
  readonly seed?: number;
  /** Elementary steps of the search per column; 0 keeps to the closed forms and greedy orders. Default 40,000. */
  readonly effort?: number;
}

const defaultEffort = 40_000;
/** However many columns there are: about half a second. */
const mostSteps = 8e7;
/** Conflict graphs with more work than this are not written out. */
const mostConflictWork = 3e7;

/** The number of entries of each column. */
function columnCounts(pattern: Pattern): Uint32Array {
  const counts = new Uint32Array(pattern.columns);
  for (let e = 0; e < pattern.columnIndex.length; e++) counts[pattern.columnIndex[e]]++;
  return isDense(pattern) ? counts.fill(pattern.rows) : counts;
}

/**
 * A number of groups that no column coloring is below: the longest row, whose columns all differ; and the columns over
 * the most that fit into one group, as the entries of a group are in different rows.
 */
export function coloringLowerBound(pattern: Pattern): number {
  const counts = columnCounts(pattern)
    .filter((count) => count > 0)
    .sort();
  let fit = 0;
  for (let used = 0; fit < counts.length && used + counts[fit] <= pattern.rows; fit++) used += counts[fit];
  return Math.max(maxRowCount(pattern), fit === 0 ? 0 : Math.ceil(counts.length / fit));
}

type ClosedForm<S> = (pattern: Pattern, structure: S, options: ColoringOptions) => Uint32Array | undefined;

/** The group of each column by formula, for each kind of structure. */
const closedForms: { readonly [K in Structure['kind']]: ClosedForm<Extract<Structure, { kind: K }>> } = {
  dense: ({ columns }) => range(columns),
  band: ({ columns }, { lower, upper }) => range(columns).map((j) => j % (lower + upper + 1)),
  blocks: (_, structure) => Uint32Array.from(structure.columns.flatMap((size) => [...range(size)])),
  grid: (pattern, { shape }, { effort = defaultEffort }) => {
    const enough = coloringLowerBound(pattern);
    const budget = { steps: mostSteps };
    const long = shape.filter((extent) => extent > 1);
    return effort === 0 ? undefined : linearColoring(pattern, { shape: long, enough, atMost: 4 * enough, budget });
  },
  kronecker: (_, { left, right }, options) => {
    // Two columns share a row of a product only if they do (or agree) in both factors.
    const [a, b] = [colorColumns(left, options), colorColumns(right, options)];
    const of = (coloring: Coloring, j: number) => (coloring.colors[j] === noGroup ? 0 : coloring.colors[j]);
    return range(left.columns * right.columns).map(
      (j) => of(a, Math.floor(j / right.columns)) * b.groups + of(b, j % right.columns),
    );
  },
};

function closedForm(pattern: Pattern, options: ColoringOptions): Uint32Array | undefined {
  const { structure } = pattern;
  // The kind of the structure picks the row that takes it.
  return structure && (closedForms[structure.kind] as ClosedForm<Structure>)(pattern, structure, options);
}

/** Take columns without entries out of their groups, and number the groups that are left without gaps. */
function tidy(colors: Uint32Array, counts: Uint32Array): Uint32Array {
  const number = new Map<number, number>();
  for (let j = 0; j < colors.length; j++) if (counts[j] > 0) number.set(colors[j], 0);
  for (const [place, color] of [...number.keys()].sort((a, b) => a - b).entries()) number.set(color, place);
  return colors.map((color, j) => (counts[j] > 0 ? number.get(color)! : noGroup));
}

/** The best coloring so far, of those that were checked. */
class Best {
  readonly lowerBound: number;
  readonly #pattern: Pattern;
  readonly #counts: Uint32Array;
  #coloring: Coloring;

  constructor(pattern: Pattern) {
    this.#pattern = pattern;
    this.#counts = columnCounts(pattern);
    this.lowerBound = coloringLowerBound(pattern);
    const colors = tidy(range(pattern.columns), this.#counts);
    const groups = this.#counts.reduce((sum, count) => sum + Math.min(1, count), 0);
    this.#coloring = { colors, groups, lowerBound: this.lowerBound, source: 'closed form' };
  }

  get coloring(): Coloring {
    return this.#coloring;
  }

  get isOptimal(): boolean {
    return this.#coloring.groups <= this.lowerBound;
  }

  /** Take `colors` if they are valid and have fewer groups. */
  offer(colors: Uint32Array | undefined, source: Coloring['source']): void {
    if (!colors) return;
    const tidied = tidy(colors, this.#counts);
    const groups = groupCount(tidied.map((color) => (color === noGroup ? 0 : color)));
    if (groups >= this.#coloring.groups || !isValidColoring(this.#pattern, tidied, groups)) return;
    this.#coloring = { colors: tidied, groups, lowerBound: this.lowerBound, source };
  }
}

function goalFor(best: Best, shape: number[], budget: Budget): LatticeGoal {
  return { shape, enough: best.lowerBound, atMost: best.coloring.groups - 1, budget };
}

/** Guess grids, and color them. */
function tryLattices(pattern: Pattern, best: Best, budget: Budget, seed: number): void {
  const { structure } = pattern;
  const shapes = structure?.kind === 'grid' ? [structure.shape.filter((n) => n > 1)] : guessShapes(pattern);
  for (const attempt of [linearColoring, foldedColoring]) {
    for (const shape of shapes) {
      if (best.isOptimal) return;
      const share = { steps: budget.steps / 4 };
      const before = share.steps;
      const source = attempt === linearColoring ? 'closed form' : 'improved';
      best.offer(attempt(pattern, goalFor(best, shape, share), seed), source);
      budget.steps -= before - share.steps;
    }
  }
}

function search(pattern: Pattern, view: ColumnView, best: Best, options: ColoringOptions): void {
  const { seed = 1, effort = defaultEffort } = options;
  best.offer(greedyOnRows(pattern, view, range(pattern.columns)), 'greedy');
  if (best.isOptimal) return;
  const budget = { steps: Math.min(mostSteps, effort * pattern.columns) };
  if (effort > 0) tryLattices(pattern, best, budget, seed);
  if (best.isOptimal) return;
  const work = conflictWork(pattern);
  if (work > mostConflictWork) {
    best.offer(greedyOnRows(pattern, view, heaviestFirst(columnCounts(pattern))), 'greedy');
    return;
  }
  const graph = columnConflicts(pattern, view);
  budget.steps -= work;
  best.offer(bestGreedy(graph, best.lowerBound, effort > 0 ? budget : undefined), 'greedy');
  if (effort === 0) return;
  const start = best.coloring.colors.map((color) => (color === noGroup ? 0 : color));
  best.offer(improve(graph, start, best.lowerBound, budget, seeded(seed)), 'improved');
}

/**
 * Groups of columns for recovery from jvp probes: one probe per group, its seed the indicator of the group.
 * The result is valid (checked), reproducible, and optimal where `groups` equals `lowerBound`.
 */
export function colorColumns(pattern: Pattern, options: ColoringOptions = {}): Coloring {
  const best = new Best(pattern);
  if (nnz(pattern) === 0 || best.isOptimal) return best.coloring;
  best.offer(closedForm(pattern, options), 'closed form');
  if (!best.isOptimal) search(pattern, byColumn(pattern), best, options);
  return best.coloring;
}

/** Groups of rows for recovery from vjp probes: the column coloring of the transposed pattern. */
export function colorRows(pattern: Pattern, options: ColoringOptions = {}): Coloring {
  return colorColumns(transpose(pattern), options);
}
