/** The order of the Taylor remainder: f(x+tu) − f(x) − t·J·u shrinks like t² if J is right, and like t if it is not. */
import { precisions } from '../../derive/difference/precision.js';
import { coarsest } from '../../derive/evaluation.js';
import type { Bench } from './bench.js';
import type { Sample } from './reference.js';
import type { CheckResult, Verdict } from './report.js';
import { norm } from './vectors.js';

/** One point of a Taylor plot. */
export interface TaylorPoint {
  readonly t: number;
  readonly remainder: number;
  readonly change: number;
  /** What rounding and noise make of a remainder of zero. */
  readonly floor: number;
}

/** The remainders of the outputs from `start` to `end`, for t > 0 where the samples go that way. */
export function remainders(
  { session: { y, of }, options }: Bench,
  samples: readonly Sample[],
  pushed: Float64Array,
  range: { readonly start: number; readonly end: number } = { start: 0, end: y.length },
): readonly TaylorPoint[] {
  const { start, end } = range;
  const { epsilon } = precisions[coarsest(of.slots.map(({ variable, dtype }) => ({ ...variable, dtype })))];
  const scale = scalesOf(of, pushed, y);
  const ahead = samples.some(({ t }) => t > 0) ? 1 : -1;
  const size = norm(
    y.map((value, i) => value / scale[i]!),
    start,
    end,
  );
  return samples
    .filter(({ t, values }) => t * ahead > 0 && values.every(Number.isFinite))
    .map(({ t, values }) => ({
      t: Math.abs(t),
      remainder: norm(
        values.map((value, i) => (value - y[i]! - t * pushed[i]!) / scale[i]!),
        start,
        end,
      ),
      change: norm(
        values.map((value, i) => (value - y[i]!) / scale[i]!),
        start,
        end,
      ),
      floor: 4 * Math.max(epsilon, options.noise ?? 0) * size,
    }))
    .sort((a, b) => a.t - b.t);
}

// Each output array counts alike, whatever its units.
function scalesOf({ slots, length }: Bench['session']['of'], pushed: Float64Array, y: Float64Array): Float64Array {
  const scale = new Float64Array(length);
  for (const { start, end } of slots) {
    const size = norm(pushed, start, end) || norm(y, start, end);
    scale.fill(size > 0 && Number.isFinite(size) ? size : 1, start, end);
  }
  return scale;
}

/** The exponent of t, from the points that stand out from rounding; NaN where fewer than two do. */
export function slopeOf(points: readonly TaylorPoint[]): number {
  const clear = points.filter(({ remainder, floor }) => remainder > 30 * floor);
  if (clear.length < 2) return Number.NaN;
  const logs = clear.map(({ t, remainder }) => [Math.log(t), Math.log(remainder)] as const);
  const mean = (k: 0 | 1) => logs.reduce((sum, one) => sum + one[k], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const spread = logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / spread;
}

/** What the exponent says, where differences already said `differences`. */
export function judgeTaylor(slope: number, differences: Verdict): CheckResult {
  const base = { name: 'taylor', endpoints: ['apply'] } as const;
  if (Number.isNaN(slope)) return { ...base, verdict: 'ok', message: 'The Taylor remainder is rounding.' };
  const text = `The Taylor remainder shrinks like t^${slope.toFixed(2)}`;
  if (slope > 1.5) return { ...base, verdict: 'ok', message: `${text}.` };
  const wrong = slope > 0.7 && slope < 1.3 && differences === 'wrong derivative';
  if (wrong) return { ...base, verdict: 'wrong derivative', message: `${text}, and t² is needed.` };
  if (differences === 'ok') return { ...base, verdict: 'ok', message: `${text}: it is little but rounding.` };
  const message = `${text}: apply is noisy or not smooth here.`;
  return { ...base, verdict: 'finite differences cannot tell', message };
}
