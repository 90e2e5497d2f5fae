/**
 * What samples of apply at many steps along one direction say of its derivative there.
 *
 * One step proves nothing: a function may bend, end, jump or ripple within it. Of steps that are some powers of two
 * apart the quotients of a smooth function close in on its derivative as their order says, those of a noisy one scatter,
 * and those of a function that is rounded stand still where the steps are short.
 */
import type { Sample } from './reference.js';

/** The samples at x ± about h·u. */
export interface Pair {
  readonly h: number;
  readonly up: Sample | undefined;
  readonly down: Sample | undefined;
}

/** What is said of one output. */
export interface Reading {
  readonly value: number;
  /** Infinite where the samples contradict each other, or are too few. */
  readonly error: number;
  /** The largest change of the output by step within the samples used: what an error is small beside; infinite beside a constant. */
  readonly signal: number;
  /** The longest step that was used. */
  readonly step: number;
  /** Whether the output stands still at short steps, and moves at longer ones. */
  readonly stepped: boolean;
  /** Whether the output was seen not to move, however long the step. */
  readonly constant: boolean;
  /** Whether quotients at shorter steps than those that were used are elsewhere: noise, or what bends within the steps. */
  readonly restless: boolean;
  /** Whether short steps and long ones say different things, and nothing leads from one to the other: a jump nearby. */
  readonly torn: boolean;
}

/** The relative errors of an evaluation, and of where it takes place. */
export interface Rounding {
  readonly value: number;
  readonly place: number;
}

/** Samples in pairs, the longest step first. Samples within a hundredth of each other's step are a pair. */
export function pairsOf(samples: readonly Sample[]): readonly Pair[] {
  const steps: number[] = [];
  for (const { t } of samples) {
    const size = Math.abs(t);
    if (size > 0 && !steps.some((h) => Math.abs(h / size - 1) < 1e-2)) steps.push(size);
  }
  const nearest = (h: number, side: 1 | -1) => samples.find(({ t }) => Math.abs((side * t) / h - 1) < 1e-2);
  return steps.sort((a, b) => b - a).map((h) => ({ h, up: nearest(h, 1), down: nearest(h, -1) }));
}

interface Quotient {
  readonly h: number;
  readonly q: number;
  readonly rounding: number;
  readonly signal: number;
  /** How far the quotients of the two sides are apart; 0 of one side alone. */
  readonly split: number;
}

interface Guess {
  readonly value: number;
  readonly error: number;
  readonly signal: number;
  readonly step: number;
}

/** A value of each output, or of a weighted sum of them, and how large the terms of it are. */
export interface Projection {
  readonly of: (values: Float64Array) => number;
  readonly size: (values: Float64Array) => number;
}

/**
 * Whether the shortest steps whose rounding is small beside what two derivatives are apart rather say the first one:
 * then the second, of longer steps, may be that of a function without the ripples which this one has.
 */
export function isRather(
  [first, second]: readonly [number, number],
  samples: readonly Sample[],
  { of, size }: Projection,
  rounding: Rounding,
): boolean {
  for (const { h, up, down } of [...pairsOf(samples)].reverse()) {
    if (!up || !down) continue;
    const q = (of(up.values) - of(down.values)) / (up.t - down.t);
    const blur =
      (rounding.value * (size(up.values) + size(down.values))) / (2 * h) + (rounding.place * Math.abs(q)) / h;
    if (4 * blur < Math.abs(first - second)) return Math.abs(q - first) < Math.abs(q - second);
  }
  return false;
}

/** How many times their errors two estimates may be apart. */
const doubtful = 30;

/** What the pairs say of output `i`, which is `y` at x. */
export function readingOf(pairs: readonly Pair[], i: number, y: number, rounding: Rounding): Reading {
  const moves = ({ up, down }: Pair) => [up, down].some((one) => one && one.values[i] !== y);
  const known = pairs.filter(({ up, down }) => [up, down].some((one) => one && Number.isFinite(one.values[i]!)));
  const moving = known.filter(moves);
  if (moving.length === 0) return still(known, y, rounding);
  const stepped = moves(known[0]!) && !moves(known.at(-1)!);
  const of = (side: Side) => guesses(quotientsOf(moving, i, y, rounding, side), side);
  const [central, ahead, behind] = [of('central'), of('ahead'), of('behind')];
  const found = least([...central, ...ahead, ...behind]);
  const best = found && stepped ? { ...found, error: found.error + grainOf(known, i, y) / found.step } : found;
  const kind = {
    stepped,
    constant: false,
    torn: false,
    restless: best !== undefined && isRestless(quotientsOf(moving, i, y, rounding, 'central'), best),
  };
  const unknown = { error: Number.POSITIVE_INFINITY, ...kind };
  if (!best) return { value: Number.NaN, signal: 0, step: known[0]!.h, ...unknown };
  // What is as uncertain as it is large may hide anything.
  if (!(best.error < 0.3 * Math.max(Math.abs(best.value), best.signal))) return { ...best, ...unknown };
  if (isKink(least(ahead), least(behind))) return { ...best, ...unknown };
  const wide = least(central.filter(({ step, error, signal }) => step > 8 * best.step && error < 0.01 * signal));
  const jump = jumpBeyond(quotientsOf(moving, i, y, rounding, 'central'), best);
  const from = wide && isApart(wide, best) ? wide.step : jump;
  if (from === undefined) return { ...best, ...kind };
  // One side may go on as it is, well past where the other one changes.
  const needed = Math.min(16 * from, 0.9 * known[0]!.h);
  const bends = closesIn(quotientsOf(moving, i, y, rounding, 'central'), best);
  const supported =
    bends ||
    [...ahead, ...behind].some((one) => one.step >= needed && one.error < 0.01 * one.signal && !isApart(one, best));
  return { ...best, ...(supported ? kind : { ...unknown, torn: true }) };
}

// The smallest change that is seen of an output which is rounded: its quotients are multiples of that, and may agree by
// chance.
function grainOf(pairs: readonly Pair[], i: number, y: number): number {
  const values = pairs.flatMap(({ up, down }) => [up, down].flatMap((one) => one?.values[i] ?? []));
  const changes = values.map((value) => Math.abs(value - y)).filter((change) => change > 0);
  return changes.reduce((smallest, change) => Math.min(smallest, change), Number.POSITIVE_INFINITY);
}

// An output that never moves has the derivative 0, up to what rounding hides at the longest step.
function still(known: readonly Pair[], y: number, { value }: Rounding): Reading {
  const h = known[0]?.h ?? 0;
  const error = h > 0 ? (value * Math.abs(y)) / h : Number.POSITIVE_INFINITY;
  const constant = h >= farEnough && doubtful * error <= 1;
  // In float32 rounding may hide a derivative that is small beside the output, and not zero.
  const signal = constant && value < fine ? Number.POSITIVE_INFINITY : 0;
  return { value: 0, error, signal, step: h, stepped: false, constant, restless: false, torn: false };
}

/** An output of less rounding than this that does not move has the derivative zero. */
const fine = 1e-12;

/** What does not move at so long a step, relative to the scale, is constant. */
const farEnough = 0.02;

type Side = 'central' | 'ahead' | 'behind';

function quotientsOf(
  pairs: readonly Pair[],
  i: number,
  y: number,
  rounding: Rounding,
  side: Side,
): readonly Quotient[] {
  return pairs.flatMap(({ h, up, down }) => {
    const [a, b] = [side === 'behind' ? undefined : up, side === 'ahead' ? undefined : down];
    if ((side !== 'behind' && !a) || (side !== 'ahead' && !b)) return [];
    const [top, bottom] = [a?.values[i] ?? y, b?.values[i] ?? y];
    const width = (a?.t ?? 0) - (b?.t ?? 0);
    const q = (top - bottom) / width;
    if (!Number.isFinite(q)) return [];
    const signal = Math.max(Math.abs(top - y), Math.abs(bottom - y)) / h;
    const noise = (rounding.value * (Math.abs(top) + Math.abs(bottom))) / width + (rounding.place * signal) / h;
    const split = a && b ? Math.abs((top - y) / a.t - (bottom - y) / b.t) : 0;
    return [{ h, q, rounding: noise, signal: Math.max(0, signal - noise), split }];
  });
}

// Three steps each: the quotients extrapolated to a step of zero from the first two, the last two, and all three. The
// error is what the last two change; a guess that its neighbor does not share is a coincidence.
function guesses(quotients: readonly Quotient[], side: Side): readonly Guess[] {
  const order = side === 'central' ? 2 : 1;
  const found = quotients.slice(2).map((last, k): Guess => {
    const [first, middle] = [quotients[k]!, quotients[k + 1]!];
    const power = (a: Quotient, b: Quotient) => (a.h / b.h) ** order - 1;
    const near = last.q + (last.q - middle.q) / power(middle, last);
    const far = middle.q + (middle.q - first.q) / power(first, middle);
    const value = near + (near - far) / power(first, last);
    const error = Math.abs(near - far) + 2 * last.rounding + parting(first, last);
    return { value, error, signal: Math.max(first.signal, middle.signal, last.signal), step: first.h };
  });
  return found.map((one, k) => {
    const others = [found[k - 1], found[k + 1]].filter((other) => other !== undefined);
    const apart = others.map((other) => Math.abs(other.value - one.value));
    return others.length === 0 ? one : { ...one, error: one.error + Math.min(...apart) };
  });
}

// The two sides approach each other with the step where the function is smooth, and are nearly the same where it is
// noisy; at a kink, or on a peak that is narrower than the steps, they are neither.
function parting(first: Quotient, last: Quotient): number {
  if (!(last.split > 0.5 * first.split)) return 0;
  return last.split > Math.abs(last.q) + 8 * last.rounding ? Number.POSITIVE_INFINITY : last.split;
}

function isRestless(quotients: readonly Quotient[], { value, error, step }: Guess): boolean {
  return quotients.some(({ h, q, rounding }) => h < step / 20 && Math.abs(q - value) > doubtful * (error + rounding));
}

function least(found: readonly Guess[]): Guess | undefined {
  let best: Guess | undefined;
  for (const one of found) if (!best || one.error < best.error) best = one;
  return best;
}

function isApart(a: Guess, b: Guess): boolean {
  return Math.abs(a.value - b.value) > doubtful * (a.error + b.error);
}

function isKink(ahead: Guess | undefined, behind: Guess | undefined): boolean {
  if (!ahead || !behind) return false;
  const size = Math.max(ahead.signal, behind.signal);
  return isApart(ahead, behind) && Math.abs(ahead.value - behind.value) > 1e-3 * size;
}

// The first step at which a quotient is far off though at the next shorter one there is nothing of it: what is smooth
// gets there by and by.
function jumpBeyond(quotients: readonly Quotient[], { value, signal, error }: Guess): number | undefined {
  const off = quotients.map(({ q, h, rounding }) => ({ h, e: Math.abs(q - value), least: 8 * rounding + error }));
  for (let k = off.length - 1; k > 0; k--) {
    const [far, near] = [off[k - 1]!, off[k]!];
    const growth = (far.h / near.h) ** 2;
    const grown = far.e > 8 * growth * Math.max(near.e, near.least) && far.e > 1e-6 * signal;
    // Beyond a pole a quotient may be any number, but not all of a sudden.
    if (grown && (far.e <= signal || near.e <= near.least)) return far.h;
  }
  return undefined;
}

// Whether central quotients close in on a value with the square of the step, as those of a smooth function do.
function closesIn(quotients: readonly Quotient[], { value, signal }: Guess): boolean {
  const off = quotients.map(({ q, h, rounding }) => ({ h, rounding, e: Math.abs(q - value) }));
  const steady = off.slice(1).filter((near, k) => {
    const far = off[k]!;
    if (near.e < 8 * near.rounding || far.e > signal) return false;
    const growth = far.e / near.e / (far.h / near.h) ** 2;
    return growth > 0.25 && growth < 4;
  });
  return steady.length >= 2;
}
