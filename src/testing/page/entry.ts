/** One entry of a block: what an endpoint says, what differences say, and how far they may be apart. */
import type { BlockPicture } from '../check/report.js';

/** An entry. */
export interface Entry {
  readonly value: number;
  readonly differences: number;
  readonly allowed: number;
}

/** The entry in a row and column of those that are shown. */
export function entryAt({ values, differences, allowed }: BlockPicture, row: number, column: number): Entry {
  const at = (grid: readonly (readonly number[])[]) => grid[row]?.[column] ?? Number.NaN;
  return { value: at(values), differences: at(differences), allowed: at(allowed) };
}

/** Whether an entry is further from differences than it may be. */
export function isOff({ value, differences, allowed }: Entry): boolean {
  return Number.isFinite(differences) && Number.isFinite(allowed) && !(Math.abs(value - differences) <= allowed);
}

/** |value − differences| relative to the larger of the two; what is allowed anyway counts as zero beside zero. */
export function relativeError({ value, differences, allowed }: Entry): number {
  const size = Math.max(Math.abs(value), Math.abs(differences));
  const off = Math.abs(value - differences);
  if (off === 0 || (off <= allowed && size <= allowed)) return 0;
  return off / size;
}

/** The deviation in units of what is allowed; −1 where differences make no sense. */
export function excess({ value, differences, allowed }: Entry): number {
  if (!Number.isFinite(differences) || !Number.isFinite(allowed)) return -1;
  const off = Math.abs(value - differences);
  return off === 0 ? 0 : off / allowed;
}
