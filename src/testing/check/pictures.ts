/** What a page draws of each block: the Taylor remainder, the error of differences against their step, the entries. */
import type { DerivativeName } from '../../operators/endpoints.js';
import type { Bench } from './bench.js';
import { sampleEntries } from './entries.js';
import type { Evidence } from './evidence.js';
import { drawRays } from './rays.js';
import type { BlockPicture, Pictures, Verdict } from './report.js';

/** Sample the pictures, of the endpoint that is under suspicion if there is one. */
export async function drawPictures(bench: Bench, evidence: Evidence, suspects: readonly string[]): Promise<Pictures> {
  const source = sourceOf(evidence, suspects);
  if (!source) return { taylor: [], steps: [], blocks: [] };
  const rays = await drawRays(bench, evidence, source);
  return { ...rays, blocks: await sampleEntries(bench, evidence, source) };
}

function sourceOf(evidence: Evidence, suspects: readonly string[]): DerivativeName | undefined {
  const usable = (['jacobian', 'jvp', 'vjp'] as const).filter((name) => evidence[name]);
  return usable.find((name) => suspects.includes(name)) ?? usable[0];
}

/** What the entries that are shown say of their block. */
export function verdictOf({ values, differences, allowed }: BlockPicture): Verdict {
  const entries = values.flatMap((row, r) =>
    row.map((value, c) => ({ value, difference: differences[r]![c]!, most: allowed[r]![c]! })),
  );
  const told = entries.filter(({ difference, most }) => Number.isFinite(difference) && Number.isFinite(most));
  if (told.length === 0) return 'skipped';
  return told.every(({ value, difference, most }) => Math.abs(value - difference) <= most) ? 'ok' : 'wrong derivative';
}

/** The largest difference between an entry and differences of apply, relative to the largest entry. */
export function deviationOf({ values, differences, allowed }: BlockPicture): number | undefined {
  let [off, size] = [0, 0];
  for (const [r, row] of values.entries()) {
    for (const [c, value] of row.entries()) {
      const other = differences[r]![c]!;
      if (!Number.isFinite(other) || !Number.isFinite(allowed[r]![c]!)) continue;
      off = Math.max(off, Math.abs(value - other));
      size = Math.max(size, Math.abs(value), Math.abs(other));
    }
  }
  return size > 0 ? off / size : off === 0 ? undefined : off;
}
