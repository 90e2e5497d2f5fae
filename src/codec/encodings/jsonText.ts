/** Writing the elements of an array as nested JSON lists. To change how a kind of dtype is written, change its row. */

import { formatComplex } from '../../array/complexText.js';
import { type DType, type DTypeKind, dtypes, type TypedArray } from '../../array/dtype.js';
import type { NdArray } from '../../array/ndarray.js';
import { writeNumbers } from '../numbers/writeNumbers.js';
import type { TextSink } from '../sink.js';

/** The text of `count` elements from element `from` on, separated by commas. */
type RowText = (data: TypedArray, from: number, count: number) => string;

const rowTexts: Readonly<Record<DTypeKind, RowText>> = {
  float: floatRow,
  int: integerRow,
  uint: integerRow,
  bool: (data, from, count) => list(count, (i) => (data[from + i] === 0 ? 'false' : 'true')).join(','),
  complex: (data, from, count) =>
    list(count, (i) => `"${formatComplex(Number(data[2 * (from + i)]), Number(data[2 * (from + i) + 1]))}"`).join(','),
};

// Elements that become text at once: enough to make calls cheap, few enough that the strings stay small.
const PIECE = 8192;

/** Write the elements of `array`; one of size 0 is `[]`, whatever its shape. */
export function encode(array: NdArray<DType>, sink: TextSink): void {
  const { dtype, shape, data, size } = array;
  const row = rowTexts[dtypes[dtype].kind];
  sink.text('{"buffer":');
  if (size === 0) sink.text('[]');
  else if (!isFloats(data, dtype) || !writeNumbers(data, shape, (text) => sink.bytes(text)))
    writeAxis(shape, 0, 0, size, (from, count) => writeRow(row, data, from, count, sink), sink);
  sink.text(',"encoding":"json"}');
}

function isFloats(data: TypedArray, dtype: DType): data is Float64Array | Float32Array {
  return dtypes[dtype].kind === 'float' && (data instanceof Float64Array || data instanceof Float32Array);
}

function writeAxis(
  shape: readonly number[],
  axis: number,
  from: number,
  size: number,
  write: (from: number, count: number) => void,
  sink: TextSink,
): void {
  if (axis >= shape.length - 1) {
    // The innermost axis, or the single element of an array without axes.
    sink.text(shape.length === 0 ? '' : '[');
    write(from, size);
    sink.text(shape.length === 0 ? '' : ']');
    return;
  }
  const extent = shape[axis]!;
  const step = size / extent;
  for (let i = 0; i < extent; i++) {
    sink.text(i === 0 ? '[' : ',');
    writeAxis(shape, axis + 1, from + i * step, step, write, sink);
  }
  sink.text(']');
}

function writeRow(row: RowText, data: TypedArray, from: number, count: number, sink: TextSink): void {
  for (let done = 0; done < count; done += PIECE) {
    if (done > 0) sink.text(',');
    sink.text(row(data, from + done, Math.min(PIECE, count - done)));
  }
}

function list<T>(count: number, item: (i: number) => T): T[] {
  const items = new Array<T>(count);
  for (let i = 0; i < count; i++) items[i] = item(i);
  return items;
}

/** `JSON.stringify` writes the digits; it is right about all but -0 and the infinities. */
function floatRow(data: TypedArray, from: number, count: number): string {
  const numbers = new Array<number>(count);
  let plain = true;
  for (let i = 0; i < count; i++) {
    const value = Number(data[from + i]);
    numbers[i] = value;
    if (value === 0 ? 1 / value < 0 : value === Infinity || value === -Infinity) plain = false;
  }
  return plain ? JSON.stringify(numbers).slice(1, -1) : numbers.map(floatText).join(',');
}

function floatText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  return Number.isNaN(value) ? 'null' : `"${value}"`;
}

function integerRow(data: TypedArray, from: number, count: number): string {
  return data.subarray(from, from + count).join(',');
}
