/**
 * Memory in which SIMD code multiplies: WebAssembly has none but its own.
 *
 * A large Jacobian that is kept has one to itself, and is multiplied where it lies; the memory goes when the array does, so
 * that there is nothing to give back. Every page of it is new, which takes longer than ten products, so that what is handed
 * out lies in ordinary memory. Any other matrix goes through one small memory, tile by tile: see `tiles.ts`.
 */
import { type Shape, sizeOf } from '../shape.js';
import { moduleText } from './module.js';

/** The products of a tile, whose rows begin `stride` bytes apart. Places are counted in bytes. */
export interface Kernels {
  /** `out += v · a`, for `a` of `rows × columns`. */
  gevm(v: number, a: number, rows: number, columns: number, stride: number, out: number): void;
  /** `lanes += a · t`: two lanes for each row, of its terms at even and at odd places. */
  gemv(a: number, t: number, rows: number, columns: number, stride: number, lanes: number): void;
}

/** A memory: so many elements of a matrix, and from `bench` on the parts of vectors that are worked on. */
export interface ProductMemory {
  readonly kernels: Kernels;
  readonly elements: Float64Array;
  readonly bench: number;
}

/** Elements of each of the two parts of a bench. */
export const benchPart = 4096;

/** Below this many elements, a memory of its own costs more than it saves: it takes address space, and 50 µs. */
const FEWEST = 65_536;
/** Memory pages are 64 KiB; addresses have 32 bits. */
const PAGE = 65_536;
const MOST_BYTES = 2 ** 32 - PAGE;

const memories = new WeakMap<ArrayBufferLike, ProductMemory>();
let compiled: WebAssembly.Module | null | undefined;

/** Zeros for a block of a Jacobian, of `shape`, that may be multiplied often. */
export function blockMemory(shape: Shape): Float64Array {
  const size = sizeOf(shape);
  const memory = size >= FEWEST ? openMemory(size) : undefined;
  if (!memory) return new Float64Array(size);
  memories.set(memory.elements.buffer, memory);
  return memory.elements.subarray(0, size);
}

/** The memory that `array` lies in, all of it, if that was made for a block. */
export function memoryOf(array: Float64Array): ProductMemory | undefined {
  const memory = memories.get(array.buffer);
  return memory && array.byteOffset + array.byteLength <= 8 * memory.bench ? memory : undefined;
}

/** How many bytes stay in use for as long as `data` does: all of a memory that was made for it. */
export function bytesHeld(data: ArrayBufferView): number {
  return memories.has(data.buffer) ? data.buffer.byteLength : data.byteLength;
}

/** WebAssembly may be forbidden, lack SIMD, or have no address space left: then there is none. */
export function openMemory(size: number): ProductMemory | undefined {
  const bench = size + (size % 2);
  const bytes = 8 * (bench + 2 * benchPart);
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
    return { kernels: exports as unknown as Kernels, elements: new Float64Array(memory.buffer), bench };
  } catch {
    return undefined;
  }
}
