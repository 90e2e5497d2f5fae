/** Central differences of plain functions, for the tests of the examples. */

/** A function of a vector. */
export type VectorFunction = (x: Float64Array) => ArrayLike<number>;

/** ∂f_i/∂x_j by (f(x + h·e_j) - f(x - h·e_j)) / 2h, row by row. */
export function centralJacobian(f: VectorFunction, x: Float64Array, h = 1e-5): number[][] {
  const columns = Array.from(x, (_, j) => {
    const unit = new Float64Array(x.length);
    unit[j] = 1;
    return centralDerivative(f, x, unit, h);
  });
  return Array.from({ length: f(x).length }, (_, i) => columns.map((column) => column[i]!));
}

/** The derivative of f at x along `direction`. */
export function centralDerivative(f: VectorFunction, x: Float64Array, direction: Float64Array, h = 1e-5): number[] {
  const moved = (sign: number) => x.map((value, i) => value + sign * h * direction[i]!);
  const [above, below] = [f(moved(1)), f(moved(-1))];
  return Array.from(above, (value, i) => (value - below[i]!) / (2 * h));
}

/** The largest difference between two nested lists of numbers. */
export function distance(a: readonly unknown[], b: readonly unknown[]): number {
  const flat = (list: readonly unknown[]) => list.flat(Number.POSITIVE_INFINITY) as number[];
  const [left, right] = [flat(a), flat(b)];
  if (left.length !== right.length) return Number.POSITIVE_INFINITY;
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i]!)), 0);
}
