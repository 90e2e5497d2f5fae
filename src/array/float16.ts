/** float16: rounding, bits and bulk conversion; a float16 array is held widened, in a `Float32Array`. */

/** The bits of the float16 nearest to `value`, ties to even; beyond 65520 that is infinity. */
export function float16ToBits(value: number): number {
  throw new Error(String(value));
}
/** The value of the float16 with these bits. */
export function float16FromBits(bits: number): number {
  throw new Error(String(bits));
}
/** The float16 bits of every element. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  throw new Error(String(values));
}
/** The values of float16 bits. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  throw new Error(String(bits));
}
