/**
 * Literals: whatever a person writes for an array, read as an `NdArray`: numbers, bigints, booleans, complex numbers, nested
 * lists of them, typed arrays, lists of typed arrays, `NdArray`s, ml-matrix matrices.
 */
import type { AbstractMatrix } from 'ml-matrix';
import { ComponentError } from '../errors.js';
import { broadcastTo, fitShape } from './broadcast.js';
import { castArray, convertArray } from './cast.js';
import { parseComplex } from './complexText.js';
import { type DType, dtypes } from './dtype.js';
import { type ArrayFault, describe, isFault, located } from './fault.js';
import { flatten } from './flatten.js';
import type { Complex, NdArray, Nested, Scalar } from './ndarray.js';
import { findRagged, inferDType, type Outline, outlineOf } from './outline.js';
import { type Shape, type ShapePattern } from './shape.js';
import { isTypedArray, viewArray } from './viewed.js';

export type { ArrayFault } from './fault.js';

/** What an array is declared to be. */
export interface ArrayTarget {
  readonly dtype: DType | 'any';
  readonly shape: ShapePattern;
}

/**
 * `value` as an array of dtype and shape `target`, or what is wrong with it; bad values never raise.
 *
 * Arrays cast within their kind or upwards (`E_ARRAY_DTYPE`); plain numbers have no dtype yet: whole ones fit any numeric dtype. No
 * value is lost: `E_ARRAY_RANGE` for integers that would wrap and finite numbers that would become infinite,
 * `E_ARRAY_INTEGER` for fractions, `E_ARRAY_NUMERIC` for what is no number, `E_ARRAY_RAGGED` for lists of different
 * lengths. The number of axes is the declared one (`E_ARRAY_RANK`); an extent of 1 is repeated unless `broadcast` is
 * false, any other must be the declared one (`E_ARRAY_SHAPE`).
 *
 * An `NdArray` that is `target` already comes back as the same object, and is not walked.
 */
export function readArray(
  value: unknown,
  target: ArrayTarget,
  { broadcast = true }: { readonly broadcast?: boolean } = {},
): NdArray<DType> | ArrayFault {
  const given = viewArray(value);
  const outline = given ? undefined : outlineOf(value);
  const unreadable = outline && findUnreadable(value, outline, target.dtype);
  if (unreadable) return unreadable;
  const shape = fitShape(given?.shape ?? outline!.shape, target.shape, broadcast);
  if (isFault(shape)) return shape;
  const array = given ? readGiven(value, given, target.dtype) : readLists(value, outline!, target.dtype);
  return isFault(array) ? array : broadcastTo(array, shape);
}

/** Lists that are no array, whatever its dtype and shape. */
function findUnreadable(value: unknown, outline: Outline, dtype: DType | 'any'): ArrayFault | undefined {
  const { first, shape } = outline;
  const text = typeof first === 'string' && dtype !== 'any' && dtypes[dtype].kind === 'complex';
  if (text || inferDType(outline)) return findRagged(value, shape);
  const received = located(
    describe(first),
    shape.map(() => 0),
  );
  return { code: 'E_ARRAY_NUMERIC', received, expected: dtype === 'any' ? 'an array' : dtype };
}

function readGiven(value: unknown, array: NdArray<DType>, dtype: DType | 'any'): NdArray<DType> | ArrayFault {
  if (dtype === 'any') return array;
  // Bytes are how bool is held, so bare ones may be meant as such; each must be 0 or 1.
  const bytes = dtype === 'bool' && array.dtype === 'uint8' && isTypedArray(value);
  return bytes ? convertArray(array, dtype) : castArray(array, dtype);
}

function readLists(value: unknown, outline: Outline, dtype: DType | 'any'): NdArray<DType> | ArrayFault {
  const inferred = dtype === 'any';
  const to = inferred ? inferDType(outline)! : dtype;
  const flat = flatten(value, outline.shape, to, inferred);
  if (!isFault(flat)) return convertArray(flat, to);
  // Bigints beyond int64 may still be a uint64.
  const retry = inferred && to === 'int64' && flat.code === 'E_ARRAY_RANGE';
  return retry ? flatten(value, outline.shape, 'uint64', inferred) : flat;
}

/** The shape that `value` would have as an array, from its first elements only; undefined if it is none. */
export function shapeOfLiteral(value: unknown): Shape | undefined {
  const given = viewArray(value);
  if (given) return given.shape;
  const outline = outlineOf(value);
  const text = typeof outline.first === 'string' && parseComplex(outline.first) !== undefined;
  return text || inferDType(outline) ? outline.shape : undefined;
}

/** The dtype of each kind of typed array. */
interface DTypeOfTag {
  readonly Float32Array: 'float32';
  readonly Float64Array: 'float64';
  readonly Int8Array: 'int8';
  readonly Int16Array: 'int16';
  readonly Int32Array: 'int32';
  readonly BigInt64Array: 'int64';
  readonly Uint8Array: 'uint8';
  readonly Uint8ClampedArray: 'uint8';
  readonly Uint16Array: 'uint16';
  readonly Uint32Array: 'uint32';
  readonly BigUint64Array: 'uint64';
}

/** A typed array, known by its tag. */
interface Tagged<Tag extends keyof DTypeOfTag> {
  readonly [Symbol.toStringTag]: Tag;
}

/** What `array` takes: elements and arrays, in lists as deep as you like. */
export type ArrayLiteral = Nested<Scalar | Tagged<keyof DTypeOfTag> | NdArray<DType> | AbstractMatrix>;

/**
 * An array from nested lists, typed arrays, other arrays or matrices.
 *
 * Without `dtype`, numbers are float64, bigints int64 (uint64 if too large), booleans bool and complex numbers
 * complex128; arrays keep theirs. Raises what `readArray` finds, with the path `array`.
 *
 * @example array([[1, 2], [3, 4]]).toMatrix()
 */
export function array<D extends DType>(nested: ArrayLiteral, options: { readonly dtype: D }): NdArray<D>;
export function array(nested: Nested<number> | Nested<AbstractMatrix>): NdArray<'float64'>;
export function array(nested: Nested<boolean>): NdArray<'bool'>;
export function array(nested: Nested<bigint>): NdArray<'int64' | 'uint64'>;
export function array<D extends DType>(nested: Nested<NdArray<D>>): NdArray<D>;
export function array<Tag extends keyof DTypeOfTag>(nested: Nested<Tagged<Tag>>): NdArray<DTypeOfTag[Tag]>;
export function array(nested: Nested<Complex>): NdArray<'complex128'>;
export function array(nested: ArrayLiteral, options?: { readonly dtype?: DType }): NdArray<DType>;
export function array(nested: ArrayLiteral, options: { readonly dtype?: DType } = {}): NdArray<DType> {
  const read = readArray(nested, { dtype: options.dtype ?? 'any', shape: 'any' });
  if (!isFault(read)) return read;
  const { code, received, expected } = read;
  throw new ComponentError(code, { path: 'array', received, expected });
}
