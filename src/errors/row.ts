/** What a row of the error table is, and how rows of each family are made. */

/** The facts of an error; `path` says where, in the words of the request. */
export type Fields = Readonly<Record<string, string>>;

/** A row of the error table. */
export interface Row<F extends Fields = Fields> {
  /** HTTP status: 422 the caller's values, 500 the component's, and so on. */
  readonly status: number;
  /** The `type` of the entry in a 422 body. */
  readonly wire: string;
  readonly message: (fields: F) => string;
}

/** Takes the message, and gives the row; the facts it may use are `Names`. */
export type MakeRow<Names extends string> = (
  message: (fields: Readonly<Record<Names, string>>) => string,
) => Row<Readonly<Record<Names, string>>>;

/** A row of any family. */
export const row =
  <const Names extends string>(status: number, wire: string): MakeRow<Names> =>
  (message) => ({ status, wire, message });

/** A row for what a caller gave. */
export const value = <const Names extends string = 'path' | 'received' | 'expected'>(wire: string): MakeRow<Names> =>
  row<Names>(422, wire);

/** A row for what a method gave. */
export const result = <const Names extends string>(): MakeRow<Names> => row<Names>(500, 'result_error');

/** A row for what a class says of itself. */
export const definition = <const Names extends string>(): MakeRow<Names> => row<Names>(500, 'definition_error');
