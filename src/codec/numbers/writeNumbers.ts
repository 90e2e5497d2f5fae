/** Nested JSON lists of floats, as bytes, without a string on the way. */
import { numberEngine } from './engine.js';

// Below this, `JSON.stringify` is as fast.
const FEWEST = 128;
// A number takes at most 25 characters, and a bracket for each of 32 axes at its beginning and end.
const PIECE = 2048;

/** Hand the text of `data`, in C order and of `shape`, to `take` piece by piece; false where it is better done otherwise. */
export function writeNumbers(
  data: Float64Array | Float32Array,
  shape: readonly number[],
  take: (text: Uint8Array) => void,
): boolean {
  const engine = data.length < FEWEST ? null : numberEngine();
  // Many axes of extent 1 would write more brackets than there is room for.
  if (engine === null || shape.length === 0 || shape.length > 4) return false;
  const { extents, numbersIn, textOut } = engine;
  shape.forEach((extent, axis) => {
    extents[shape.length - 1 - axis] = extent;
  });
  take(textOut.slice(0, engine.startWriting(shape.length)));
  for (let from = 0; from < data.length; from += PIECE) {
    const piece = data.subarray(from, from + PIECE);
    numbersIn.set(piece);
    take(textOut.slice(0, engine.write(piece.length)));
  }
  return true;
}
