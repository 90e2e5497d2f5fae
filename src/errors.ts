/**
 * The error table: every error this project raises, with its code, HTTP status, wire type and message.
 *
 * To add an error, add a row to the file of its family in `errors/`, and raise it from a test. A message says what is so
 * (both values, the path), what was needed, and what to do.
 */
import { definitionErrors } from './errors/definitions.js';
import { programErrors } from './errors/programs.js';
import { requestErrors } from './errors/requests.js';
import { resultErrors } from './errors/results.js';
import type { Fields } from './errors/row.js';
import { valueErrors } from './errors/values.js';

export type { Fields } from './errors/row.js';

/** Every error: status, wire type, message. */
export const errors = {
  ...valueErrors,
  ...requestErrors,
  ...resultErrors,
  ...definitionErrors,
  ...programErrors,
} as const;

/** The code of an error. */
export type ErrorCode = keyof typeof errors;

/** The facts that the message of `C` is made of. */
export type FieldsOf<C extends ErrorCode> = Parameters<(typeof errors)[C]['message']>[0];

/** What else an error may carry. */
export interface ErrorExtras {
  readonly cause?: unknown;
  /** The single problems, where this error gathers several. */
  readonly problems?: readonly ComponentError[];
}

/**
 * The one error class. `code` and `fields` are for programs, `message` for people: the same text in process, on the
 * command line and over HTTP. `problems` lists every single problem, each with its own code and path: itself, where
 * there is just one.
 */
export class ComponentError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly fields: Fields;
  readonly problems: readonly ComponentError[];

  constructor(code: ErrorCode, fields: Fields, extras: ErrorExtras = {}) {
    const message = errors[code].message as (fields: Fields) => string;
    super(`${code}: ${message(fields)}`, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ComponentError';
    this.code = code;
    this.status = errors[code].status;
    this.fields = fields;
    this.problems = extras.problems ?? [this];
  }

  /** Where, in the words of the request: `inputs.mesh.points`. Empty where the error is about no single place. */
  get path(): string {
    return this.fields['path'] ?? '';
  }
}

/** Raise `code`, its facts checked against the row by the compiler. */
export function fail<C extends ErrorCode>(code: C, fields: FieldsOf<C>, extras?: ErrorExtras): never {
  throw new ComponentError(code, fields, extras);
}

/** A problem that is reported with others: an error that is not thrown yet. */
export function problem<C extends ErrorCode>(code: C, fields: FieldsOf<C>, extras?: ErrorExtras): ComponentError {
  return new ComponentError(code, fields, extras);
}
