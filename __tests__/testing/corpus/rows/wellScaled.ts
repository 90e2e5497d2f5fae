/** Smooth functions of inputs near 1: scalars, vectors, matrices, lists and maps. */
import { matrixOf } from '../matrix.js';
import { curve, several, table, type Vector } from '../row.js';
import { cofactors3, digamma, eye, invert, lnGamma, multiply, range, sum } from './numeric.js';

const weights = [
  [0.5, -1.2, 0.3],
  [1.1, 0.4, -0.7],
  [-0.2, 0.9, 1.3],
  [0.8, -0.6, 0.1],
];
const erf = (x: number) =>
  (2 / Math.sqrt(Math.PI)) * sum(60, (k) => ((-1) ** k * x ** (2 * k + 1)) / ((2 * k + 1) * factorial(k)));
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
/** The Bessel function of order n, by the trapezoidal rule, which is exact to rounding for a periodic integrand. */
const bessel = (n: number, x: number) =>
  sum(64, (k) => Math.cos(n * ((2 * Math.PI * k) / 64) - x * Math.sin((2 * Math.PI * k) / 64))) / 64;
const softmax = (x: Vector) => {
  const total = x.reduce((s, v) => s + Math.exp(v), 0);
  return x.map((v) => Math.exp(v) / total);
};
const nine = [1.2, -0.3, 0.5, 0.7, 2.1, -0.4, -0.9, 0.6, 1.7];
const at3 = (m: Vector, i: number, j: number) => m[3 * i + j];
const normalized = (x: Vector) => {
  const mean = sum(x.length, (i) => x[i]) / x.length;
  const deviation = Math.sqrt(sum(x.length, (i) => (x[i] - mean) ** 2) / x.length);
  return { deviation, y: x.map((v) => (v - mean) / deviation) };
};
/** The logistic map, n times, with its derivative by x and r. */
function logisticMap(x: number, r: number, n: number): [y: number, dx: number, dr: number] {
  let [y, dx, dr] = [x, 1, 0];
  for (let k = 0; k < n; k++) [y, dx, dr] = [r * y * (1 - y), r * (1 - 2 * y) * dx, y * (1 - y) + r * (1 - 2 * y) * dr];
  return [y, dx, dr];
}

/** The table. */
export const wellScaled = table('well scaled', true, [
  curve('sin x', Math.sin, Math.cos, [0, 0.3, 1.2, 2.9]),
  curve('exp x', Math.exp, Math.exp, [-2, 0, 0.5, 3]),
  curve(
    'x³ + 2x − 5',
    (x) => x ** 3 + 2 * x - 5,
    (x) => 3 * x * x + 2,
    [-1.3, 0, 0.7, 4],
  ),
  curve('tanh x', Math.tanh, (x) => 1 / Math.cosh(x) ** 2, [-0.4, 0, 1.7]),
  curve('log x', Math.log, (x) => 1 / x, [0.2, 1, 9]),
  curve(
    'x^1.5',
    (x) => x ** 1.5,
    (x) => 1.5 * Math.sqrt(x),
    [0.3, 1, 7],
  ),
  curve(
    '1/(1 + x²)',
    (x) => 1 / (1 + x * x),
    (x) => (-2 * x) / (1 + x * x) ** 2,
    [-2, 0.6, 5],
  ),
  curve('erf x', erf, (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x), [0, 0.4, 1.3]),
  curve('log Γ(x)', lnGamma, digamma, [0.7, 2.5, 30]),
  curve(
    'J₀(x)',
    (x) => bessel(0, x),
    (x) => -bessel(1, x),
    [0.8, 2.4, 11],
  ),
  several(
    'Rosenbrock near the valley',
    ['x y', 'f'],
    ([x, y]) => [(1 - x) ** 2 + 100 * (y - x * x) ** 2],
    ([x, y]) => [[-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]],
    [
      [1.2, 0.9],
      [-0.5, 0.6],
      [2, 2],
    ],
  ),
  several(
    'a layer tanh(Wx + b)',
    ['x:3 b:4', 'y:4'],
    (x) => weights.map((w, i) => Math.tanh(sum(3, (j) => w[j] * x[j]) + x[3 + i])),
    (x) =>
      weights.map((w, i) => {
        const slope = 1 / Math.cosh(sum(3, (j) => w[j] * x[j]) + x[3 + i]) ** 2;
        return [...w.map((v) => v * slope), ...range(4).map((k) => (k === i ? slope : 0))];
      }),
    [[0.4, -0.8, 1.1, 0.1, -0.2, 0.3, 0.5]],
  ),
  several(
    'dot and cross product',
    ['a:3 b:3', 'dot cross:3'],
    ([a, b, c, p, q, r]) => [a * p + b * q + c * r, b * r - c * q, c * p - a * r, a * q - b * p],
    ([a, b, c, p, q, r]) => [
      [p, q, r, a, b, c],
      [0, r, -q, 0, -c, b],
      [-r, 0, p, c, 0, -a],
      [q, -p, 0, -b, a, 0],
    ],
    [[0.3, -1.1, 2, 0.7, 0.4, -1.5]],
  ),
  several(
    'the square of a matrix',
    ['a:3x3', 'b:3x3'],
    (a) => multiply(a, a, 3),
    (a) =>
      range(9).map((o) =>
        range(9).map((p) => {
          const [i, j, k, l] = [Math.floor(o / 3), o % 3, Math.floor(p / 3), p % 3];
          return (i === k ? at3(a, l, j) : 0) + (j === l ? at3(a, i, k) : 0);
        }),
      ),
    [nine],
  ),
  several(
    'the determinant of a matrix',
    ['a:3x3', 'd'],
    (a) => [a[0] * cofactors3(a)[0] + a[1] * cofactors3(a)[1] + a[2] * cofactors3(a)[2]],
    (a) => [cofactors3(a)],
    [nine],
  ),
  several(
    'the inverse of a matrix',
    ['a:3x3', 'b:3x3'],
    (a) => invert(a, 3),
    (a) => {
      const b = invert(a, 3);
      return range(9).map((o) =>
        range(9).map((p) => -at3(b, Math.floor(o / 3), Math.floor(p / 3)) * at3(b, p % 3, o % 3)),
      );
    },
    [nine],
  ),
  several(
    'the lengths of vectors in a list',
    ['items.[0]:2 items.[1]:2', 'lengths.[0] lengths.[1]'],
    ([a, b, c, d]) => [Math.hypot(a, b), Math.hypot(c, d)],
    ([a, b, c, d]) => [
      [a / Math.hypot(a, b), b / Math.hypot(a, b), 0, 0],
      [0, 0, c / Math.hypot(c, d), d / Math.hypot(c, d)],
    ],
    [[0.3, 0.4, -1.2, 0.7]],
  ),
  several(
    'growth rates in a map',
    ['rates.{oak} rates.{elm} t', 'sizes.{oak} sizes.{elm} total'],
    ([a, b, t]) => [Math.exp(a * t), Math.exp(b * t), Math.exp(a * t) + Math.exp(b * t)],
    ([a, b, t]) => {
      const [p, q] = [Math.exp(a * t), Math.exp(b * t)];
      return [
        [t * p, 0, a * p],
        [0, t * q, b * q],
        [t * p, t * q, a * p + b * q],
      ];
    },
    [[0.3, -0.2, 2]],
  ),
  several(
    'polar coordinates of a point',
    ['x y', 'r phi'],
    ([x, y]) => [Math.hypot(x, y), Math.atan2(y, x)],
    ([x, y]) => {
      const r = Math.hypot(x, y);
      return [
        [x / r, y / r],
        [-y / r ** 2, x / r ** 2],
      ];
    },
    [
      [0.6, 1.1],
      [-2, 0.3],
      [0, 1],
    ],
  ),
  several(
    'spherical to Cartesian coordinates',
    ['s:3', 'p:3'],
    ([r, t, p]) => [r * Math.sin(t) * Math.cos(p), r * Math.sin(t) * Math.sin(p), r * Math.cos(t)],
    ([r, t, p]) => [
      [Math.sin(t) * Math.cos(p), r * Math.cos(t) * Math.cos(p), -r * Math.sin(t) * Math.sin(p)],
      [Math.sin(t) * Math.sin(p), r * Math.cos(t) * Math.sin(p), r * Math.sin(t) * Math.cos(p)],
      [Math.cos(t), -r * Math.sin(t), 0],
    ],
    [[1.4, 0.8, 2.2]],
  ),
  several(
    'a polynomial by its coefficients and its argument',
    ['c:5 x', 'p'],
    (v) => [sum(5, (k) => v[k] * v[5] ** k)],
    (v) => [[...range(5).map((k) => v[5] ** k), sum(4, (k) => (k + 1) * v[k + 1] * v[5] ** k)]],
    [[0.3, -1, 0.5, 2, -0.7, 1.3]],
  ),
  several(
    'softmax of five',
    ['x:5', 'p:5'],
    softmax,
    (x) => softmax(x).map((p, i) => softmax(x).map((q, j) => (i === j ? p : 0) - p * q)),
    [
      [0.1, -0.6, 1.2, 0.4, 2],
      [0, 0, 0, 0, 0],
    ],
  ),
  several(
    'a vector less its mean, over its deviation',
    ['x:6', 'y:6'],
    (x) => normalized(x).y,
    (x) => {
      const { y, deviation } = normalized(x);
      return y.map((p, i) => y.map((q, j) => ((i === j ? 1 : 0) - 1 / 6 - (p * q) / 6) / deviation));
    },
    [[0.4, 1.9, -0.8, 2.2, 0.1, -1.5]],
  ),
  several(
    'xᵀAx by x and A',
    ['x:3 a:3x3', 'q'],
    (v) => [sum(3, (i) => sum(3, (j) => v[i] * v[3 + 3 * i + j] * v[j]))],
    (v) => [
      [
        ...range(3).map((k) => sum(3, (j) => (v[3 + 3 * k + j] + v[3 + 3 * j + k]) * v[j])),
        ...range(9).map((p) => v[Math.floor(p / 3)] * v[p % 3]),
      ],
    ],
    [[0.5, -1.4, 0.9, ...nine]],
  ),
  several(
    'a chain of twenty: y_i = x_i² + sin(x_{i−1}·x_{i+1})',
    ['x:20', 'y:20'],
    (x) => x.map((v, i) => v * v + Math.sin((x[i - 1] ?? 1) * (x[i + 1] ?? 1))),
    (x) =>
      x.map((v, i) => {
        const slope = Math.cos((x[i - 1] ?? 1) * (x[i + 1] ?? 1));
        return x.map((_, j) =>
          j === i ? 2 * v : j === i - 1 ? slope * (x[i + 1] ?? 1) : j === i + 1 ? slope * (x[i - 1] ?? 1) : 0,
        );
      }),
    [range(20).map((k) => Math.sin(3 * k + 1) + 0.2)],
  ),
  several(
    'five steps of the logistic map',
    ['x r', 'y'],
    ([x, r]) => [logisticMap(x, r, 5)[0]],
    ([x, r]) => [logisticMap(x, r, 5).slice(1)],
    [
      [0.3, 2.5],
      [0.41, 3.7],
    ],
  ),
  several(
    'a product of matrices',
    ['a:2x3 b:3x2', 'c:2x2'],
    (v) => range(4).map((o) => sum(3, (k) => v[3 * Math.floor(o / 2) + k] * v[6 + 2 * k + (o % 2)])),
    (v) =>
      matrixOf(
        [4, 12],
        range(4).flatMap((o) =>
          range(3).flatMap((k) => [
            [o, 3 * Math.floor(o / 2) + k, v[6 + 2 * k + (o % 2)]] as const,
            [o, 6 + 2 * k + (o % 2), v[3 * Math.floor(o / 2) + k]] as const,
          ]),
        ),
      ),
    [[0.4, -1, 0.7, 1.6, 0.2, -0.5, 0.9, 0.3, -1.1, 0.8, 0.6, -0.4]],
  ),
  several(
    'a rotation by an angle',
    ['angle v:2', 'w:2'],
    ([t, x, y]) => [x * Math.cos(t) - y * Math.sin(t), x * Math.sin(t) + y * Math.cos(t)],
    ([t, x, y]) => [
      [-x * Math.sin(t) - y * Math.cos(t), Math.cos(t), -Math.sin(t)],
      [x * Math.cos(t) - y * Math.sin(t), Math.sin(t), Math.cos(t)],
    ],
    [[0.7, 1.2, -0.4]],
  ),
  several(
    'the identity',
    ['x:3', 'y:3'],
    (x) => x,
    () => eye(3),
    [[0, 1, -2.5]],
  ),
]);
