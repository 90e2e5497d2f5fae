/**
 * Groups of columns that one probe can serve: no two columns of a group have entries in one row (direct recovery).
 *
 * Declared structure gives a closed form. Otherwise, and where the closed form is above the lower bound, greedy orders
 * and a guess at an underlying grid are tried. To add a closed form, add a row to `closedForms`.
 * Sources: Curtis, Powell and Reid 1974; Coleman and Moré 1983; Gebremedhin, Manne and Pothen 2005.
 */
import { columnConflicts, conflictWork } from './conflictGraph.js';
import { bestGreedy, greedyOnRows, groupCount } from './greedy.js';
import { type Budget, guessShapes, linearColoring } from './lattice.js';
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
  readonly source: 'closed form' | 'greedy';
}

/** Elementary steps of the search for a grid, per column. */
const stepsPerColumn = 40_000;
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

type ClosedForm<S> = (pattern: Pattern, structure: S) => Uint32Array | undefined;

/** The group of each column by formula, for each kind of structure. */
const closedForms: { readonly [K in Structure['kind']]: ClosedForm<Extract<Structure, { kind: K }>> } = {
  dense: ({ columns }) => range(columns),
  band: ({ columns }, { lower, upper }) => range(columns).map((j) => j % (lower + upper + 1)),
  blocks: (_, structure) => Uint32Array.from(structure.columns.flatMap((size) => [...range(size)])),
  grid: (pattern, { shape }) => {
    const enough = coloringLowerBound(pattern);
    const budget = { steps: mostSteps };
    const long = shape.filter((extent) => extent > 1);
    return linearColoring(pattern, { shape: long, enough, atMost: 4 * enough, budget });
  },
};

function closedForm(pattern: Pattern): Uint32Array | undefined {
  const { structure } = pattern;
  // The kind of the structure picks the row that takes it.
  return structure && (closedForms[structure.kind] as ClosedForm<Structure>)(pattern, structure);
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

/** Guess grids, and color them. */
function tryLattices(pattern: Pattern, best: Best, budget: Budget): void {
  for (const shape of guessShapes(pattern)) {
    if (best.isOptimal) return;
    const share = { steps: budget.steps / 4 };
    const before = share.steps;
    const goal = { shape, enough: best.lowerBound, atMost: best.coloring.groups - 1, budget: share };
    best.offer(linearColoring(pattern, goal), 'closed form');
    budget.steps -= before - share.steps;
  }
}

function search(pattern: Pattern, view: ColumnView, best: Best): void {
  best.offer(greedyOnRows(pattern, view, range(pattern.columns)), 'greedy');
  // A declared grid has had its turn.
  if (!best.isOptimal && pattern.structure?.kind !== 'grid')
    tryLattices(pattern, best, { steps: Math.min(mostSteps, stepsPerColumn * pattern.columns) });
  if (best.isOptimal) return;
  if (conflictWork(pattern) > mostConflictWork) {
    best.offer(greedyOnRows(pattern, view, heaviestFirst(columnCounts(pattern))), 'greedy');
  } else best.offer(bestGreedy(columnConflicts(pattern, view), best.lowerBound), 'greedy');
}

/**
 * Groups of columns for recovery from jvp probes: one probe per group, its seed the indicator of the group.
 * The result is valid (checked), reproducible, and optimal where `groups` equals `lowerBound`.
 */
export function colorColumns(pattern: Pattern): Coloring {
  const best = new Best(pattern);
  if (nnz(pattern) === 0 || best.isOptimal) return best.coloring;
  best.offer(closedForm(pattern), 'closed form');
  if (!best.isOptimal) search(pattern, byColumn(pattern), best);
  return best.coloring;
}

/** Groups of rows for recovery from vjp probes: the column coloring of the transposed pattern. */
export function colorRows(pattern: Pattern): Coloring {
  return colorColumns(transpose(pattern));
}
