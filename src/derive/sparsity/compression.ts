/**
 * From a coloring to probes and back: the seed of each group, and where the numbers of its product belong. Recovery is
 * direct: every value is copied, none is computed.
 */
import type { Bicoloring } from './bicoloring.js';
import type { Coloring } from './coloring.js';
import { explicit, isDense, type Pattern } from './pattern.js';
import { aloneInRow } from './validity.js';

/** Group k takes number `source[q]` of its product to entry `target[q]`, for `start[k]` ≤ q < `start[k + 1]`. */
export interface ListedRecovery {
  readonly kind: 'listed';
  readonly start: Uint32Array;
  readonly source: Uint32Array;
  readonly target: Uint32Array;
}

/** Group k takes number q of its product to entry k·`groupStride` + q·`stride`, for q < `count`: a dense pattern. */
interface StridedRecovery {
  readonly kind: 'strided';
  readonly count: number;
  readonly groupStride: number;
  readonly stride: number;
}

/** Where the numbers of the product of each group belong in the values of the matrix. */
export type Recovery = ListedRecovery | StridedRecovery;

/** The seed of a group: 1 for its members, 0 elsewhere. Written into `out`, where it is given. */
export function seedOf(
  colors: Uint32Array,
  group: number,
  out: Float64Array = new Float64Array(colors.length),
): Float64Array {
  for (let j = 0; j < colors.length; j++) out[j] = colors[j] === group ? 1 : 0;
  return out;
}

/** One entry of the matrix for each position: the group whose product gives it, and the number there. */
interface Assignment {
  readonly group: Uint32Array;
  readonly source: Uint32Array;
}

/** No group gives this entry. */
const elsewhere = 0xffffffff;

/** Sort the entries by the group that gives them. */
function listed({ group, source }: Assignment, groups: number): ListedRecovery {
  const start = new Uint32Array(groups + 1);
  for (let e = 0; e < group.length; e++) if (group[e] !== elsewhere) start[group[e] + 1]++;
  for (let k = 0; k < groups; k++) start[k + 1] += start[k];
  const next = start.slice();
  const from = new Uint32Array(start[groups]);
  const target = new Uint32Array(start[groups]);
  for (let e = 0; e < group.length; e++) {
    if (group[e] === elsewhere) continue;
    const q = next[group[e]]++;
    from[q] = source[e];
    target[q] = e;
  }
  return { kind: 'listed', start, source: from, target };
}

/** The row of each entry. */
function rowOfEntry({ rows, rowStart, columnIndex }: Pattern): Uint32Array {
  const row = new Uint32Array(columnIndex.length);
  for (let i = 0; i < rows; i++) row.fill(i, rowStart[i], rowStart[i + 1]);
  return row;
}

/** The recovery from jvp probes of a column coloring: number i of the product of group k is entry (i, its column of k). */
export function columnRecovery(pattern: Pattern, { colors, groups }: Coloring): Recovery {
  if (isDense(pattern)) return { kind: 'strided', count: pattern.rows, groupStride: 1, stride: pattern.columns };
  const group = pattern.columnIndex.map((j) => colors[j]);
  return listed({ group, source: rowOfEntry(pattern) }, groups);
}

/** The recovery from vjp probes of a row coloring: number j of the product of group k is entry (its row of k, j). */
export function rowRecovery(pattern: Pattern, { colors, groups }: Coloring): Recovery {
  if (isDense(pattern)) return { kind: 'strided', count: pattern.columns, groupStride: pattern.columns, stride: 1 };
  const group = rowOfEntry(pattern).map((i) => colors[i]);
  return listed({ group, source: pattern.columnIndex }, groups);
}

/** One direction of two: where its numbers belong, and the lines that have an entry in each of its groups. */
export interface OneOfTwo {
  readonly recovery: Recovery;
  readonly touched?: ListedRecovery;
}

/** The recoveries from the jvp probes and the vjp probes of a bicoloring. Each entry is in one of the two. */
export function bidirectionalRecovery(pattern: Pattern, plan: Bicoloring): { columns: OneOfTwo; rows: OneOfTwo } {
  if (isDense(pattern)) {
    const colors = plan.columnColors;
    const columns = columnRecovery(pattern, {
      colors,
      groups: plan.columnGroups,
      lowerBound: 0,
      source: 'closed form',
    });
    const rows = rowRecovery(pattern, { colors, groups: plan.rowGroups, lowerBound: 0, source: 'closed form' });
    return { columns: { recovery: columns }, rows: { recovery: rows } };
  }
  const row = rowOfEntry(pattern);
  const column = pattern.columnIndex;
  const one = (group: Uint32Array, mine: number, source: Uint32Array, groups: number): OneOfTwo => ({
    recovery: listed({ group: group.map((k, e) => (plan.byRow[e] === mine ? k : elsewhere)), source }, groups),
    touched: listed({ group, source }, groups),
  });
  return {
    columns: one(
      column.map((j) => plan.columnColors[j]),
      0,
      row,
      plan.columnGroups,
    ),
    rows: one(
      row.map((i) => plan.rowColors[i]),
      1,
      column,
      plan.rowGroups,
    ),
  };
}

/**
 * The recovery of a symmetric matrix from products of a star coloring. Both halves are filled; where only one of an
 * entry and its mirror image can be read off, it stands for both.
 */
export function starRecovery(symmetric: Pattern, { colors, groups }: Coloring): Recovery {
  const pattern = explicit(symmetric);
  const direct = aloneInRow(pattern, colors);
  const row = rowOfEntry(pattern);
  const group = new Uint32Array(row.length);
  const source = new Uint32Array(row.length);
  for (let e = 0; e < row.length; e++) {
    group[e] = direct[e] ? colors[pattern.columnIndex[e]] : colors[row[e]];
    source[e] = direct[e] ? row[e] : pattern.columnIndex[e];
  }
  return listed({ group, source }, groups);
}

/**
 * Copy the product of `group` to its places in `values` (in the order of the compressed rows). Zero-size groups copy
 * nothing. For differences with a step of its own in each column, `divideColumns` follows when all groups are in.
 */
export function scatter(recovery: Recovery, group: number, product: ArrayLike<number>, values: Float64Array): void {
  if (recovery.kind === 'strided') {
    const first = group * recovery.groupStride;
    for (let q = 0; q < recovery.count; q++) values[first + q * recovery.stride] = product[q];
    return;
  }
  const { start, source, target } = recovery;
  for (let q = start[group]; q < start[group + 1]; q++) values[target[q]] = product[source[q]];
}

/** Divide the values of each column j of the matrix by `steps[j]`: for probes whose seed had h in place of 1. */
export function divideColumns(pattern: Pattern, values: Float64Array, steps: ArrayLike<number>): void {
  const { columnIndex, columns } = pattern;
  if (isDense(pattern)) for (let e = 0; e < values.length; e++) values[e] /= steps[e % columns];
  else for (let e = 0; e < values.length; e++) values[e] /= steps[columnIndex[e]];
}
