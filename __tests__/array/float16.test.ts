import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeFloat16, encodeFloat16, float16FromBits, float16ToBits, roundFloat16 } from '../../src/array/float16.js';

/** IEEE 754 binary16, by its definition: (-1)^s · 2^(e-15) · 1.f, and 2^-14 · 0.f below. */
function valueFrom(bits: number): number {
  const text = bits.toString(2).padStart(16, '0');
  const exponent = Number.parseInt(text.slice(1, 6), 2);
  const fraction = Number.parseInt(text.slice(6), 2) / 1024;
  const sign = text[0] === '1' ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction);
}

const all = Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNBits = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
const positive = all.slice(0, 0x7c00);

describe('float16', () => {
  test('the value of each of the 65536 bit patterns is the one that IEEE 754 defines', () => {
    expect(all.filter((bits) => !Object.is(float16FromBits(bits), valueFrom(bits)))).toEqual([]);
    const decoded = decodeFloat16(Uint16Array.from(all));
    expect(all.filter((bits) => !Object.is(decoded[bits], valueFrom(bits)))).toEqual([]);
  });

  test('bits to value to bits is the identity on every pattern but the NaNs, one by one and in bulk', () => {
    const numbers = all.filter((bits) => !isNaNBits(bits));
    expect(numbers.filter((bits) => float16ToBits(valueFrom(bits)) !== bits)).toEqual([]);
    expect(encodeFloat16(Float32Array.from(numbers, valueFrom))).toEqual(Uint16Array.from(numbers));
  });

  test('every NaN encodes as a NaN', () => {
    const nans = all.filter(isNaNBits);
    const encoded = encodeFloat16(decodeFloat16(Uint16Array.from(nans)));
    expect(encoded.every(isNaNBits)).toBe(true);
    expect(isNaNBits(float16ToBits(NaN))).toBe(true);
  });

  test('half-way between neighbors rounds to the even one, and any nudge to the nearer one', () => {
    const wrong = positive.filter((bits) => {
      const low = valueFrom(bits);
      const high = bits === 0x7bff ? 65536 : valueFrom(bits + 1);
      const middle = (low + high) / 2;
      const nudge = middle * 2 ** -40;
      const even = bits % 2 === 0 ? bits : bits + 1;
      return (
        float16ToBits(middle) !== even ||
        float16ToBits(-middle) !== (even | 0x8000) ||
        float16ToBits(middle - nudge) !== bits ||
        float16ToBits(middle + nudge) !== bits + 1
      );
    });
    expect(wrong).toEqual([]);
  });

  test('rounding from float64 does not round twice: 1 + 2⁻¹¹ + 2⁻⁴⁰ goes up, through float32 it would go down', () => {
    const value = 1 + 2 ** -11 + 2 ** -40;
    expect(roundFloat16(value)).toBe(1 + 2 ** -10);
    expect(roundFloat16(Math.fround(value))).toBe(1);
  });

  test('bulk encoding of float32 agrees with encoding one float64 at a time on random float32 bits', () => {
    fc.assert(
      fc.property(fc.uint32Array({ minLength: 1, maxLength: 64 }), (words) => {
        const values = new Float32Array(words.buffer, words.byteOffset, words.length);
        const single = Uint16Array.from(values, float16ToBits);
        expect(encodeFloat16(values)).toEqual(single);
      }),
      { seed: 16, numRuns: 500 },
    );
  });

  test('bulk encoding rounds what is half-way between neighbors to the even one, and what is beside it to the nearer', () => {
    const middles = positive.map((bits) => (valueFrom(bits) + (bits === 0x7bff ? 65536 : valueFrom(bits + 1))) / 2);
    const even = positive.map((bits) => bits + (bits % 2));
    const encoded = (values: readonly number[]) => Array.from(encodeFloat16(Float32Array.from(values)));
    expect(encoded(middles)).toEqual(even);
    expect(encoded(middles.map((one) => -one))).toEqual(even.map((bits) => bits | 0x8000));
    expect(encoded(middles.map((one) => one * (1 - 2 ** -22)))).toEqual(positive);
    expect(encoded(middles.map((one) => one * (1 + 2 ** -22)))).toEqual(positive.map((bits) => bits + 1));
  });

  test('encoding reads a view from its own offset', () => {
    expect(encodeFloat16(Float32Array.of(9, 1, -2).subarray(1))).toEqual(Uint16Array.of(0x3c00, 0xc000));
  });

  test('zeros keep their sign, 65519.99 stays finite and 65520 is infinite', () => {
    expect([-0, 0, 1e-9, -1e-9].map(roundFloat16)).toEqual([-0, 0, 0, -0]);
    expect([65519.99, 65520, -65520, Infinity].map(roundFloat16)).toEqual([65504, Infinity, -Infinity, Infinity]);
  });
});
