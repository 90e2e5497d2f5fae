/**
 * Casting: an array of one dtype as another, every value checked in the pass that converts it.
 *
 * Allowed is what NumPy calls `same_kind` (the table in `dtype.ts`), but no value may be lost silently: integers do
 * not wrap, and no finite number becomes infinite. Rounding to a shorter float is no fault.
 */
import { castable, type DType, dtypes } from './dtype.js';
import { type ArrayFault, isFault, located, unravel } from './fault.js';
import { type Misfit, type NumberArray, narrow } from './narrow.js';
import { NdArray } from './ndarray.js';

/** `array` as dtype `to`: the same object if it has it; else `E_ARRAY_DTYPE`, or `E_ARRAY_RANGE` for a value. */
export function castArray(array: NdArray<DType>, to: DType): NdArray<DType> | ArrayFault {
  if (array.dtype === to) return array;
  if (!castable(array.dtype, to)) return { code: 'E_ARRAY_DTYPE', received: array.dtype, expected: to };
  return convertArray(array, to);
}

/**
 * `array` as dtype `to`, whatever the kinds: only the values decide. A fraction for an integer is `E_ARRAY_INTEGER`.
 * Complex never becomes real.
 */
export function convertArray(array: NdArray<DType>, to: DType): NdArray<DType> | ArrayFault {
  const { dtype, shape } = array;
  if (dtype === to) return array;
  if (to === 'complex64' || to === 'complex128') return toComplex(array, to);
  if (to === 'int64' || to === 'uint64') return toBig(array, to);
  const data = narrow(realValues(array), to);
  return isMisfit(data) ? misfit(array, data, to) : new NdArray<DType>(to, shape, data);
}

function toComplex(array: NdArray<DType>, to: 'complex64' | 'complex128'): NdArray<DType> | ArrayFault {
  const { shape, dtype } = array;
  const part = to === 'complex64' ? 'float32' : 'float64';
  const values = narrow(realValues(array), part);
  if (isMisfit(values)) return misfit(array, values, to);
  if (dtypes[dtype].kind === 'complex') return new NdArray<DType>(to, shape, values);
  const data = new dtypes[to].storage(2 * values.length);
  for (let i = 0; i < values.length; i++) data[2 * i] = values[i]!;
  return new NdArray<DType>(to, shape, data);
}

function toBig(array: NdArray<DType>, to: 'int64' | 'uint64'): NdArray<DType> | ArrayFault {
  const { min, max } = dtypes[to];
  const data = new dtypes[to].storage(array.size);
  const source = array.data;
  for (let i = 0; i < data.length; i++) {
    const value = source[i]!;
    if (typeof value === 'number' && !Number.isInteger(value)) {
      return misfit(array, { index: i, code: 'E_ARRAY_INTEGER' }, to);
    }
    const whole = BigInt(value);
    if (whole < min || whole > max) return misfit(array, { index: i, code: 'E_ARRAY_RANGE' }, to);
    data[i] = whole;
  }
  return new NdArray<DType>(to, array.shape, data);
}

/** The entries of an array in float64; complex stays interleaved. float64 is not copied. */
export function realValues({ data }: NdArray<DType>): Float64Array {
  if (data instanceof Float64Array) return data;
  if (!isBig(data)) return new Float64Array(data);
  const values = new Float64Array(data.length);
  for (let i = 0; i < values.length; i++) values[i] = Number(data[i]);
  return values;
}

function isBig(data: NdArray<DType>['data']): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

function isMisfit(result: NumberArray | Misfit): result is Misfit {
  return isFault(result);
}

function misfit({ dtype, shape, data }: NdArray<DType>, { index, code }: Misfit, to: DType): ArrayFault {
  const element = Math.floor(index / dtypes[dtype].components);
  return { code, received: located(String(data[index]), unravel(element, shape)), expected: to };
}
