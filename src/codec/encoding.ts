/**
 * What an encoding is: a way to write the elements of one array into a JSON document. The rows are in `index.ts`.
 */
import type { DType } from '../array/dtype.js';
import type { NdArray } from '../array/ndarray.js';
import type { Shape } from '../array/shape.js';
import type { ArrayFiles } from './files.js';
import type { Limits } from './limits.js';
import type { TextSink } from './sink.js';

/** What an encoded array says about its elements, checked; `path` is where it stands in the request. */
export interface ArrayHeader {
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The number of elements. */
  readonly size: number;
  /** The number of bytes of the elements, uncompressed. */
  readonly bytes: number;
}

/** How the bytes of an array are made smaller; `null` is not at all. */
export type Compression = 'lz4' | null;

/** The elements of an encoded array, as written. */
export interface ArrayData {
  readonly buffer: unknown;
  readonly compression: Compression;
}

/** What reading an array needs to know. */
export interface DecodeContext {
  /** Where the array stands, for messages: `inputs.mesh.points`. */
  readonly path: string;
  /** The files that `binref` arrays refer to. Without it they are refused. */
  readonly files?: ArrayFiles | undefined;
  readonly limits?: Limits | undefined;
}

/** What writing an array needs to know. */
export interface EncodeContext {
  /** Where `binref` arrays go. Without it they cannot be written. */
  readonly files?: ArrayFiles | undefined;
  readonly compression?: Compression | undefined;
}

/** A row of the encoding table. */
export interface EncodingRow {
  /** Whether its data may be compressed. */
  readonly compressible: boolean;
  /** The array, in memory that nothing else refers to. Raises the errors that start with `E_ARRAY`. */
  readonly decode: (data: ArrayData, header: ArrayHeader, context: DecodeContext) => NdArray<DType>;
  /** Write the value of `data`: an object with `buffer` and `encoding`. */
  readonly encode: (array: NdArray<DType>, sink: TextSink, context: EncodeContext) => void;
}
