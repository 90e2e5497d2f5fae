/**
 * The binref encoding: the bytes of an array in a file, and a reference `name[:offset[:compressed size]]` to them.
 *
 * Which files may be read is not decided here: the `ArrayFiles` that is handed in confines them.
 */
import type { DType } from '../../array/dtype.js';
import type { NdArray } from '../../array/ndarray.js';
import { fail } from '../../errors.js';
import { arrayOf, bytesOf } from '../bytes.js';
import { compressions } from '../compress.js';
import { describe } from '../describe.js';
import type { ArrayData, ArrayHeader, DecodeContext, EncodeContext, EncodingRow } from '../encoding.js';
import type { TextSink } from '../sink.js';
import { decompress } from './base64.js';

/** The row of binref. */
export const binref: EncodingRow = { compressible: true, decode, encode };

/** Where the bytes of an array are. */
interface Reference {
  readonly name: string;
  readonly offset: number;
  readonly size: number | undefined;
}

const pattern = /^(?<name>.+?)(?::(?<offset>\d{1,15})(?::(?<size>\d{1,15}))?)?$/u;
const LONGEST = 4096;

function decode({ buffer, compression }: ArrayData, header: ArrayHeader, context: DecodeContext): NdArray<DType> {
  const path = `${header.path}.data.buffer`;
  const { name, offset, size } = readReference(buffer, path);
  const length = compression === null ? header.bytes : size;
  if (length === undefined) {
    return fail('E_ARRAY_DECODE', { path, received: describe(buffer), expected: '<name>:<offset>:<compressed size>' });
  }
  if (context.files === undefined) {
    const expected = 'data that is sent along as base64 or json (no files are read here)';
    return fail('E_ARRAY_FILE', { path, received: `the file ${describe(name)}`, expected });
  }
  const bytes = context.files.read(name, offset, length);
  if (!(bytes instanceof Uint8Array)) return fail('E_ARRAY_FILE', { path, ...bytes });
  return arrayOf(header, compression === null ? bytes : decompress(bytes, compression, header));
}

function readReference(buffer: unknown, path: string): Reference {
  const expected = 'a text <name>[:<offset>[:<compressed size>]]';
  if (typeof buffer !== 'string') return fail('E_ARRAY_FORM', { path, received: describe(buffer), expected });
  const groups = buffer.length <= LONGEST ? pattern.exec(buffer)?.groups : undefined;
  if (groups === undefined) return fail('E_ARRAY_DECODE', { path, received: describe(buffer), expected });
  const { name = '', offset = '0', size } = groups;
  return { name, offset: Number(offset), size: size === undefined ? undefined : Number(size) };
}

function encode(array: NdArray<DType>, sink: TextSink, { compression = null, files }: EncodeContext): void {
  if (files === undefined) {
    fail('E_ARRAY_FILE_WRITE', { received: 'there is no folder for it', expected: 'an output folder' });
  }
  const bytes = compression === null ? bytesOf(array) : compressions[compression].compress(bytesOf(array));
  const place = files.append(bytes);
  const buffer = JSON.stringify(compression === null ? place : `${place}:${bytes.length}`);
  sink.text(`{"buffer":${buffer},"encoding":"binref"${compression === null ? '' : `,"compression":"${compression}"`}}`);
}
