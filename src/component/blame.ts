/**
 * Whose fault an error is. What an author's method throws is never the caller's mistake, whatever the error says of
 * itself: a method may have called another component wrongly.
 */
const authors = new WeakSet<object>();

/** Note that an author's method threw `error`; gives it back. */
export function blameAuthor(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) authors.add(error);
  return error;
}

/** Whether an author's method threw `error`. */
export function isAuthors(error: unknown): boolean {
  return typeof error === 'object' && error !== null && authors.has(error);
}
