/** Reading arrays: an encoded array as an `NdArray`, and a whole JSON tree with the arrays in it. */
import type { DType } from '../array/dtype.js';
import { isNdArray, type NdArray } from '../array/ndarray.js';
import { ComponentError, fail } from '../errors.js';
import { describe, isRecord } from './describe.js';
import type { DecodeContext } from './encoding.js';
import { readEnvelope } from './header.js';
import { encodings, isEncoding } from './index.js';
import { defaultLimits } from './limits.js';

/** Whether `value` says it is an encoded array. It may still be a wrong one. */
export function isEncodedArray(value: unknown): boolean {
  // A default among the values of a request is an array already.
  if (!isRecord(value) || isNdArray(value)) return false;
  return value['object_type'] === 'array' || ('shape' in value && 'dtype' in value && 'data' in value);
}

/**
 * The array that `value` encodes, or what is wrong with it, the path included.
 *
 * Memory is taken only after it is known that the data has exactly the bytes that the shape needs.
 */
export function decodeArray(value: unknown, context: DecodeContext): NdArray<DType> | ComponentError {
  try {
    return decodeOrFail(value, context);
  } catch (error) {
    if (error instanceof ComponentError) return error;
    if (!(error instanceof Object && 'name' in error && error.name === 'RangeError')) throw error;
    // The engine's own limits: an array or a text that is too long for it.
    return new ComponentError('E_ARRAY_LIMIT', {
      path: context.path,
      received: 'more memory than there is',
      expected: 'what fits',
    });
  }
}

function decodeOrFail(value: unknown, context: DecodeContext): NdArray<DType> {
  const { path } = context;
  const { header, encoding, data } = readEnvelope(value, path, context.limits ?? defaultLimits);
  if (!isEncoding(encoding)) {
    const expected = `one of ${Object.keys(encodings).join(', ')}`;
    return fail('E_ARRAY_FORM', { path: `${path}.data.encoding`, received: describe(encoding), expected });
  }
  const row = encodings[encoding];
  if (data.compression !== null && !row.compressible) {
    const received = describe(data.compression);
    return fail('E_ARRAY_FORM', { path: `${path}.data.compression`, received, expected: `null with ${encoding}` });
  }
  return row.decode(data, header, context);
}

/**
 * `tree` with every encoded array in it decoded; raises the first error. Containers are built anew, and a key
 * `__proto__` stays an ordinary key.
 */
export function decodeTree(tree: unknown, context: DecodeContext): unknown {
  if (isEncodedArray(tree)) {
    const array = decodeArray(tree, context);
    if (array instanceof ComponentError) throw array;
    return array;
  }
  if (Array.isArray(tree)) {
    return tree.map((item, i) => decodeTree(item, { ...context, path: `${context.path}[${i}]` }));
  }
  if (!isRecord(tree) || isNdArray(tree)) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, decodeTree(item, { ...context, path: `${context.path}.${key}` })]),
  );
}
