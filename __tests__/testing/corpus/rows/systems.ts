/** Linear systems solved directly, with condition numbers up to 1e12; ml-matrix solves some of them. */
import { Matrix as Dense, inverse, QrDecomposition, SingularValueDecomposition, solve as solveBy } from 'ml-matrix';
import { several, table, type Vector } from '../row.js';
import { eye, invert, range, solve, sum } from './numeric.js';

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
const hilbert = (n: number) => range(n * n).map((p) => 1 / (Math.floor(p / n) + (p % n) + 1));
/** The inverse of Hilbert’s matrix, which is of whole numbers. */
const hilbertInverse = (n: number) =>
  range(n).map((i) =>
    range(n).map(
      (j) =>
        (-1) ** (i + j) * (i + j + 1) * choose(n + i, n - j - 1) * choose(n + j, n - i - 1) * choose(i + j, i) ** 2,
    ),
  );
const ones = (n: number) => range(n).map((k) => 1 + 0.1 * k);
const rows = (flat: Vector, n: number) => range(n).map((i) => flat.slice(n * i, n * i + n));
const dense = (flat: Vector, n: number) => new Dense(rows(flat, n).map((row) => [...row]));
const three = [4, -1, 0.5, -2, 5, 1.2, 0.3, -0.8, 3];
/** The derivative of A⁻¹b by A and b. */
const solutionSlopes = (v: Vector) => {
  const [a, b] = [v.slice(0, 9), v.slice(9)];
  const [x, back] = [solve(a, b), rows(invert(a, 3), 3)];
  return range(3).map((i) => [...range(9).map((p) => -back[i][Math.floor(p / 3)] * x[p % 3]), ...back[i]]);
};
const tridiagonal = (n: number) =>
  range(n * n).map((p) => (Math.floor(p / n) === p % n ? 2.5 : Math.abs(Math.floor(p / n) - (p % n)) === 1 ? -1 : 0));
const places = range(7).map((k) => k / 3 - 1);
const spd = (v: Vector) => [v[0], v[1], v[1], v[2]];

function thomas(b: Vector): Vector {
  const n = b.length;
  const [c, d] = [new Array<number>(n).fill(0), new Array<number>(n).fill(0)];
  for (let i = 0; i < n; i++) {
    const pivot = 2.5 + (i > 0 ? c[i - 1] : 0);
    c[i] = -1 / pivot;
    d[i] = (b[i] + (i > 0 ? d[i - 1] : 0)) / pivot;
  }
  for (let i = n - 2; i >= 0; i--) d[i] -= c[i] * d[i + 1];
  return d;
}

/** The table. */
export const systems = table('linear systems', true, [
  ...[1e-1, 1e-4, 1e-8, 1e-12].map((gap) =>
    several(
      `nearly parallel lines, apart by ${gap}`,
      ['b:2', 'x:2'],
      (b) => solve([1, 1, 1, 1 + gap], b),
      () => {
        const exact = 1 + gap - 1;
        return [
          [(1 + gap) / exact, -1 / exact],
          [-1 / exact, 1 / exact],
        ];
      },
      [[2, 2.5]],
    ),
  ),
  several(
    'nearly parallel lines by their angle',
    ['gap', 'x:2'],
    ([gap]) => solve([1, 1, 1, 1 + gap], [2, 2.5]),
    ([gap]) => [[0.5 / gap ** 2], [-0.5 / gap ** 2]],
    [[0.1], [1e-4], [1e-7]],
    { exact: ([gap]) => [2 - 0.5 / gap, 0.5 / gap] },
  ),
  ...[4, 6, 8, 9].map((n) =>
    several(
      `Hilbert’s matrix of ${n}, by elimination`,
      [`b:${n}`, `x:${n}`],
      (b) => solve(hilbert(n), b),
      () => hilbertInverse(n),
      [ones(n)],
      {
        exact: (b) => hilbertInverse(n).map((row) => sum(n, (j) => row[j] * b[j])),
      },
    ),
  ),
  ...[4, 7].map((n) =>
    several(
      `Hilbert’s matrix of ${n}, by ml-matrix`,
      [`b:${n}`, `x:${n}`],
      (b) => solveBy(dense(hilbert(n), n), Dense.columnVector([...b])).to1DArray(),
      () => hilbertInverse(n),
      [ones(n)],
      { exact: (b) => hilbertInverse(n).map((row) => sum(n, (j) => row[j] * b[j])) },
    ),
  ),
  several(
    'the solution by A and b, by elimination',
    ['a:3x3 b:3', 'x:3'],
    (v) => solve(v.slice(0, 9), v.slice(9)),
    solutionSlopes,
    [[...three, 1, -2, 0.7]],
  ),
  several(
    'the solution by A and b, by ml-matrix',
    ['a:3x3 b:3', 'x:3'],
    (v) => solveBy(dense(v.slice(0, 9), 3), Dense.columnVector(v.slice(9))).to1DArray(),
    solutionSlopes,
    [[...three, 1, -2, 0.7]],
  ),
  several(
    'the inverse by ml-matrix',
    ['a:3x3', 'b:3x3'],
    (a) => inverse(dense(a, 3)).to1DArray(),
    (a) => {
      const b = rows(invert(a, 3), 3);
      return range(9).map((o) => range(9).map((p) => -b[Math.floor(o / 3)][Math.floor(p / 3)] * b[p % 3][o % 3]));
    },
    [three],
  ),
  several('a tridiagonal system of 50', ['b:50', 'x:50'], thomas, () => rows(invert(tridiagonal(50), 50), 50), [
    range(50).map((k) => Math.cos(k)),
  ]),
  several(
    'a line fitted by QR',
    ['y:7', 'level slope'],
    (y) => new QrDecomposition(new Dense(places.map((t) => [1, t]))).solve(Dense.columnVector([...y])).to1DArray(),
    () => [range(7).map(() => 1 / 7), places.map((t) => t / sum(7, (k) => places[k] ** 2))],
    [[0.2, 0.5, 1.1, 1.2, 1.9, 2.1, 2.2]],
  ),
  several(
    'the log determinant by Cholesky',
    ['s:3', 'logdet'],
    (v) => {
      const a = Math.sqrt(v[0]);
      return [2 * (Math.log(a) + Math.log(Math.sqrt(v[2] - (v[1] / a) ** 2)))];
    },
    (v) => {
      const [a, b, , d] = invert(spd(v), 2);
      return [[a, 2 * b, d]];
    },
    [
      [2, 0.7, 1.5],
      [1, 0.9999, 1],
    ],
  ),
  several(
    'the pseudo-inverse by SVD',
    ['b:3', 'x:2'],
    (b) => {
      const svd = new SingularValueDecomposition(
        new Dense([
          [1, 2],
          [0.5, -1],
          [2, 0.3],
        ]),
        { autoTranspose: true },
      );
      return svd.solve(Dense.columnVector([...b])).to1DArray();
    },
    () => {
      const a = [
        [1, 2],
        [0.5, -1],
        [2, 0.3],
      ];
      const gram = range(4).map((p) => sum(3, (k) => a[k][p % 2] * a[k][Math.floor(p / 2)]));
      const back = rows(invert(gram, 2), 2);
      return back.map((row) => a.map((r) => row[0] * r[0] + row[1] * r[1]));
    },
    [[1, -0.4, 0.9]],
  ),
  several(
    'a network of resistors from 1 Ω to 1 MΩ',
    ['r:3', 'current'],
    ([a, b, c]) => {
      const node = solve([1 / a + 1 / b, -1 / b, -1 / b, 1 / b + 1 / c], [10 / a, 0]);
      return [node[1] / c];
    },
    ([a, b, c]) => [[-10 / (a + b + c) ** 2, -10 / (a + b + c) ** 2, -10 / (a + b + c) ** 2]],
    [
      [1, 1e3, 1e6],
      [100, 220, 330],
    ],
    { verified: 1e-4 },
  ),
  several(
    'one step of implicit heat conduction',
    ['u:12 k', 'v:12'],
    (v) => solve(implicit(v[12]), v.slice(0, 12)),
    (v) => {
      const back = rows(invert(implicit(v[12]), 12), 12);
      const next = solve(implicit(v[12]), v.slice(0, 12));
      const flux = next.map((w, i) => 2 * w - (next[i - 1] ?? 0) - (next[i + 1] ?? 0));
      return back.map((row) => [...row, -sum(12, (j) => row[j] * flux[j])]);
    },
    [[...range(12).map((k) => Math.sin(k / 2)), 0.8]],
  ),
  several(
    'the unit matrix solved',
    ['b:3', 'x:3'],
    (b) => solve([1, 0, 0, 0, 1, 0, 0, 0, 1], b),
    () => eye(3),
    [[0, 1, -1]],
  ),
]);

const implicit = (k: number) =>
  range(144).map((p) => {
    const [i, j] = [Math.floor(p / 12), p % 12];
    return i === j ? 1 + 2 * k : Math.abs(i - j) === 1 ? -k : 0;
  });
