/**
 * What a value holds, as a key: equal keys mean equal content, whatever the objects are. Arrays are compared by their
 * bytes, so −0 and 0 differ, and so do two NaNs of different bits; dtype, shape, class and order of entries count too.
 *
 * A key is found by a hash and then compared in full: no two contents are ever taken for one another.
 */
import { isNdArray } from '../../array/ndarray.js';
import { isTypedArray } from '../../array/viewed.js';
import { copyOf, entriesOf } from '../../operators/leaves.js';

/** The content of a value. Its arrays are those of the value itself until `kept` copies them. */
export interface Content {
  /** Everything but the numbers: structure, names, classes, dtypes, shapes, texts. */
  readonly text: string;
  readonly arrays: readonly ArrayBufferView[];
  readonly hash: string;
  /** How much memory a copy takes. */
  readonly bytes: number;
}

interface Walk {
  readonly text: string[];
  readonly numbers: number[];
  readonly arrays: ArrayBufferView[];
}

const classes = new WeakMap<object, number>();
let classCount = 0;

function classOf(value: object): number {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return 0;
  const known = classes.get(prototype);
  if (known !== undefined) return known;
  classes.set(prototype, ++classCount);
  return classCount;
}

/** The content of `value`, or undefined where it holds what cannot be told apart by content, such as a function. */
export function contentOf(value: unknown): Content | undefined {
  const walk: Walk = { text: [], numbers: [], arrays: [] };
  if (!visit(walk, value)) return undefined;
  if (walk.numbers.length > 0) walk.arrays.push(Float64Array.from(walk.numbers));
  const text = walk.text.join('');
  const bytes = walk.arrays.reduce((total, { byteLength }) => total + byteLength, 2 * text.length);
  return { text, arrays: walk.arrays, hash: hashOf(text, walk.arrays), bytes };
}

/** The same content, its arrays copied: what becomes of the originals no longer matters. */
export function kept({ arrays, ...rest }: Content): Content {
  return { ...rest, arrays: arrays.map(copyOfView) };
}

/** Whether two contents are equal, to the last bit. */
export function sameContent(a: Content, b: Content): boolean {
  if (a.hash !== b.hash || a.text !== b.text || a.arrays.length !== b.arrays.length) return false;
  return a.arrays.every((one, k) => sameBytes(one, b.arrays[k]!));
}

/**
 * A copy of a value that shares no array, list, map or object with it; classes are kept. What hides what it holds, such as a
 * date or a set, is shared.
 */
export function snapshot<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isTypedArray(value)) return copyOfArray(value);
  if (Array.isArray(value)) return value.map(copied);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, copied(one)]));
  return isOpen(value) ? copyOf(value, copied) : value;
}

function copyOfArray(value: ArrayBufferView): unknown {
  const { buffer, byteOffset, byteLength } = value;
  return new (value.constructor as Uint8ArrayConstructor)(buffer.slice(byteOffset, byteOffset + byteLength));
}

const primitives: Readonly<Record<string, (walk: Walk, value: never) => void>> = {
  undefined: ({ text }) => text.push('u'),
  boolean: ({ text }, value: boolean) => text.push(value ? 't' : 'f'),
  bigint: ({ text }, value: bigint) => text.push(`i${value};`),
  string: ({ text }, value: string) => text.push(`s${value.length}:${value}`),
  number: ({ text, numbers }, value: number) => {
    text.push('n');
    numbers.push(value);
  },
};

function visit(walk: Walk, value: unknown): boolean {
  if (typeof value !== 'object') {
    const note = primitives[typeof value];
    note?.(walk, value as never);
    return note !== undefined;
  }
  if (value === null) {
    walk.text.push('0');
    return true;
  }
  if (isNdArray(value)) {
    walk.text.push(`a${value.dtype}[${value.shape}]`);
    walk.arrays.push(value.data);
    return true;
  }
  if (isTypedArray(value)) {
    walk.text.push(`y${value.constructor.name}${value.length};`);
    walk.arrays.push(value);
    return true;
  }
  return visitEntries(walk, value);
}

function visitEntries(walk: Walk, value: object): boolean {
  if (Array.isArray(value)) {
    walk.text.push(`l${value.length}:`);
    // Holes are visited too, as what they read as.
    for (const one of value as readonly unknown[]) if (!visit(walk, one)) return false;
    return true;
  }
  const entries = contentsOf(value);
  if (!entries) return false;
  walk.text.push(value instanceof Map ? 'm' : `o${classOf(value)}`, `,${entries.length}:`);
  return entries.every(([name, one]) => visit(walk, name) && visit(walk, one));
}

// Dates, sets, buffers and the like hide what they hold: they have no entries of their own to go by.
function contentsOf(value: object): readonly (readonly [unknown, unknown])[] | undefined {
  if (value instanceof Map) return [...value];
  return isOpen(value) ? entriesOf(value) : undefined;
}

function isOpen(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function copyOfView(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

/** Whole 32-bit words, where the view is aligned, and the bytes that are left. */
function wordsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): {
  readonly words: Uint32Array;
  readonly rest: Uint8Array;
} {
  const aligned = byteOffset % 4 === 0 ? byteLength - (byteLength % 4) : 0;
  return {
    words: aligned > 0 ? new Uint32Array(buffer, byteOffset, aligned / 4) : new Uint32Array(0),
    rest: new Uint8Array(buffer, byteOffset + aligned, byteLength - aligned),
  };
}

const { imul } = Math;
const FIRST = 0x9e3779b1;
const SECOND = 0x85ebca77;

function mix(hash: number, word: number): number {
  return imul(((hash << 13) | (hash >>> 19)) ^ word, FIRST);
}

type Lanes = [number, number, number, number];

/** A hash of 128 bits in four lanes, so that one multiplication need not wait for another. */
function hashOf(text: string, arrays: readonly ArrayBufferView[]): string {
  const lanes: Lanes = [FIRST, SECOND, FIRST ^ text.length, SECOND ^ arrays.length];
  for (let i = 0; i < text.length; i++) lanes[i % 4] = mix(lanes[i % 4]!, text.charCodeAt(i));
  for (const view of arrays) hashView(view, lanes);
  return lanes.join();
}

function hashView(view: ArrayBufferView, lanes: Lanes): void {
  const { words, rest } = wordsOf(view);
  let [a, b, c, d] = lanes;
  const whole = words.length - (words.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a = imul(((a << 13) | (a >>> 19)) ^ words[i]!, FIRST);
    b = imul(((b << 13) | (b >>> 19)) ^ words[i + 1]!, FIRST);
    c = imul(((c << 13) | (c >>> 19)) ^ words[i + 2]!, FIRST);
    d = imul(((d << 13) | (d >>> 19)) ^ words[i + 3]!, FIRST);
  }
  for (let i = whole; i < words.length; i++) a = mix(a, words[i]!);
  for (let i = 0; i < rest.length; i++) b = mix(b, rest[i]!);
  // Every lane goes on with what all of them have seen.
  const all = mix(mix(mix(a, b), c), d ^ view.byteLength);
  lanes[0] = a ^ all;
  lanes[1] = mix(b, all);
  lanes[2] = mix(c, all);
  lanes[3] = mix(d, all);
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a.byteLength !== b.byteLength) return false;
  if (a.byteOffset % 4 !== b.byteOffset % 4) return sameItems(bytesOf(a), bytesOf(b));
  const [one, other] = [wordsOf(a), wordsOf(b)];
  return sameItems(one.words, other.words) && sameItems(one.rest, other.rest);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sameItems(a: Uint32Array | Uint8Array, b: Uint32Array | Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
