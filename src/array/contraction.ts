/** Contractions of Jacobian blocks with tangents and cotangents. */
import type { DType } from './dtype.js';
import type { Complex, NdArray } from './ndarray.js';

/** `into += cotangent · block`. */
export function contractLeading(cotangent: NdArray<DType>, block: NdArray<DType>, into: NdArray<DType>): void {
  throw new Error(`${cotangent} ${block} ${into}`);
}
/** `into += block · tangent`. */
export function contractTrailing(block: NdArray<DType>, tangent: NdArray<DType>, into: NdArray<DType>): void {
  throw new Error(`${tangent} ${block} ${into}`);
}
/** `Σ a·b` of real arrays. */
export function dot(a: NdArray<DType>, b: NdArray<DType>): number {
  throw new Error(`${a} ${b}`);
}
/** `Σ a·b` without conjugation, of real or complex arrays. */
export function dotComplex(a: NdArray<DType>, b: NdArray<DType>): Complex {
  throw new Error(`${a} ${b}`);
}
/** `into += scale · x`. */
export function addScaled(into: NdArray<DType>, scale: number | Complex, x: NdArray<DType>): void {
  throw new Error(`${into} ${scale} ${x}`);
}
/** Whether all elements are zero. */
export function isZero(array: NdArray<DType>): boolean {
  throw new Error(`${array}`);
}
/** As float64 or complex128. */
export function toFloat64(array: NdArray<DType>): NdArray<DType> {
  throw new Error(`${array}`);
}
