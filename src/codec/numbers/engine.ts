/**
 * The WebAssembly module that writes float64 numbers as decimal text and reads them: `wasm/numbers.ts`.
 *
 * It is made at first use, and there is one. Where WebAssembly is not allowed there is none, and callers do without.
 */
import { decodeBase64 } from '../base64.js';
import { moduleText } from './module.js';

/** The module and its memory. What is put into the memory counts until the next call of whoever uses it. */
export interface NumberEngine {
  readonly startWriting: (axes: number) => number;
  readonly write: (count: number) => number;
  readonly startReading: () => void;
  readonly read: (length: number) => number;
  readonly stateOf: () => number;
  readonly writtenOf: () => number;
  readonly tokenOf: () => number;
  readonly rankOf: () => number;
  readonly listsOf: () => number;
  readonly extents: Int32Array;
  /** Numbers to write, or their text to read, are put here. */
  readonly numbersIn: Float64Array;
  readonly textIn: Uint8Array;
  /** Numbers that were read, or their text, are found here. */
  readonly numbersOut: Float64Array;
  readonly textOut: Uint8Array;
}

/** Where things are in the memory; the same as in `wasm/numbers.ts`. */
const places = { powers: 0, extents: 12288, input: 16384, output: 81920 };
const INPUT_BYTES = 65_536;

let engine: NumberEngine | null | undefined;

/** The engine, or null where there can be none. */
export function numberEngine(): NumberEngine | null {
  if (engine === undefined) {
    try {
      engine = makeEngine();
    } catch {
      engine = null;
    }
  }
  return engine;
}

function makeEngine(): NumberEngine {
  const bytes = new Uint8Array(decodeBase64(moduleText)!);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const functions = exports as unknown as Omit<NumberEngine, 'extents'> & { readonly memory: WebAssembly.Memory };
  const { buffer } = functions.memory;
  fillPowers(new BigUint64Array(buffer, places.powers, 2 * (HIGHEST - LOWEST + 1)));
  return {
    ...functions,
    extents: new Int32Array(buffer, places.extents, 32),
    numbersIn: new Float64Array(buffer, places.input, INPUT_BYTES / 8),
    textIn: new Uint8Array(buffer, places.input, INPUT_BYTES),
    numbersOut: new Float64Array(buffer, places.output),
    textOut: new Uint8Array(buffer, places.output),
  };
}

const LOWEST = -348;
const HIGHEST = 347;

/** 10^e, rounded down to 128 bits of which the first is 1. */
function fillPowers(powers: BigUint64Array): void {
  for (let e = LOWEST; e <= HIGHEST; e++) {
    // floor(e · log₂ 10), exact for these e.
    const shift = 127n - BigInt((e * 1741647) >> 19);
    const power = 10n ** BigInt(Math.abs(e));
    const bits = e < 0 ? (1n << shift) / power : shift < 0n ? power >> -shift : power << shift;
    powers[2 * (e - LOWEST)] = bits >> 64n;
    powers[2 * (e - LOWEST) + 1] = BigInt.asUintN(64, bits);
  }
}
