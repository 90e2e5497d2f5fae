/**
 * Contractions: Jacobian blocks times tangents and cotangents, added up in float64.
 *
 * A block of shape `[...output, ...input]` is seen, without a copy, as the ml-matrix matrix of `size(output)` rows and
 * `size(input)` columns, and the contraction is its product with a row or a column. Operands of other dtypes than
 * float64 are converted once per call. Complex products are bilinear: nothing is conjugated.
 */
import { fail } from '../errors.js';
import { castArray, realValues } from './cast.js';
import type { DType } from './dtype.js';
import { isFault } from './fault.js';
import { addDot, axpy } from './kernels.js';
import { BlockMatrix, requireProduct } from './matrix.js';
import type { Complex, NdArray } from './ndarray.js';
import { addProduct, isComplexDType, multiply, type Planes, planesOf } from './planes.js';

/** `into += cotangent · block`: a block of shape `[...cotangent, ...into]`; `into` is float64 or complex128. */
export function contractLeading(cotangent: NdArray<DType>, block: NdArray<DType>, into: NdArray<DType>): void {
  const rows = cotangent.size;
  const columns = into.size;
  addProduct(planesOf(cotangent), planesOf(block), into, (c, j, out) => {
    new BlockMatrix(1, rows, c).mmulAdd(new BlockMatrix(rows, columns, j), new BlockMatrix(1, columns, out));
  });
}

/** `into += block · tangent`: a block of shape `[...into, ...tangent]`; `into` is float64 or complex128. */
export function contractTrailing(block: NdArray<DType>, tangent: NdArray<DType>, into: NdArray<DType>): void {
  const rows = into.size;
  const columns = tangent.size;
  addProduct(planesOf(block), planesOf(tangent), into, (j, t, out) => {
    new BlockMatrix(rows, columns, j).mmulAdd(new BlockMatrix(columns, 1, t), new BlockMatrix(rows, 1, out));
  });
}

/** `Σ aᵢ · bᵢ` of two real arrays of one size. Raises `E_ARRAY_DTYPE` for complex ones: see `dotComplex`. */
export function dot(a: NdArray<DType>, b: NdArray<DType>): number {
  for (const { dtype } of [a, b]) {
    if (isComplexDType(dtype)) fail('E_ARRAY_DTYPE', { path: 'dot', received: dtype, expected: 'float64' });
  }
  const [x, y] = [realValues(a), realValues(b)];
  requireDot(x, y);
  return addDot(0, x, y);
}

/** `Σ aᵢ · bᵢ` of two arrays of one size, real or complex, without conjugation. */
export function dotComplex(a: NdArray<DType>, b: NdArray<DType>): Complex {
  const sum = multiply(planesOf(a), planesOf(b), 1, (x, y, out) => {
    requireDot(x, y);
    out[0] = addDot(out[0]!, x, y);
  });
  return { re: sum.re[0]!, im: sum.im?.[0] ?? 0 };
}

/** `into += scale · x`, for arrays of one size; `into` is float64 or complex128. */
export function addScaled(into: NdArray<DType>, scale: number | Complex, x: NdArray<DType>): void {
  const re = Float64Array.of(typeof scale === 'number' ? scale : scale.re);
  const factor: Planes = { re, im: typeof scale === 'number' ? undefined : Float64Array.of(scale.im) };
  addProduct(planesOf(x), factor, into, (values, [by = 0], out) => axpy(by, values, out));
}

/** Whether all elements are zero; NaN is not. */
export function isZero({ data }: NdArray<DType>): boolean {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return data.every((value: bigint) => value === 0n);
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) return false;
  return true;
}

/** `array` as float64, or as complex128 where it is complex; the same object if it is that already. */
export function toFloat64(array: NdArray<DType>): NdArray<DType> {
  const wide = castArray(array, isComplexDType(array.dtype) ? 'complex128' : 'float64');
  // Every real dtype casts to float64, every complex one to complex128, and no value leaves their range.
  return isFault(wide) ? array : wide;
}

function requireDot(a: Float64Array, b: Float64Array): void {
  if (a.length !== b.length) requireProduct(1, a.length, { rows: b.length, columns: 1 }, { rows: 1, columns: 1 });
}
