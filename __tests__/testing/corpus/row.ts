/**
 * A row of the corpus: a function, its derivative in closed form, and the points at which a check is made.
 *
 * All inputs and outputs of a function are one flat vector each; `takes` and `gives` say which fields they are laid out in.
 */
import { type Matrix, type Rows, sparse } from './matrix.js';

/** Numbers, end to end. */
export type Vector = readonly number[];

/** A field, or an element of a list or map: `x`, `items.[0]`, `rates.{k1}`. */
export interface Field {
  readonly path: string;
  readonly shape: Vector;
}

/** One function at some points. */
export interface Row {
  readonly name: string;
  readonly kind: string;
  /** Whether `apply`, as it is computed, is smooth at the points. */
  readonly smooth: boolean;
  readonly takes: readonly Field[];
  readonly gives: readonly Field[];
  readonly points: readonly Vector[];
  readonly apply: (x: Vector) => Vector;
  readonly derivative: (x: Vector) => Matrix;
  /** The mathematical function, where `apply` is it only up to a tolerance, noise or rounding. */
  readonly exact?: (x: Vector) => Vector;
  /** How exactly differences of `exact` have to reproduce the derivative, relative to its row: 1e-6 unless it is said. */
  readonly verified: number;
  /** Whether a point may be a kink, where the derivative lies between the slopes of both sides. */
  readonly kinked: boolean;
}

/** What a table says of a function beyond its formula. */
export interface Options {
  readonly smooth?: boolean;
  readonly exact?: (x: Vector) => Vector;
  readonly verified?: number;
}

/** A row whose kind is that of its table. */
export type Unkinded = Omit<Row, 'kind' | 'smooth' | 'kinked'> & { readonly smooth: boolean | undefined };

/** `'a b:3 m:2x2 rates.{k}'` as fields: a number, a vector, a matrix, and an element of a map. */
const fieldsOf = (text: string): readonly Field[] =>
  text.split(' ').map((part) => {
    const [path = '', shape = ''] = part.split(':');
    return { path, shape: shape === '' ? [] : shape.split('x').map(Number) };
  });

/** A function of any fields; `derivative` has a row for each output, or is sparse. */
export function several(
  name: string,
  [takes, gives]: readonly [takes: string, gives: string],
  apply: (x: Vector) => Vector,
  derivative: (x: Vector) => Rows | Matrix,
  points: readonly Vector[],
  { smooth, exact, verified = 1e-6 }: Options = {},
): Unkinded {
  const matrix = (x: Vector): Matrix => {
    const found = derivative(x);
    return 'columns' in found ? found : sparse(found);
  };
  const fields = { takes: fieldsOf(takes), gives: fieldsOf(gives) };
  const row: Unkinded = { name, smooth, ...fields, points, apply, derivative: matrix, verified };
  return exact ? { ...row, exact } : row;
}

/** What a table says of a function of one number beyond its formula. */
export interface CurveOptions extends Omit<Options, 'exact'> {
  readonly exact?: (x: number) => number;
}

/** A function of one number. */
export function curve(
  name: string,
  f: (x: number) => number,
  slope: (x: number) => number,
  points: Vector,
  { exact, ...options }: CurveOptions = {},
): Unkinded {
  const one = (g: (x: number) => number) => (x: Vector) => [g(x[0])];
  return several(
    name,
    ['x', 'y'],
    one(f),
    (x) => [[slope(x[0])]],
    points.map((x) => [x]),
    exact ? { ...options, exact: one(exact) } : options,
  );
}

/** A table: its rows are of one kind, and smooth or not unless a row says otherwise. */
export const table = (kind: string, smooth: boolean, rows: readonly Unkinded[]): readonly Row[] =>
  rows.map((row) => {
    const isSmooth = row.smooth ?? smooth;
    return { ...row, kind, smooth: isSmooth, kinked: !isSmooth && row.exact === undefined };
  });
