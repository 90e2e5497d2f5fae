/**
 * What is seen along one input at a time: how the remainder of the Taylor series shrinks with the step, and how far
 * differences are from the derivative.
 */
import { precisions } from '../../derive/difference/precision.js';
import { coarsest } from '../../derive/evaluation.js';
import type { DerivativeName } from '../../operators/endpoints.js';
import { type Bench, contraction } from './bench.js';
import type { Evidence } from './evidence.js';
import type { Slot } from './layout.js';
import type { Sample } from './reference.js';
import type { StepCurve, TaylorSeries } from './report.js';
import { masked } from './seeds.js';
import type { Session } from './session.js';
import { minus, norm, pair, quantile } from './vectors.js';

const steps = 20;

/** The two curves of every block. */
export interface Rays {
  readonly taylor: readonly TaylorSeries[];
  readonly steps: readonly StepCurve[];
}

/** What is watched of the outputs along a ray: some of them, or a weighted sum of them, and its derivative. */
interface View {
  readonly of: (values: Float64Array) => Float64Array;
  readonly derivative: Float64Array;
}

/** Sample along each input: 40 evaluations and a product each; from pullbacks, one product for each output besides. */
export async function drawRays(bench: Bench, evidence: Evidence, source: DerivativeName): Promise<Rays> {
  const { session } = bench;
  const taylor: TaylorSeries[] = [];
  const curves: StepCurve[] = [];
  const views = source === 'vjp' ? await backward(session, evidence) : forward(session, evidence, source);
  for (const input of session.subject.wrt.slots) {
    const direction = masked(evidence.tangents[0], input.start, input.end);
    if (norm(direction) === 0) continue;
    const viewOf = await views(direction);
    const samples = viewOf ? await sample(bench, input, direction) : [];
    for (const output of session.of.slots) {
      const view = viewOf?.(output);
      if (!view) continue;
      const names = { wrt: input.path, of: output.path, source };
      const points = taylorPoints(bench, samples, view);
      taylor.push({ ...names, slope: usualSlope(points), points });
      curves.push({ ...names, points: differenceErrors(samples, view) });
    }
  }
  return { taylor, steps: curves };
}

type Views = (direction: Float64Array) => Promise<((output: Slot) => View | undefined) | undefined>;

function forward(session: Session, { jacobian }: Evidence, source: DerivativeName): Views {
  return async (direction) => {
    const pushed =
      source === 'jacobian' && jacobian
        ? contraction(session, jacobian, 'jvp', direction)
        : await session.jvp(direction);
    return (
      pushed &&
      (({ start, end }) => ({
        of: (values) => values.subarray(start, end),
        derivative: pushed.subarray(start, end),
      }))
    );
  };
}

// ⟨w, f(x + t·u)⟩ has the derivative ⟨vjp(w), u⟩: one pullback for each output serves all inputs.
async function backward(session: Session, { cotangents }: Evidence): Promise<Views> {
  const { slots, parts } = session.of;
  const pulled = new Map<string, { readonly weights: Float64Array; readonly value: Float64Array }>();
  for (const { path, start, end } of slots) {
    const weights = masked(cotangents[0], start, end);
    const value = await session.vjp(weights);
    if (value) pulled.set(path, { weights, value });
  }
  const projection = (a: Float64Array, b: Float64Array) => {
    const { re, im } = pair(a, b, parts);
    return Float64Array.of(re, im);
  };
  return async (direction) =>
    ({ path }) => {
      const known = pulled.get(path);
      return (
        known && {
          of: (values) => projection(known.weights, values),
          derivative: projection(known.value, direction),
        }
      );
    };
}

// From half the scale downwards to where rounding reigns, on both sides, and never past a bound.
async function sample({ session }: Bench, input: Slot, direction: Float64Array): Promise<readonly Sample[]> {
  const { x, leaves } = session.subject;
  const { epsilon } = precisions[coarsest([{ dtype: input.dtype }, ...session.of.slots])];
  const samples: Sample[] = [];
  for (let k = 0; k < steps; k++) {
    const size = 0.5 * epsilon ** ((0.75 * k) / (steps - 1));
    for (const t of [size, -size]) {
      const at = x.map((value, j) => value + t * direction[j]!);
      const inside = leaves.every(({ start, end, lower, upper }) =>
        at
          .subarray(start, end)
          .every((value) => value >= Number(lower ?? -Infinity) && value <= Number(upper ?? Infinity)),
      );
      const values = inside ? await attempt(session, at) : undefined;
      if (values?.every(Number.isFinite)) samples.push({ t, values });
    }
  }
  return samples;
}

async function attempt(session: Session, at: Float64Array): Promise<Float64Array | undefined> {
  try {
    return await session.apply(at);
  } catch (error) {
    if (session.stopped()) throw error;
    return undefined;
  }
}

// The remainder and the change relative to the derivative: each block is drawn alike, whatever its units.
function taylorPoints(
  { session, options }: Bench,
  samples: readonly Sample[],
  { of, derivative }: View,
): TaylorSeries['points'] {
  const y = of(session.y);
  const ahead = samples.some(({ t }) => t > 0) ? 1 : -1;
  const scale = sizeOf(derivative, y);
  const rounding = precisions[coarsest(session.of.slots)].epsilon * (1 + norm(y) / scale);
  return samples
    .filter(({ t }) => t * ahead > 0)
    .map(({ t, values }) => {
      const moved = minus(of(values), y);
      const rest = moved.map((value, i) => value - t * derivative[i]!);
      const floor = 4 * Math.max(rounding, ((options.noise ?? 0) * norm(y)) / scale);
      return { t: Math.abs(t), remainder: norm(rest) / scale, change: norm(moved) / scale, floor };
    })
    .sort((a, b) => a.t - b.t);
}

// The median of the slopes between neighbors that stand out from rounding: terms of several orders that cancel at one
// step do not move it.
function usualSlope(points: TaylorSeries['points']): number {
  const clear = points.filter(({ remainder, floor }) => remainder > 30 * floor);
  const slopes = clear.slice(1).map(({ t, remainder }, k) => {
    const before = clear[k]!;
    return Math.log(remainder / before.remainder) / Math.log(t / before.t);
  });
  return slopes.length === 0 ? Number.NaN : quantile(Float64Array.from(slopes), 0.5);
}

function differenceErrors(samples: readonly Sample[], { of, derivative }: View): StepCurve['points'] {
  const largest = Math.max(0, ...samples.map(({ values }) => norm(of(values))));
  const size = sizeOf(derivative, Float64Array.of(largest));
  return samples.flatMap(({ t, values }) => {
    const mirror = t > 0 ? samples.find((other) => other.t === -t) : undefined;
    if (!mirror) return [];
    const slope = minus(of(values), of(mirror.values)).map((value) => value / (2 * t));
    return [{ h: t, error: norm(minus(slope, derivative)) / size }];
  });
}

function sizeOf(derivative: Float64Array, otherwise: Float64Array): number {
  return norm(derivative) || norm(otherwise) || 1;
}
