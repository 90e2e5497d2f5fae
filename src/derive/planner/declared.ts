/**
 * A declaration as the pattern of one request: the rows and columns that the request asks for, out of what was declared
 * for all differentiable paths, or put together from what was declared of each block.
 */
import { fail } from '../../errors.js';
import type { Variable } from '../../operators/endpoints.js';
import { atPath } from '../../operators/leaves.js';
import { isPatternSpec, patternOf } from '../sparsity/declared.js';
import { dense, explicit, isDense, type Pattern, RowWriter } from '../sparsity/pattern.js';
import type { Space } from './flat.js';
import type { BlocksSparsity, Sparsity } from './options.js';

/** All differentiable variables, with their shapes: what a declaration for the whole is about. */
export interface Everything {
  readonly of: readonly Variable[];
  readonly wrt: readonly Variable[];
}

/** The pattern that is declared for `of` by `wrt`. `everything` is asked for where the declaration is for the whole. */
export function declaredFor(
  sparsity: Exclude<Sparsity, 'detect'>,
  of: Space,
  wrt: Space,
  everything: { readonly of: Space; readonly wrt: Space },
): Pattern {
  if (!isPatternSpec(sparsity)) return byBlocks(sparsity, of, wrt);
  const whole = patternOf(sparsity, everything.of.size, everything.wrt.size);
  return part(whole, everything, of, wrt);
}

function part(whole: Pattern, everything: { readonly of: Space; readonly wrt: Space }, of: Space, wrt: Space): Pattern {
  const same = (a: Space, b: Space) => a.variables.length === b.variables.length && a.size === b.size;
  if (same(everything.of, of) && same(everything.wrt, wrt)) return whole;
  if (isDense(whole)) return dense(of.size, wrt.size);
  const number = new Int32Array(whole.columns).fill(-1);
  for (const [j, old] of entriesIn(everything.wrt, wrt).entries()) number[old] = j;
  const writer = new RowWriter(of.size, wrt.size);
  for (const i of entriesIn(everything.of, of)) {
    for (let e = whole.rowStart[i]; e < whole.rowStart[i + 1]; e++) {
      const j = number[whole.columnIndex[e]];
      if (j >= 0) writer.add(j);
    }
    writer.endRow();
  }
  return writer.finish();
}

/** The places in `whole` of the entries of `some`, in order. */
function entriesIn(whole: Space, some: Space): Uint32Array {
  const places = new Uint32Array(some.size);
  let next = 0;
  for (const { path } of some.variables) {
    const which = whole.variables.findIndex((one) => one.path === path);
    if (which < 0) fail('E_SPARSITY', { path: 'sparsity', received: `not about "${path}"`, expected: 'one about it' });
    for (let place = whole.starts[which]; place < whole.starts[which + 1]; place++) places[next++] = place;
  }
  return places;
}

function byBlocks(sparsity: BlocksSparsity, of: Space, wrt: Space): Pattern {
  const grid = of.variables.map((output, a) => {
    const row = atPath(sparsity, output);
    return wrt.variables.map((input, b) => {
      const spec = atPath(row, input) ?? 'dense';
      const rows = [of.starts[a], of.starts[a + 1]] as const;
      const columns = [wrt.starts[b], wrt.starts[b + 1]] as const;
      const place = `sparsity["${output.path}"]["${input.path}"]`;
      return patternOf(spec, rows[1] - rows[0], columns[1] - columns[0], place);
    });
  });
  return tiled(grid, of, wrt);
}

function tiled(grid: readonly (readonly Pattern[])[], of: Space, wrt: Space): Pattern {
  if (grid.every((row) => row.every(isDense))) return dense(of.size, wrt.size);
  if (grid.length === 1 && grid[0].length === 1) return grid[0][0];
  const writer = new RowWriter(of.size, wrt.size);
  for (const [a, row] of grid.entries()) {
    const blocks = row.map(explicit);
    for (let i = 0; i < of.starts[a + 1] - of.starts[a]; i++) {
      for (const [b, { rowStart, columnIndex }] of blocks.entries()) {
        for (let e = rowStart[i]; e < rowStart[i + 1]; e++) writer.add(wrt.starts[b] + columnIndex[e]);
      }
      writer.endRow();
    }
  }
  return writer.finish();
}
