/**
 * Difference quotients over every step there is: what verifies a closed form, and tells whether differences can know it.
 *
 * Nothing here chooses a step: a derivative is verified where some step reproduces it, as a wrong one has no such step.
 */
import type { Kind } from './component.js';
import type { Matrix } from './matrix.js';
import type { Row, Vector } from './row.js';

// Those from 1 to 1e-16 come first, as one of them is nearly always the one.
const steps = Array.from({ length: 73 }, (_, k) => 10 ** (k <= 64 ? -k / 4 : (k - 64) / 4));

function moved(x: Vector, j: number, value: number): Vector {
  const there = [...x];
  there[j] = value;
  return there;
}

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

const columnOf = ({ rows, row, column, values }: Matrix, j: number): Vector => {
  const found = new Array<number>(rows).fill(0);
  values.forEach((value, k) => {
    if (column[k] === j) found[row[k]] += value;
  });
  return found;
};

/** The columns that are looked at: all of few, some of many. */
const columnsOf = (x: Vector) => (x.length <= 20 ? x.map((_, j) => j) : [0, Math.floor(x.length / 3), x.length - 1]);

const sizeAt = (x: Vector, j: number) => (x[j] === 0 ? 1 : Math.abs(x[j]));

/** Whether each entry of a column is within `most` of itself at two steps in succession. */
function isConfirmed(column: Vector, most: number, quotientAt: (h: number) => Vector): boolean {
  const least = 1e-6 * Math.max(...column.map(Math.abs));
  const allowed = column.map((v) => most * (Math.max(Math.abs(v), least) || 1e-12));
  const confirmed = column.map(() => false);
  let last = column.map(() => false);
  return steps.some((h) => {
    const near = quotientAt(h).map((v, i) => Math.abs(v - column[i]) <= allowed[i]);
    for (const [i, isNear] of near.entries()) confirmed[i] ||= isNear && last[i];
    last = near;
    return confirmed.every(Boolean);
  });
}

/** Whether differences of the mathematical function reproduce the closed form of `row` at `x`, entry by entry. */
function isReproduced(row: Row, x: Vector): boolean {
  const [f, matrix] = [row.exact ?? row.apply, row.derivative(x)];
  return columnsOf(x).every((j) =>
    isConfirmed(columnOf(matrix, j), row.verified, (h) => quotient(f, x, j, h * sizeAt(x, j))),
  );
}

/** Whether each entry lies between the slopes of both sides, as it has to at a kink: to a thousandth, over some small step. */
function isBetweenSides(row: Row, x: Vector): boolean {
  const [f, matrix] = [row.exact ?? row.apply, row.derivative(x)];
  return columnsOf(x).every((j) => {
    const column = columnOf(matrix, j);
    const slack = 1e-3 * Math.max(...column.map(Math.abs), 1);
    return [1e-6, 1e-8, 1e-10].some((t) => {
      const h = t * sizeAt(x, j);
      const [low, at, high] = [-h, 0, h].map((step) => f(moved(x, j, x[j] + step)));
      return column.every((v, i) => {
        const sides = [(at[i] - low[i]) / h, (high[i] - at[i]) / h];
        return v >= Math.min(...sides) - slack && v <= Math.max(...sides) + slack;
      });
    });
  });
}

/** Whether differences confirm the closed form of `row` at `x`; one that is verified to infinity is so elsewhere. */
export const isVerified = (row: Row, x: Vector): boolean =>
  row.verified === Infinity || isReproduced(row, x) || (row.kinked && isBetweenSides(row, x));

/** Whether, column by column, differences of `apply` are within a hundredth of the derivative at two steps in succession. */
export function isKnowable(row: Row, x: Vector, kind: Kind): boolean {
  const by = kind === 'float64' ? quotient : quotient32;
  const matrix = row.derivative(x);
  return columnsOf(x).every((j) => {
    const column = columnOf(matrix, j);
    const allowed = 0.01 * (Math.max(...column.map(Math.abs)) || 1e-12);
    let last = false;
    return steps.some((h) => {
      const wasNear = last;
      last = by(row.apply, x, j, h * sizeAt(x, j)).every((v, i) => Math.abs(v - column[i]) <= allowed);
      return last && wasNear;
    });
  });
}

const places = (rows: readonly Row[], is: (row: Row, point: Vector) => boolean): readonly string[] =>
  rows.flatMap((row) =>
    row.points.filter((point) => is(row, point)).map((x) => `${row.kind} | ${row.name} | at ${x.slice(0, 9)}`),
  );
/** The rows whose closed form differences do not confirm, a line each. */
export const unverified = (rows: readonly Row[]): readonly string[] => places(rows, (row, x) => !isVerified(row, x));
/** The rows that say they are smooth where no difference of `apply` comes near the derivative, a line each. */
export const unknowable = (rows: readonly Row[]): readonly string[] =>
  places(rows, (row, x) => row.smooth && !isKnowable(row, x, 'float64'));
