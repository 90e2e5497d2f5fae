/** Complex products as real ones: real and imaginary parts apart, so that every kernel sees plain float64. */
import { fail } from '../errors.js';
import { realValues } from './cast.js';
import { type DType, dtypes } from './dtype.js';
import type { NdArray } from './ndarray.js';

/** The parts of an array in float64; a real array has no imaginary part, not one of zeros. */
export interface Planes {
  readonly re: Float64Array;
  readonly im: Float64Array | undefined;
}

/** `out += a ∘ b`, for a product ∘ of two real arrays that is linear in each. */
export type Product = (a: Float64Array, b: Float64Array, out: Float64Array) => void;

/** Whether the elements are complex. */
export function isComplexDType(dtype: DType): boolean {
  return dtypes[dtype].kind === 'complex';
}

/** The parts of an array: a view for float64, else a copy. */
export function planesOf(array: NdArray<DType>): Planes {
  const values = realValues(array);
  if (!isComplexDType(array.dtype)) return { re: values, im: undefined };
  const re = new Float64Array(array.size);
  const im = new Float64Array(array.size);
  for (let i = 0; i < re.length; i++) {
    re[i] = values[2 * i]!;
    im[i] = values[2 * i + 1]!;
  }
  return { re, im };
}

/**
 * `into += a ∘ b`, into float64 (of real operands) or complex128. Raises `E_ARRAY_DTYPE` for any other `into`.
 *
 * Without conjugation: `re = re ∘ re - im ∘ im`, `im = re ∘ im + im ∘ re`. A part that is not there is not multiplied.
 */
export function addProduct(a: Planes, b: Planes, into: NdArray<DType>, product: Product): void {
  const { dtype, data, size } = into;
  const complex = a.im !== undefined || b.im !== undefined;
  if (!(data instanceof Float64Array) || (complex && dtype !== 'complex128')) {
    fail('E_ARRAY_DTYPE', {
      path: 'into',
      received: dtype,
      expected: complex ? 'complex128' : 'float64 or complex128',
    });
  }
  if (dtype === 'float64') {
    product(a.re, b.re, data);
    return;
  }
  const { re, im } = multiply(a, b, size, product);
  for (let i = 0; i < size; i++) {
    data[2 * i] = data[2 * i]! + re[i]!;
    if (im) data[2 * i + 1] = data[2 * i + 1]! + im[i]!;
  }
}

/** `a ∘ b`, whose parts have `size` elements. */
export function multiply(a: Planes, b: Planes, size: number, product: Product): Planes {
  const run = (x: Float64Array, y: Float64Array, out = new Float64Array(size)) => {
    product(x, y, out);
    return out;
  };
  const re = run(a.re, b.re);
  if (a.im && b.im) {
    const minus = run(a.im, b.im);
    for (let i = 0; i < size; i++) re[i] = re[i]! - minus[i]!;
  }
  const im = b.im && run(a.re, b.im);
  return { re, im: a.im ? run(a.im, b.re, im) : im };
}
