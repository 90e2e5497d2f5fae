/** Many inputs and outputs, and functions far from where they are at home. */
import { matrixOf, random } from '../matrix.js';
import { several, table, type Vector } from '../row.js';
import { range, sum } from './numeric.js';

const drawn = (n: number, seed: number) => {
  const next = random(seed);
  return range(n).map(() => 2 * next() - 1);
};
const weights = drawn(60 * 80, 3);
const kernel = range(31).map((k) => Math.exp(-(((k - 15) / 6) ** 2)) * (1 + 0.1 * k));
const side = 100;
/** The neighbours of a place on a square grid. */
const around = (p: number) =>
  [p % side > 0 ? p - 1 : -1, p % side < side - 1 ? p + 1 : -1, p - side, p + side].filter(
    (q) => q >= 0 && q < side * side,
  );
const quadratic = (x: Vector) => x.map((_, i) => sum(200, (j) => x[j] / (i + j + 1)));
const rosenbrock = (n: number) => ({
  value: (x: Vector) => [sum(n - 1, (k) => 100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2)],
  slopes: (x: Vector) => [
    x.map(
      (v, k) => (k < n - 1 ? -400 * v * (x[k + 1] - v * v) - 2 * (1 - v) : 0) + (k > 0 ? 200 * (v - x[k - 1] ** 2) : 0),
    ),
  ],
});
const distances = (x: Vector) =>
  range(435)
    .map((p) => pairAt(p))
    .map(([i, j]) => ({ i, j, d: range(3).map((k) => x[3 * i + k] - x[3 * j + k]) }));
const pairs = range(30).flatMap((i) => range(i).map((j) => [i, j] as const));
const pairAt = (p: number) => pairs[p];
const layer = (x: Vector) => range(60).map((i) => sum(80, (j) => weights[80 * i + j] * x[j]));

/** The table. */
export const large = table('large', true, [
  several('Rosenbrock’s function far out', ['x:2', 'f'], rosenbrock(2).value, rosenbrock(2).slopes, [
    [1000, -1000],
    [1e5, 3e4],
  ]),
  several(
    'Rosenbrock’s function of a hundred',
    ['x:100', 'f'],
    rosenbrock(100).value,
    rosenbrock(100).slopes,
    [drawn(100, 4)],
    { verified: 1e-4 },
  ),
  several(
    'Hilbert’s quadratic form of 200',
    ['x:200', 'q'],
    (x) => {
      const q = quadratic(x);
      return [sum(200, (i) => x[i] * q[i] * 0.5)];
    },
    (x) => [quadratic(x)],
    [drawn(200, 5)],
    { verified: 1e-4 },
  ),
  several(
    'a convolution of 2,000',
    ['x:2000', 'y:2000'],
    (x) => x.map((_, i) => sum(31, (k) => kernel[k] * (x[i + k - 15] ?? 0))),
    () =>
      matrixOf(
        [2000, 2000],
        range(2000).flatMap((i) =>
          range(31).flatMap((k) => (i + k - 15 < 0 || i + k - 15 >= 2000 ? [] : [[i, i + k - 15, kernel[k]] as const])),
        ),
      ),
    [drawn(2000, 6)],
    { verified: 1e-5 },
  ),
  several(
    'Laplace’s operator on 10,000',
    ['u:100x100', 'v:100x100'],
    (u) => u.map((v, p) => 4 * v - around(p).reduce((s, q) => s + u[q], 0) + v ** 3),
    (u) =>
      matrixOf(
        [10_000, 10_000],
        u.flatMap((v, p) => [[p, p, 4 + 3 * v * v] as const, ...around(p).map((q) => [p, q, -1] as const)]),
      ),
    [drawn(10_000, 7)],
  ),
  several(
    'a thousand functions, each of its own number',
    ['x:1000', 'y:1000'],
    (x) => x.map((v, k) => Math.exp(v) * Math.sin(v + k)),
    (x) =>
      matrixOf(
        [1000, 1000],
        x.map((v, k) => [k, k, Math.exp(v) * (Math.sin(v + k) + Math.cos(v + k))] as const),
      ),
    [drawn(1000, 8)],
    { verified: 1e-5 },
  ),
  several(
    'a dense layer from 80 to 60',
    ['x:80', 'y:60'],
    (x) => layer(x).map(Math.tanh),
    (x) => layer(x).map((t, i) => range(80).map((j) => weights[80 * i + j] / Math.cosh(t) ** 2)),
    [drawn(80, 9)],
    { verified: 1e-4 },
  ),
  several(
    'the distances of thirty points',
    ['x:30x3', 'd:435'],
    (x) => distances(x).map(({ d }) => Math.hypot(...d)),
    (x) =>
      matrixOf(
        [435, 90],
        distances(x).flatMap(({ i, j, d }, p) =>
          range(3).flatMap((k) => [
            [p, 3 * i + k, d[k] / Math.hypot(...d)] as const,
            [p, 3 * j + k, -d[k] / Math.hypot(...d)] as const,
          ]),
        ),
      ),
    [drawn(90, 10)],
  ),
  several(
    'running sums of 500',
    ['x:500', 'y:500'],
    (x) => {
      let total = 0;
      return x.map((v) => (total += v * v));
    },
    (x) =>
      matrixOf(
        [500, 500],
        x.flatMap((_, i) => range(i + 1).map((j) => [i, j, 2 * x[j]] as const)),
      ),
    [drawn(500, 11)],
    { verified: 1e-4 },
  ),
  several(
    'a sum of 20,000 squares',
    ['x:20000', 's'],
    (x) => [x.reduce((s, v) => s + v * v, 0)],
    (x) =>
      matrixOf(
        [1, 20_000],
        x.map((v, k) => [0, k, 2 * v] as const),
      ),
    [drawn(20_000, 12)],
    { verified: 1e-4 },
  ),
  several(
    'one number to 5,000',
    ['t', 'y:5000'],
    ([t]) => range(5000).map((k) => Math.sin(t + k / 700)),
    ([t]) => range(5000).map((k) => [Math.cos(t + k / 700)]),
    [[0.4]],
    { verified: 1e-5 },
  ),
  several(
    'a thousand numbers from 1e-6 to 1e6',
    ['x:1000', 'y:1000'],
    (x) => x.map((v) => Math.log(v)),
    (x) =>
      matrixOf(
        [1000, 1000],
        x.map((v, k) => [k, k, 1 / v] as const),
      ),
    [range(1000).map((k) => 10 ** (k / 83.25 - 6))],
  ),
]);
