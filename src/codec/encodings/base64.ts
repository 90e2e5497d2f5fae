/** The base64 encoding: the bytes of an array as text, 4 characters for 3 bytes. Exact for every dtype. */
import type { DType } from '../../array/dtype.js';
import type { NdArray } from '../../array/ndarray.js';
import { formatShape } from '../../array/shape.js';
import { fail } from '../../errors.js';
import { BodyText, decodeBase64, decodedLength } from '../base64.js';
import { arrayOf, bytesOf } from '../bytes.js';
import { compressions } from '../compress.js';
import { describe } from '../describe.js';
import type { ArrayData, ArrayHeader, EncodeContext, EncodingRow } from '../encoding.js';
import type { TextSink } from '../sink.js';

/** The row of base64. */
export const base64: EncodingRow = { compressible: true, decode, encode };

function decode({ buffer, compression }: ArrayData, header: ArrayHeader): NdArray<DType> {
  if (typeof buffer !== 'string' && !(buffer instanceof BodyText)) {
    return fail('E_ARRAY_FORM', { path: `${header.path}.data.buffer`, received: describe(buffer), expected: 'a text' });
  }
  if (compression === null) checkLength(decodedLength(buffer), header);
  const bytes = decodeBase64(buffer);
  if (bytes === undefined) {
    const expected = 'the standard alphabet with padding, and no white space';
    return fail('E_ARRAY_DECODE', {
      path: `${header.path}.data.buffer`,
      received: 'text that is not base64',
      expected,
    });
  }
  return arrayOf(header, compression === null ? bytes : decompress(bytes, compression, header));
}

/** Raise `E_ARRAY_DECODE` unless the data has as many bytes as the header says. */
function checkLength(received: number | undefined, header: ArrayHeader): void {
  if (received === header.bytes) return;
  const path = `${header.path}.data.buffer`;
  if (received === undefined) {
    const expected = 'a multiple of 4 characters, with padding';
    fail('E_ARRAY_DECODE', { path, received: 'base64 of another length', expected });
  }
  fail('E_ARRAY_DECODE', { path, received: `${received} bytes`, expected: needed(header) });
}

/** The bytes of an array from their compressed form. Raises `E_ARRAY_DECODE`. */
export function decompress(bytes: Uint8Array, compression: 'lz4', header: ArrayHeader): Uint8Array {
  const result = compressions[compression].decompress(bytes, header.bytes);
  if (typeof result !== 'string') return result;
  const path = `${header.path}.data.buffer`;
  return fail('E_ARRAY_DECODE', { path, received: `${compression} data with ${result}`, expected: needed(header) });
}

function needed({ bytes, dtype, shape }: ArrayHeader): string {
  return `${bytes} bytes (${dtype} ${formatShape(shape)})`;
}

function encode(array: NdArray<DType>, sink: TextSink, { compression = null }: EncodeContext): void {
  const bytes = bytesOf(array);
  sink.text('{"buffer":"');
  sink.base64(compression === null ? bytes : compressions[compression].compress(bytes));
  sink.text(compression === null ? '","encoding":"base64"}' : `","encoding":"base64","compression":"${compression}"}`);
}
