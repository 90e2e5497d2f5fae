/**
 * The reference: the derivative of apply along a direction by differences of fourth order, with an honest error, and
 * the evaluations it came from.
 */
import { jvpSteps } from '../../derive/difference/directional.js';
import type { Leaf } from '../../derive/difference/step.js';
import { drive } from '../../derive/drive.js';
import { coarsest } from '../../derive/evaluation.js';
import type { Session } from './session.js';
import { quantile, rootMeanSquare } from './vectors.js';

/** The outputs at x + t·u. */
export interface Sample {
  readonly t: number;
  readonly values: Float64Array;
}

/** The derivative of all outputs along a direction. */
export interface Reference {
  readonly direction: Float64Array;
  /** Entries of one element: 2 of complex outputs. */
  readonly parts: 1 | 2;
  readonly values: Float64Array;
  /** What each entry may be off by: truncation, rounding and noise. Infinite where the differences make no sense. */
  readonly errors: Float64Array;
  /** The largest change of each output by step: what an error has to be small beside, where the derivative is zero. */
  readonly signals: Float64Array;
  readonly samples: readonly Sample[];
  /** How much shorter than usual the steps are that settled it: 1 where the usual ones did. */
  readonly pace: number;
  /** The outputs that stand still at short steps and move at longer ones. */
  readonly stepped: ReadonlySet<number>;
  /** The outputs that were seen not to move, however long the step. */
  readonly constant: ReadonlySet<number>;
  /** The outputs that jump nearby: what short steps say of them is not what long ones do. */
  readonly torn: ReadonlySet<number>;
  /** Whether some output is elsewhere at shorter steps than those that were used. */
  readonly restless: boolean;
}

/** How differences are taken. */
export interface Manner {
  readonly noise?: number | undefined;
  /** Whether errors are estimated, at two more evaluations; else they are those of rounding alone. */
  readonly thorough?: boolean;
  /** How much shorter than usual the steps are. */
  readonly pace?: number;
}

/** Differences along `direction`: 6 evaluations, or 4 if the error is taken from rounding alone. */
export async function referenceAlong(
  session: Session,
  direction: Float64Array,
  { noise, thorough = true, pace = 1 }: Manner,
): Promise<Reference> {
  const { subject, of, y } = session;
  const { x } = subject;
  const leaves = shortened(leavesFor(session, direction), direction, subject.scales, pace);
  const samples: Sample[] = [];
  const pivot = pivotOf(direction, x);
  const oracle = async (at: Float64Array): Promise<Float64Array> => {
    const point = at.slice();
    const values = await attempt(session, point);
    samples.push({ t: (point[pivot]! - x[pivot]!) / direction[pivot]!, values });
    return values;
  };
  const variables = of.slots.map(({ variable, dtype }) => ({ ...variable, dtype }));
  const setting = { scheme: 'richardson', bare: true, leaves, output: coarsest(variables), size: y.length } as const;
  const more = noise === undefined ? setting : { ...setting, noise };
  const product = await drive(jvpSteps(oracle, x, direction, { ...more, errors: thorough }));
  const errors = product.errors ?? product.values.map((value, i) => roundingError(value, y[i]!, samples));
  const wide = widened(session, product.values, errors);
  const isSmooth = smoothness(samples, y);
  return {
    direction,
    parts: of.parts,
    values: product.values,
    errors: wide.map((error, i) => (isSmooth(i) ? error : Number.POSITIVE_INFINITY)),
    // Without elements to move nothing depends on them.
    signals: x.length === 0 ? y.map(() => Number.POSITIVE_INFINITY) : signalsOf(samples, y),
    samples,
    pace,
    stepped: new Set(),
    constant: new Set(x.length === 0 ? y.keys() : []),
    torn: new Set(),
    restless: false,
  };
}

function signalsOf(samples: readonly Sample[], y: Float64Array): Float64Array {
  return y.map((value, i) =>
    samples.reduce((most, { t, values }) => {
      const change = t === 0 ? 0 : Math.abs(values[i]! - value) / Math.abs(t);
      return change > most && change < Number.POSITIVE_INFINITY ? change : most;
    }, 0),
  );
}

function shortened(
  leaves: readonly Leaf[],
  direction: Float64Array,
  scales: Float64Array,
  pace: number,
): readonly Leaf[] {
  if (pace === 1) return leaves;
  return leaves.map((leaf) => ({
    ...leaf,
    magnitude: Float64Array.from({ length: leaf.end - leaf.start }, (_, k) => {
      const j = leaf.start + k;
      return pace * (Math.abs(direction[j]!) || scales[j]!);
    }),
  }));
}

// A direction to the scale of each element takes its step from those scales; any other one from those of the arrays.
function leavesFor({ subject: { leaves, scales } }: Session, direction: Float64Array): readonly Leaf[] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let j = 0; j < direction.length; j++) {
    if (direction[j] === 0) continue;
    const ratio = Math.abs(direction[j]!) / scales[j]!;
    least = Math.min(least, ratio);
    most = Math.max(most, ratio);
  }
  if (most > 8 * least) return leaves;
  return leaves.map((leaf) => ({ ...leaf, magnitude: scales.subarray(leaf.start, leaf.end) }));
}

// Outside of its domain apply may throw, or be refused its inputs: the differences then take the other side.
/** The outputs at x; NaN where apply throws there. */
export async function attempt(session: Session, x: Float64Array): Promise<Float64Array> {
  if (x.every((value, i) => value === session.subject.x[i])) return session.y;
  try {
    return await session.apply(x);
  } catch (error) {
    if (session.stopped()) throw error;
    return new Float64Array(session.y.length).fill(Number.NaN);
  }
}

// The element whose move tells t best: the one that moves furthest beside its size.
function pivotOf(direction: Float64Array, x: Float64Array): number {
  let [best, reach] = [0, -1];
  for (let j = 0; j < x.length; j++) {
    const own = Math.abs(direction[j]!) / (Math.abs(x[j]!) || Math.abs(direction[j]!) || 1);
    if (direction[j] !== 0 && own > reach) [best, reach] = [j, own];
  }
  return best;
}

function roundingError(value: number, y: number, samples: readonly Sample[]): number {
  const h = Math.min(...samples.map(({ t }) => Math.abs(t)).filter((t) => t > 0));
  return (4e-16 * Math.abs(y)) / h + 1e-12 * Math.abs(value);
}

// An output that happens to show no noise is no better than the others of its array.
function widened({ of, y }: Session, values: Float64Array, errors: Float64Array): Float64Array {
  const wide = errors.slice();
  for (const { start, end } of of.slots) {
    const size = (i: number) => Math.abs(y[i]!) + Math.abs(values[i]!);
    const floor = rootMeanSquare(values, start, end);
    const ratios = Float64Array.from(
      { length: end - start },
      (_, k) => errors[start + k]! / (size(start + k) || floor || 1),
    );
    const common = quantile(ratios, 0.9);
    for (let i = start; i < end; i++) wide[i] = Math.max(errors[i]!, common * size(i));
  }
  return wide;
}

// The second difference f(t) − 2f(0) + f(−t) is a multiple of t² where f is smooth, of t where it has a kink at 0.
function smoothness(samples: readonly Sample[], y: Float64Array): (i: number) => boolean {
  const pairs = samples.flatMap(({ t, values }) => {
    const mirror = t > 0 ? samples.find((other) => Math.abs(other.t / t + 1) < 1e-4) : undefined;
    return mirror ? [{ t, ahead: values, behind: mirror.values }] : [];
  });
  pairs.sort((a, b) => a.t - b.t);
  const [near, far] = [pairs[0], pairs.at(-1)];
  if (!near || !far || near === far) return () => true;
  const bend = ({ ahead, behind }: (typeof pairs)[number], i: number) => Math.abs(ahead[i]! - 2 * y[i]! + behind[i]!);
  const growth = (far.t / near.t) ** 1.5;
  return (i) => {
    const least = bend(near, i);
    if (!(least > 1e-2 * Math.abs(near.ahead[i]! - near.behind[i]!))) return true;
    return bend(far, i) / least > growth;
  };
}
