/** Errors as people read them on the command line, and the exit codes that go with them. */
import { ComponentError, errors } from '../errors.js';
import { inWords } from '../loading/inWords.js';
import { exitCodes } from './command.js';
import { styleFor } from './terminal.js';

// Faults of the definition are the author's, and are mended before anything runs: they count like a wrong command line.
const mended: ReadonlySet<string> = new Set(['definition_error', 'usage_error', 'no_such_endpoint']);

/** The exit code that goes with what was thrown. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ComponentError)) return exitCodes.failed;
  return error.status < 500 || mended.has(errors[error.code].wire) ? exitCodes.usage : exitCodes.failed;
}

/** What was thrown, as text for standard error; with its stack, and those of its causes, where `debug` is set. */
export function explain(error: unknown, debug: boolean): string {
  const mark = styleFor(process.stderr, 'red')('error:');
  try {
    return `${mark} ${textOf(error, debug)}\n`;
  } catch {
    // An object with traps, and nothing else.
    return `${mark} The component failed. ${inWords(error)}\n`;
  }
}

function textOf(error: unknown, debug: boolean): string {
  const cause = error instanceof ComponentError ? error.cause : undefined;
  if (debug) return `${stackOf(error)}${cause === undefined ? '' : `\ncaused by: ${stackOf(cause)}`}`;
  if (error instanceof ComponentError) return error.message;
  return `The component failed. ${inWords(error)}\nWith --debug its stack is shown.`;
}

function stackOf(error: unknown): string {
  return error instanceof Error && typeof error.stack === 'string' ? error.stack : inWords(error);
}
