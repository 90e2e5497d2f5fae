/**
 * Flat, or rounded? Where nothing moves to the bit, a constant cannot be told from an output that is rounded, formatted,
 * counted or kept in float32 on the way. So what is flat is moved again, by a tenth of its size.
 *
 * All elements along which nothing moved are moved together, and all elements where there are outputs that nothing
 * moved: one pair of evaluations for each of the two. Where nothing moves even then, that is all. Else halves of the
 * elements are moved, and halves of these, down to single ones, which are moved by a hundredth too. An output that then
 * moves to both sides is rounded. One that moves to one side only has a kink some way off, such as an inactive maximum.
 */

import type { Stepwise } from '../drive.js';
import type { Line } from './line.js';
import { precisions } from './precision.js';
import { baseOf, evaluateHere, type Sweep } from './sampling.js';
import { indicesOf } from './trial.js';

/** What is told of an output that is rounded: the absolute error that its derivative of 0 may have. */
export type TakeError = (element: number, output: number, error: number) => void;

const far = 0.1;
const near = 0.01;

/** The outputs that were moved. */
type Moved = (i: number) => boolean;

/**
 * Move what was flat in a sweep over `columns` again. `matters` says which outputs are of interest. What is found
 * rounded is reported, and told `revise`.
 */
export function* tellFlat(
  sweep: Sweep,
  columns: Iterable<number>,
  matters: Moved,
  revise: TakeError | undefined,
): Stepwise<void> {
  const { moved, still, survey } = sweep;
  if (moved === undefined) return;
  const usable = (j: number) => Number.isFinite(survey.x[j]);
  const idle = still.filter(usable);
  const idling = new Set(still);
  if (idle.length > 0 && moved.some((_, i) => matters(i))) yield* search(sweep, idle, matters, revise);
  const never = (i: number) => moved[i] === 0 && matters(i);
  const others = [...columns].filter((j) => usable(j) && !idling.has(j));
  if (others.length > 0 && moved.some((_, i) => never(i))) yield* search(sweep, others, never, revise);
}

// Which of `elements` move outputs of interest, by halves.
function* search(
  sweep: Sweep,
  elements: readonly number[],
  matters: Moved,
  revise: TakeError | undefined,
): Stepwise<void> {
  const pair = yield* moveAll(sweep, elements, far);
  const base = yield* baseOf(sweep);
  const changed = (i: number) => matters(i) && (differs(pair.up[i]!, base[i]!) || differs(pair.down[i]!, base[i]!));
  if (!base.some((_, i) => changed(i))) return;
  if (elements.length > 1) {
    const half = elements.length >> 1;
    yield* search(sweep, elements.slice(0, half), matters, revise);
    yield* search(sweep, elements.slice(half), matters, revise);
    return;
  }
  const [element] = elements as readonly [number];
  const close = yield* moveAll(sweep, elements, near);
  const found = indicesOf(base, (_, i) => changed(i));
  report(sweep, element, found, [close, pair], base, revise);
}

/** The outputs where elements are moved by a part of their size, to both sides where there is room. */
interface Pair {
  readonly up: Float64Array;
  readonly down: Float64Array;
  /** Whether the second is not on the other side, but at half the distance. */
  readonly sided: boolean;
  /** How far apart the two are, for a single element. */
  readonly offset: number;
}

// Amounts that are not in proportion to the sizes: they would leave a ratio, or a difference, where it is.
function* moveAll(sweep: Sweep, elements: readonly number[], relative: number): Stepwise<Pair> {
  const { point, survey } = sweep;
  const places = elements.map((j, k) => twoPlaces(survey, j, k === 0 ? relative : relative * (1 - 0.4 * uneven(k))));
  for (const [k, j] of elements.entries()) point[j] = places[k]!.first;
  const up = yield* evaluateHere(sweep);
  for (const [k, j] of elements.entries()) point[j] = places[k]!.second;
  const down = yield* evaluateHere(sweep);
  for (const j of elements) point[j] = survey.x[j]!;
  const [{ first, second, sided }] = places as [Places];
  return { up, down, sided, offset: Math.abs(first - second) };
}

const uneven = (k: number): number => (k * 0.6180339887498949) % 1;

interface Places {
  readonly first: number;
  readonly second: number;
  readonly sided: boolean;
}

function twoPlaces({ x, scale, lower, upper, precision }: Sweep['survey'], j: number, relative: number): Places {
  const { round } = precisions[precision[j]!];
  const step = relative * scale[j]!;
  const [above, below] = [upper[j]! - x[j]!, x[j]! - lower[j]!];
  const both = Math.min(step, above, below);
  if (both >= step / 2) return { first: round(x[j]! + both), second: round(x[j]! - both), sided: false };
  const one = above >= below ? Math.min(step, above) : -Math.min(step, below);
  return { first: round(x[j]! + one), second: round(x[j]! + one / 2), sided: true };
}

function differs(one: number, other: number): boolean {
  return Number.isFinite(one) && Number.isFinite(other) && one !== other;
}

function isRounded({ up, down, sided }: Pair, base: Float64Array, i: number): boolean {
  const [there, back] = [up[i]! - base[i]!, down[i]! - base[i]!];
  if (!differs(there, 0) || !differs(back, 0)) return false;
  return sided ? there * back > 0 : there * back < 0;
}

/** What changes by no more than so many roundoffs of an output along a direction says nothing: a ratio of what moves alike. */
const still = 16;

/**
 * The same along `line`, for all outputs that nothing moved: one pair of evaluations for them together, and one more
 * where something moves. What is found rounded is reported of element −1, and told `revise`.
 */
export function* tellFlatAlong(sweep: Sweep, line: Line, revise: TakeError | undefined): Stepwise<void> {
  const { moved } = sweep;
  if (!moved?.includes(0)) return;
  const base = yield* baseOf(sweep);
  const pair = yield* movedAlong(sweep, line, far * line.scale);
  const shifts = (value: number, i: number) =>
    differs(value, base[i]!) && Math.abs(value - base[i]!) > still * line.roundoff * Math.abs(base[i]!);
  const found = indicesOf(base, (_, i) => moved[i] === 0 && (shifts(pair.up[i]!, i) || shifts(pair.down[i]!, i)));
  if (found.length === 0) return;
  const close = yield* movedAlong(sweep, line, near * line.scale);
  report(sweep, -1, found, [close, pair], base, revise);
}

// What is rounded at the shorter distance is told there.
function report(
  sweep: Sweep,
  element: number,
  found: readonly number[],
  [close, pair]: readonly [Pair, Pair],
  base: Float64Array,
  revise: TakeError | undefined,
): void {
  const here = found.filter((i) => isRounded(close, base, i));
  const there = found.filter((i) => !isRounded(close, base, i) && isRounded(pair, base, i));
  for (const [outputs, relative, { up, down, offset }] of [
    [here, near, close],
    [there, far, pair],
  ] as const) {
    if (outputs.length > 0) sweep.quantised.push({ element, outputs, relative });
    for (const i of outputs) revise?.(element, i, Math.abs(up[i]! - down[i]!) / offset);
  }
}

function* movedAlong(sweep: Sweep, line: Line, step: number): Stepwise<Pair> {
  const both = Math.min(step, line.up, line.down);
  const sided = both < step / 2;
  const reach = line.up >= line.down ? Math.min(step, line.up) : -Math.min(step, line.down);
  const [first, second] = sided ? [reach, reach / 2] : [both, -both];
  const values: Float64Array[] = [];
  for (const t of [first, second]) {
    line.move(sweep.point, t);
    values.push(yield* evaluateHere(sweep));
    line.rest(sweep.point);
  }
  return { up: values[0]!, down: values[1]!, sided, offset: Math.abs(first - second) };
}
