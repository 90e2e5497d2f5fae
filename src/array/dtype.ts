/**
 * The dtype table: the fourteen element types an array may have.
 *
 * To add a dtype, add a row here and a storage type in `DataOf`; casting, decoding and the JSON Schema follow from the row.
 */

/** Any of the typed arrays that hold the elements of an `NdArray`. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** The typed array that holds elements of each dtype: complex is interleaved (re, im), float16 is held widened. */
export interface DataByDType {
  float16: Float32Array;
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
  complex64: Float32Array;
  complex128: Float64Array;
}

/** The name of an element type, as on the wire and in NumPy. */
export type DType = keyof DataByDType;

/** The typed array that holds elements of dtype `D`. */
export type DataOf<D extends DType> = DataByDType[D];

/** What kind of number a dtype is; casts may stay within a kind or go up this list (bool, uint, int, float, complex). */
export type DTypeKind = 'bool' | 'uint' | 'int' | 'float' | 'complex';

/** A typed array constructor, as far as this project calls one. */
export interface TypedArrayConstructor<T extends TypedArray> {
  new (length: number): T;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** A row of the dtype table. */
export interface DTypeRow<D extends DType = DType> {
  readonly kind: DTypeKind;
  /** Bytes of one element on the wire. */
  readonly bytes: number;
  /** Typed-array entries of one element: 2 for complex (re, im), else 1. */
  readonly components: 1 | 2;
  /** What holds the elements in memory. float16 is held as float32, rounded to float16 values. */
  readonly storage: TypedArrayConstructor<DataOf<D>>;
  /** The range of the values, for integers and finite floats. */
  readonly min: number | bigint;
  readonly max: number | bigint;
}

const F32 = 3.4028234663852886e38;
const F64 = Number.MAX_VALUE;

const row = <D extends DType>(
  kind: DTypeKind,
  bytes: number,
  storage: TypedArrayConstructor<DataOf<D>>,
  min: number | bigint,
  max: number | bigint,
): DTypeRow<D> => Object.freeze({ kind, bytes, storage, min, max, components: kind === 'complex' ? 2 : 1 });

/** Every dtype, in the order of the protocol's list. */
export const dtypes: { readonly [D in DType]: DTypeRow<D> } = Object.freeze({
  float16: row<'float16'>('float', 2, Float32Array, -65504, 65504),
  float32: row<'float32'>('float', 4, Float32Array, -F32, F32),
  float64: row<'float64'>('float', 8, Float64Array, -F64, F64),
  int8: row<'int8'>('int', 1, Int8Array, -128, 127),
  int16: row<'int16'>('int', 2, Int16Array, -32768, 32767),
  int32: row<'int32'>('int', 4, Int32Array, -2147483648, 2147483647),
  int64: row<'int64'>('int', 8, BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n),
  bool: row<'bool'>('bool', 1, Uint8Array, 0, 1),
  uint8: row<'uint8'>('uint', 1, Uint8Array, 0, 255),
  uint16: row<'uint16'>('uint', 2, Uint16Array, 0, 65535),
  uint32: row<'uint32'>('uint', 4, Uint32Array, 0, 4294967295),
  uint64: row<'uint64'>('uint', 8, BigUint64Array, 0n, 2n ** 64n - 1n),
  complex64: row<'complex64'>('complex', 8, Float32Array, -F32, F32),
  complex128: row<'complex128'>('complex', 16, Float64Array, -F64, F64),
});

/** The names of all dtypes. */
export const dtypeNames = Object.freeze(Object.keys(dtypes)) as readonly DType[];

const accepted: Readonly<Record<DTypeKind, readonly DTypeKind[]>> = {
  bool: ['bool'],
  uint: ['bool', 'uint'],
  int: ['bool', 'uint', 'int'],
  float: ['bool', 'uint', 'int', 'float'],
  complex: ['bool', 'uint', 'int', 'float', 'complex'],
};

/** Whether `name` is one of the fourteen dtypes. */
export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(dtypes, name);
}

/** Whether arrays of dtype `from` may be given where `to` is declared: NumPy's `same_kind` rule. */
export function castable(from: DType, to: DType): boolean {
  return accepted[dtypes[to].kind].includes(dtypes[from].kind);
}

/** The dtypes that may be given where `to` is declared. */
export function castableTo(to: DType): readonly DType[] {
  return dtypeNames.filter((from) => castable(from, to));
}

/** The smallest float or complex dtype that holds both without loss: the dtype of a Jacobian block. */
export function promote(a: DType, b: DType): DType {
  const complex = dtypes[a].kind === 'complex' || dtypes[b].kind === 'complex';
  const bytes = Math.max(dtypes[a].bytes / dtypes[a].components, dtypes[b].bytes / dtypes[b].components);
  if (complex) return bytes > 4 ? 'complex128' : 'complex64';
  if (bytes > 4) return 'float64';
  return bytes > 2 ? 'float32' : 'float16';
}
