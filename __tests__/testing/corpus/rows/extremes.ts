/** Samples and counts, numbers at the ends of their range, derivatives that are zero, and cancellation. */
import { random } from '../matrix.js';
import { curve, several, table } from '../row.js';
import { density, normal, range, sum } from './numeric.js';

/** Numbers from 0 to 1, the same at each call. */
const uniforms = (n: number, seed: number) => {
  const next = random(seed);
  return range(n).map(next);
};
const [few, many] = [uniforms(1000, 5), uniforms(100_000, 6)];
const normals = uniforms(2000, 7).map(
  (u, k, all) => Math.sqrt(-2 * Math.log(u || 0.5)) * Math.cos(2 * Math.PI * all[(k + 1) % 2000]),
);
const below = (samples: readonly number[], x: number) =>
  samples.reduce((count, u) => count + (u < x ? 1 : 0), 0) / samples.length;
const pixels = (r: number) => {
  let count = 0;
  for (let i = -60; i < 60; i++) for (let j = -60; j < 60; j++) if ((i + 0.5) ** 2 + (j + 0.5) ** 2 < r * r) count++;
  return count;
};
const tiny = 1e-300;
const huge = 1e300;

/** The tables. */
export const extremes = [
  ...table('samples and counts', false, [
    curve(
      'the share of a thousand samples below x',
      (x) => below(few, x),
      () => 1,
      [0.4, 0.9],
      { exact: (x) => x },
    ),
    curve(
      'the share of a hundred thousand samples below x',
      (x) => below(many, x),
      () => 1,
      [0.4],
      { exact: (x) => x },
    ),
    curve('the share of samples below a threshold Φ(x)', (x) => below(few, normal(x)), density, [0.2], {
      exact: normal,
    }),
    curve('the area of a disc in pixels', pixels, (r) => 2 * Math.PI * r, [20.3, 41.7], {
      exact: (r) => Math.PI * r * r,
    }),
    several(
      'bricks for a wall, in whole bricks',
      ['length height', 'bricks'],
      ([l, h]) => [Math.ceil(l / 0.21) * Math.ceil(h / 0.075)],
      ([l, h]) => [[h / 0.21 / 0.075, l / 0.21 / 0.075]],
      [[25, 3.1]],
      { exact: ([l, h]) => [(l / 0.21) * (h / 0.075)] },
    ),
    curve(
      'whole days of a loan',
      (years) => Math.floor(365.25 * years),
      () => 365.25,
      [3.3],
      { exact: (years) => 365.25 * years },
    ),
    several(
      'an option by two thousand paths that stay',
      ['spot volatility', 'price'],
      ([s, v]) => [sum(2000, (k) => Math.max(s * Math.exp((-v * v) / 2 + v * normals[k]) - 100, 0)) / 2000],
      ([s, v]) => {
        const paths = normals.map((z) => ({ end: s * Math.exp((-v * v) / 2 + v * z), z }));
        const by = (slope: (p: { end: number; z: number }) => number) =>
          sum(2000, (k) => (paths[k].end > 100 ? slope(paths[k]) : 0)) / 2000;
        return [[by(({ end }) => end / s), by(({ end, z }) => end * (z - v))]];
      },
      [[105, 0.2]],
      { verified: 1e-3 },
    ),
    several(
      'an expectation by paths that stay, of a smooth function',
      ['mean deviation', 'value'],
      ([m, d]) => [sum(2000, (k) => Math.tanh(m + d * normals[k])) / 2000],
      ([m, d]) => {
        const by = (weight: (z: number) => number) =>
          sum(2000, (k) => weight(normals[k]) / Math.cosh(m + d * normals[k]) ** 2) / 2000;
        return [[by(() => 1), by((z) => z)]];
      },
      [[0.3, 0.5]],
      { smooth: true },
    ),
  ]),
  ...table('range of numbers', true, [
    curve('exp(700)', Math.exp, Math.exp, [700, 709, -700]),
    curve('sinh(705)', Math.sinh, Math.cosh, [705, -700]),
    curve(
      '1e-300·sin x',
      (x) => tiny * Math.sin(x),
      (x) => tiny * Math.cos(x),
      [0.6],
    ),
    curve(
      '1e300·x²',
      (x) => huge * x * x,
      (x) => 2 * huge * x,
      [0.7, 5],
    ),
    curve(
      'x² at 1e-150 and 1e150',
      (x) => x * x,
      (x) => 2 * x,
      [1e-150, 1e150],
    ),
    curve(
      '1/x at 1e-300 and 1e300',
      (x) => 1 / x,
      (x) => -1 / x / x,
      [1e-150, 1e150, 1e-100],
    ),
    curve(
      'x^−20 near 1e-10',
      (x) => x ** -20,
      (x) => -20 * x ** -21,
      [1e-10, 1e10],
    ),
    curve('exp(−740), among subnormal numbers', Math.exp, Math.exp, [-740], { smooth: false, verified: Infinity }),
    several(
      'a length of 1e200',
      ['x y', 'r'],
      ([x, y]) => [Math.hypot(x, y)],
      ([x, y]) => [[x / Math.hypot(x, y), y / Math.hypot(x, y)]],
      [
        [3e200, 4e200],
        [3e-200, 4e-200],
      ],
    ),
    several(
      'log(eᵃ + eᵇ) at ±1000',
      ['a b', 'l'],
      ([a, b]) => [Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))],
      ([a, b]) => [[1 / (1 + Math.exp(b - a)), 1 / (1 + Math.exp(a - b))]],
      [
        [1000, 1001],
        [-1000, -999.5],
      ],
    ),
    curve(
      'a factorial of 170',
      (x) => Math.exp(500) * Math.exp(x),
      (x) => Math.exp(500) * Math.exp(x),
      [200],
    ),
    curve(
      'beside the largest number',
      (x) => 1.7e308 * Math.tanh(x),
      (x) => 1.7e308 / Math.cosh(x) ** 2,
      [0.5],
    ),
    curve(
      'log(1e-310)',
      (x) => Math.log(x),
      (x) => 1 / x,
      [1e-305, 1e305],
    ),
  ]),
  ...table('zero derivatives', true, [
    curve(
      'a constant',
      () => 4.2,
      () => 0,
      [0, 1.5],
    ),
    several(
      'an input without effect',
      ['a dead', 'y'],
      ([a]) => [Math.exp(a)],
      ([a]) => [[Math.exp(a), 0]],
      [
        [0.4, 7],
        [0.4, 0],
      ],
    ),
    several(
      'an output that stays',
      ['x:2', 'live dead:2'],
      ([a, b]) => [a * b, 3, 0],
      ([a, b]) => [
        [b, a],
        [0, 0],
        [0, 0],
      ],
      [[1.2, -0.6]],
    ),
    curve(
      'x − x',
      (x) => x - x,
      () => 0,
      [0.3, 1e9],
    ),
    curve('⌊x⌋ between whole numbers', Math.floor, () => 0, [3.4]),
    curve(
      'x² at zero',
      (x) => x * x,
      (x) => 2 * x,
      [0],
    ),
    curve('cos x at zero and π', Math.cos, (x) => -Math.sin(x), [0], { verified: Infinity }),
    curve(
      'x⁴ at zero',
      (x) => x ** 4,
      (x) => 4 * x ** 3,
      [0],
    ),
    curve(
      'a step far from its edge',
      (x) => (x > 1 ? 5 : 2),
      () => 0,
      [0.3, 2],
    ),
    curve(
      'clipped outside',
      (x) => Math.min(Math.max(x, -1), 1),
      () => 0,
      [3, -1.5],
    ),
    curve(
      'a relu that is off',
      (x) => Math.max(x, 0),
      () => 0,
      [-0.7],
    ),
    several(
      'an argument that is not the largest',
      ['a b', 'm'],
      ([a, b]) => [Math.max(a, b)],
      ([a, b]) => [a > b ? [1, 0] : [0, 1]],
      [[0.2, 0.9]],
    ),
    several(
      'a saddle',
      ['x y', 'z'],
      ([x, y]) => [x * x - y * y],
      ([x, y]) => [[2 * x, -2 * y]],
      [[0, 0]],
    ),
    several(
      'nothing but zeros from twenty to twenty',
      ['x:20', 'y:20'],
      (x) => x.map(() => 0),
      (x) => x.map(() => x.map(() => 0)),
      [range(20)],
    ),
    several(
      'sin² + cos²',
      ['x', 'y'],
      ([x]) => [Math.sin(x) ** 2 + Math.cos(x) ** 2],
      () => [[0]],
      [[0.7], [40]],
      { exact: () => [1] },
    ),
  ]),
  ...table('cancellation', true, [
    curve(
      '(1 − cos x)/x²',
      (x) => (1 - Math.cos(x)) / x ** 2,
      (x) =>
        Math.abs(x) < 0.1
          ? -x / 12 + x ** 3 / 180 - x ** 5 / 6720
          : Math.sin(x) / x ** 2 - (2 * (1 - Math.cos(x))) / x ** 3,
      [0.5, 0.05],
      {
        exact: (x) => 2 * (Math.sin(x / 2) / x) ** 2,
      },
    ),
    curve(
      '(1 − cos x)/x² near zero',
      (x) => (1 - Math.cos(x)) / x ** 2,
      (x) => -x / 12 + x ** 3 / 180,
      [1e-3, 1e-5],
      {
        exact: (x) => (-x * x) / 24 + x ** 4 / 720,
        smooth: false,
      },
    ),
    curve(
      '(eˣ − 1)/x near zero',
      (x) => (Math.exp(x) - 1) / x,
      (x) => 1 / 2 + x / 3 + (x * x) / 8,
      [1e-3, 1e-5],
      { exact: (x) => x / 2 + x ** 2 / 6 + x ** 3 / 24 + x ** 4 / 120 },
    ),
    curve(
      '√(x + 1) − √x far out',
      (x) => Math.sqrt(x + 1) - Math.sqrt(x),
      (x) => -0.5 / (Math.sqrt(x) * Math.sqrt(x + 1) * (Math.sqrt(x + 1) + Math.sqrt(x))),
      [1e3, 1e6],
      {
        exact: (x) => 1 / (Math.sqrt(x + 1) + Math.sqrt(x)),
      },
    ),
    curve(
      'log(1 + x) near zero',
      (x) => Math.log(1 + x),
      (x) => 1 / (1 + x),
      [1e-4, 1e-8],
      { exact: Math.log1p },
    ),
    curve(
      'x − sin x near zero',
      (x) => x - Math.sin(x),
      (x) => 2 * Math.sin(x / 2) ** 2,
      [0.1, 1e-3],
      { exact: (x) => x ** 3 / 6 - x ** 5 / 120 + x ** 7 / 5040 - x ** 9 / 362880 },
    ),
    curve(
      'tan x − x near zero',
      (x) => Math.tan(x) - x,
      (x) => Math.tan(x) ** 2,
      [0.1, 1e-3],
      {
        exact: (x) =>
          x ** 3 / 3 + (2 * x ** 5) / 15 + (17 * x ** 7) / 315 + (62 * x ** 9) / 2835 + (1382 * x ** 11) / 155925,
      },
    ),
    several(
      'a variance about a mean of a thousand',
      ['x:5', 'v'],
      (x) => [sum(5, (k) => x[k] ** 2) / 5 - (sum(5, (k) => x[k]) / 5) ** 2],
      (x) => [x.map((v) => (2 / 5) * (v - sum(5, (k) => x[k]) / 5))],
      [[1000.2, 1001.4, 999.1, 1000.9, 998.3]],
      { exact: (x) => [sum(5, (k) => (x[k] - sum(5, (j) => x[j]) / 5) ** 2) / 5] },
    ),
    several(
      'the small root of x² − bx + c',
      ['b c', 'x'],
      ([b, c]) => [(b - Math.sqrt(b * b - 4 * c)) / 2],
      ([b, c]) => {
        const root = Math.sqrt(b * b - 4 * c);
        const x = (2 * c) / (b + root);
        return [[-x / root, 1 / root]];
      },
      [
        [1e3, 1],
        [1e5, 2],
      ],
      { exact: ([b, c]) => [(2 * c) / (b + Math.sqrt(b * b - 4 * c))] },
    ),
    curve(
      'a difference quotient inside',
      (x) => (Math.sin(x + 1e-5) - Math.sin(x)) / 1e-5,
      (x) => (-2 * Math.sin(x + 5e-6) * Math.sin(5e-6)) / 1e-5,
      [0.8],
      {
        exact: (x) => (2 * Math.cos(x + 5e-6) * Math.sin(5e-6)) / 1e-5,
      },
    ),
    curve(
      '1 − tanh x',
      (x) => 1 - Math.tanh(x),
      (x) => -1 / Math.cosh(x) ** 2,
      [5, 12],
      { exact: (x) => 2 / (1 + Math.exp(2 * x)) },
    ),
    several(
      'the area of a needle by Heron’s formula',
      ['a b c', 'area'],
      ([a, b, c]) => {
        const s = (a + b + c) / 2;
        return [Math.sqrt(s * (s - a) * (s - b) * (s - c))];
      },
      ([a, b, c]) => {
        const area = Math.sqrt((a + b + c) * (b + c - a) * (a + c - b) * (a + b - c)) / 4;
        return [[a, b, c].map((v) => (v * (a * a + b * b + c * c - 2 * v * v)) / (8 * area))];
      },
      [
        [3, 4, 5.5],
        [1, 1, 1e-3],
      ],
    ),
    curve(
      'eˣ − e⁻ˣ − 2x',
      (x) => Math.exp(x) - Math.exp(-x) - 2 * x,
      (x) => 4 * Math.sinh(x / 2) ** 2,
      [0.1, 1],
      {
        exact: (x) =>
          2 * range(12).reduce((s, k) => s + x ** (2 * k + 3) / range(2 * k + 3).reduce((p, j) => p * (j + 1), 1), 0),
      },
    ),
  ]),
];
