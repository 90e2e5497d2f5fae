/** What was thrown, in words. Anything can be thrown: a text, nothing, an object that cannot be told as text. */

/** `RangeError: out of fuel` of an error, and as good a text as there is of anything else. Never throws. */
export function inWords(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return 'What was thrown cannot be told as text.';
  }
}
