/**
 * Difference quotients over every step there is: what verifies a closed form, and tells whether differences can know it.
 *
 * Nothing here chooses a step: a derivative is verified where some step reproduces it, as a wrong one has no such step.
 */
import type { Kind } from './component.js';
import type { Row, Vector } from './row.js';

const steps = Array.from({ length: 73 }, (_, k) => 10 ** (2 - k / 4));
const moved = (x: Vector, j: number, value: number) => x.map((v, k) => (k === j ? value : v));

/** The derivative of `f` by `x[j]` from the step `h`, of sixth order. */
function quotient(f: (x: Vector) => Vector, x: Vector, j: number, h: number): Vector {
  const at = (t: number) => f(moved(x, j, x[j] + t * h));
  const pairs = [1, 2, 3].map((t) => [at(t), at(-t)] as const);
  const weights = [45, -9, 1];
  return pairs[0][0].map(
    (_, i) => pairs.reduce((sum, [up, down], t) => sum + weights[t] * (up[i] - down[i]), 0) / (60 * h),
  );
}

/** The same of second order and in float32, over the step that is left when both ends are rounded. */
function quotient32(f: (x: Vector) => Vector, x: Vector, j: number, h: number): Vector {
  const [high, low] = [Math.fround(x[j] + h), Math.fround(x[j] - h)];
  const [up, down] = [f(moved(x, j, high)), f(moved(x, j, low))];
  return up.map((v, i) => (Math.fround(v) - Math.fround(down[i])) / (high - low));
}

const columnOf = (row: Row, x: Vector, j: number): Vector => {
  const { rows, row: at, column, values } = row.derivative(x);
  const found = new Array<number>(rows).fill(0);
  values.forEach((value, k) => {
    if (column[k] === j) found[at[k]] += value;
  });
  return found;
};

/** The columns that are looked at: all of few, some of many. */
const columnsOf = (x: Vector) =>
  x.length <= 40 ? x.map((_, j) => j) : [0, 1, Math.floor(x.length / 3), Math.floor(x.length / 2), x.length - 1];

/** For one column the least deviation, over all steps: of each entry by itself, or of all together. */
function leastDeviation(
  column: Vector,
  size: number,
  quotientAt: (h: number) => Vector,
  { together }: { readonly together: boolean },
): number {
  const largest = Math.max(...column.map(Math.abs));
  const each = column.map((v) => Math.max(Math.abs(v), 1e-6 * largest) || 1e-12);
  const tried = steps.map((h) =>
    quotientAt(h * size).map((v, i) => Math.abs(v - column[i]) / (together ? largest || 1e-12 : each[i])),
  );
  const finite = tried.filter((deviations) => deviations.every(Number.isFinite));
  if (finite.length === 0) return Infinity;
  if (together) return Math.min(...finite.map((deviations) => Math.max(...deviations)));
  return Math.max(...column.map((_, i) => Math.min(...finite.map((deviations) => deviations[i]))));
}

const sizeAt = (x: Vector, j: number) => (x[j] === 0 ? 1 : Math.abs(x[j]));

/** How far the closed form of `row` at `x` is from differences of the mathematical function, relative to the entry. */
export const deviationOf = (row: Row, x: Vector): number => {
  const f = row.exact ?? row.apply;
  return Math.max(
    ...columnsOf(x).map((j) =>
      leastDeviation(columnOf(row, x, j), sizeAt(x, j), (h) => quotient(f, x, j, h), { together: false }),
    ),
  );
};

/** Whether, column by column, there is a step at which differences of `apply` are within a hundredth of the derivative. */
export const isKnowable = (row: Row, x: Vector, kind: Kind): boolean => {
  const by = kind === 'float64' ? quotient : quotient32;
  return columnsOf(x).every(
    (j) => leastDeviation(columnOf(row, x, j), sizeAt(x, j), (h) => by(row.apply, x, j, h), { together: true }) < 0.01,
  );
};

/** The rows whose closed form is not reproduced by differences of the mathematical function, a line each. */
export const unverified = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap((row) =>
    row.points.flatMap((point) => {
      const deviation = deviationOf(row, point);
      return deviation <= row.verified ? [] : [`${row.kind} | ${row.name} | at ${point.slice(0, 9)} | ${deviation}`];
    }),
  );
/** The rows that say they are smooth where no difference of `apply` comes near the derivative, a line each. */
export const unknowable = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap((row) =>
    row.points.flatMap((point) =>
      row.smooth && !isKnowable(row, point, 'float64') ? [`${row.kind} | ${row.name} | at ${point.slice(0, 9)}`] : [],
    ),
  );
