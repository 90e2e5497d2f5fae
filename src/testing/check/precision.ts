/** How near is near enough, by the coarsest precision of the arrays. To add a precision, add a row. */
import type { Precision } from '../../derive/difference/precision.js';
import { precisionOf } from '../../derive/evaluation.js';
import { atPath } from '../../operators/leaves.js';
import type { Slot } from './layout.js';
import type { CheckOptions } from './options.js';
import type { Session } from './session.js';

/** What is allowed, relative to the size of what is compared. */
export interface Allowance {
  /** ⟨w, J·u⟩ against ⟨Jᵀ·w, u⟩: rounding only. */
  readonly adjoint: number;
  /** J·(αu + βv) against αJ·u + βJ·v: rounding only. */
  readonly linear: number;
  /** J·u against differences, besides their own error. */
  readonly differences: number;
  /** The same, relative to the whole array: what cancellation inside J·u leaves. */
  readonly cancellation: number;
}

const allowances: Readonly<Record<Precision, Allowance>> = {
  float64: { adjoint: 1e-12, linear: 1e-10, differences: 1e-10, cancellation: 1e-13 },
  float32: { adjoint: 1e-5, linear: 1e-4, differences: 1e-4, cancellation: 1e-5 },
  float16: { adjoint: 5e-2, linear: 0.1, differences: 5e-2, cancellation: 2e-2 },
};

/** How many times its estimated error a difference may be off before it counts against a derivative. */
export const confidence = 30;

/** The allowance of a session: that of its coarsest array. */
export function allowanceOf({ subject, of }: Session): Allowance {
  const used = [...subject.wrt.slots, ...of.slots].map(({ dtype }) => precisionOf(dtype));
  return allowances[used.find((one) => one === 'float16') ?? used.find((one) => one === 'float32') ?? 'float64'];
}

/** The deviation that the options allow at a path; 0 where they say nothing. */
export function toleranceAt({ tolerance }: CheckOptions, { variable }: Pick<Slot, 'variable'>): number {
  if (tolerance === undefined || typeof tolerance === 'number') return tolerance ?? 0;
  return atPath(tolerance, variable) ?? tolerance['*'] ?? 0;
}

/** The largest deviation that the options allow at any of the paths. */
export function largestTolerance(options: CheckOptions, slots: readonly Slot[]): number {
  return Math.max(0, ...slots.map((slot) => toleranceAt(options, slot)));
}
