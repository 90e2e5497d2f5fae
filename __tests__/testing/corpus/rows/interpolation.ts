/** Tables that are read between their nodes. */
import { curve, several, table, type Vector } from '../row.js';
import { range, solve, sum } from './numeric.js';

const nodes = range(8);
const heights = [0, 1.2, 0.4, -0.6, 0.1, 2.2, 1.7, 1.9];
const cell = (x: number) => Math.min(Math.max(Math.floor(x), 0), nodes.length - 2);
const slopes = nodes.map((k) =>
  k === 0 ? heights[1] - heights[0] : k === 7 ? heights[7] - heights[6] : (heights[k + 1] - heights[k - 1]) / 2,
);

const linear = (x: number) => heights[cell(x)] + (heights[cell(x) + 1] - heights[cell(x)]) * (x - cell(x));
const linearSlope = (x: number) => heights[cell(x) + 1] - heights[cell(x)];
/** Catmull and Rom’s cubic. */
function hermite(x: number) {
  const [k, t] = [cell(x), x - cell(x)];
  const [p, q, m, n] = [heights[k], heights[k + 1], slopes[k], slopes[k + 1]];
  const value = p * (1 + 2 * t) * (1 - t) ** 2 + m * t * (1 - t) ** 2 + q * t * t * (3 - 2 * t) + n * t * t * (t - 1);
  const slope = 6 * (q - p) * t * (1 - t) + m * (1 - t) * (1 - 3 * t) + n * t * (3 * t - 2);
  return { value, slope };
}
/** The second derivatives of the natural cubic spline through y at 0, 1, …. */
function curvatures(y: Vector): Vector {
  const n = y.length;
  const matrix = range(n * n).map((p) => {
    const [i, j] = [Math.floor(p / n), p % n];
    if (i === 0 || i === n - 1) return i === j ? 1 : 0;
    return i === j ? 4 : Math.abs(i - j) === 1 ? 1 : 0;
  });
  return solve(
    matrix,
    y.map((_, i) => (i === 0 || i === n - 1 ? 0 : 6 * (y[i - 1] - 2 * y[i] + y[i + 1]))),
  );
}
function spline(y: Vector, x: number) {
  const m = curvatures(y);
  const [k, t] = [cell(x), x - cell(x)];
  const s = 1 - t;
  return {
    value: s * y[k] + t * y[k + 1] + ((s ** 3 - s) * m[k] + (t ** 3 - t) * m[k + 1]) / 6,
    slope: y[k + 1] - y[k] + ((1 - 3 * s * s) * m[k] + (3 * t * t - 1) * m[k + 1]) / 6,
  };
}
const unit = (n: number, k: number) => range(n).map((j) => (j === k ? 1 : 0));
const grid = [
  [0.2, 1.1, -0.4, 0.8],
  [1.4, 0.3, 0.9, -1.2],
  [-0.7, 0.6, 2, 0.5],
  [0.1, -0.3, 1.2, 0.4],
];
const corner = (x: number, y: number) => {
  const [i, j] = [x, y].map((v) => Math.min(Math.max(Math.floor(v), 0), 2));
  return { s: x - i, t: y - j, a: grid[i][j], b: grid[i + 1][j], c: grid[i][j + 1], d: grid[i + 1][j + 1] };
};
const pressures = [611.2, 1228, 2339, 4246, 7384, 12351];

/** The table. */
export const interpolation = table('tables', true, [
  curve('a linear table between nodes', linear, linearSlope, [0.5, 2.31, 5.9]),
  curve('a linear table beside a node', linear, linearSlope, [3.001, 4.9999, 2 + 1e-7], { smooth: false }),
  curve('a linear table at a node', linear, linearSlope, [3, 5], { smooth: false }),
  curve(
    'a cubic table between nodes',
    (x) => hermite(x).value,
    (x) => hermite(x).slope,
    [0.5, 2.31, 5.9],
  ),
  curve(
    'a cubic table at and beside a node',
    (x) => hermite(x).value,
    (x) => hermite(x).slope,
    [3, 4.9999, 2 + 1e-7],
    { smooth: false },
  ),
  curve(
    'a cubic spline',
    (x) => spline(heights, x).value,
    (x) => spline(heights, x).slope,
    [0.5, 3.7, 6.2],
  ),
  curve(
    'a cubic spline at a node',
    (x) => spline(heights, x).value,
    (x) => spline(heights, x).slope,
    [3, 5 + 1e-6],
    { smooth: false },
  ),
  several(
    'a cubic spline by its heights',
    ['y:8', 'value'],
    (y) => [spline(y, 3.3).value],
    () => [range(8).map((k) => spline(unit(8, k), 3.3).value)],
    [heights],
  ),
  several(
    'a linear table by its heights and its argument',
    ['y:8 x', 'value'],
    (v) => [v[cell(v[8])] + (v[cell(v[8]) + 1] - v[cell(v[8])]) * (v[8] - cell(v[8]))],
    (v) => {
      const [k, t] = [cell(v[8]), v[8] - cell(v[8])];
      return [[...range(8).map((j) => (j === k ? 1 - t : j === k + 1 ? t : 0)), v[k + 1] - v[k]]];
    },
    [[...heights, 4.6]],
  ),
  several(
    'a bilinear table between nodes',
    ['x y', 'z'],
    ([x, y]) => {
      const { s, t, a, b, c, d } = corner(x, y);
      return [(1 - s) * (1 - t) * a + s * (1 - t) * b + (1 - s) * t * c + s * t * d];
    },
    ([x, y]) => {
      const { s, t, a, b, c, d } = corner(x, y);
      return [[(1 - t) * (b - a) + t * (d - c), (1 - s) * (c - a) + s * (d - b)]];
    },
    [
      [0.4, 1.7],
      [2.2, 0.3],
    ],
  ),
  curve(
    'vapour pressure read logarithmically from a table of ten degrees',
    (x) => Math.exp(logged(x).value),
    (x) => logged(x).slope * Math.exp(logged(x).value),
    [17.3, 44],
  ),
  several(
    'an inverse distance from five stations',
    ['x y', 'z'],
    (at) => [shepard(at).z],
    (at) => [shepard(at).slopes],
    [
      [0.3, 0.4],
      [0.9, 0.15],
    ],
  ),
  curve(
    'the nearest entry of a table',
    (x) => heights[Math.round(x)] ?? 0,
    () => 0,
    [2.3, 5.6],
  ),
]);

function logged(x: number) {
  const k = Math.min(Math.max(Math.floor(x / 10), 0), 4);
  const slope = Math.log(pressures[k + 1] / pressures[k]) / 10;
  return { value: Math.log(pressures[k]) + slope * (x - 10 * k), slope };
}

function shepard([x, y]: Vector) {
  const stations = [
    [0, 0, 1],
    [1, 0, 3],
    [0, 1, -2],
    [1, 1, 0.5],
    [0.5, 0.7, 2],
  ];
  const parts = stations.map(([p, q, value]) => ({ p, q, value, w: 1 / ((x - p) ** 2 + (y - q) ** 2) }));
  const total = sum(5, (k) => parts[k].w);
  const z = sum(5, (k) => parts[k].w * parts[k].value) / total;
  const by = (offset: (part: (typeof parts)[number]) => number) =>
    sum(5, (k) => -2 * parts[k].w ** 2 * offset(parts[k]) * (parts[k].value - z)) / total;
  return { z, slopes: [by(({ p }) => x - p), by(({ q }) => y - q)] };
}
