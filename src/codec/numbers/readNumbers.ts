/** Nested JSON lists of numbers, read out of the bytes of a body without a string or a list on the way. */
import { ascii } from '../base64.js';
import { numberEngine } from './engine.js';

/** A nested list of numbers that was read: its elements in C order, and its extents from the outermost on. */
export class BodyNumbers {
  readonly values: Float64Array;
  readonly extents: readonly number[];
  /** How many lists it was written as. */
  readonly lists: number;

  constructor(values: Float64Array, extents: readonly number[], lists: number) {
    this.values = values;
    this.extents = extents;
    this.lists = lists;
  }
}

/** What a reader says of itself after each piece. */
const states = { more: 0, done: 1, token: 3 };

/**
 * The list that starts at `from`, and where it ends. Undefined where it is not made of lists of equal lengths and of
 * numbers alone, or holds an integer beyond 2^53: then somebody slower must read it.
 */
export function readNumbers(
  bytes: Uint8Array,
  from: number,
): { readonly numbers: BodyNumbers; readonly end: number } | undefined {
  const engine = numberEngine();
  if (engine === null) return undefined;
  const { textIn, numbersOut } = engine;
  const target = new Growing();
  engine.startReading();
  // The first piece is short: what a list costs to begin with may not depend on what stands behind it.
  for (let at = from, length = FIRST_PIECE; at < bytes.length; length = textIn.length) {
    const piece = bytes.subarray(at, at + length);
    textIn.set(piece);
    const used = engine.read(piece.length);
    at += used;
    target.add(numbersOut, engine.writtenOf(), (bytes.length - from) / (at - from));
    const state = engine.stateOf();
    if (state === states.done) {
      const extents = Array.from(engine.extents.subarray(0, engine.rankOf()));
      return { numbers: new BodyNumbers(target.values(), extents, engine.listsOf()), end: at };
    }
    if (state === states.token) {
      const value = Number(ascii(bytes.subarray(at - engine.tokenOf(), at)));
      if (!Number.isFinite(value)) return undefined;
      target.add([value], 1, 2);
    } else if (state !== states.more || used === 0) return undefined;
  }
  return undefined;
}

const FIRST_PIECE = 2048;

/** Numbers whose count is not known beforehand. */
class Growing {
  #data = new Float64Array(FIRST_PIECE / 2);
  #length = 0;

  /** Add the first `count` numbers of `source`; `whole` times as many as there are then may come in all. */
  add(source: ArrayLike<number> | Float64Array, count: number, whole: number): void {
    const length = this.#length + count;
    if (length > this.#data.length) {
      // What is to come is only promised, so memory for it is taken by and by.
      const larger = new Float64Array(Math.ceil(length * Math.min(MOST_GROWTH, Math.max(LEAST_GROWTH, 1.01 * whole))));
      larger.set(this.#data.subarray(0, this.#length));
      this.#data = larger;
    }
    const piece = source instanceof Float64Array ? source.subarray(0, count) : source;
    this.#data.set(piece, this.#length);
    this.#length = length;
  }

  values(): Float64Array {
    return this.#data.length === this.#length ? this.#data : this.#data.slice(0, this.#length);
  }
}

const LEAST_GROWTH = 1.25;
const MOST_GROWTH = 8;
