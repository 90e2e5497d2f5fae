/** Whether a coloring allows direct recovery: the check that every coloring passes before it is handed out. */
import { isDense, type Pattern } from './pattern.js';

/** The group of a column that is in no group: one without entries, or one that is recovered otherwise. */
export const noGroup = 0xffffffff;

/**
 * Two columns of one group that have entries in the same row, or undefined where the coloring is valid. A column
 * without a group clashes with nothing. O(nonzeros).
 */
export function clash(pattern: Pattern, colors: Uint32Array): readonly [number, number] | undefined {
  const { rows, columns, rowStart, columnIndex } = pattern;
  const stamp = new Int32Array(columns + 1).fill(-1);
  const holder = new Uint32Array(columns + 1);
  const lines = isDense(pattern) ? Math.min(1, rows) : rows;
  for (let i = 0; i < lines; i++) {
    const [first, end] = isDense(pattern) ? [0, columns] : [rowStart[i], rowStart[i + 1]];
    for (let e = first; e < end; e++) {
      const j = isDense(pattern) ? e : columnIndex[e];
      const group = colors[j];
      if (group === noGroup) continue;
      if (stamp[group] === i) return [holder[group], j];
      stamp[group] = i;
      holder[group] = j;
    }
  }
  return undefined;
}

/** Whether every column with entries has a group, below `groups`, and no two of one group share a row. */
export function isValidColoring(pattern: Pattern, colors: Uint32Array, groups: number): boolean {
  if (colors.length !== pattern.columns) return false;
  for (let j = 0; j < colors.length; j++) if (colors[j] !== noGroup && colors[j] >= groups) return false;
  if (isDense(pattern)) {
    if (pattern.rows > 0 && colors.includes(noGroup)) return false;
  } else {
    for (let e = 0; e < pattern.columnIndex.length; e++) if (colors[pattern.columnIndex[e]] === noGroup) return false;
  }
  return clash(pattern, colors) === undefined;
}

/** For each entry, whether its column has a group, and is the only one of that group with an entry in this row. */
export function aloneInRow({ rows, columns, rowStart, columnIndex }: Pattern, colors: Uint32Array): Uint8Array {
  const count = new Uint32Array(columns);
  const alone = new Uint8Array(columnIndex.length);
  for (let i = 0; i < rows; i++) {
    const add = (amount: number) => {
      for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
        const group = colors[columnIndex[e]];
        if (group !== noGroup) count[group] += amount;
      }
    };
    add(1);
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      const group = colors[columnIndex[e]];
      alone[e] = group !== noGroup && count[group] === 1 ? 1 : 0;
    }
    add(-1);
  }
  return alone;
}
