/**
 * The evidence of a check: two random directions on each side, and what every endpoint makes of them. It takes at most
 * 20 calls, whatever the sizes.
 */

import type { DType } from '../../array/dtype.js';
import { zeros } from '../../array/ndarray.js';
import { precisions } from '../../derive/difference/precision.js';
import { rootMeanSquare as leafSize } from '../../derive/difference/step.js';
import { precisionOf } from '../../derive/evaluation.js';
import { seeded } from '../../derive/random.js';
import type { DerivativeName } from '../../operators/endpoints.js';
import { isOpen } from './decisive.js';
import type { Layout } from './layout.js';
import { layoutOf, rounded } from './layout.js';
import type { CheckOptions } from './options.js';
import { type Reference, referenceAlong } from './reference.js';
import { isElsewhere, refined } from './refine.js';
import { directions, scaled } from './seeds.js';
import type { Only, Session } from './session.js';
import { combine, norm, rootMeanSquare } from './vectors.js';

/** What a product endpoint made of its seeds. Undefined where a call failed. */
export interface ProductEvidence {
  readonly endpoint: 'jvp' | 'vjp';
  readonly seeds: readonly [Float64Array, Float64Array];
  readonly values: readonly [Float64Array | undefined, Float64Array | undefined];
  /** The factors of the two seeds in the third one, and what came of that. */
  readonly factors: readonly [number, number];
  readonly combined: Float64Array | undefined;
  readonly atZero: Float64Array | undefined;
}

/** What was seen. */
export interface Evidence {
  /** Which endpoints were called. */
  readonly endpoints: readonly DerivativeName[];
  readonly tangents: readonly [Float64Array, Float64Array];
  readonly cotangents: readonly [Float64Array, Float64Array];
  readonly references: readonly Reference[];
  readonly jvp: ProductEvidence | undefined;
  readonly vjp: ProductEvidence | undefined;
  readonly jacobian: Float64Array | undefined;
  /** Outputs at the point, once more after all other calls. */
  readonly again: Float64Array | undefined;
}

/** Gather the evidence about `endpoints`. */
export async function gather(
  session: Session,
  endpoints: readonly DerivativeName[],
  options: CheckOptions,
): Promise<Evidence> {
  const { subject, of } = session;
  const seed = options.seed ?? 0;
  const first = firstTangent(session, seed);
  const references = [await telling(session, first, options, endpoints.includes('vjp'))];
  const jacobian = endpoints.includes('jacobian') ? await session.jacobian() : undefined;
  const both = endpoints.includes('jvp') && endpoints.includes('vjp');
  const w1 = rounded(of, scaled(directions(of, seed, 'cotangent'), perElement(references[0]!, of)));
  const pulled = endpoints.includes('vjp') ? await session.vjp(w1) : undefined;
  const second = secondTangent(session, seed, both ? pulled : undefined);
  if (!both) references.push(await referenceAlong(session, second, { noise: options.noise }));
  const tangents = [first, second] as const;
  const jvp = endpoints.includes('jvp') ? await products(session, 'jvp', tangents, undefined) : undefined;
  const seen = jvp?.values[1] ?? references.at(-1)!.values;
  const w2 = rounded(of, scaled(directions(of, seed, 'cotangent 2'), perLeaf(seen, of)));
  const cotangents = [w1, w2] as const;
  const vjp = endpoints.includes('vjp') ? await products(session, 'vjp', cotangents, { value: pulled }) : undefined;
  const partial = subject.wrt.slots.length > 1 || of.slots.length > 1;
  if (partial) await askForParts(session, endpoints, seed, tangents[0], w1);
  const again = await session.apply().catch((error: unknown) => {
    if (session.stopped()) throw error;
    return undefined;
  });
  return { endpoints, tangents, cotangents, references, jvp, vjp, jacobian, again };
}

// The weights of a pullback follow from what differences say of each output, so that has to be settled first; and what
// is flat at the usual steps may not be so further on.
async function telling(
  session: Session,
  direction: Float64Array,
  { noise }: CheckOptions,
  thoroughly: boolean,
): Promise<Reference> {
  const usual = await referenceAlong(session, direction, { noise });
  const isOpenIn = (reference: Reference) => session.y.some((_, i) => isOpen(reference, i));
  const settled = (better: Reference) => !isOpenIn(better);
  if (await isElsewhere(session, usual)) return refined(session, usual, noise, settled, true);
  return thoroughly && isOpenIn(usual) ? refined(session, usual, noise, settled) : usual;
}

// To the scale of each element: what differences can follow.
function firstTangent({ subject: { x, wrt, leaves, scales } }: Session, seed: number): Float64Array {
  return inward(
    leaves,
    x,
    rounded(
      wrt,
      scaled(directions(wrt, seed, 'tangent'), (j) => scales[j]!),
    ),
  );
}

// To the scale of each leaf, so that small elements count as much as large ones; where the pullback is known, leaves
// are balanced by what they contribute.
function secondTangent(
  { subject: { x, wrt, leaves } }: Session,
  seed: number,
  pulled: Float64Array | undefined,
): Float64Array {
  const scales = new Float64Array(x.length);
  for (const { start, end, dtype } of wrt.slots) {
    const weight = pulled ? rootMeanSquare(pulled, start, end) : 0;
    const scale = weight > 0 && Number.isFinite(1 / weight) ? 1 / weight : leafSize(x, start, end) || 1;
    scales.fill(storable(scale, dtype) ? scale : 1, start, end);
  }
  const raw = rounded(
    wrt,
    scaled(directions(wrt, seed, 'tangent 2'), (j) => scales[j]!),
  );
  return pulled ? raw : inward(leaves, x, raw);
}

// Whether seeds of this size keep their digits in a dtype, and so do sums of a few.
function storable(scale: number, dtype: DType): boolean {
  const { tiny, epsilon, max } = precisions[precisionOf(dtype)];
  return scale >= (4 * tiny) / epsilon && scale <= max / 16;
}

// At a bound, only one direction leads inside: all such elements then move that way together.
function inward(leaves: Session['subject']['leaves'], x: Float64Array, direction: Float64Array): Float64Array {
  for (const { start, end, lower, upper } of leaves) {
    const [low, high] = [Number(lower ?? Number.NEGATIVE_INFINITY), Number(upper ?? Number.POSITIVE_INFINITY)];
    for (let j = start; j < end; j++) {
      const reach = 0.01 * Math.abs(direction[j]!);
      if (x[j]! - low < reach) direction[j] = Math.abs(direction[j]!);
      else if (high - x[j]! < reach) direction[j] = -Math.abs(direction[j]!);
    }
  }
  return direction;
}

function perElement({ values, errors }: Reference, of: Layout): (i: number) => number {
  const common = perLeaf(values, of);
  // The range of float16 is too short for weights of many sizes.
  if (of.slots.some(({ dtype }) => dtype === 'float16')) return common;
  return (i) => {
    const size = Math.max(Math.abs(values[i]!), 1e9 * errors[i]!);
    // Of what differences cannot judge the pullback says nothing that could be compared.
    if (!Number.isFinite(size)) return 0;
    return size > 0 && Number.isFinite(1 / size) && size >= 1e-12 / common(i) ? 1 / size : common(i);
  };
}

function perLeaf(values: Float64Array, { slots }: Layout): (i: number) => number {
  const scales = slots.map(({ start, end, dtype }) => {
    const size = rootMeanSquare(
      values.map((value) => (Number.isFinite(value) ? value : 0)),
      start,
      end,
    );
    return { end, scale: size > 0 && storable(1 / size, dtype) ? 1 / size : 1 };
  });
  return (i) => scales.find(({ end }) => i < end)!.scale;
}

async function products(
  session: Session,
  endpoint: 'jvp' | 'vjp',
  seeds: readonly [Float64Array, Float64Array],
  known: { readonly value: Float64Array | undefined } | undefined,
): Promise<ProductEvidence> {
  const from = endpoint === 'jvp' ? session.subject.wrt : session.of;
  const [a, b] = seeds;
  const first = known ? known.value : await session[endpoint](a);
  const second = await session[endpoint](b);
  const balance = first && second ? norm(first) / norm(second) : 1;
  const factors = [0.6180339887498949, -1.324717957244746 * (canScale(from, b, balance) ? balance : 1)] as const;
  const combined = await session[endpoint](rounded(from, combine(factors[0], a, factors[1], b)));
  const atZero = await session[endpoint](new Float64Array(from.length));
  return { endpoint, seeds, values: [first, second], factors, combined, atZero };
}

function canScale({ slots }: Layout, seed: Float64Array, factor: number): boolean {
  return slots.every(({ start, end, dtype }) => {
    const size = factor * rootMeanSquare(seed, start, end);
    return start === end || storable(size, dtype);
  });
}

// Not every caller asks for everything: one output by one input.
async function askForParts(
  session: Session,
  endpoints: readonly DerivativeName[],
  seed: number,
  tangent: Float64Array,
  cotangent: Float64Array,
): Promise<void> {
  const random = seeded(seed);
  const { subject, of } = session;
  const pick = ({ slots }: Layout) => slots[random.integer(slots.length)]!;
  const [output, input] = [pick(of), pick(subject.wrt)];
  const only: Only = { of: alone(output), wrt: alone(input) };
  if (endpoints.includes('jvp')) await session.jvp(tangent.slice(input.start, input.end), only);
  if (endpoints.includes('vjp')) await session.vjp(cotangent.slice(output.start, output.end), only);
}

function alone({ variable, dtype, shape }: Layout['slots'][number]): Layout {
  return layoutOf([variable], [zeros(shape, dtype)]);
}
