/**
 * Memory for Jacobians that are multiplied often: each large one has a WebAssembly memory of its own, in which SIMD code
 * multiplies it where it lies. The memory goes when the array does, so that there is nothing to give back.
 *
 * Copying a matrix there costs as much as one product or two, so only arrays that are made here, by rules, are here.
 */
import { type Shape, sizeOf } from '../shape.js';
import { moduleText } from './module.js';

/** Products with the array in one memory: false where there is no room for the vectors. */
export interface Products {
  /** `out += v · a`, for `a` of `rows × columns`. */
  readonly gevm: (v: Float64Array, rows: number, columns: number, out: Float64Array) => true | undefined;
  /** `out += a · t`. */
  readonly gemv: (t: Float64Array, rows: number, columns: number, out: Float64Array) => true | undefined;
}

interface Kernels {
  gevm(v: number, a: number, rows: number, columns: number, out: number): void;
  gemv(a: number, t: number, rows: number, columns: number, out: number): void;
}

/** Below this many elements, a memory costs more than it saves: it takes address space, and 50 µs. */
const FEWEST = 65_536;
/** Memory pages are 64 KiB; addresses have 32 bits. */
const PAGE = 65_536;
const MOST_BYTES = 2 ** 32 - PAGE;

const memories = new WeakMap<ArrayBufferLike, Products>();
let compiled: WebAssembly.Module | null | undefined;

/** Zeros for a block of a Jacobian, of `shape`, that may be multiplied often: as a matrix of its first axes by the others. */
export function blockMemory(shape: Shape): Float64Array {
  const size = sizeOf(shape);
  return (size >= FEWEST ? inOwnMemory(size, roomFor(shape)) : undefined) ?? new Float64Array(size);
}

/** Room for both vectors of a product, wherever the axes of the output end. */
function roomFor(shape: Shape): number {
  const splits = shape.slice(1).map((_, i) => sizeOf(shape.slice(0, i + 1)) + sizeOf(shape.slice(i + 1)));
  return Math.max(0, ...splits);
}

/** The products with `array`, where it lies in a memory of its own. */
export function productsOf(array: Float64Array): Products | undefined {
  return array.length < FEWEST ? undefined : memories.get(array.buffer);
}

/** WebAssembly may be forbidden, lack SIMD, or have no address space left: then there is ordinary memory. */
function inOwnMemory(size: number, room: number): Float64Array | undefined {
  const bytes = 8 * (size + room + 4);
  if (bytes > MOST_BYTES || compiled === null) return undefined;
  try {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(moduleText), (character) => character.charCodeAt(0)));
  } catch {
    compiled = null;
    return undefined;
  }
  try {
    const pages = Math.ceil(bytes / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    const array = new Float64Array(memory.buffer, 0, size);
    memories.set(memory.buffer, productsIn(memory.buffer, exports as unknown as Kernels, size, room));
    return array;
  } catch {
    return undefined;
  }
}

/** The two vectors of a product lie behind the matrix. */
function productsIn(buffer: ArrayBuffer, kernels: Kernels, size: number, room: number): Products {
  const start = 8 * (size + (size % 2));
  const vectors = new Float64Array(buffer, start, room + 2);
  const run = (
    given: Float64Array,
    out: Float64Array,
    call: (given: number, out: number) => void,
  ): true | undefined => {
    const second = given.length + (given.length % 2);
    if (second + out.length > vectors.length) return undefined;
    vectors.set(given);
    vectors.set(out, second);
    call(start, start + 8 * second);
    out.set(vectors.subarray(second, second + out.length));
    return true;
  };
  return {
    gevm: (v, rows, columns, out) => run(v, out, (from, to) => kernels.gevm(from, 0, rows, columns, to)),
    gemv: (t, rows, columns, out) => run(t, out, (from, to) => kernels.gemv(0, from, rows, columns, to)),
  };
}
