/**
 * Leaves: a number, bigint, boolean or complex number, written into a carrier.
 *
 * A carrier holds every value of the dtypes it serves (float64: all real ones up to 32 bits); what it
 * cannot take is answered with an error code. To accept another kind of leaf, extend the rows of `writers`.
 */
import { parseComplex } from './complexText.js';
import { type DType, dtypes } from './dtype.js';
import type { Complex, NdArray } from './ndarray.js';

/** The dtypes that leaves are written as, before they are narrowed. */
export type Carrier = 'float64' | 'int64' | 'uint64' | 'bool' | 'complex128';

/** Why a leaf is refused. */
export type LeafCode = 'E_ARRAY_DTYPE' | 'E_ARRAY_NUMERIC' | 'E_ARRAY_INTEGER' | 'E_ARRAY_RANGE';

type Data = NdArray<DType>['data'];

/** Writes `value` as element `index`; `inferred` says that no dtype is declared, so numbers and bigints do not mix. */
export type Writer = (value: unknown, index: number, data: Data, inferred: boolean) => LeafCode | undefined;

/** How each carrier takes a leaf. */
export const writers: Readonly<Record<Carrier, Writer>> = {
  float64: writeReal,
  int64: (value, index, data, inferred) =>
    inferred && typeof value === 'number' ? 'E_ARRAY_DTYPE' : writeBig(value, index, data, 'int64'),
  uint64: (value, index, data, inferred) =>
    inferred && typeof value === 'number' ? 'E_ARRAY_DTYPE' : writeBig(value, index, data, 'uint64'),
  bool: writeBool,
  complex128: writeComplex,
};

/** The carrier that serves a dtype. */
export function carrierOf(dtype: DType): Carrier {
  if (dtype === 'int64' || dtype === 'uint64' || dtype === 'bool') return dtype;
  return dtypes[dtype].kind === 'complex' ? 'complex128' : 'float64';
}

/** Whether `value` is a complex number, `{ re, im }`. */
export function isComplex(value: unknown): value is Complex {
  return (
    typeof value === 'object' &&
    value !== null &&
    're' in value &&
    'im' in value &&
    typeof value.re === 'number' &&
    typeof value.im === 'number'
  );
}

/** A number, bigint or boolean as a number. */
function realOf(value: unknown): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? Number(value)
    : undefined;
}

/** The code for what is no element of a real array. */
function refusal(value: unknown): LeafCode {
  return realOf(value) !== undefined || isComplex(value) ? 'E_ARRAY_DTYPE' : 'E_ARRAY_NUMERIC';
}

function writeReal(value: unknown, index: number, data: Data, inferred: boolean): LeafCode | undefined {
  const number = realOf(value);
  if (number === undefined || (inferred && typeof value === 'bigint')) return refusal(value);
  if (typeof value === 'bigint' && !Number.isFinite(number)) return 'E_ARRAY_RANGE';
  data[index] = number;
  return undefined;
}

function writeBig(value: unknown, index: number, data: Data, dtype: 'int64' | 'uint64'): LeafCode | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) ? writeBig(BigInt(value), index, data, dtype) : 'E_ARRAY_INTEGER';
  if (typeof value === 'boolean') return writeBig(value ? 1n : 0n, index, data, dtype);
  if (typeof value !== 'bigint') return refusal(value);
  if (value < dtypes[dtype].min || value > dtypes[dtype].max) return 'E_ARRAY_RANGE';
  data[index] = value;
  return undefined;
}

function writeBool(value: unknown, index: number, data: Data): LeafCode | undefined {
  if (typeof value !== 'boolean') return refusal(value);
  data[index] = value ? 1 : 0;
  return undefined;
}

function writeComplex(value: unknown, index: number, data: Data): LeafCode | undefined {
  const complex = typeof value === 'string' ? parseComplex(value) : value;
  const re = isComplex(complex) ? complex.re : realOf(complex);
  if (re === undefined) return 'E_ARRAY_NUMERIC';
  data[2 * index] = re;
  data[2 * index + 1] = isComplex(complex) ? complex.im : 0;
  return undefined;
}
