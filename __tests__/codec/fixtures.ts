/** The fixtures that Python wrote, and ways to look at arrays as bytes that share no code with the codec. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DType } from '../../src/array/dtype.js';
import type { NdArray } from '../../src/array/ndarray.js';
import { decodeArray } from '../../src/codec/decode.js';
import type { DecodeContext } from '../../src/codec/encoding.js';
import { ComponentError } from '../../src/errors.js';

const folder = fileURLToPath(new URL('../fixtures/codec/', import.meta.url));

/** The folder that binref fixtures refer to. */
export const binrefFolder: string = `${folder}binref`;

/** A fixture of `generate.py`. */
export function fixture<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as T[];
}

/** An array as Tesseract Core wrote it. */
export interface EncodedFixture {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly hex: string;
  readonly format: 'json' | 'json+base64' | 'json+binref';
  readonly body: string;
}

/** The array, or the error thrown. */
export function decoded(value: unknown, context: Partial<DecodeContext> = {}): NdArray<DType> {
  const result = decodeArray(value, { path: 'inputs.x', ...context });
  if (result instanceof ComponentError) throw result;
  return result;
}

/** The error of an array that must be refused. */
export function refusal(value: unknown, context: Partial<DecodeContext> = {}): ComponentError {
  const result = decodeArray(value, { path: 'inputs.x', ...context });
  if (result instanceof ComponentError) return result;
  throw new Error('it was accepted');
}

/** The error that `act` raises. */
export function raised(act: () => unknown): ComponentError {
  try {
    act();
  } catch (error) {
    if (error instanceof ComponentError) return error;
    throw error;
  }
  throw new Error('nothing was raised');
}

/** The elements as little-endian bytes in hexadecimal. */
export function hexOf({ dtype, data }: NdArray<DType>): string {
  if (dtype === 'float16') return hex(Uint16Array.from({ length: data.length }, (_, i) => halfBits(Number(data[i]))));
  return hex(data);
}

/** Bytes in hexadecimal. */
export function hex(data: ArrayBufferView): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
}

/** float16 bits by search: the one of 65536 patterns whose value, from the definition, is `value`. */
function halfBits(value: number): number {
  for (let bits = 0; bits < 65536; bits++) if (Object.is(halfValue(bits), value)) return bits;
  throw new Error(`${value} is no float16`);
}

function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : bits === 0x7e00 ? NaN : -1 / 3;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** FNV-1a, 32 bits. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
