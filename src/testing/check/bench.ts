/** What every judgement has at hand: the session, what is allowed in it, and what was measured. */
import type { DerivativeName } from '../../operators/endpoints.js';
import type { Slot } from './layout.js';
import type { CheckOptions } from './options.js';
import { type Allowance, allowanceOf, largestTolerance } from './precision.js';
import type { Session } from './session.js';

/** A session and what is allowed in it. */
export interface Bench {
  readonly session: Session;
  readonly options: CheckOptions;
  readonly allowance: Allowance;
  /** The relative noise of derivatives, where it had to be measured. */
  readonly measured: Map<DerivativeName, number>;
}

/** The bench of a session. */
export function benchOf(session: Session, options: CheckOptions): Bench {
  return { session, options, allowance: allowanceOf(session), measured: new Map() };
}

/** How many times its noise a derivative may be off before that counts against it. */
export const patience = 30;

/** The relative deviation that options and measured noise allow to endpoints at some paths. */
export function slackOf(
  { options, measured }: Bench,
  endpoints: readonly DerivativeName[],
  slots: readonly Slot[],
): number {
  const noise = Math.max(0, ...endpoints.map((one) => measured.get(one) ?? 0));
  return Math.max(largestTolerance(options, slots), patience * noise);
}

/** J·u or wᵀ·J from a full Jacobian. */
export function contraction(
  { of, subject: { wrt } }: Pick<Session, 'of' | 'subject'>,
  jacobian: Float64Array,
  endpoint: 'jvp' | 'vjp',
  seed: Float64Array,
): Float64Array {
  const { parts } = of;
  const [rows, columns] = [of.length / parts, wrt.length / parts];
  const result = new Float64Array(endpoint === 'jvp' ? of.length : wrt.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = (i * columns + j) * parts;
      const [to, from] = endpoint === 'jvp' ? [i * parts, j * parts] : [j * parts, i * parts];
      const [p, q] = [jacobian[at]!, parts === 2 ? jacobian[at + 1]! : 0];
      const [r, s] = [seed[from]!, parts === 2 ? seed[from + 1]! : 0];
      if (r === 0 && s === 0) continue;
      result[to]! += p * r - q * s;
      if (parts === 2) result[to + 1]! += p * s + q * r;
    }
  }
  return result;
}

/** A number for messages. */
export function show(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : String(value);
}
