/** Tridiagonal systems. */

/** A tridiagonal matrix: row i holds `lower[i]`, `diagonal[i]`, `upper[i]`; the first lower and the last upper are not used. */
export interface Tridiagonal {
  readonly lower: Float64Array;
  readonly diagonal: Float64Array;
  readonly upper: Float64Array;
}

/** The transpose. */
export function transpose({ lower, diagonal, upper }: Tridiagonal): Tridiagonal {
  const size = diagonal.length;
  const [below, above] = [new Float64Array(size), new Float64Array(size)];
  below.set(upper.subarray(0, size - 1), 1);
  above.set(lower.subarray(1));
  return { lower: below, diagonal, upper: above };
}

/** The x of `matrix · x = right`: elimination without pivoting, which diagonal dominance by rows or columns allows. */
export function solveTridiagonal({ lower, diagonal, upper }: Tridiagonal, right: Float64Array): Float64Array {
  const size = right.length;
  const factor = new Float64Array(size);
  const x = right.slice();
  for (let i = 0; i < size; i++) {
    const pivot = diagonal[i]! - (i > 0 ? lower[i]! * factor[i - 1]! : 0);
    factor[i] = upper[i]! / pivot;
    x[i] = (x[i]! - (i > 0 ? lower[i]! * x[i - 1]! : 0)) / pivot;
  }
  for (let i = size - 2; i >= 0; i--) x[i]! -= factor[i]! * x[i + 1]!;
  return x;
}
