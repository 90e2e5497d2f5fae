/**
 * The outside of an encoded array: its keys, shape and dtype, checked before a byte of it is read.
 *
 * Nothing is allocated here, and what is said here bounds what a decoder may allocate.
 */
import { type DType, dtypeNames, dtypes, isDType } from '../array/dtype.js';
import { formatShape, type Shape } from '../array/shape.js';
import { fail } from '../errors.js';
import { clip, describe, isRecord } from './describe.js';
import type { ArrayData, ArrayHeader, Compression } from './encoding.js';
import { type Limits, maxRank } from './limits.js';

/** The outside of an encoded array. */
export interface Envelope {
  readonly header: ArrayHeader;
  readonly encoding: string;
  readonly data: ArrayData;
}

const arrayKeys = ['object_type', 'shape', 'dtype', 'data'];
const dataKeys = ['buffer', 'encoding', 'compression'];

/** The checked outside of `value`. Raises `E_ARRAY_FORM`, `E_ARRAY_UNKNOWN_DTYPE` and `E_ARRAY_LIMIT`. */
export function readEnvelope(value: unknown, path: string, limits: Limits): Envelope {
  const array = recordWith(value, arrayKeys, path);
  const { object_type: type, dtype } = array;
  if (type !== undefined && type !== 'array') return refuse(`${path}.object_type`, type, '"array", or none,');
  if (!isDType(dtype)) {
    return fail('E_ARRAY_UNKNOWN_DTYPE', { path, received: describe(dtype), expected: dtypeNames.join(', ') });
  }
  const shape = readShape(array['shape'], `${path}.shape`);
  const header = { path, shape, dtype, ...extentOf(shape, dtype, path, limits) };
  const data = recordWith(array['data'], dataKeys, `${path}.data`);
  if (typeof data['encoding'] !== 'string') return refuse(`${path}.data.encoding`, data['encoding'], 'a text');
  const compression = readCompression(data['compression'], `${path}.data.compression`);
  return { header, encoding: data['encoding'], data: { buffer: data['buffer'], compression } };
}

function refuse(path: string, received: unknown, expected: string): never {
  return fail('E_ARRAY_FORM', { path, received: describe(received), expected });
}

function recordWith(value: unknown, keys: readonly string[], path: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return refuse(path, value, expectation(keys));
  for (const key of Object.keys(value)) {
    if (keys.includes(key)) continue;
    const received = 'an unknown key';
    return fail('E_ARRAY_FORM', { path: `${path}.${clip(key)}`, received, expected: expectation(keys) });
  }
  return value;
}

function expectation(keys: readonly string[]): string {
  return `an object with ${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}`;
}

function readShape(value: unknown, path: string): Shape {
  if (!Array.isArray(value)) return refuse(path, value, 'a list of extents');
  if (value.length > maxRank) return refuse(path, value, `a list of at most ${maxRank} extents`);
  const wrong = value.findIndex((extent) => !Number.isSafeInteger(extent) || extent < 0);
  if (wrong >= 0) return refuse(`${path}[${wrong}]`, value[wrong], 'a whole number that is not negative');
  return value.map((extent) => Number(extent) + 0);
}

/** How large an array is. An axis of extent 0 does not hide the size of the others, which something may loop over. */
function extentOf(shape: Shape, dtype: DType, path: string, limits: Limits): { size: number; bytes: number } {
  const itemsize = dtypes[dtype].bytes;
  const full = shape.reduce((product, extent) => product * Math.max(extent, 1), itemsize);
  if (full > limits.arrayBytes) {
    const received = `an array of ${dtype} ${clip(formatShape(shape))}`;
    return fail('E_ARRAY_LIMIT', { path, received, expected: `${limits.arrayBytes} bytes` });
  }
  const size = shape.includes(0) ? 0 : full / itemsize;
  return { size, bytes: size * itemsize };
}

function readCompression(value: unknown, path: string): Compression {
  if (value === undefined || value === null) return null;
  return value === 'lz4' ? value : refuse(path, value, '"lz4", null, or none');
}
