/** Groups of rows or columns that are probed together, listed by group. */
import { noGroup } from '../sparsity/validity.js';

/** The members of group k are `members[start[k]]` … `members[start[k + 1] − 1]`, ascending. */
export interface Groups {
  readonly count: number;
  readonly start: Uint32Array;
  readonly members: Uint32Array;
}

/** The groups of a coloring. */
export function groupsOf(colors: Uint32Array, count: number): Groups {
  const start = new Uint32Array(count + 1);
  for (let j = 0; j < colors.length; j++) if (colors[j] !== noGroup) start[colors[j] + 1]++;
  for (let k = 0; k < count; k++) start[k + 1] += start[k];
  const next = start.slice();
  const members = new Uint32Array(start[count]);
  for (let j = 0; j < colors.length; j++) if (colors[j] !== noGroup) members[next[colors[j]]++] = j;
  return { count, start, members };
}
