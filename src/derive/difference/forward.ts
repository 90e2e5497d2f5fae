/**
 * Does a function bend within the step of forward differences? A quotient to one side alone cannot tell.
 *
 * All elements are moved at once to one side and to the other, or by half where there is no room, each by about its own
 * step: two evaluations for a whole sweep, one for a direction. Where the slopes differ, the sweep is central instead:
 * central differences see what bends in each column, try shorter steps, and report what never agrees.
 */

import type { Stepwise } from '../drive.js';
import { elementLine, type Line } from './line.js';
import { baseOf, evaluateHere, type Oracle, type Sweep, startSweep } from './sampling.js';
import { choose } from './scheme.js';
import { type Setting, survey } from './step.js';

/** The least difference of two slopes that counts, in roundoffs of the outputs. */
const floors = 20;
/** The least difference relative to the slope, in √u: the step of forward differences relative to the scale. */
const curved = 33;

/** A sweep at `x`; a forward one that would miss a bend in an output that matters becomes central. */
export function* begin(
  oracle: Oracle,
  x: Float64Array,
  setting: Setting,
  columns: Iterable<number>,
  matters: (i: number) => boolean = () => true,
): Stepwise<Sweep> {
  const sweep = startSweep(oracle, survey(x, setting));
  if (setting.scheme !== 'forward') return sweep;
  const lines = [...columns].map((j) => elementLine(sweep.survey, j));
  const moves = lines.flatMap(moveOf);
  for (const back of [-1, 0.5]) {
    const alike = moves.filter((move) => move.back === back);
    if (alike.length > 0 && (yield* bendsWithin(sweep, alike, back, matters))) return centralAfter(sweep, x, setting);
  }
  return sweep;
}

/** The same sweep by central differences. What was evaluated is counted, and the values at x are kept. */
export function centralAfter(sweep: Sweep, x: Float64Array, setting: Setting): Sweep {
  const central = startSweep(sweep.oracle, survey(x, { ...setting, scheme: 'central' }));
  return Object.assign(central, { base: sweep.base, evaluations: sweep.evaluations });
}

/** How far an element goes, and the part of that it goes back. */
interface Move {
  readonly line: Line;
  readonly amount: number;
  readonly back: number;
}

// Amounts and signs that are not in proportion to the steps: bends of several elements do not cancel.
function moveOf(line: Line, k: number): readonly Move[] {
  const placed = choose('forward', line.step, line);
  if (placed === undefined) return [];
  const size = placed.step * (1 - 0.4 * uneven(k));
  const sided = Math.min(line.up, line.down) < size;
  const sign = sided ? placed.nodes[1]! : uneven(3 * k + 1) < 0.5 ? -1 : 1;
  return [{ line, amount: sign * size, back: sided ? 0.5 : -1 }];
}

const uneven = (k: number): number => (k * 0.6180339887498949) % 1;

function* bendsWithin(
  sweep: Sweep,
  moves: readonly Move[],
  back: number,
  matters: (i: number) => boolean,
): Stepwise<boolean> {
  const base = yield* baseOf(sweep);
  const at: Float64Array[] = [];
  for (const part of [1, back]) {
    for (const { line, amount } of moves) line.move(sweep.point, part * amount);
    at.push(yield* evaluateHere(sweep));
    for (const { line } of moves) line.rest(sweep.point);
  }
  const roundoff = moves.reduce((most, { line }) => Math.max(most, line.roundoff), 0);
  const slope = at[0]!.map((value, i) => value - base[i]!);
  return bends({ base, slope, other: at[1]!, offset: back, roundoff }, matters);
}

/** Whether the function bends along a line within the step that gave `slope`: one evaluation. */
export function* bendsAlong(sweep: Sweep, line: Line, slope: Float64Array): Stepwise<boolean> {
  const placed = choose('forward', line.step, line);
  if (placed === undefined) return false;
  const there = placed.nodes[1]! * placed.step;
  const room = there > 0 ? line.down : line.up;
  const offset = line.move(sweep.point, room >= placed.step ? -there : there / 2);
  const other = yield* evaluateHere(sweep);
  line.rest(sweep.point);
  return bends({ base: yield* baseOf(sweep), slope, other, offset, roundoff: line.roundoff }, () => true);
}

/** A slope, and the values at another offset from the base. */
interface Slopes {
  readonly base: Float64Array;
  readonly slope: Float64Array;
  readonly other: Float64Array;
  readonly offset: number;
  readonly roundoff: number;
}

function bends({ base, slope, other, offset, roundoff }: Slopes, matters: (i: number) => boolean): boolean {
  return base.some((value, i) => {
    if (!matters(i) || !Number.isFinite(value)) return false;
    const second = (other[i]! - value) / offset;
    const bend = Math.abs(slope[i]! - second);
    const floor = (roundoff * (Math.abs(value) + Math.abs(other[i]!))) / Math.abs(offset);
    const size = Math.max(Math.abs(slope[i]!), Math.abs(second));
    return !(bend <= floors * floor || bend <= curved * Math.sqrt(roundoff) * size);
  });
}
