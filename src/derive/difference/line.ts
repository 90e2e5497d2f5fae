/**
 * The straight lines a difference is taken along: one element at a time, or any direction.
 *
 * To add a kind of line, write a function that returns a `Line`. A line moves a point in place and never across a bound.
 */

import { precisions } from './precision.js';
import { type Room, schemes } from './scheme.js';
import { type Survey, stepOf } from './step.js';

/** The points x + t·d for the t in −down … up. */
export interface Line extends Room {
  /** The step that suits the scheme, before bounds. */
  readonly step: number;
  /** The relative error of an evaluation along this line. */
  readonly roundoff: number;
  /** Set the point to x + t·d, rounded to what the leaves can hold, and return the t it came to. */
  move(point: Float64Array, t: number): number;
  /** Set the point back to x. */
  rest(point: Float64Array): void;
  /** The same line at the scale of the whole leaf, for an element that is next to nothing beside its neighbours. */
  readonly coarse?: Line;
}

/** The line along element `j`. */
export function elementLine(survey: Survey, j: number): Line {
  const line = scaledLine(survey, j, survey.scale[j]);
  const coarse = survey.shared[j];
  if (!(coarse * survey.roundoff[j] ** (2 / 3) > survey.scale[j])) return line;
  return { ...line, coarse: scaledLine(survey, j, coarse) };
}

function scaledLine(survey: Survey, j: number, scale: number): Line {
  const x = survey.x[j];
  const lower = survey.lower[j];
  const upper = survey.upper[j];
  const { epsilon, tiny, round } = precisions[survey.precision[j]];
  const gap = Math.max(Math.abs(x) * epsilon, tiny);
  const roundoff = survey.roundoff[j];
  const finite = Number.isFinite(x);
  return {
    step: Math.max(stepOf(survey.scheme, roundoff, scale), 2 * gap),
    roundoff,
    up: finite ? Math.max(0, upper - x) : 0,
    down: finite ? Math.max(0, x - lower) : 0,
    least: gap,
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

/**
 * The line along `direction`, whose largest entry should be near 1 in size. The step is u^(1/root) / pace, where pace is
 * the mean of |v_j|/s_j over the elements that move, in the sense of the root-th power.
 */
export function directionLine(survey: Survey, direction: Float64Array): Line {
  const { x, lower, upper, precision } = survey;
  let [roundoff, up, down] = [0, Number.MAX_VALUE, Number.MAX_VALUE];
  for (let j = 0; j < x.length; j++) {
    const v = direction[j];
    if (v === 0) continue;
    const [ahead, behind] = v > 0 ? [upper[j] - x[j], x[j] - lower[j]] : [x[j] - lower[j], upper[j] - x[j]];
    roundoff = Math.max(roundoff, survey.roundoff[j]);
    up = Math.min(up, Math.max(0, ahead / Math.abs(v)));
    down = Math.min(down, Math.max(0, behind / Math.abs(v)));
  }
  return {
    step: stepOf(survey.scheme, roundoff, 1 / pace(survey, direction)),
    roundoff,
    up,
    down,
    least: 0,
    move(point, t) {
      for (let j = 0; j < x.length; j++) {
        if (direction[j] === 0) continue;
        const node = precisions[precision[j]].round(x[j] + t * direction[j]);
        point[j] = Math.min(upper[j], Math.max(lower[j], node));
      }
      return t;
    },
    rest(point) {
      point.set(x);
    },
  };
}

// The truncation error grows like Σ (t·|v_j|/s_j)^root: this mean keeps it where it is for one element alone. The
// maximum would let the one smallest element of thousands shorten the step of all, and rounding win.
function pace({ scheme, shared }: Survey, direction: Float64Array): number {
  const { root } = schemes[scheme];
  const ratio = (j: number) => Math.abs(direction[j]) / shared[j];
  let [largest, sum, count] = [0, 0, 0];
  for (let j = 0; j < shared.length; j++) largest = Math.max(largest, ratio(j));
  for (let j = 0; j < shared.length; j++) {
    if (direction[j] === 0) continue;
    sum += (ratio(j) / largest) ** root;
    count++;
  }
  return largest * (sum / count) ** (1 / root);
}
