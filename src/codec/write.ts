/**
 * Writing JSON: a tree of plain values and arrays as one body.
 *
 * `JSON.stringify` is not used on the tree: it cannot write 64-bit integers, loses the sign of -0, turns infinity into
 * null without a word, and would walk through every character of an encoded array.
 */
import type { DType } from '../array/dtype.js';
import type { Take } from '../array/memory.js';
import { isNdArray, type NdArray } from '../array/ndarray.js';
import { fail } from '../errors.js';
import { clip } from './describe.js';
import type { EncodeContext } from './encoding.js';
import { encodings, type Format, formats } from './index.js';
import { defaultLimits } from './limits.js';
import { TextSink } from './sink.js';

/** How a body is written. */
export interface WriteOptions extends EncodeContext {
  /** The format of the body; `json` where nothing is said. */
  readonly format?: Format | undefined;
  /** What to call the tree in messages. */
  readonly path?: string | undefined;
  /** Where the memory of the body comes from; it is fresh unless said otherwise. */
  readonly take?: Take | undefined;
}

interface Writer {
  readonly sink: TextSink;
  readonly array: (array: NdArray<DType>) => void;
}

/**
 * `value` as a JSON body in UTF-8: plain objects, `Map`s, lists, texts, numbers, bigints, booleans, null, and arrays as
 * the format says. NaN outside an array is written as null, as Tesseract Core does; infinity outside an array, and
 * everything else that JSON has no form for, raises `E_JSON_VALUE`.
 */
export function writeJson(value: unknown, options: WriteOptions = {}): Uint8Array {
  const sink = new TextSink();
  writeInto(value, sink, options);
  return sink.toBytes(options.take);
}

/** The same as text, for where a text is printed. */
export function stringifyJson(value: unknown, options: WriteOptions = {}): string {
  return new TextDecoder().decode(writeJson(value, options));
}

function writeInto(value: unknown, sink: TextSink, options: WriteOptions): void {
  const row = encodings[formats[options.format ?? 'json'].encoding];
  const array = (given: NdArray<DType>) => {
    sink.text(`{"object_type":"array","shape":[${given.shape.join(',')}],"dtype":"${given.dtype}","data":`);
    row.encode(given, sink, options);
    sink.text('}');
  };
  writeValue(value, { sink, array }, options.path ?? 'value', 0);
}

function writeValue(value: unknown, writer: Writer, path: string, depth: number): void {
  if (typeof value === 'object' && value !== null) writeObject(value, writer, path, depth);
  else writer.sink.text(plainText(value, path));
}

function plainText(value: unknown, path: string): string {
  if (typeof value === 'number') return numberText(value, path);
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null) return 'null';
  return refuse(path, value === undefined ? 'undefined' : `a ${typeof value}`);
}

function numberText(value: number, path: string): string {
  if (Object.is(value, -0)) return '-0.0';
  if (value === Infinity || value === -Infinity) return refuse(path, String(value));
  return JSON.stringify(value);
}

function refuse(path: string, received: string): never {
  return fail('E_JSON_VALUE', { path, received, expected: 'a finite number, a text, a list, an object or an array' });
}

function writeObject(value: object, writer: Writer, path: string, depth: number): void {
  if (isNdArray(value)) writer.array(value);
  else if (depth >= defaultLimits.depth) refuse(path, `nested more than ${defaultLimits.depth} deep`);
  else if (Array.isArray(value)) writeList(value, writer, path, depth);
  else if (value instanceof Map) writeEntries(value, writer, path, depth);
  else if (ArrayBuffer.isView(value)) refuse(path, `a bare ${value.constructor.name}`);
  else if ('toJSON' in value && typeof value.toJSON === 'function') {
    writeValue(value.toJSON(), writer, path, depth + 1);
  } else writeEntries(Object.entries(value), writer, path, depth);
}

function writeList(list: readonly unknown[], writer: Writer, path: string, depth: number): void {
  writer.sink.text('[');
  for (let i = 0; i < list.length; i++) {
    if (i > 0) writer.sink.text(',');
    writeValue(list[i], writer, `${path}[${i}]`, depth + 1);
  }
  writer.sink.text(']');
}

function writeEntries(
  entries: Iterable<readonly [unknown, unknown]>,
  writer: Writer,
  path: string,
  depth: number,
): void {
  let separator = '{';
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    const name = String(key);
    writer.sink.text(`${separator}${JSON.stringify(name)}:`);
    writeValue(value, writer, `${path}.${clip(name)}`, depth + 1);
    separator = ',';
  }
  writer.sink.text(separator === '{' ? '{}' : '}');
}
