/**
 * Sparse Jacobians by differences: the columns of a group are perturbed in one evaluation, each by its own step.
 *
 * A group is a set of columns; an entry is recovered from the group of its column where no other column of that group
 * meets its row. K groups cost K+3 (forward), 2K+1 (central) or 4K+1 (richardson) evaluations, as for K columns.
 */

import { drive, type MaybePromise, type Stepwise } from '../drive.js';
import { differentiate } from './difference.js';
import { begin } from './forward.js';
import { elementLine, type Line } from './line.js';
import {
  decides,
  drownedOutputs,
  isFlat,
  leastOf,
  ratio,
  roughOutputs,
  settledBy,
  shorterSteps,
  takeConfirmed,
} from './refine.js';
import { baseOf, evaluateHere, type Oracle, type Report, reportOf, type Sample, type Sweep } from './sampling.js';
import { choose, type Placed, type Scheme } from './scheme.js';
import { type Setting, stepOf } from './step.js';
import { measured, type Trial } from './trial.js';

/** The entries of a sparse matrix by rows: the columns of row i are `columnIndex[rowStart[i] … rowStart[i+1]−1]`, ascending. */
export interface RowPattern {
  readonly rowStart: ArrayLike<number>;
  readonly columnIndex: ArrayLike<number>;
}

/** Sets of columns that are perturbed together. */
export type Groups = readonly ArrayLike<number>[];

/** The entries of a sparse Jacobian, in the order of the pattern. NaN where the groups do not separate an entry. */
export interface Entries {
  readonly values: Float64Array;
  readonly report: Report;
}

/** A column of a group: its line, the entries it is to find, and their rows. */
interface Untried {
  readonly j: number;
  readonly line: Line;
  readonly entries: Uint32Array;
  readonly rows: Uint32Array;
}

/** The same with what was found. */
interface Track extends Untried {
  readonly trial: Trial;
}

/** The entries of `pattern` of the Jacobian at `x`. */
export function* sweepGroups(
  oracle: Oracle,
  x: Float64Array,
  groups: Groups,
  pattern: RowPattern,
  setting: Setting = {},
): Stepwise<Entries> {
  const sweep = yield* begin(
    oracle,
    x,
    setting,
    groups.flatMap((group) => Array.from(group)),
  );
  const layout = layOut(pattern, groups, x.length);
  const values = new Float64Array(pattern.columnIndex.length).fill(Number.NaN);
  for (const group of groups) {
    const untried = linesOf(sweep, group, layout);
    const trialOf = yield* tryTogether(sweep, untried, ({ line }) => [line, line.step]);
    const unsure: Track[] = [];
    for (const [n, one] of untried.entries()) {
      const track = { ...one, trial: trialOf(n)! };
      if (isSure(sweep, track)) write(track, values);
      else unsure.push(track);
    }
    const finite = unsure.filter(({ trial }) => trial.values.every(Number.isFinite));
    yield* climbTogether(sweep, finite);
    yield* descendTogether(sweep, finite);
    for (const track of finite) write(track, values);
    for (const track of unsure) if (!finite.includes(track)) yield* takeAlone(sweep, track, values);
  }
  return { values, report: reportOf(sweep) };
}

function isSure(sweep: Sweep, { line, trial }: Track): boolean {
  if (!trial.values.every(Number.isFinite) || roughOutputs(sweep, line, trial).length > 0) return false;
  return line.coarser === undefined || drownedOutputs(line, trial).length === 0;
}

function write({ entries, trial }: Track, values: Float64Array): void {
  for (let k = 0; k < entries.length; k++) values[entries[k]!] = trial.values[k]!;
}

function* takeAlone(sweep: Sweep, { j, line, entries, rows }: Track, values: Float64Array): Stepwise<void> {
  const { values: column } = yield* differentiate(sweep, line, j);
  for (let k = 0; k < entries.length; k++) values[entries[k]!] = column[rows[k]!]!;
}

/** `sweepGroups`, driven: a promise only if the oracle returns one. */
export function groupedJacobian(
  oracle: Oracle,
  x: Float64Array,
  groups: Groups,
  pattern: RowPattern,
  setting: Setting = {},
): MaybePromise<Entries> {
  return drive(sweepGroups(oracle, x, groups, pattern, setting));
}

function linesOf(sweep: Sweep, group: ArrayLike<number>, layout: Layout): Untried[] {
  const untried: Untried[] = [];
  for (const j of Array.from(group)) {
    const line = elementLine(sweep.survey, j);
    if (choose(sweep.survey.scheme, line.step, line) === undefined) {
      sweep.noRoom.push(j);
      continue;
    }
    if (sweep.survey.guessed[j]) sweep.guessed.push(j);
    const entries = entriesOf(layout, j).filter((entry) => layout.alone[entry]);
    untried.push({ j, line, entries, rows: entries.map((entry) => layout.rowOf[entry]!) });
  }
  return untried;
}

/**
 * One trial for each track, all in the same evaluations: every stencil of a scheme has the same number of nodes besides
 * the base, so columns with different ones go together. `how` gives the line and the step; there is no trial where no
 * step fits.
 */
function* tryTogether<T extends Untried>(
  sweep: Sweep,
  tracks: readonly T[],
  how: (track: T) => readonly [line: Line, step: number],
  scheme: Scheme = sweep.survey.scheme,
): Stepwise<(n: number) => Trial | undefined> {
  const moves = tracks.map((track) => {
    const [line, step] = how(track);
    return {
      rows: track.rows,
      line,
      placed: step > 0 ? choose(scheme, step, line) : undefined,
      offsets: [] as number[],
    };
  });
  const able = moves.filter((move): move is Move => move.placed !== undefined);
  if (able.length === 0) return () => undefined;
  const atRest = scheme !== 'forward' || able.some(({ placed }) => placed.nodes.includes(0));
  const base = atRest ? yield* baseOf(sweep) : undefined;
  const taken = yield* takeTogether(sweep, able);
  return (n) => (moves[n]!.placed === undefined ? undefined : trialFrom(moves[n] as Move, taken, base));
}

/** How a track is moved, and how far it went in each evaluation. */
interface Move extends Pick<Track, 'rows' | 'line'> {
  readonly placed: Placed;
  readonly offsets: number[];
}

function* takeTogether(sweep: Sweep, moves: readonly Move[]): Stepwise<readonly Float64Array[]> {
  const taken: Float64Array[] = [];
  for (let k = 0; k < moving(moves[0]!.placed).length; k++) {
    for (const { line, placed, offsets } of moves) {
      offsets.push(line.move(sweep.point, moving(placed)[k]! * placed.step));
    }
    taken.push(yield* evaluateHere(sweep));
  }
  for (const { line } of moves) line.rest(sweep.point);
  return taken;
}

function trialFrom(
  { rows, line, placed, offsets }: Move,
  taken: readonly Float64Array[],
  base: Float64Array | undefined,
): Trial {
  const pick = (all: Float64Array) => Float64Array.from(rows, (row) => all[row]!);
  const samples: Sample[] = offsets.map((offset, k) => ({ offset, values: pick(taken[k]!) }));
  if (placed.nodes.includes(0)) samples.unshift({ offset: 0, values: pick(base!) });
  return { placed, samples, ...measured(samples, base && pick(base), line, placed) };
}

function moving(placed: Placed): readonly number[] {
  return placed.nodes.filter((node) => node !== 0);
}

// As `climb` does for one column.
function* climbTogether(sweep: Sweep, tracks: readonly Track[]): Stepwise<void> {
  for (let k = 0; ; k++) {
    const open = tracks.flatMap((track) => {
      const coarser = track.line.coarser?.[k];
      const drowned = coarser ? drownedOutputs(track.line, track.trial) : [];
      return coarser && drowned.length > 0 ? [{ ...track, coarser, drowned }] : [];
    });
    if (open.length === 0) return;
    const trialOf = yield* tryTogether(sweep, open, ({ coarser }) => [coarser, coarser.step]);
    for (const [n, { line, trial, drowned }] of open.entries()) {
      const next = trialOf(n);
      if (next) takeConfirmed(sweep, line, trial, next, drowned);
    }
  }
}

/** A track with outputs that bend within the step. */
interface Bent extends Track {
  readonly rough: readonly number[];
  readonly solved: Set<number>;
  open: readonly number[];
  coarse: Trial;
}

const untold = (): void => undefined;

// As `descend` does for one column.
function* descendTogether(sweep: Sweep, tracks: readonly Track[]): Stepwise<void> {
  const bent: Bent[] = tracks.flatMap((track) => {
    const rough = roughOutputs(sweep, track.line, track.trial);
    return rough.length > 0 ? [{ ...track, rough, open: rough, coarse: track.trial, solved: new Set<number>() }] : [];
  });
  if (bent.length > 0 && sweep.survey.scheme === 'richardson') yield* settleTogether(sweep, bent);
  for (let k = 0; k < shorterSteps; k++) {
    const live = bent.filter(({ open }) => open.length > 0);
    if (live.length === 0) break;
    const fine = yield* tryTogether(sweep, live, ({ line, coarse }) => [line, shorter(line, coarse)], 'central');
    for (const [n, track] of live.entries()) track.open = stillOpen(track, fine(n));
  }
  for (const { j, rows, rough, solved } of bent) {
    const outputs = rough.filter((i) => !solved.has(i)).map((i) => rows[i]!);
    if (outputs.length > 0) sweep.rough.push({ element: j, outputs });
  }
}

function* settleTogether(sweep: Sweep, bent: readonly Bent[]): Stepwise<void> {
  const step = ({ line }: Bent) => [line, stepOf('central', line.roundoff, line.scale)] as const;
  const central = yield* tryTogether(sweep, bent, step, 'central');
  for (const [n, track] of bent.entries()) {
    const found = central(n);
    if (found === undefined) track.open = [];
    else {
      track.open = track.rough.filter((i) => !settledBy(track.line, track.trial, found, i, track.solved, untold));
      track.coarse = found;
    }
  }
}

function shorter(line: Line, { placed }: Trial): number {
  const step = placed.step / ratio;
  return step >= leastOf(line) ? step : 0;
}

function stillOpen(track: Bent, fine: Trial | undefined): readonly number[] {
  if (fine === undefined) return [];
  const open = track.open.filter((i) => !decides(track.trial, track.coarse, fine, i, track.solved, untold));
  track.coarse = fine;
  return open.every((i) => isFlat(fine, i)) ? [] : open;
}

interface Layout {
  readonly rowOf: Uint32Array;
  /** Entries by column: those of column j are `byColumn[columnStart[j] … columnStart[j+1]−1]`. */
  readonly columnStart: Uint32Array;
  readonly byColumn: Uint32Array;
  /** 1 where an entry is the only one of its group in its row. */
  readonly alone: Uint8Array;
}

function entriesOf({ columnStart, byColumn }: Layout, j: number): Uint32Array {
  return byColumn.subarray(columnStart[j], columnStart[j + 1]);
}

function layOut({ rowStart, columnIndex }: RowPattern, groups: Groups, columns: number): Layout {
  const count = columnIndex.length;
  const rowOf = new Uint32Array(count);
  for (let i = 0; i + 1 < rowStart.length; i++) rowOf.fill(i, rowStart[i], rowStart[i + 1]);
  const columnStart = new Uint32Array(columns + 1);
  for (let e = 0; e < count; e++) columnStart[columnIndex[e] + 1]++;
  for (let j = 0; j < columns; j++) columnStart[j + 1] += columnStart[j];
  const next = columnStart.slice();
  const byColumn = new Uint32Array(count);
  for (let e = 0; e < count; e++) byColumn[next[columnIndex[e]]++] = e;
  return { rowOf, columnStart, byColumn, alone: loners({ rowStart, columnIndex }, groups, columns) };
}

function loners({ rowStart, columnIndex }: RowPattern, groups: Groups, columns: number): Uint8Array {
  const groupOf = new Int32Array(columns).fill(-1);
  groups.forEach((group, g) => {
    for (const j of Array.from(group)) groupOf[j] = g;
  });
  const alone = new Uint8Array(columnIndex.length);
  const seen = new Int32Array(groups.length);
  const each = (i: number, visit: (entry: number, group: number) => void) => {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      const group = groupOf[columnIndex[e]];
      if (group >= 0) visit(e, group);
    }
  };
  for (let i = 0; i + 1 < rowStart.length; i++) {
    each(i, (_, group) => {
      seen[group]++;
    });
    each(i, (entry, group) => {
      alone[entry] = seen[group] === 1 ? 1 : 0;
    });
    each(i, (_, group) => {
      seen[group] = 0;
    });
  }
  return alone;
}
