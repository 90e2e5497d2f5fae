/** Derivatives as sparse matrices, and the faults that are planted in them. */

/** A matrix written out. */
export type Rows = readonly (readonly number[])[];

/** The entries of a matrix; those that are not named are zero. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly row: readonly number[];
  readonly column: readonly number[];
  readonly values: readonly number[];
}

/** A matrix of its entries. */
export function matrixOf(
  [rows, columns]: readonly [rows: number, columns: number],
  entries: readonly (readonly [row: number, column: number, value: number])[],
): Matrix {
  return {
    rows,
    columns,
    row: entries.map(([i]) => i),
    column: entries.map(([, j]) => j),
    values: entries.map(([, , value]) => value),
  };
}

/** A matrix of its rows. */
export const sparse = (rows: Rows): Matrix =>
  matrixOf(
    [rows.length, rows[0].length],
    rows.flatMap((row, i) => row.flatMap((value, j) => (value === 0 ? [] : [[i, j, value] as const]))),
  );

/** M·t. */
export function times({ rows, row, column, values }: Matrix, tangent: ArrayLike<number>): Float64Array {
  const product = new Float64Array(rows);
  values.forEach((value, k) => {
    product[row[k]] += value * tangent[column[k]];
  });
  return product;
}

/** Mᵀ·c. */
export const transposed = (matrix: Matrix): Matrix => ({
  ...matrix,
  rows: matrix.columns,
  columns: matrix.rows,
  row: matrix.column,
  column: matrix.row,
});

/** Numbers from 0 to 1 that follow from a seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A fault: what becomes of the derivative, and how large it is beside the derivative; nothing where it cannot be planted. */
export interface Fault {
  readonly matrix: Matrix;
  /** ‖wrong − right‖/‖right‖, and infinite beside a derivative of zero. */
  readonly size: number;
}

const scale = (factor: number) => (matrix: Matrix) => ({ ...matrix, values: matrix.values.map((v) => v * factor) });
const norm = (values: readonly number[]) => {
  const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return largest === 0 ? 0 : largest * Math.sqrt(values.reduce((sum, v) => sum + (v / largest) ** 2, 0));
};
/** One entry times a factor. */
const entry = (matrix: Matrix, at: number, factor: number): Matrix => ({
  ...matrix,
  values: matrix.values.map((v, k) => (k === at ? v * factor : v)),
});
const largest = ({ values }: Matrix) =>
  values.reduce((best, v, k) => (Math.abs(v) > Math.abs(values[best]) ? k : best), 0);

/** A value where there is none: the root mean square of the others, and 1 where all are zero. */
function added(matrix: Matrix, next: () => number): Matrix | undefined {
  const { rows, columns, row, column, values } = matrix;
  const taken = new Set(values.map((_, k) => row[k] * columns + column[k]));
  const free = Math.floor(next() * rows * columns);
  if (taken.has(free)) return undefined;
  const value = values.length === 0 ? 1 : norm(values) / Math.sqrt(values.length);
  return {
    ...matrix,
    row: [...row, Math.floor(free / columns)],
    column: [...column, free % columns],
    values: [...values, value],
  };
}

/** The faults that are planted, each a function of the right derivative. */
export const faults = {
  'sign flipped': scale(-1),
  'factor 2': scale(2),
  'all zero': scale(0),
  'largest entry +10 %': (matrix: Matrix) => entry(matrix, largest(matrix), 1.1),
  'an entry dropped': (matrix: Matrix, next: () => number) =>
    matrix.values.length < 2 ? undefined : entry(matrix, Math.floor(next() * matrix.values.length), 0),
  'an entry added': added,
  'all +0.1 %': scale(1.001),
  'all +1e-6': scale(1 + 1e-6),
} satisfies Readonly<Record<string, (matrix: Matrix, next: () => number) => Matrix | undefined>>;

/** The name of a fault. */
export type FaultName = keyof typeof faults;
/** The faults that no check may pass with certainty, whatever the function is. */
export const gross: readonly FaultName[] = ['sign flipped', 'factor 2', 'all zero'];

/** The fault `name` in `right`; nothing where the wrong derivative would be the right one. */
export function plant(name: FaultName, right: Matrix, seed: number): Fault | undefined {
  const matrix = faults[name](right, random(seed));
  if (matrix === undefined) return undefined;
  const change = matrix.values.map((v, k) => v - (right.values[k] ?? 0));
  const moved = norm(change);
  return moved > 0 ? { matrix, size: moved / norm(right.values) } : undefined;
}
