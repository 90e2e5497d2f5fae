/**
 * Single elements of the json encoding, from JSON values: nothing is rounded or wrapped without a word.
 *
 * To change what a kind of dtype takes, change its row in `readers`.
 */

import { parseComplex } from '../../array/complexText.js';
import { type DType, type DTypeKind, dtypes, type TypedArray } from '../../array/dtype.js';
import { roundFloat16 } from '../../array/float16.js';
import type { Complex } from '../../array/ndarray.js';
import { type ErrorCode, fail } from '../../errors.js';
import { describe } from '../describe.js';

type NumberArray = Exclude<TypedArray, BigInt64Array | BigUint64Array>;

/** Stores a JSON value at an index; the code of an error where it is none of this dtype. */
type Store = (value: unknown, at: number) => ErrorCode | undefined;

/** How to store JSON values as elements of `data`. Raises `E_ARRAY_NUMERIC`, `_RANGE` and `_INTEGER` with `path`. */
export function elementReader(dtype: DType, data: TypedArray, path: string): (value: unknown, at: number) => void {
  const store =
    data instanceof BigInt64Array || data instanceof BigUint64Array
      ? storeBig(data)
      : readers[dtypes[dtype].kind](data, dtype);
  return (value, at) => {
    const code = store(value, at);
    if (code !== undefined) raise(code, value, dtype, path);
  };
}

function raise(code: ErrorCode, value: unknown, dtype: DType, path: string): never {
  const received = describe(value);
  if (code === 'E_ARRAY_RANGE') return fail(code, { path, received, expected: dtype });
  if (code === 'E_ARRAY_INTEGER') return fail(code, { path, received, expected: dtype });
  if (Array.isArray(value)) return fail('E_ARRAY_RAGGED', { path, received, expected: 'an element is needed' });
  return fail('E_ARRAY_NUMERIC', { path, received, expected: dtype });
}

const readers: Readonly<Record<DTypeKind, (data: NumberArray, dtype: DType) => Store>> = {
  float: storeFloat,
  int: storeInteger,
  uint: storeInteger,
  bool: storeBool,
  complex: storeComplex,
};

/** true and false count as 1 and 0, and bigints as the nearest number; `undefined` for what is no number. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  return undefined;
}

const names: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [null, NaN],
  ['NaN', NaN],
  ['nan', NaN],
  ['Infinity', Infinity],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['-inf', -Infinity],
]);

/** Floats: rounded to the nearest, but a finite number never becomes an infinity. */
function storeFloat(data: NumberArray, dtype: DType): Store {
  const half = dtype === 'float16';
  return (value, at) => {
    const number = numberOf(value) ?? names.get(value);
    if (number === undefined) return 'E_ARRAY_NUMERIC';
    data[at] = half ? roundFloat16(number) : number;
    return overflows(number, data[at]!) || tooBig(value, number) ? 'E_ARRAY_RANGE' : undefined;
  };
}

function overflows(given: number, stored: number): boolean {
  return Number.isFinite(given) && !Number.isFinite(stored);
}

function tooBig(value: unknown, number: number): boolean {
  return typeof value === 'bigint' && !Number.isFinite(number);
}

function storeInteger(data: NumberArray): Store {
  return (value, at) => {
    const number = numberOf(value);
    if (number === undefined) return 'E_ARRAY_NUMERIC';
    data[at] = number;
    if (data[at] === number) return undefined;
    return Number.isInteger(number) ? 'E_ARRAY_RANGE' : 'E_ARRAY_INTEGER';
  };
}

function storeBig(data: BigInt64Array | BigUint64Array): Store {
  return (value, at) => {
    if (typeof value !== 'bigint' && numberOf(value) === undefined) return 'E_ARRAY_NUMERIC';
    if (typeof value === 'number' && !Number.isInteger(value)) return 'E_ARRAY_INTEGER';
    const big = BigInt(value as number | bigint | boolean);
    data[at] = big;
    return data[at] === big ? undefined : 'E_ARRAY_RANGE';
  };
}

function storeBool(data: NumberArray): Store {
  return (value, at) => {
    const number = numberOf(value);
    if (number === undefined) return 'E_ARRAY_NUMERIC';
    data[at] = number === 0 ? 0 : 1;
    return number === 0 || number === 1 ? undefined : 'E_ARRAY_RANGE';
  };
}

function storeComplex(data: NumberArray): Store {
  return (value, at) => {
    const complex = complexOf(value);
    if (complex === undefined) return 'E_ARRAY_NUMERIC';
    data[2 * at] = complex.re;
    data[2 * at + 1] = complex.im;
    const lost = overflows(complex.re, data[2 * at]!) || overflows(complex.im, data[2 * at + 1]!);
    return lost || tooBig(value, complex.re) ? 'E_ARRAY_RANGE' : undefined;
  };
}

/** null is NaN in both parts, as in NumPy. */
function complexOf(value: unknown): Complex | undefined {
  if (value === null) return { re: NaN, im: NaN };
  const re = numberOf(value);
  if (re !== undefined) return { re, im: 0 };
  return typeof value === 'string' ? parseComplex(value) : undefined;
}
