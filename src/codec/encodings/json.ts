/**
 * The json encoding: the elements of an array as nested lists of JSON values.
 *
 * Exact both ways, with what JSON has: 64-bit integers are written in full, -0 as `-0.0`, NaN as null (its payload is
 * lost), an infinity as the text "Infinity" or "-Infinity" (which NumPy reads as one too), complex as "1+2j".
 */
import { type DType, dtypes } from '../../array/dtype.js';
import { NdArray } from '../../array/ndarray.js';
import { formatShape } from '../../array/shape.js';
import { fail } from '../../errors.js';
import { describe } from '../describe.js';
import type { ArrayData, ArrayHeader, EncodingRow } from '../encoding.js';
import { maxRank } from '../limits.js';
import { BodyNumbers } from '../numbers/readNumbers.js';
import { elementReader } from './elements.js';
import { encode } from './jsonText.js';

/** The row of json. */
export const json: EncodingRow = { compressible: false, decode, encode };

/** Any nesting is read, in C order: a flat list does for a matrix, and one number for shape [1]. */
function decode({ buffer }: ArrayData, header: ArrayHeader): NdArray<DType> {
  const path = `${header.path}.data.buffer`;
  if (buffer === undefined) return fail('E_ARRAY_FORM', { path, received: 'missing', expected: 'a list or a number' });
  const extents = buffer instanceof BodyNumbers ? buffer.extents : regularExtents(buffer, path);
  const count = extents.reduce((product, extent) => product * extent, 1);
  if (count !== header.size) {
    const expected = `${header.size} (${header.dtype} ${formatShape(header.shape)})`;
    return fail('E_ARRAY_DECODE', { path, received: `${count} elements`, expected });
  }
  // Read by nobody else, and checked to be finite.
  if (buffer instanceof BodyNumbers && header.dtype === 'float64') {
    return new NdArray<DType>(header.dtype, header.shape, buffer.values);
  }
  const { components, storage } = dtypes[header.dtype];
  const data = new storage(count * components);
  const put = elementReader(header.dtype, data, path);
  if (buffer instanceof BodyNumbers) for (let i = 0; i < count; i++) put(buffer.values[i], i);
  else if (count > 0) fill(buffer, extents, put);
  return new NdArray<DType>(header.dtype, header.shape, data);
}

/**
 * The extents of nested lists: those of the first list at each level, checked against every other list.
 * No element is looked at, so this is cheap, and what is counted is really there.
 */
function regularExtents(buffer: unknown, path: string): number[] {
  const extents: number[] = [];
  for (let list = buffer; Array.isArray(list); list = list[0]) {
    if (extents.length === maxRank) return ragged(path, `nested more than ${maxRank} deep`, 'fewer levels are needed');
    extents.push(list.length);
  }
  const check = (list: unknown, axis: number): void => {
    if (!Array.isArray(list) || list.length !== extents[axis]) {
      ragged(path, describe(list), `a list of ${extents[axis]} is needed`);
    }
    if (axis + 1 < extents.length) for (const item of list) check(item, axis + 1);
  };
  if (extents.length > 0) check(buffer, 0);
  return extents;
}

function ragged(path: string, received: string, expected: string): never {
  return fail('E_ARRAY_RAGGED', { path, received, expected });
}

function fill(buffer: unknown, extents: readonly number[], put: (value: unknown, i: number) => void): void {
  let at = 0;
  const walk = (value: unknown, axis: number): void => {
    if (!Array.isArray(value)) put(value, at++);
    else if (axis + 1 < extents.length) for (const item of value) walk(item, axis + 1);
    else for (let i = 0; i < value.length; i++) put(value[i], at++);
  };
  walk(buffer, 0);
}
