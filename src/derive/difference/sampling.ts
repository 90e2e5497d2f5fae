/**
 * A sweep under way: the function, the point that moves, and what was seen so far. Every evaluation of a difference is
 * taken here, and counted.
 */

import { type MaybePromise, type Stepwise, settled } from '../drive.js';
import type { Line } from './line.js';
import type { Placed } from './scheme.js';
import type { Survey } from './step.js';

/**
 * All outputs of interest at a point, concatenated. The point is lent: it changes after the call. The result is kept:
 * each call returns a new array, always of the same length.
 */
export type Oracle = (x: Float64Array) => MaybePromise<Float64Array>;

/** An element, −1 for a direction, and the outputs that something is said of. */
export interface Seen {
  readonly element: number;
  readonly outputs: readonly number[];
}

/** Outputs that are flat to the bit at the step of an element, and move where it is moved by `relative` of its size. */
export interface Quantised extends Seen {
  readonly relative: number;
}

/** What happened during a sweep. The lists are the warnings. */
export interface Report {
  /** How often the oracle was called. */
  readonly evaluations: number;
  /** Elements stepped by a guess: x is 0, no magnitude was declared, and its leaf is 0 or of another size than 1. */
  readonly guessed: readonly number[];
  /** Elements that cannot move: their bounds leave no room, or they are not finite. Their derivative is NaN. */
  readonly noRoom: readonly number[];
  /** Outputs whose derivative is NaN because the function is finite on neither side, for each element concerned. */
  readonly notFinite: readonly Seen[];
  /** Outputs that jump or bend within the step, and within every smaller step that was tried. */
  readonly rough: readonly Seen[];
  /** Outputs whose derivative came out as 0 because they are rounded. */
  readonly quantised: readonly Quantised[];
}

/** A sweep under way: the oracle, the point that moves, and the report so far. */
export interface Sweep {
  readonly oracle: Oracle;
  readonly survey: Survey;
  readonly point: Float64Array;
  base: Float64Array | undefined;
  evaluations: number;
  readonly guessed: number[];
  readonly noRoom: number[];
  readonly notFinite: Seen[];
  readonly rough: Seen[];
  readonly quantised: Quantised[];
  /** 1 for each output that some line moved. */
  moved: Uint8Array | undefined;
  /** The lines along which no output moved. */
  readonly still: number[];
}

/** The outputs at x + offset·d. */
export interface Sample {
  readonly offset: number;
  readonly values: Float64Array;
}

/** Begin a sweep at the surveyed point. */
export function startSweep(oracle: Oracle, survey: Survey): Sweep {
  const lists = { guessed: [], noRoom: [], notFinite: [], rough: [], quantised: [], still: [] };
  return { oracle, survey, point: survey.x.slice(), base: undefined, moved: undefined, evaluations: 0, ...lists };
}

/** What happened so far. */
export function reportOf({ evaluations, guessed, noRoom, notFinite, rough, quantised }: Sweep): Report {
  return { evaluations, guessed, noRoom, notFinite, rough, quantised };
}

/** The report of a sweep that did nothing. */
export const nothing: Report = { evaluations: 0, guessed: [], noRoom: [], notFinite: [], rough: [], quantised: [] };

/** What happened in all of several sweeps at one point; an element is listed once. */
export function together(reports: readonly Report[]): Report {
  const once = (pick: (report: Report) => readonly number[]) => [...new Set(reports.flatMap(pick))];
  return {
    evaluations: reports.reduce((sum, { evaluations }) => sum + evaluations, 0),
    guessed: once(({ guessed }) => guessed),
    noRoom: once(({ noRoom }) => noRoom),
    notFinite: reports.flatMap(({ notFinite }) => notFinite),
    rough: reports.flatMap(({ rough }) => rough),
    quantised: reports.flatMap(({ quantised }) => quantised),
  };
}

/** The outputs at the point where it is now. */
export function* evaluateHere(sweep: Sweep): Stepwise<Float64Array> {
  sweep.evaluations++;
  return yield* settled(sweep.oracle(sweep.point));
}

/** The outputs at x, evaluated once for the whole sweep. The point must be at rest. */
export function* baseOf(sweep: Sweep): Stepwise<Float64Array> {
  sweep.base ??= yield* evaluateHere(sweep);
  return sweep.base;
}

/** The outputs at the nodes of a placed stencil. */
export type Take = (placed: Placed) => Stepwise<Sample[]>;

/** Samples along a line are kept by their parameter, so its stencils share the nodes they have in common. */
export function sampler(sweep: Sweep, line: Line): Take {
  const taken = new Map<number, Sample>();
  return function* ({ nodes, step }): Stepwise<Sample[]> {
    const samples: Sample[] = [];
    for (const node of nodes) {
      const t = node * step;
      const sample = taken.get(t) ?? (yield* sampleAt(sweep, line, t));
      taken.set(t, sample);
      samples.push(sample);
    }
    return samples;
  };
}

function* sampleAt(sweep: Sweep, line: Line, t: number): Stepwise<Sample> {
  if (t === 0) return { offset: 0, values: yield* baseOf(sweep) };
  const offset = line.move(sweep.point, t);
  const values = yield* evaluateHere(sweep);
  line.rest(sweep.point);
  return { offset, values };
}
