/**
 * What a scenario is: a component in closed form, whose values and Jacobian are written down by hand.
 *
 * To add one, write its model classes and its row in a file here, and name it in `index.ts`: every suite over scenarios
 * then runs on it. Nothing here shares code with `src/`.
 */
import type { Complex, ShapeDType } from 'cotangent';

/** One element. */
export type Element = number | Complex;

/** The elements of an array in C order. */
export type Elements = readonly Element[];

/** Elements by path. */
export type ByPath<T = Elements> = Readonly<Record<string, T>>;

/** Shapes by path, in schema order. */
export type Shapes = ByPath<readonly number[]>;

/** A model class. */
export type Model<T extends object = object> = new () => T;

/** A component in closed form, at one point. */
export interface Scenario<I extends object = object> {
  readonly name: string;
  readonly inputs: Model<I>;
  readonly outputs: Model;
  /** The point, as an application writes it. */
  readonly at: object;
  /** The arrays to differentiate, and their shapes at the point. */
  readonly wrt: Shapes;
  readonly of: Shapes;
  /** Whether the schema alone tells the shapes of all outputs in `of`. */
  readonly fixed: boolean;
  readonly tangent: ByPath;
  readonly cotangent: ByPath;
  /** How near a result has to be, relative to its size. */
  readonly tolerance: number;
  /** The dtype that products have, by path, where it is not float64. */
  readonly dtypes?: ByPath<string>;
  /** Outputs, as an author writes them. */
  apply(x: I): object;
  /** Shapes and dtypes of the outputs, out of those of the inputs. */
  abstractEval(x: { readonly [K in keyof I]: ShapeDType }): object;
  /** Every block, its elements in C order: rows over the output, columns over the input. */
  jacobian(x: I): ByPath<ByPath>;
}
