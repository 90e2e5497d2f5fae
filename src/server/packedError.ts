/**
 * Errors as plain data: what is thrown in a worker arrives as what it was, whose fault it is included. Anything can be
 * thrown, also what cannot be read: then only that is told.
 */
import { blameAuthor, isAuthors } from '../component/blame.js';
import { ComponentError, type ErrorCode, type Fields } from '../errors.js';
import { inWords } from '../loading/inWords.js';

/** An error that can be sent to another thread. */
export type PackedError = PackedComponentError | PackedOtherError;

interface PackedComponentError {
  readonly kind: 'component';
  readonly code: ErrorCode;
  readonly fields: Fields;
  /** The single problems, where it gathers several. */
  readonly problems: readonly PackedComponentError[];
  readonly authors: boolean;
  readonly stack: string | undefined;
  readonly cause: PackedError | undefined;
}

interface PackedOtherError {
  readonly kind: 'other';
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: PackedError | undefined;
}

// A cause may be its own cause.
const DEEPEST = 16;

/** The data of whatever was thrown. Never throws. */
export function packError(error: unknown): PackedError {
  return pack(error, DEEPEST);
}

/** What was thrown as an error that everybody can read: the error itself, where it is one of this package. Never throws. */
export function readable(error: unknown): Error {
  try {
    if (error instanceof ComponentError) return error;
  } catch {
    // A proxy may refuse even that.
  }
  return unpackError(packError(error));
}

function pack(error: unknown, depth: number): PackedError {
  try {
    if (error instanceof ComponentError) return packComponentError(error, depth);
    if (!(error instanceof Error)) return packWords(error);
    const { name, message, stack } = error;
    const trace = stack === undefined ? undefined : `${stack}`;
    return { kind: 'other', name: `${name}`, message: `${message}`, stack: trace, cause: packCause(error, depth) };
  } catch {
    return packWords(error);
  }
}

function packWords(error: unknown): PackedOtherError {
  const { name, message, stack } = new Error(inWords(error));
  return { kind: 'other', name, message, stack, cause: undefined };
}

function packCause({ cause }: Error, depth: number): PackedError | undefined {
  return cause === undefined || depth === 0 ? undefined : pack(cause, depth - 1);
}

function packComponentError(error: ComponentError, depth: number): PackedComponentError {
  const { code, fields, problems, stack } = error;
  return {
    kind: 'component',
    code,
    fields,
    problems: problems.filter((one) => one !== error).map((one) => packComponentError(one, depth)),
    authors: isAuthors(error),
    stack,
    cause: packCause(error, depth),
  };
}

/** The error that was packed. */
export function unpackError(packed: PackedError): Error {
  const error = packed.kind === 'component' ? componentError(packed) : otherError(packed);
  if (packed.stack !== undefined) error.stack = packed.stack;
  return error;
}

function otherError({ message, name, cause }: PackedOtherError): Error {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause: unpackError(cause) });
  return Object.assign(error, { name });
}

function componentError({ code, fields, problems, authors, cause }: PackedComponentError): ComponentError {
  const several = problems.length === 0 ? {} : { problems: problems.map(componentError) };
  const error = new ComponentError(
    code,
    fields,
    cause === undefined ? several : { ...several, cause: unpackError(cause) },
  );
  if (authors) blameAuthor(error);
  return error;
}
