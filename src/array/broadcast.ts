/** Fitting shapes: a given shape against a declared one, and extents of 1 repeated. */
import { type DType, dtypes } from './dtype.js';
import type { ArrayFault } from './fault.js';
import { NdArray } from './ndarray.js';
import { formatShape, type Shape, type ShapePattern, sameShape, sizeOf } from './shape.js';

/**
 * The shape an array of `given` takes where `declared` is asked for. The number of axes never changes
 * (`E_ARRAY_RANK`); an extent must be the declared one, or 1 with `broadcast` (`E_ARRAY_SHAPE`).
 */
export function fitShape(given: Shape, declared: ShapePattern, broadcast: boolean): Shape | ArrayFault {
  if (declared === 'any') return given;
  const fault = (code: 'E_ARRAY_RANK' | 'E_ARRAY_SHAPE'): ArrayFault => ({
    code,
    received: formatShape(given),
    expected: formatShape(declared),
  });
  if (given.length !== declared.length) return fault('E_ARRAY_RANK');
  for (let axis = 0; axis < given.length; axis++) {
    const fits = declared[axis] === null || declared[axis] === given[axis];
    if (!fits && !(broadcast && given[axis] === 1)) return fault('E_ARRAY_SHAPE');
  }
  return given.map((extent, axis) => declared[axis] ?? extent);
}

/** `array` with its extents of 1 repeated up to `shape`, in C order; the same object if there is nothing to repeat. */
export function broadcastTo(array: NdArray<DType>, shape: Shape): NdArray<DType> {
  if (sameShape(array.shape, shape)) return array;
  let { dtype, shape: given, data } = array;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (given[axis] === shape[axis]) continue;
    const inner = sizeOf(given.slice(axis + 1)) * dtypes[dtype].components;
    data = repeat(dtype, data, inner, shape[axis]!);
    given = given.with(axis, shape[axis]!);
  }
  return new NdArray(dtype, given, data);
}

/** Every run of `inner` entries, `count` times. */
function repeat(dtype: DType, data: NdArray<DType>['data'], inner: number, count: number): NdArray<DType>['data'] {
  const out = new dtypes[dtype].storage(data.length * count);
  const bytes = new Uint8Array(out.buffer);
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const run = inner * out.BYTES_PER_ELEMENT;
  for (let from = 0, to = 0; from < source.length && count > 0; from += run, to += run * count) {
    bytes.set(source.subarray(from, from + run), to);
    for (let done = run; done < run * count; done *= 2) {
      bytes.copyWithin(to + done, to, to + Math.min(done, run * count - done));
    }
  }
  return out;
}
