/** Points at and beside kinks, jumps of slope, ties and branch cuts; the derivative is that of one side. */
import { curve, several, table } from '../row.js';
import { range } from './numeric.js';

const at = (nodes: readonly number[], values: readonly number[]) => (x: number) => {
  const k = Math.min(Math.max(nodes.findIndex((n) => n > x) - 1, 0), nodes.length - 2);
  const slope = (values[k + 1] - values[k]) / (nodes[k + 1] - nodes[k]);
  return { value: values[k] + slope * (x - nodes[k]), slope };
};
const brackets = at([0, 11_000, 60_000, 300_000, 1e9], [0, 0, 14_700, 115_500, 450_070_500]);
const characteristic = at([0, 1, 2, 3, 4], [0, 2, 1, 1.5, 4]);
const relu = (x: number) => Math.max(x, 0);
const beside = [0, 1e-9, -1e-6, 1e-4];

/** The table. */
export const kinks = table('kinks', false, [
  curve('|x| at and beside zero', Math.abs, (x) => Math.sign(x) || 1, beside),
  curve('|x| at zero with slope 0', Math.abs, () => 0, [0]),
  curve('|x| far from zero', Math.abs, Math.sign, [0.3, -2], { smooth: true }),
  curve('relu', relu, (x) => (x > 0 ? 1 : 0), beside),
  curve('relu at zero with slope 1', relu, () => 1, [0]),
  curve(
    'leaky relu',
    (x) => (x > 0 ? x : 0.01 * x),
    (x) => (x > 0 ? 1 : 0.01),
    beside,
  ),
  curve(
    'clip to [−1, 1]',
    (x) => Math.min(Math.max(x, -1), 1),
    (x) => (Math.abs(x) < 1 ? 1 : 0),
    [1, 1 - 1e-7, -1],
  ),
  curve(
    'x·√|x|',
    (x) => x * Math.sqrt(Math.abs(x)),
    (x) => 1.5 * Math.sqrt(Math.abs(x)),
    [0, 1e-8, -1e-4],
  ),
  curve(
    'x·|x|',
    (x) => x * Math.abs(x),
    (x) => 2 * Math.abs(x),
    [0, 1e-6],
  ),
  curve(
    '|x|³',
    (x) => Math.abs(x) ** 3,
    (x) => 3 * x * Math.abs(x),
    [0, 1e-4],
  ),
  curve(
    '|x|^(4/3)',
    (x) => Math.cbrt(x) ** 4,
    (x) => (4 / 3) * Math.cbrt(x),
    [0, 1e-6],
  ),
  curve(
    'Huber’s loss at its corner',
    (x) => (Math.abs(x) < 1 ? (x * x) / 2 : Math.abs(x) - 0.5),
    (x) => Math.max(-1, Math.min(1, x)),
    [1, -1, 1 + 1e-7],
  ),
  curve(
    '|sin x| at π',
    (x) => Math.abs(Math.sin(x)),
    (x) => Math.sign(Math.sin(x)) * Math.cos(x),
    [Math.PI, 3.1417],
  ),
  curve(
    'a sawtooth',
    (x) => x - Math.floor(x),
    () => 1,
    [3 + 1e-9, 3.00001, 3],
  ),
  curve(
    'a triangle wave',
    (x) => Math.abs(x - 2 * Math.round(x / 2)),
    (x) => Math.sign(x - 2 * Math.round(x / 2)) || 1,
    [2, 2 + 1e-6, 1],
  ),
  curve(
    'bilinear yield of steel',
    (x) => Math.min(2e5 * x, 400 + 2e3 * (x - 2e-3)),
    (x) => (x < 2e-3 ? 2e5 : 2e3),
    [2e-3, 2e-3 - 1e-9],
  ),
  curve(
    'brackets of a tax',
    (x) => brackets(x).value,
    (x) => brackets(x).slope,
    [60_000, 60_000.01, 11_000],
  ),
  curve(
    'a table of a valve at its nodes',
    (x) => characteristic(x).value,
    (x) => characteristic(x).slope,
    [1, 1 + 1e-7, 2 - 1e-5],
  ),
  curve(
    'a step of slope in the middle of an exponential',
    (x) => (x < 0.5 ? Math.exp(x) : Math.exp(0.5) * (1 + 2 * (x - 0.5))),
    (x) => (x < 0.5 ? Math.exp(x) : 2 * Math.exp(0.5)),
    [0.5, 0.5 - 1e-6],
  ),
  several(
    'the larger of two that are equal',
    ['a b', 'm'],
    ([a, b]) => [Math.max(a, b)],
    ([a, b]) => [a >= b ? [1, 0] : [0, 1]],
    [
      [0.7, 0.7],
      [0.7, 0.7 + 1e-9],
      [0, 0],
    ],
  ),
  several(
    'the largest of five, three of them equal',
    ['x:5', 'm'],
    (x) => [Math.max(...x)],
    (x) => [x.map((_, k) => (k === x.indexOf(Math.max(...x)) ? 1 : 0))],
    [[0.1, 0.9, 0.9, -0.3, 0.9]],
  ),
  several(
    'the largest of five that differ',
    ['x:5', 'm'],
    (x) => [Math.max(...x)],
    (x) => [x.map((v) => (v === Math.max(...x) ? 1 : 0))],
    [[0.1, 0.9, 0.5, -0.3, 0.2]],
    { smooth: true },
  ),
  several(
    'sorted, with a near tie',
    ['x:4', 'y:4'],
    (x) => [...x].sort((a, b) => a - b),
    (x) => {
      const order = range(4).sort((i, j) => x[i] - x[j]);
      return order.map((k) => range(4).map((j) => (j === k ? 1 : 0)));
    },
    [[0.4, 0.4 + 1e-8, -1, 2]],
  ),
  several(
    'the length of a vector near zero',
    ['x:3', 'r'],
    (x) => [Math.hypot(...x)],
    (x) => [x.map((v) => v / Math.hypot(...x) || 0)],
    [
      [0, 0, 0],
      [1e-8, 2e-8, -1e-8],
    ],
  ),
  several(
    'an angle beside the cut of atan2',
    ['x y', 'phi'],
    ([x, y]) => [Math.atan2(y, x)],
    ([x, y]) => [[-y / (x * x + y * y), x / (x * x + y * y)]],
    [
      [-1, 1e-9],
      [-1, 0],
    ],
  ),
  several(
    'the median of three with a near tie',
    ['x:3', 'm'],
    (x) => [[...x].sort((a, b) => a - b)[1]],
    (x) => [x.map((_, k) => (k === range(3).sort((i, j) => x[i] - x[j])[1] ? 1 : 0))],
    [[1, 1 + 1e-9, 5]],
  ),
  several(
    'Coulomb friction about to slip',
    ['pull normal', 'net'],
    ([p, n]) => [p - Math.min(p, 0.5 * n)],
    ([p, n]) => [p > 0.5 * n ? [1, -0.5] : [0, 0]],
    [
      [5, 10],
      [5 + 1e-8, 10],
    ],
  ),
  several(
    'a layer of relus, some of them dead',
    ['x:3', 'y:4'],
    ([a, b, c]) => [relu(a - b), relu(a + b), relu(c), relu(b - a - c)],
    ([a, b, c]) =>
      [
        [1, -1, 0, a - b],
        [1, 1, 0, a + b],
        [0, 0, 1, c],
        [-1, 1, -1, b - a - c],
      ].map((r) => r.slice(0, 3).map((v) => (r[3] > 0 ? v : 0))),
    [
      [0.5, 0.5, 1],
      [0.5, -0.2, 0],
    ],
  ),
  several(
    'the hinge loss of a margin of 1',
    ['w:2', 'loss'],
    ([a, b]) => [relu(1 - (2 * a + b))],
    ([a, b]) => [2 * a + b < 1 ? [-2, -1] : [0, 0]],
    [
      [0.3, 0.4],
      [0.3, 0.4 - 1e-8],
    ],
  ),
]);
