/** What the operating system says of a file. */

/** The code of an error of the system, `ENOENT`; else `otherwise`. */
export function codeOf(error: unknown, otherwise: string): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : otherwise;
}
