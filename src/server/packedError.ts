/** Errors as plain data: what is thrown in a worker arrives as what it was, whose fault it is included. */
import { blameAuthor, isAuthors } from '../component/blame.js';
import { ComponentError, type ErrorCode, type Fields } from '../errors.js';

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
}

/** The data of whatever was thrown. */
export function packError(error: unknown): PackedError {
  if (error instanceof ComponentError) return packComponentError(error);
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'other', name, message, stack };
}

function packComponentError(error: ComponentError): PackedComponentError {
  const { code, fields, problems, stack, cause } = error;
  return {
    kind: 'component',
    code,
    fields,
    problems: problems.filter((one) => one !== error).map(packComponentError),
    authors: isAuthors(error),
    stack,
    cause: cause === undefined ? undefined : packError(cause),
  };
}

/** The error that was packed. */
export function unpackError(packed: PackedError): Error {
  const error =
    packed.kind === 'component'
      ? componentError(packed)
      : Object.assign(new Error(packed.message), { name: packed.name });
  if (packed.stack !== undefined) error.stack = packed.stack;
  return error;
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
