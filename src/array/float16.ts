/**
 * float16 (IEEE 754 binary16): rounding, bits and bulk conversion. A float16 array is held widened, in a
 * `Float32Array`; its bits are met on the wire only.
 *
 * A float16 has 11 significant bits, exponents -14 to 15, and below 2⁻¹⁴ steps of 2⁻²⁴; 65504 is the largest.
 */

const scratch = new DataView(new ArrayBuffer(8));

/** The binary exponent of a finite float64, from its bits. */
function exponentOf(value: number): number {
  scratch.setFloat64(0, value);
  return ((scratch.getUint16(0) >>> 4) & 0x7ff) - 1023;
}

/** 2⁴² times 2⁻¹⁴ to 2¹⁵: the last bit of such a number, and of what is added to it, is that of a float16. */
const shifts = Float64Array.from({ length: 30 }, (_, i) => 2 ** (i + 28));

/**
 * `value` rounded to the nearest float16, ties to even, straight from float64: through float32 some ties would round
 * twice. From 65520 on that is infinity.
 *
 * Adding and subtracting 2⁴² times the leading power of two makes the addition itself round to 11 bits.
 */
export function roundFloat16(value: number): number {
  if (!(Math.abs(value) < 65520)) return Number.isNaN(value) ? value : value > 0 ? Infinity : -Infinity;
  const magnitude = shifts[Math.max(exponentOf(value), -14) + 14]!;
  const shift = value < 0 ? -magnitude : magnitude;
  const rounded = value + shift - shift;
  return rounded === 0 ? value * 0 : rounded;
}

/** The bits of the float16 nearest to `value`, ties to even; from 65520 on that is infinity. */
export function float16ToBits(value: number): number {
  const rounded = roundFloat16(value);
  const magnitude = Math.abs(rounded);
  const sign = rounded < 0 || Object.is(rounded, -0) ? 0x8000 : 0;
  if (Number.isNaN(magnitude)) return 0x7e00;
  if (magnitude === Infinity) return sign | 0x7c00;
  const exponent = Math.max(exponentOf(magnitude), -14);
  // The leading bit of a normal number carries into the exponent; a subnormal one has none.
  return sign | (((exponent + 14) << 10) + magnitude * 2 ** (10 - exponent));
}

/** The value of the float16 with these bits. */
export function float16FromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The float16 bits of every element, rounded to nearest, ties to even. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(words.length);
  for (let i = 0; i < bits.length; i++) bits[i] = bitsOfFloat32(words[i]!);
  return bits;
}

/** The float16 bits of the float32 with the bits `word`: what `float16ToBits` gives, on whole numbers only. */
function bitsOfFloat32(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const rest = word & 0x7fffffff;
  if (rest > 0x7f800000) return 0x7e00;
  if (rest >= 0x47800000) return sign | 0x7c00;
  if (rest >= 0x38800000) return sign | ((rest - 0x38000000 + 0xfff + ((rest >>> 13) & 1)) >>> 13);
  if (rest < 0x33000000) return sign;
  const shift = 126 - (rest >>> 23);
  const fraction = (rest & 0x7fffff) | 0x800000;
  return sign | ((fraction + (1 << (shift - 1)) - 1 + ((fraction >>> shift) & 1)) >>> shift);
}

/** The values of all 65536 float16s; made at first use. */
let values: Float32Array | undefined;

/** The values of float16 bits. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  values ??= Float32Array.from({ length: 65536 }, (_, word) => float16FromBits(word));
  const table = values;
  const decoded = new Float32Array(bits.length);
  for (let i = 0; i < decoded.length; i++) decoded[i] = table[bits[i]!]!;
  return decoded;
}
