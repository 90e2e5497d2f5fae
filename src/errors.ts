/**
 * The error table: every error this project raises, with its code, HTTP status, wire type and message.
 *
 * To add an error, add a row here, and raise it from a test. A message says what is so (both values, the path), what
 * was needed, and what to do. This file imports nothing.
 */

/** The facts of an error; `path` says where, in the words of the request. */
export type Fields = Readonly<Record<string, string>>;

interface Row {
  /** HTTP status: 422 the caller's values, 500 the component's, and so on. */
  readonly status: number;
  /** The `type` of the entry in a 422 body. */
  readonly wire: string;
  readonly message: (fields: never) => string;
}

const row =
  <const Names extends string>(status: number, wire: string) =>
  (message: (fields: Readonly<Record<Names, string>>) => string) => ({ status, wire, message });

const value = <const Names extends string = 'path' | 'received' | 'expected'>(wire: string) => row<Names>(422, wire);
const result = <const Names extends string>() => row<Names>(500, 'result_error');
const definition = <const Names extends string>() => row<Names>(500, 'definition_error');

/** Every error: status, wire type, message. */
export const errors = {
  // Values: what a caller gave.
  E_ARRAY_LENGTH: value<'received' | 'expected'>('array_decode_error')(
    (f) => `The data has ${f.received} entries, and the array needs ${f.expected}.`,
  ),
  E_ARRAY_RANK: value('array_dimensionality_mismatch')(
    (f) => `${f.path} has shape ${f.received}, and ${f.expected} is needed: the number of axes differs.`,
  ),
  E_ARRAY_SHAPE: value('array_shape_mismatch')(
    (f) => `${f.path} has shape ${f.received}, and ${f.expected} is needed. An axis of extent 1 is broadcast.`,
  ),
  E_ARRAY_DTYPE: value('array_dtype_mismatch')(
    (f) => `${f.path} has dtype ${f.received}, which cannot be safely cast to ${f.expected}. Convert it first.`,
  ),
  E_ARRAY_UNKNOWN_DTYPE: value('array_invalid_dtype')(
    (f) => `${f.path} has dtype ${f.received}, which is not one of ${f.expected}.`,
  ),
  E_ARRAY_RANGE: value('array_value_out_of_range')(
    (f) => `${f.path} holds ${f.received}, which does not fit into ${f.expected}.`,
  ),
  E_ARRAY_INTEGER: value('array_expected_integer')(
    (f) => `${f.path} holds ${f.received}, and ${f.expected} takes whole numbers only.`,
  ),
  E_ARRAY_NUMERIC: value('array_non_numeric')(
    (f) => `${f.path} holds ${f.received}, and ${f.expected} is needed: numbers, nested lists of them, or an array.`,
  ),
  E_ARRAY_RAGGED: value('value_error')(
    (f) => `${f.path} is ragged: ${f.received}, where ${f.expected}. Give every list of an axis the same length.`,
  ),
} as const satisfies Record<string, Row>;

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
