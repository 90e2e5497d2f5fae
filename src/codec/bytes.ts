/**
 * Arrays as bytes: C order, little-endian, as every machine that runs JavaScript holds them.
 *
 * Only two dtypes differ between memory and wire: float16 is held widened, and a bool is any byte that is not 0.
 */
import { type DType, dtypes, type TypedArray } from '../array/dtype.js';
import { decodeFloat16, encodeFloat16 } from '../array/float16.js';
import { NdArray } from '../array/ndarray.js';
import type { ArrayHeader } from './encoding.js';

/** The bytes of an array on the wire; a view of its data where that is possible. */
export function bytesOf({ dtype, data }: NdArray<DType>): Uint8Array {
  if (dtype === 'float16' && data instanceof Float32Array) return viewOf(encodeFloat16(data));
  if (dtype === 'bool' && data instanceof Uint8Array && data.some((byte) => byte > 1)) return data.map(toBit);
  return viewOf(data);
}

/** The array that these bytes are; `bytes` is taken over, so nothing else may refer to it. */
export function arrayOf({ dtype, shape, bytes: length }: ArrayHeader, bytes: Uint8Array): NdArray<DType> {
  if (dtype === 'float16') return new NdArray<DType>(dtype, shape, decodeFloat16(aligned(Uint16Array, bytes, length)));
  const storage: Storage<TypedArray> = dtypes[dtype].storage as Storage<TypedArray>;
  if (dtype === 'bool') for (let i = 0; i < length; i++) if (bytes[i]! > 1) bytes[i] = 1;
  return new NdArray<DType>(dtype, shape, aligned(storage, bytes, length));
}

function toBit(byte: number): number {
  return byte === 0 ? 0 : 1;
}

function viewOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

interface Storage<T> {
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** `bytes` seen through `Type`: a typed array must start at a multiple of its element size, so others are copied. */
function aligned<T>(Type: Storage<T>, bytes: Uint8Array, length: number): T {
  const source = bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Type(source.buffer, source.byteOffset, length / Type.BYTES_PER_ELEMENT);
}
