/**
 * The straight lines a difference is taken along: one element at a time, or any direction.
 *
 * To add a kind of line, write a function that returns a `Line`. A line moves a point in place and never across a bound.
 */

import { precisions } from './precision.js';
import { choose, type Room, schemes } from './scheme.js';
import { type Survey, stepOf } from './step.js';

/** The points x + t·d for the t in −down … up. */
export interface Line extends Room {
  /** The step that suits the scheme, before bounds. */
  readonly step: number;
  /** What the step is relative to. */
  readonly scale: number;
  /** The relative error of an evaluation along this line. */
  readonly roundoff: number;
  /** How far off, in t, a point may seem to lie because its elements, and what is computed from them, are rounded. */
  readonly blur: number;
  /** Set the point to x + t·d, rounded to what the leaves can hold, and return the t it came to. */
  move(point: Float64Array, t: number): number;
  /** Set the point back to x. */
  rest(point: Float64Array): void;
  /** The same line at longer steps, in ascending order, for what is next to nothing beside its neighbours. */
  readonly coarser?: readonly Line[];
}

/** The line along element `j`. */
export function elementLine(survey: Survey, j: number): Line {
  const line = scaledLine(survey, j, survey.scale[j]!);
  const larger = survey.larger.get(j);
  return larger ? { ...line, coarser: larger.map((scale) => scaledLine(survey, j, scale)) } : line;
}

function scaledLine(survey: Survey, j: number, scale: number): Line {
  const x = survey.x[j]!;
  const lower = survey.lower[j]!;
  const upper = survey.upper[j]!;
  const { epsilon, tiny, round } = precisions[survey.precision[j]!];
  const gap = Math.max(Math.abs(x) * epsilon, tiny);
  const roundoff = survey.roundoff[j]!;
  const finite = Number.isFinite(x);
  return {
    step: Math.max(stepOf(survey.scheme, roundoff, scale), 2 * gap),
    scale,
    roundoff,
    up: finite ? Math.max(0, upper - x) : 0,
    down: finite ? Math.max(0, x - lower) : 0,
    least: gap,
    // What a function does with x first is rounded too: x·(1 + ε) rather than x is what it is evaluated at.
    blur: finite ? (Math.abs(x) * epsilon) / 2 : 0,
    move(point, t) {
      const node = Math.min(upper, Math.max(lower, round(x + t)));
      point[j] = node;
      return node - x;
    },
    rest(point) {
      point[j] = x;
    },
  };
}

/** The room of element `j` along a direction whose entry there is v: how far t may go up and down. */
function roomOf({ x, lower, upper }: Survey, j: number, v: number): readonly [up: number, down: number] {
  const [above, below] = [Math.max(0, upper[j]! - x[j]!), Math.max(0, x[j]! - lower[j]!)];
  const size = Math.abs(v);
  return v > 0 ? [above / size, below / size] : [below / size, above / size];
}

/**
 * The line along `direction`, whose largest entry should be near 1 in size. The step is u^(1/root) / pace, where pace is
 * the mean of |v_j|/s_j over the elements that move, in the sense of the root-th power.
 */
export function directionLine(survey: Survey, direction: Float64Array): Line {
  const usual = pacedLine(survey, direction, survey.shared);
  if (survey.larger.size === 0) return usual;
  const [shortest, longest] = [survey.shared.slice(), survey.shared.slice()];
  let [tiny, moving] = [0, 0];
  for (let j = 0; j < direction.length; j++) if (direction[j] !== 0) moving++;
  for (const [j, larger] of survey.larger) {
    longest[j] = Math.max(longest[j]!, larger.at(-1)!);
    if (survey.x[j] === 0 || direction[j] === 0) continue;
    shortest[j] = survey.scale[j]!;
    tiny++;
  }
  // A few tiny elements among many do not make the step of all as short as their own; where they are a good part of
  // what moves, it is tried first.
  const first = tiny * many > moving ? pacedLine(survey, direction, shortest) : usual;
  const lines = [first];
  for (const line of [usual, pacedLine(survey, direction, longest)]) {
    if (line.step > 10 * lines.at(-1)!.step) lines.push(line);
  }
  return lines.length > 1 ? { ...first, coarser: lines.slice(1) } : first;
}

/** One in so many elements is a good part of a direction. */
const many = 8;

function pacedLine(survey: Survey, direction: Float64Array, scales: Float64Array): Line {
  const { x, lower, upper, precision } = survey;
  let [roundoff, up, down, blur] = [0, Number.MAX_VALUE, Number.MAX_VALUE, 0];
  let only = -1;
  for (let j = 0; j < x.length; j++) {
    const v = direction[j]!;
    if (v === 0) continue;
    only = roundoff === 0 ? j : -1;
    blur = Math.max(blur, (Math.abs(x[j]!) * precisions[precision[j]!].epsilon) / scales[j]!);
    const [ahead, behind] = roomOf(survey, j, v);
    roundoff = Math.max(roundoff, survey.roundoff[j]!);
    up = Math.min(up, ahead);
    down = Math.min(down, behind);
  }
  const scale = 1 / pace(survey.scheme, scales, direction);
  return {
    step: stepOf(survey.scheme, roundoff, scale),
    scale,
    roundoff,
    up,
    down,
    least: 0,
    blur: blur * scale,
    move(point, t) {
      for (let j = 0; j < x.length; j++) {
        if (direction[j] === 0) continue;
        const node = precisions[precision[j]!].round(x[j]! + t * direction[j]!);
        point[j] = Math.min(upper[j]!, Math.max(lower[j]!, node));
      }
      // Where one element moves alone, it tells how far the line really went.
      const went = only < 0 ? t : (point[only]! - x[only]!) / direction[only]!;
      return went === 0 ? t : went;
    },
    rest(point) {
      point.set(x);
    },
  };
}

/** How much shorter than it should be a step may be before a direction is taken in two parts. */
const cramped = 16;

/**
 * The elements of a direction in parts that have room: as it is, or, at a corner of the bounds, what may go forward and
 * what may go back. Elements that may go nowhere are left out, and listed.
 */
export function splitDirection(
  survey: Survey,
  direction: Float64Array,
): { readonly parts: readonly Float64Array[]; readonly stuck: readonly number[] } {
  const stuck: number[] = [];
  const free = direction.slice();
  for (let j = 0; j < free.length; j++) {
    if (free[j] === 0) continue;
    const [ahead, behind] = Number.isFinite(survey.x[j]) ? roomOf(survey, j, free[j]!) : [0, 0];
    if (ahead > 0 || behind > 0) continue;
    stuck.push(j);
    free[j] = 0;
  }
  if (free.every((value) => value === 0)) return { parts: [], stuck };
  const line = pacedLine(survey, free, survey.shared);
  const placed = choose(survey.scheme, line.step, line);
  if (placed !== undefined && placed.step * cramped >= line.step) return { parts: [free], stuck };
  return { parts: halves(survey, free, line.step), stuck };
}

// Elements with room on both sides go with those that may go forward.
function halves(survey: Survey, direction: Float64Array, step: number): readonly Float64Array[] {
  const reach = Math.max(...schemes[survey.scheme].stencils.flatMap(({ nodes }) => nodes)) * step;
  const [forward, back] = [direction.slice(), direction.slice()];
  for (let j = 0; j < direction.length; j++) {
    if (direction[j] === 0) continue;
    const [ahead, behind] = roomOf(survey, j, direction[j]!);
    const goes = ahead >= Math.min(reach, behind);
    (goes ? back : forward)[j] = 0;
  }
  return [forward, back].filter((part) => part.some((value) => value !== 0));
}

// The truncation error grows like Σ (t·|v_j|/s_j)^root: this mean keeps it where it is for one element alone. The
// maximum would let the one smallest element of thousands shorten the step of all, and rounding win.
function pace(scheme: Survey['scheme'], scales: Float64Array, direction: Float64Array): number {
  const { root } = schemes[scheme];
  const ratio = (j: number) => Math.abs(direction[j]!) / scales[j]!;
  let [largest, sum, count] = [0, 0, 0];
  for (let j = 0; j < scales.length; j++) largest = Math.max(largest, ratio(j));
  for (let j = 0; j < scales.length; j++) {
    if (direction[j] === 0) continue;
    sum += (ratio(j) / largest) ** root;
    count++;
  }
  return largest * (sum / count) ** (1 / root);
}
