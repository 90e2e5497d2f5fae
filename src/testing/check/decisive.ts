/** Whether differences decide anything about an output. */
import { confidence } from './precision.js';
import type { Reference } from './reference.js';

/** The share of a derivative that an error may have and stay unseen, where differences still count as decisive. */
const decisive = 0.05;

/** The same of a derivative of zero, beside what the output changes by within the steps. */
const ofZero = 1e-4;

/** A derivative this small beside what the output changes by within the steps is zero. */
const negligible = 1e-10;

/**
 * The relative error of a derivative that would not be seen where everything below `blur` is not; infinite where that
 * leaves nothing to be said. `size` is the derivative, and `signal` what the output changes by, by step.
 */
export function resolutionOf(blur: number, size: number, signal: number): number {
  if (blur <= decisive * size) return blur / size;
  return size === 0 && blur <= ofZero * signal ? Math.min(1, blur / signal) : Number.POSITIVE_INFINITY;
}

/** What output `i` changes by within the steps, by step; infinite of one that is constant. */
export function signalAt({ values, signals, parts }: Reference, i: number): number {
  return Math.max(sizeAt(values, i, parts), sizeAt(signals, i, parts));
}

/** The size of the element that entry `i` belongs to: a complex one counts as a whole. */
export function sizeAt(values: Float64Array, i: number, parts: 1 | 2): number {
  return parts === 1 ? Math.abs(values[i]!) : Math.hypot(values[i & ~1]!, values[i | 1]!);
}

/** The relative error of the derivative of output `i` that differences would not see, taking for zero what may be zero. */
export function ownResolution(reference: Reference, i: number, blur: number): number {
  const value = sizeAt(reference.values, i, reference.parts);
  if (!Number.isFinite(value) || !Number.isFinite(reference.errors[i]!)) return Number.POSITIVE_INFINITY;
  return resolutionOf(blur, value <= blur ? 0 : value, signalAt(reference, i));
}

/** Whether a derivative of output `i` is as small as differences take for zero. */
export function isNegligible(own: number, reference: Reference, i: number): boolean {
  const signal = signalAt(reference, i);
  return own === 0 || (Number.isFinite(signal) && Math.abs(own) <= negligible * signal);
}

/** Whether what is said of an output of the derivative `own` agrees with its standing still at short steps. */
export function isFlat(own: number, value: number): boolean {
  return Math.abs(own) <= decisive * Math.abs(value);
}

/** Whether output `i` did not move, at steps that are too short to say that it is constant. */
export function isStill({ signals, values, constant }: Reference, i: number): boolean {
  return signals[i] === 0 && values[i] === 0 && !constant.has(i);
}

/** Whether differences along a direction say nothing of output `i`. */
export function isOpen(reference: Reference, i: number): boolean {
  return ownResolution(reference, i, confidence * reference.errors[i]!) === Number.POSITIVE_INFINITY;
}
