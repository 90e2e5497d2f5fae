/**
 * Sparse Jacobians by differences: the columns of a group are perturbed in one evaluation, each by its own step.
 *
 * A group is a set of columns; an entry is recovered from the group of its column where no other column of that group
 * meets its row. K groups cost K+1 (forward), 2K (central) or 4K (richardson) evaluations, as for K columns.
 */

import { drive, type MaybePromise, type Stepwise } from '../drive.js';
import {
  baseOf,
  differentiate,
  evaluateHere,
  type Oracle,
  quotientAt,
  type Report,
  reportOf,
  roundingAt,
  type Sample,
  type Sweep,
  startSweep,
  weightsOf,
} from './difference.js';
import { elementLine, type Line } from './line.js';
import { choose, type Placed } from './scheme.js';
import { type Setting, survey } from './step.js';

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

interface Track {
  readonly j: number;
  readonly line: Line;
  readonly placed: Placed;
  readonly offsets: number[];
}

/** The entries of `pattern` of the Jacobian at `x`. */
export function* sweepGroups(
  oracle: Oracle,
  x: Float64Array,
  groups: Groups,
  pattern: RowPattern,
  setting: Setting = {},
): Stepwise<Entries> {
  const sweep = startSweep(oracle, survey(x, setting));
  const layout = layOut(pattern, groups, x.length);
  const values = new Float64Array(pattern.columnIndex.length).fill(Number.NaN);
  for (const group of groups) {
    const tracks = tracksOf(sweep, group);
    if (tracks.length === 0) continue;
    const samples = yield* sampleTogether(sweep, tracks);
    for (const track of tracks) {
      if (recover(track, samples, layout, values)) continue;
      const { values: column } = yield* differentiate(sweep, track.line, track.j);
      for (const entry of entriesOf(layout, track.j)) values[entry] = column[layout.rowOf[entry]];
    }
  }
  return { values, report: reportOf(sweep) };
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

function tracksOf(sweep: Sweep, group: ArrayLike<number>): Track[] {
  const tracks: Track[] = [];
  for (const j of Array.from(group)) {
    const line = elementLine(sweep.survey, j);
    const placed = choose(sweep.survey.scheme, line.step, line);
    if (placed === undefined) sweep.noRoom.push(j);
    else tracks.push({ j, line, placed, offsets: [] });
    if (placed !== undefined && sweep.survey.guessed[j]) sweep.guessed.push(j);
  }
  return tracks;
}

interface Shared {
  /** Empty where no column needs it. */
  readonly base: Float64Array;
  readonly values: readonly Float64Array[];
}

// Every stencil of a scheme has the same number of nodes besides the base, so columns with different ones go together.
function* sampleTogether(sweep: Sweep, tracks: readonly Track[]): Stepwise<Shared> {
  const base = tracks.some(({ placed }) => placed.nodes.includes(0)) ? yield* baseOf(sweep) : new Float64Array(0);
  const values: Float64Array[] = [];
  const count = moving(tracks[0].placed).length;
  for (let k = 0; k < count; k++) {
    for (const { line, placed, offsets } of tracks) {
      offsets.push(line.move(sweep.point, moving(placed)[k] * placed.step));
    }
    values.push(yield* evaluateHere(sweep));
  }
  for (const { line } of tracks) line.rest(sweep.point);
  return { base, values };
}

function moving(placed: Placed): readonly number[] {
  return placed.nodes.filter((node) => node !== 0);
}

// False where the column has to be taken alone: a value is not finite, or drowned in rounding.
function recover({ j, line, placed, offsets }: Track, shared: Shared, layout: Layout, values: Float64Array): boolean {
  const samples: Sample[] = placed.nodes.includes(0) ? [{ offset: 0, values: shared.base }] : [];
  offsets.forEach((offset, k) => {
    samples.push({ offset, values: shared.values[k] });
  });
  const weights = weightsOf(samples);
  for (const entry of entriesOf(layout, j)) {
    if (!layout.alone[entry]) continue;
    const i = layout.rowOf[entry];
    const value = quotientAt(samples, weights, i);
    if (!Number.isFinite(value)) return false;
    if (line.coarse && Math.abs(value) <= roundingAt(samples, weights, i, line.roundoff)) return false;
    values[entry] = value;
  }
  return true;
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
