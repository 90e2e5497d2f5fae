/**
 * Other steps than the first, for outputs that the first one may be wrong for.
 *
 * - An element that is next to nothing beside its neighbours, or 0, takes a step so short that it can drown in the
 *   rounding of the outputs. Longer steps are tried, and are taken where they agree with the shorter one up to rounding.
 * - An output that bends within the step (high frequency, the edge of a domain, a zero that is stepped by a guess) is
 *   tried at steps 32 times shorter, until two of them agree, and their bends are as a smooth function's: in proportion
 *   to the step. What never does so jumps there: it is rounded, noisy, or has a kink.
 */

import type { Stepwise } from '../drive.js';
import type { Line } from './line.js';
import { type Sweep, sampler, type Take } from './sampling.js';
import type { Scheme } from './scheme.js';
import { stepOf } from './step.js';
import { adopt, indicesOf, type Trial, trialOf } from './trial.js';

/** How much shorter the next step is. */
export const ratio = 32;
/** How many shorter steps are tried at the most. */
export const shorterSteps = 8;
/** The shortest step that is tried: what it is off by rounding must be small beside it. */
export function leastOf({ least, blur }: Line): number {
  return 16 * Math.max(least, blur);
}

/** After so many lines without a step that will do, the rest of a sweep is not tried any further. */
const patience = 2;

/** A derivative of exactly 0 counts as drowned only where a step is within so many roundoffs of the largest scale. */
const inSight = 1e3;

/** Whether a quotient has lost more than half of its digits to rounding, and a longer step may do better. */
function isDrowned(value: number, floor: number, line: Line): boolean {
  if (value === 0 && line.step > inSight * line.roundoff * line.coarser!.at(-1)!.scale) return false;
  const usual = (line.roundoff * line.scale) / line.step;
  return floor > Math.max(Math.sqrt(line.roundoff), 100 * usual) * Math.abs(value);
}

/** Longer steps, for outputs that drown at the first; `trial` takes over what they find. */
export function* climb(sweep: Sweep, line: Line, trial: Trial, errors: Float64Array | undefined): Stepwise<void> {
  for (const coarser of line.coarser ?? []) {
    const open = drownedOutputs(line, trial);
    if (open.length === 0) return;
    const next = yield* trialOf(sweep, coarser, sampler(sweep, coarser));
    if (next === undefined) return;
    takeConfirmed(sweep, line, trial, next, open, errors);
  }
}

/** The outputs that a longer step may do better for. */
export function drownedOutputs(line: Line, trial: Trial): readonly number[] {
  return indicesOf(trial.values, (value, i) => isDrowned(value, trial.floor[i]!, line));
}

/** `trial` takes over what agrees with it up to rounding, and has less of it. */
export function takeConfirmed(
  { survey: { scheme } }: Sweep,
  line: Line,
  trial: Trial,
  next: Trial,
  open: readonly number[],
  errors?: Float64Array,
): void {
  for (const i of open) {
    if (!confirms(next, trial, i) || isRough(of(next, i, line), line.roundoff, scheme)) continue;
    adopt(trial, next, i);
    if (errors) errors[i] = errorOf(next, i);
  }
}

function confirms(next: Trial, trial: Trial, i: number): boolean {
  const allowed = 8 * (next.floor[i]! + trial.floor[i]!) + 2 * trial.bend[i]!;
  return next.floor[i]! < trial.floor[i]! && Math.abs(next.values[i]! - trial.values[i]!) <= allowed;
}

/** What counts as a bend, by the roundoff. */
interface Limit {
  /** The least bend relative to the derivative. */
  readonly relative: (roundoff: number) => number;
  /** The least bend as a multiple of the floor. */
  readonly floors: (roundoff: number) => number;
}

// Both go by how much a smooth function bends within the step of the scheme, of its own derivative and of its own size.
// Of forward differences only the ones with estimated errors have anything to go by.
const limits: Readonly<Record<Scheme, Limit>> = {
  forward: { relative: () => 5e-2, floors: () => 20 },
  central: { relative: (u) => 33 * u ** (1 / 3), floors: (u) => 10 * u ** (-1 / 3) },
  richardson: { relative: (u) => 35 * u ** (2 / 5), floors: (u) => 0.125 * u ** (-2 / 5) },
};

/** What is known of one output. */
interface Measured {
  readonly value: number;
  readonly floor: number;
  readonly bend: number;
  /** What part of the floor is that of rounded inputs. It says nothing of the size of the function. */
  readonly blur: number;
}

/** A bend must stand out from rounding by so much. */
const clear = 20;

/** Whether an output bends more within the step than a function at this scale does. */
function isRough({ value, floor, bend, blur }: Measured, roundoff: number, scheme: Scheme): boolean {
  const { relative, floors } = limits[scheme];
  const size = Math.max(floors(roundoff) * Math.max(0, floor - blur), clear * floor);
  return bend > relative(roundoff) * Math.abs(value) && bend > size;
}

function of({ values, floor, bend, placed }: Trial, i: number, line: Line): Measured {
  const value = values[i]!;
  return { value, floor: floor[i]!, bend: bend[i]!, blur: (line.blur / placed.step) * Math.abs(value) };
}

/** The outputs that bend within the step. */
export function roughOutputs(sweep: Sweep, line: Line, trial: Trial): readonly number[] {
  const { scheme } = sweep.survey;
  return indicesOf(trial.bend, (_, i) => isRough(of(trial, i, line), line.roundoff, scheme));
}

/**
 * Shorter steps for the outputs `rough`; `trial` takes over what they find, and `errors`, where given, their estimated
 * absolute errors. Gives the outputs that no step will do for.
 */
export function* descend(
  sweep: Sweep,
  line: Line,
  take: Take,
  trial: Trial,
  rough: readonly number[],
  errors: Float64Array | undefined,
): Stepwise<readonly number[]> {
  if (rough.length === 0) return rough;
  const solved = new Set<number>();
  const tell = (i: number, error: number) => {
    if (errors) errors[i] = error;
  };
  for (const i of rough) tell(i, trial.bend[i]! + trial.floor[i]!);
  let coarse: Trial = trial;
  let open = rough;
  if (sweep.survey.scheme === 'richardson') {
    const central = yield* trialOf(sweep, line, take, stepOf('central', line.roundoff, line.scale), 'central');
    if (central === undefined) return rough;
    coarse = central;
    open = rough.filter((i) => !settledBy(line, trial, central, i, solved, tell));
  }
  const tries = sweep.rough.length < patience ? shorterSteps : 0;
  for (let k = 0; k < tries && open.length > 0; k++) {
    const step = coarse.placed.step / ratio;
    const fine = step >= leastOf(line) && step > 0 ? yield* trialOf(sweep, line, take, step, 'central') : undefined;
    if (fine === undefined) break;
    const before = coarse;
    open = open.filter((i) => !decides(trial, before, fine, i, solved, tell));
    if (open.every((i) => isFlat(fine, i))) break;
    coarse = fine;
  }
  return rough.filter((i) => !solved.has(i));
}

/** Told the estimated error of output `i`. */
export type Tell = (i: number, error: number) => void;

/** Takes over a central quotient: Richardson's is the worse one where the function bends within its longer step. */
export function settledBy(
  line: Line,
  trial: Trial,
  central: Trial,
  i: number,
  solved: Set<number>,
  tell: Tell,
): boolean {
  if (isFlat(central, i) || !Number.isFinite(central.values[i])) return false;
  const apart = Math.abs(trial.values[i]! - central.values[i]!);
  adopt(trial, central, i);
  const differing = Number.isFinite(apart) ? Math.min(apart, central.bend[i]!) : 0;
  if (isRough(of(central, i, line), line.roundoff, 'central')) {
    tell(i, central.floor[i]! + central.bend[i]! + (Number.isFinite(apart) ? apart : 0));
    return false;
  }
  tell(i, errorOf(central, i) + differing);
  solved.add(i);
  return true;
}

/** Whether output `i` did not move at all. */
export function isFlat({ values, bend }: Trial, i: number): boolean {
  return values[i] === 0 && bend[i] === 0;
}

/** What rounding, and the bend in second order, may do to a central quotient. */
function errorOf({ values, floor, bend }: Trial, i: number): number {
  const curved = bend[i]! * Math.min(1, bend[i]! / Math.abs(values[i]!));
  return floor[i]! + (curved > 0 ? curved : 0);
}

/** Takes over the better of two that agree. False while a still shorter step may do better. */
export function decides(trial: Trial, coarse: Trial, fine: Trial, i: number, solved: Set<number>, tell: Tell): boolean {
  if (!agree(coarse, fine, i)) return false;
  const apart = Math.abs(coarse.values[i]! - fine.values[i]!);
  const gain = (coarse.placed.step / fine.placed.step) ** 2 - 1;
  const [long, short] = [apart + coarse.floor[i]!, (2 * apart) / gain + errorOf(fine, i)];
  const error = Math.min(long, short);
  adopt(trial, short <= long ? fine : coarse, i);
  tell(i, error);
  solved.add(i);
  // Next to an extremum the derivative is small beside the bend, and need not be exact to its own size.
  const enough = Math.max(
    1e-9 * Math.abs(trial.values[i]!),
    Math.abs(trial.values[i]!) < coarse.bend[i]! ? 1e-4 * coarse.bend[i]! : 0,
  );
  return error <= enough || ratio * fine.floor[i]! > error;
}

/** Whether two steps find the derivative of one smooth function: like quotients, and bends in proportion to the steps. */
function agree(coarse: Trial, fine: Trial, i: number): boolean {
  if (isFlat(fine, i)) return false;
  const noise = 8 * fine.floor[i]!;
  const [long, short] = [coarse.values[i]!, fine.values[i]!];
  const bend = (coarse.bend[i]! * fine.placed.step) / coarse.placed.step;
  const near = 0.1 * Math.max(Math.abs(long), Math.abs(short)) + coarse.bend[i]! / 20 + noise;
  return Math.abs(long - short) <= near && fine.bend[i]! <= 4 * bend + noise && fine.bend[i]! >= bend / 4 - noise;
}
