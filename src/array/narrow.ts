/**
 * Narrowing: float64 numbers as the elements of another real dtype, with every value checked.
 *
 * All checks read a `Float64Array`, whatever the source was: a loop that has met several typed arrays runs at half the
 * speed, and up to 32 bits float64 holds every value exactly.
 */
import { type DType, dtypes, type TypedArray } from './dtype.js';
import { roundFloat16 } from './float16.js';

/** A value that does not fit: its index among the entries, and whether it is a fraction or out of range. */
export interface Misfit {
  readonly index: number;
  readonly code: 'E_ARRAY_INTEGER' | 'E_ARRAY_RANGE';
}

/** The dtypes whose elements are stored as plain numbers, one entry each. */
export type NumberDType = Exclude<DType, 'int64' | 'uint64' | 'complex64' | 'complex128'>;

/** The typed arrays of plain numbers. */
export type NumberArray = Exclude<TypedArray, BigInt64Array | BigUint64Array>;

/** The magnitude from which rounding gives infinity: the largest finite value and half a step. */
const OVERFLOW = { float16: 65520, float32: 3.4028235677973366e38 } as const;

/** Where a value is finite, and infinite once rounded to `dtype`; -1 if nowhere. */
function findOverflow(values: Float64Array, limit: number): number {
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude >= limit && magnitude !== Infinity) return i;
  }
  return -1;
}

/** Where a value is no whole number from `min` to `max`; -1 if nowhere. NaN is none. */
function findMisfit(values: Float64Array, min: number, max: number): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= min && value <= max && value === Math.trunc(value))) return i;
  }
  return -1;
}

/** The whole numbers that fit, as stored. */
const stored = {
  int8: (values: Float64Array) => new Int8Array(values),
  int16: (values: Float64Array) => new Int16Array(values),
  int32: (values: Float64Array) => new Int32Array(values),
  bool: (values: Float64Array) => new Uint8Array(values),
  uint8: (values: Float64Array) => new Uint8Array(values),
  uint16: (values: Float64Array) => new Uint16Array(values),
  uint32: (values: Float64Array) => new Uint32Array(values),
} as const;

/** `values` as elements of `to`: themselves for float64, rounded for other floats, whole and in range for integers. */
export function narrow(values: Float64Array, to: NumberDType): NumberArray | Misfit {
  if (to === 'float64') return values;
  if (to === 'float32' || to === 'float16') {
    const index = findOverflow(values, OVERFLOW[to]);
    if (index >= 0) return { index, code: 'E_ARRAY_RANGE' };
    return to === 'float32' ? new Float32Array(values) : roundAll(values);
  }
  const index = findMisfit(values, Number(dtypes[to].min), Number(dtypes[to].max));
  if (index < 0) return stored[to](values);
  const value = values[index]!;
  return { index, code: value === Math.trunc(value) ? 'E_ARRAY_RANGE' : 'E_ARRAY_INTEGER' };
}

function roundAll(values: Float64Array): Float32Array {
  const rounded = new Float32Array(values.length);
  for (let i = 0; i < rounded.length; i++) rounded[i] = roundFloat16(values[i]!);
  return rounded;
}
