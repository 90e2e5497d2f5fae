/**
 * Groups of columns and of rows together, for when both jvp and vjp are there: each entry is recovered from one of the
 * two. An arrow matrix of any size takes three probes instead of n.
 *
 * Dense rows and columns are peeled off, heaviest first; what a row takes with it is recovered by vjp, what a column
 * takes by jvp, and what is left over by the cheaper of the two. The cuts that promise most are colored, and the best
 * is kept, one-sided colorings among them. Sources: Coleman and Verma 1998; Montoison, Dalle and Gebremedhin 2025.
 */
import { type Coloring, colorColumns, colorRows } from './coloring.js';
import { partialConflicts, partialWork } from './conflictGraph.js';
import { bestGreedy } from './greedy.js';
import { byColumn, type ColumnView, isDense, nnz, type Pattern, transpose } from './pattern.js';
import { aloneInRow, noGroup } from './validity.js';

/** Groups of columns, probed by jvp, and of rows, probed by vjp, that recover every entry between them. */
export interface Bicoloring {
  /** The group of each column; `noGroup` where no jvp probe needs it. */
  readonly columnColors: Uint32Array;
  readonly columnGroups: number;
  /** The group of each row; `noGroup` where no vjp probe needs it. */
  readonly rowColors: Uint32Array;
  readonly rowGroups: number;
  /** For each entry, by its position in the compressed rows: 1 where its row probe gives it, 0 where its column probe. */
  readonly byRow: Uint8Array;
  /** columnWeight·columnGroups + rowWeight·rowGroups. */
  readonly cost: number;
  /** No plan of direct probes costs less. */
  readonly lowerBound: number;
}

/** The costs of the two kinds of probe, and what is already known. */
export interface BicoloringOptions {
  /** The cost of a jvp. Default 1. */
  readonly columnWeight?: number;
  /** The cost of a vjp. Default 1. */
  readonly rowWeight?: number;
  /** The one-sided colorings, where they are at hand. */
  readonly columns?: Coloring;
  readonly rows?: Coloring;
}

interface Weights {
  readonly column: number;
  readonly row: number;
}

/** Peeled lines beyond which no cut is looked at, and cuts that are colored. */
const mostPeeled = 256;
const mostCuts = 6;
const never = 0xffffffff;

/** In which step each row and column was peeled; a cut is a number of steps, and who takes the rest. */
interface Peeling {
  readonly rowStep: Uint32Array;
  readonly columnStep: Uint32Array;
  readonly cuts: Cut[];
}

interface Cut {
  readonly steps: number;
  readonly restByRow: boolean;
  readonly estimate: number;
}

function heaviest(counts: Uint32Array): number {
  let place = 0;
  for (let k = 1; k < counts.length; k++) if (counts[k] > counts[place]) place = k;
  return place;
}

/** Peel the heaviest line, row or column, again and again, noting what each cut would cost at most. */
function peel(pattern: Pattern, view: ColumnView, weights: Weights): Peeling {
  const { rows, columns, rowStart, columnIndex } = pattern;
  const rowStep = new Uint32Array(rows).fill(never);
  const columnStep = new Uint32Array(columns).fill(never);
  const rowCount = Uint32Array.from({ length: rows }, (_, i) => rowStart[i + 1] - rowStart[i]);
  const columnCount = Uint32Array.from({ length: columns }, (_, j) => view.columnStart[j + 1] - view.columnStart[j]);
  const cuts: Cut[] = [];
  let spent = 0;
  for (let steps = 0; steps <= mostPeeled; steps++) {
    const [i, j] = [heaviest(rowCount), heaviest(columnCount)];
    cuts.push({ steps, restByRow: false, estimate: spent + weights.column * rowCount[i] });
    cuts.push({ steps, restByRow: true, estimate: spent + weights.row * columnCount[j] });
    if (Math.max(rowCount[i], columnCount[j]) <= 1) break;
    const takesRow = rowCount[i] * weights.column >= columnCount[j] * weights.row;
    spent += takesRow ? weights.row : weights.column;
    if (takesRow) {
      rowStep[i] = steps;
      rowCount[i] = 0;
      for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
        if (columnStep[columnIndex[e]] === never) columnCount[columnIndex[e]]--;
      }
    } else {
      columnStep[j] = steps;
      columnCount[j] = 0;
      for (let p = view.columnStart[j]; p < view.columnStart[j + 1]; p++) {
        if (rowStep[view.rowIndex[p]] === never) rowCount[view.rowIndex[p]]--;
      }
    }
  }
  return { rowStep, columnStep, cuts };
}

/** For each entry, whether its row recovers it: the line that was peeled first does. */
function ownership(pattern: Pattern, { rowStep, columnStep }: Peeling, cut: Cut): Uint8Array {
  const byRow = new Uint8Array(pattern.columnIndex.length);
  for (let i = 0; i < pattern.rows; i++) {
    for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
      const j = pattern.columnIndex[e];
      const rest = Math.min(rowStep[i], columnStep[j]) >= cut.steps;
      byRow[e] = (rest ? cut.restByRow : rowStep[i] < columnStep[j]) ? 1 : 0;
    }
  }
  return byRow;
}

/** Color the columns that have a wanted entry, so that each wanted entry is alone with its group in its row. */
function colorWanted(pattern: Pattern, view: ColumnView, wanted: Uint8Array): { colors: Uint32Array; groups: number } {
  const colors = bestGreedy(partialConflicts(pattern, view, wanted), 1);
  let groups = 0;
  const probed = new Uint8Array(pattern.columns);
  for (let e = 0; e < wanted.length; e++) if (wanted[e]) probed[pattern.columnIndex[e]] = 1;
  for (let j = 0; j < colors.length; j++) {
    if (!probed[j]) colors[j] = noGroup;
    else groups = Math.max(groups, colors[j] + 1);
  }
  return { colors, groups };
}

/** The pattern and its transpose, both ways of looking at each. */
interface Both {
  readonly pattern: Pattern;
  readonly view: ColumnView;
  readonly turned: Pattern;
  readonly turnedView: ColumnView;
}

function bothOf(pattern: Pattern): Both {
  const turned = transpose(pattern);
  return { pattern, view: byColumn(pattern), turned, turnedView: byColumn(turned) };
}

function complete(byRow: Uint8Array, columns: Side, rows: Side, weights: Weights, lowerBound: number): Bicoloring {
  return {
    columnColors: columns.colors,
    columnGroups: columns.groups,
    rowColors: rows.colors,
    rowGroups: rows.groups,
    byRow,
    cost: weights.column * columns.groups + weights.row * rows.groups,
    lowerBound,
  };
}

interface Side {
  readonly colors: Uint32Array;
  readonly groups: number;
}

/** The wanted entries of the pattern and of the transposed one. */
function wantedIn({ view }: Both, byRow: Uint8Array): readonly [Uint8Array, Uint8Array] {
  // Entry p of the transposed pattern is entry view.entry[p] of this one.
  return [byRow.map((flag) => 1 - flag), Uint8Array.from(view.entry, (e) => byRow[e])];
}

/** Whether each entry is alone with its group in the row (or column) that is to give it. O(nonzeros). */
export function isValidBicoloring(pattern: Pattern, plan: Bicoloring): boolean {
  const view = byColumn(pattern);
  const columnsAlone = aloneInRow(pattern, plan.columnColors);
  const rowsAlone = aloneInRow(transpose(pattern), plan.rowColors);
  for (let p = 0; p < view.entry.length; p++) {
    const e = view.entry[p];
    if (!(plan.byRow[e] ? rowsAlone[p] : columnsAlone[e])) return false;
  }
  return true;
}

/** A jvp gives at most one number per row, a vjp one per column, and every entry takes one of them. */
function costBound(pattern: Pattern, weights: Weights, columnBound: number, rowBound: number): number {
  const oneSided = Math.min(weights.column * columnBound, weights.row * rowBound);
  const numbersPerCost = Math.max(pattern.rows / weights.column, pattern.columns / weights.row);
  const shared = nnz(pattern) === 0 ? 0 : nnz(pattern) / numbersPerCost;
  const whole = weights.column === weights.row ? weights.row * Math.ceil(shared / weights.row) : shared;
  return Math.min(oneSided, whole);
}

/**
 * Groups of columns and rows for direct recovery from jvp and vjp probes together, of the least cost found; the
 * one-sided colorings where neither is beaten. The arrow of n = 1000 takes 3 probes.
 */
export function colorBoth(pattern: Pattern, options: BicoloringOptions = {}): Bicoloring {
  const weights = { column: options.columnWeight ?? 1, row: options.rowWeight ?? 1 };
  const columns = options.columns ?? colorColumns(pattern);
  const rows = options.rows ?? colorRows(pattern);
  const bound = costBound(pattern, weights, columns.lowerBound, rows.lowerBound);
  const idle = (length: number): Side => ({ colors: new Uint32Array(length).fill(noGroup), groups: 0 });
  const byColumns = weights.column * columns.groups <= weights.row * rows.groups;
  const entries = isDense(pattern) ? 0 : nnz(pattern);
  const flags = new Uint8Array(entries).fill(byColumns ? 0 : 1);
  let best = byColumns
    ? complete(flags, columns, idle(pattern.rows), weights, bound)
    : complete(flags, idle(pattern.columns), rows, weights, bound);
  if (entries === 0 || best.cost <= bound) return best;
  const both = bothOf(pattern);
  const peeling = peel(pattern, both.view, weights);
  // A cut of 0 steps is one-sided, and has been colored already.
  const promising = peeling.cuts
    .filter((cut) => cut.steps > 0)
    .sort((a, b) => a.estimate - b.estimate)
    .slice(0, mostCuts);
  let work = 0;
  for (const cut of promising) {
    if (best.cost <= bound) break;
    const byRow = ownership(pattern, peeling, cut);
    const [jvpWants, vjpWants] = wantedIn(both, byRow);
    const cost = partialWork(pattern, jvpWants) + partialWork(both.turned, vjpWants);
    if (work + cost > mostWork) continue;
    work += cost;
    const columnSide = colorWanted(pattern, both.view, jvpWants);
    const rowSide = colorWanted(both.turned, both.turnedView, vjpWants);
    const plan = complete(byRow, columnSide, rowSide, weights, bound);
    if (plan.cost < best.cost && isValidBicoloring(pattern, plan)) best = plan;
  }
  return best;
}

/** What the conflict graphs of all cuts may cost together. */
const mostWork = 6e7;
