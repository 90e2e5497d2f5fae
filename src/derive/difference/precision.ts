/**
 * The precisions a leaf of real numbers may be stored in, and how to round to them.
 *
 * To add a precision, add its name and a row. A perturbed value is rounded to the precision of its leaf before it is handed out, so
 * that the difference that is divided by is the one the component sees.
 */

/** A row of the precision table. */
export interface PrecisionRow {
  /** Unit roundoff in the sense of NumPy's `eps`: the gap between 1 and the next number. */
  readonly epsilon: number;
  /** The smallest positive (subnormal) number. */
  readonly tiny: number;
  /** The largest finite number. */
  readonly max: number;
  /** The step of complex differentiation relative to the scale: its square is far below `epsilon`. */
  readonly imaginary: number;
  /** The nearest number of this precision, infinite past `max`. */
  readonly round: (value: number) => number;
}

/** The name of a precision, which is also the name of its dtype. */
export type Precision = 'float64' | 'float32' | 'float16';

/** Every precision, the finest first. */
export const precisions: Readonly<Record<Precision, PrecisionRow>> = {
  float64: { epsilon: 2 ** -52, tiny: 2 ** -1074, max: Number.MAX_VALUE, imaginary: 1e-30, round: (value) => value },
  float32: { epsilon: 2 ** -23, tiny: 2 ** -149, max: 3.4028234663852886e38, imaginary: 1e-12, round: Math.fround },
  float16: { epsilon: 2 ** -10, tiny: 2 ** -24, max: 65504, imaginary: 1e-3, round: roundHalf },
};

/** The next step from `bound` inwards that is a number of this precision: an upper bound down, a lower one up. */
export function roundInward(bound: number, precision: Precision, side: 'lower' | 'upper'): number {
  const { epsilon, tiny, max, round } = precisions[precision];
  const sign = side === 'upper' ? 1 : -1;
  if (sign * bound >= max) return sign * max;
  const nearest = round(bound);
  if (sign * nearest <= sign * bound) return nearest;
  return round(nearest - sign * Math.max(0.75 * epsilon * Math.abs(nearest), tiny));
}

// Adding and subtracting a large number leaves a multiple of its last place: 11 bits of a normal number (Veltkamp's
// splitting), or a multiple of the smallest subnormal one.
function roundHalf(value: number): number {
  const size = Math.abs(value);
  if (size < 2 ** -14) return value + 1.5 * 2 ** 28 - 1.5 * 2 ** 28;
  if (size >= 65520) return Math.sign(value) * Number.POSITIVE_INFINITY;
  const raised = value * (2 ** 42 + 1);
  return raised - (raised - value);
}
