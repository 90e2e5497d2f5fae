/** More steps along a direction, where the usual ones do not settle what the derivative there is. */
import { precisions } from '../../derive/difference/precision.js';
import { coarsest, precisionOf } from '../../derive/evaluation.js';
import { isOpen } from './decisive.js';
import { type Pair, pairsOf, type Reading, type Rounding, readingOf } from './ladder.js';
import { rounded } from './layout.js';
import { attempt, type Reference, type Sample } from './reference.js';
import { duringStage, type Session } from './session.js';

/** Steps, relative to the shortest one that is known, in the order in which they are tried. */
const batches: readonly (readonly number[])[] = [
  [2 ** -2, 2 ** -4, 2 ** -6, 2 ** -8],
  [2 ** 4, 2 ** 6, 2 ** 8],
  [2 ** -10, 2 ** -12, 2 ** -14, 2 ** -16, 2 ** -18],
];
const wide = batches[1]!.slice(1);

/** No step is shorter than so many gaps between neighboring numbers. */
const fewest = 32;
/** The longest step: half the scale. */
const longest = 0.5;
/** How far what stands still has to be moved until it counts as constant. */
const farthest = 1 / 32;
/** A step that is no scale's: what stands still where inputs are tiny may move where they are not. */
const ordinary = 0.1;

/**
 * The reference by more steps, shorter and longer ones, until `settled` says so of it or there are no more: at most 24
 * evaluations. Where all that is open are outputs that did not move at all, longer steps tell; `far` takes longer
 * steps before shorter ones.
 */
export async function refined(
  session: Session,
  reference: Reference,
  noise: number | undefined,
  settled: (reference: Reference) => boolean,
  far = false,
): Promise<Reference> {
  const samples = [...reference.samples];
  const shortest = Math.min(...samples.map(({ t }) => Math.abs(t)).filter((t) => t > 0));
  if (!Number.isFinite(shortest)) return reference;
  const largest = reference.direction.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let found = reference;
  const order = far ? [batches[1]!, batches[0]!, batches[2]!] : batches;
  for (const factors of isStill(session, reference) ? [wide, ...order] : order) {
    await duringStage(session, 'steps', async () => {
      for (const factor of factors) await samplePair(session, reference.direction, factor * shortest, samples);
      if (factors === wide)
        await samplePair(session, reference.direction, ordinary / largest, samples, ordinary / largest);
      if (factors === batches[1] && standing(session, reference, samples).some(Boolean))
        await samplePair(session, reference.direction, farthest, samples);
    });
    found = readingsOf(session, reference, samples, noise);
    if (!found.restless && settled(found)) break;
  }
  return found;
}

// Whether all that is open are outputs that did not move.
function isStill(session: Session, reference: Reference): boolean {
  const found = standing(session, reference, reference.samples);
  return found.length > 0 && found.every(Boolean);
}

// Of each output that is open, whether it did not move.
function standing({ y }: Session, reference: Reference, samples: readonly Sample[]): readonly boolean[] {
  const open = [...y.keys()].filter((i) => isOpen(reference, i));
  return open.map((i) => samples.every(({ values }) => values[i] === y[i]));
}

async function samplePair(
  session: Session,
  direction: Float64Array,
  h: number,
  samples: Sample[],
  most: number = longest,
): Promise<void> {
  if (h > most || h < fewest * gapOf(session)) return;
  const { x } = session.subject;
  for (const t of [h, -h]) {
    if (samples.some((one) => Math.abs(one.t / t - 1) < 1e-2)) continue;
    const point = pointAt(session, direction, t);
    const came = point && x.length === 1 ? (point[0]! - x[0]!) / direction[0]! : t;
    if (point) samples.push({ t: came, values: await attempt(session, point) });
  }
}

/** x + t·u in the precision of the inputs; undefined where that is past a bound. */
export function pointAt({ subject }: Session, direction: Float64Array, t: number): Float64Array | undefined {
  const { x, wrt, leaves } = subject;
  const point = rounded(
    wrt,
    x.map((value, j) => value + t * direction[j]!),
  );
  const inside = leaves.every(({ start, end, lower, upper }) => {
    const [low, high] = [Number(lower ?? Number.NEGATIVE_INFINITY), Number(upper ?? Number.POSITIVE_INFINITY)];
    for (let j = start; j < end; j++) if (direction[j] !== 0 && !(point[j]! >= low && point[j]! <= high)) return false;
    return true;
  });
  return inside ? point : undefined;
}

/** The rounding of an evaluation, and of its place: where one element moves alone, it is known where to. */
export function roundingOf(session: Session, noise: number | undefined): Rounding {
  const { of, subject } = session;
  const outputs = precisions[coarsest(of.slots.map(({ variable, dtype }) => ({ ...variable, dtype })))].epsilon;
  return { value: Math.max(outputs, noise ?? 0), place: subject.x.length === 1 ? 0 : gapOf(session) };
}

function gapOf({ subject: { wrt } }: Session): number {
  return Math.max(...wrt.slots.map(({ dtype }) => precisions[precisionOf(dtype)].epsilon));
}

function readingsOf(
  session: Session,
  { direction }: Reference,
  samples: readonly Sample[],
  noise: number | undefined,
): Reference {
  const { y } = session;
  const pairs = pairsOf(samples);
  const rounding = roundingOf(session, noise);
  const readings = Array.from(y, (value, i) => readingOf(pairs, i, value, rounding));
  const which = (holds: (one: Reading) => boolean) => new Set([...readings.keys()].filter((i) => holds(readings[i]!)));
  const of = (pick: (one: Reading) => number) => Float64Array.from(readings, pick);
  return {
    direction,
    parts: session.of.parts,
    values: of(({ value }) => value),
    errors: of(({ error }) => error),
    signals: of(({ signal }) => signal),
    samples: [...samples].sort((a, b) => a.t - b.t),
    pace: paceOf(pairs, readings),
    stepped: which(({ stepped }) => stepped),
    constant: which(({ constant }) => constant),
    torn: which(({ torn }) => torn),
    restless: readings.some(({ restless }) => restless),
  };
}

// The steps that suit the output which needs the shortest ones.
function paceOf(pairs: readonly Pair[], readings: readonly Reading[]): number {
  const usual = pairs[0]?.h ?? 1;
  const needed = readings.filter(({ error, signal }) => error < 1e-3 * signal).map(({ step }) => step / usual);
  return Math.min(1, ...needed);
}

/** How far further on one looks, once. */
const further = 0.05;

/**
 * Whether an output is elsewhere, further on, than the four derivatives at x that the samples give would have it: then
 * there is something within that distance, such as a jump, which longer steps have to look at. One evaluation.
 */
export async function isElsewhere(session: Session, { samples, direction }: Reference): Promise<boolean> {
  const pairs = pairsOf(samples).filter(({ up, down }) => up && down);
  const [far, near] = [pairs[0], pairs.at(-1)];
  const point = far && near && far !== near && far.h < further ? pointAt(session, direction, further) : undefined;
  if (!point) return false;
  const found = await duringStage(session, 'steps', () => attempt(session, point));
  return session.y.some((y, i) => {
    const odd = ({ up, down, h }: Pair) => (up!.values[i]! - down!.values[i]!) / (2 * h);
    const even = ({ up, down, h }: Pair) => (up!.values[i]! - 2 * y + down!.values[i]!) / h ** 2;
    const third = (odd(far!) - odd(near!)) / (far!.h ** 2 - near!.h ** 2);
    const slope = odd(near!) - third * near!.h ** 2;
    const terms = [slope * further, (even(far!) * further ** 2) / 2, third * further ** 3];
    const rest = found[i]! - y - terms.reduce((sum, term) => sum + term, 0);
    const size = Math.max(...terms.map(Math.abs), Math.abs(found[i]! - y));
    const { value } = roundingOf(session, undefined);
    return Number.isFinite(rest) && Math.abs(rest) > 0.1 * size + 100 * value * (further / far!.h) ** 3 * Math.abs(y);
  });
}

/** A reference by more steps, with the values of the usual ones where those were finer and are confirmed. */
export function confirmed(usual: Reference, better: Reference): Reference {
  const values = better.values.slice();
  const errors = better.errors.slice();
  for (const [i, error] of usual.errors.entries()) {
    const near = Math.abs(usual.values[i]! - values[i]!) <= errors[i]! + error;
    if (near && Number.isFinite(errors[i]!) && error < errors[i]!) [values[i], errors[i]] = [usual.values[i]!, error];
  }
  return { ...better, values, errors };
}
