/** Inputs and outputs from 1e-30 to 1e24, zeros beside millions, small changes on large offsets. */
import { matrixOf } from '../matrix.js';
import { curve, several, table } from '../row.js';
import { range, sum } from './numeric.js';

const decades = [-12, -9, -6, -3, 3, 6, 9, 12];
const spread = range(9).map((k) => 1.3 * 10 ** (3 * k - 12));

/** The table. */
export const illScaled = table('ill scaled', true, [
  several(
    'sin(x/s) at scales 1e-12 to 1e12',
    ['x s', 'y'],
    ([x, s]) => [Math.sin(x / s)],
    ([x, s]) => [[Math.cos(x / s) / s, (-x / s ** 2) * Math.cos(x / s)]],
    decades.map((d) => [0.7 * 10 ** d, 10 ** d]),
  ),
  several(
    's·exp(x) with outputs of 1e-12 to 1e12',
    ['x s', 'y'],
    ([x, s]) => [s * Math.exp(x)],
    ([x, s]) => [[s * Math.exp(x), Math.exp(x)]],
    decades.map((d) => [0.4, 10 ** d]),
  ),
  several(
    'a zero beside a million',
    ['a b', 'y'],
    ([a, b]) => [Math.sin(a) + (b / 1e6) ** 2],
    ([a, b]) => [[Math.cos(a), (2 * b) / 1e12]],
    [
      [0, 1e6],
      [0.5, 2e6],
    ],
  ),
  several(
    'zeros and millions in one vector',
    ['x:4', 'y:2'],
    ([a, b, c, d]) => [Math.exp(a) * Math.log(b), c + Math.sqrt(d)],
    ([a, b, , d]) => [
      [Math.exp(a) * Math.log(b), Math.exp(a) / b, 0, 0],
      [0, 0, 1, 0.5 / Math.sqrt(d)],
    ],
    [[0, 1e6, 0, 3e6]],
  ),
  several(
    'a beam in SI units: PL³/(48EI)',
    ['load length young inertia', 'deflection'],
    ([p, l, e, i]) => [(p * l ** 3) / (48 * e * i)],
    ([p, l, e, i]) => {
      const d = (p * l ** 3) / (48 * e * i);
      return [[d / p, (3 * d) / l, -d / e, -d / i]];
    },
    [[1e3, 2, 2e11, 1e-6]],
  ),
  curve('1e8 + sin x', (x) => 1e8 + Math.sin(x), Math.cos, [0.3, 2], { exact: Math.sin }),
  curve('1e6 + exp x', (x) => 1e6 + Math.exp(x), Math.exp, [0.3, -2], { exact: Math.exp }),
  curve('1e15 + sin x', (x) => 1e15 + Math.sin(x), Math.cos, [0.3, 2], { exact: Math.sin, smooth: false }),
  curve(
    '1e12 + x²',
    (x) => 1e12 + x * x,
    (x) => 2 * x,
    [1.5, 300],
    { exact: (x) => x * x },
  ),
  several(
    'outputs of 1e-9 and 1e9',
    ['x', 'small large'],
    ([x]) => [1e-9 * Math.sin(x), 1e9 * Math.exp(x)],
    ([x]) => [[1e-9 * Math.cos(x)], [1e9 * Math.exp(x)]],
    [[0.4]],
  ),
  several(
    'the ideal gas: nRT/V',
    ['n t v', 'p'],
    ([n, t, v]) => [(n * 8.314462618 * t) / v],
    ([n, t, v]) => [[(8.314462618 * t) / v, (n * 8.314462618) / v, (-n * 8.314462618 * t) / v ** 2]],
    [
      [2, 300, 1e-3],
      [1e-9, 4, 1e-12],
    ],
  ),
  several(
    'the squares of numbers from 1e-12 to 1e12',
    ['x:9', 'y:9'],
    (x) => x.map((v) => v * v),
    (x) =>
      matrixOf(
        [9, 9],
        x.map((v, i) => [i, i, 2 * v] as const),
      ),
    [spread],
  ),
  several(
    'the sum of the logarithms of numbers from 1e-12 to 1e12',
    ['x:9', 'y'],
    (x) => [sum(9, (k) => Math.log(x[k]))],
    (x) => [x.map((v) => 1 / v)],
    [spread],
  ),
  several(
    'the sum of the squares of numbers from 1e-12 to 1e12',
    ['x:9', 'y'],
    (x) => [sum(9, (k) => x[k] ** 2)],
    (x) => [x.map((v) => 2 * v)],
    [spread],
    { exact: (x) => [sum(9, (k) => x[k] ** 2)], smooth: false, verified: Infinity },
  ),
  curve(
    '(x − 1e6)² near a million',
    (x) => (x - 1e6) ** 2,
    (x) => 2 * (x - 1e6),
    [1e6 + 0.3, 1e6 + 40],
    { verified: 1e-5 },
  ),
  curve(
    '1 + 1e-10·x',
    (x) => 1 + 1e-10 * x,
    () => 1e-10,
    [0, 1, 50],
    { exact: (x) => 1e-10 * x },
  ),
  curve(
    '1e12·x + sin x',
    (x) => 1e12 * x + Math.sin(x),
    (x) => 1e12 + Math.cos(x),
    [0, 0.7],
  ),
  several(
    'weights from 1e-6 to 1e6',
    ['x:13', 'y'],
    (x) => [sum(13, (k) => 10 ** (k - 6) * Math.sin(x[k]))],
    (x) => [x.map((v, k) => 10 ** (k - 6) * Math.cos(v))],
    [range(13).map((k) => 0.1 * k - 0.5)],
    { verified: 1e-3 },
  ),
  several(
    'the gain of an RC filter',
    ['r c f', 'gain'],
    ([r, c, f]) => [1 / Math.sqrt(1 + (2 * Math.PI * f * r * c) ** 2)],
    ([r, c, f]) => {
      const w = 2 * Math.PI * f * r * c;
      const d = (-w * w) / (1 + w * w) ** 1.5;
      return [[d / r, d / c, d / f]];
    },
    [
      [1e4, 1e-9, 2e4],
      [1e6, 1e-12, 1e9],
    ],
  ),
  several(
    'the energy of a photon: hc/λ',
    ['wavelength', 'energy'],
    ([l]) => [(6.62607015e-34 * 299792458) / l],
    ([l]) => [[(-6.62607015e-34 * 299792458) / l ** 2]],
    [[5e-7], [1e-10], [0.2]],
  ),
  several(
    'the attraction of two masses',
    ['m n r', 'force'],
    ([m, n, r]) => [(6.6743e-11 * m * n) / r ** 2],
    ([m, n, r]) => {
      const f = (6.6743e-11 * m * n) / r ** 2;
      return [[f / m, f / n, (-2 * f) / r]];
    },
    [
      [5.97e24, 7.3e22, 3.8e8],
      [1, 1, 1e-3],
    ],
  ),
  curve(
    '√(1 + x²) at and beside zero',
    (x) => Math.sqrt(1 + x * x),
    (x) => x / Math.sqrt(1 + x * x),
    [0, 1e-6, 1e-3],
    { exact: (x) => (x * x) / (1 + Math.sqrt(1 + x * x)) },
  ),
  several(
    'x·y with 1e-10 and 1e10',
    ['x y', 'p q'],
    ([x, y]) => [x * y, x / y],
    ([x, y]) => [
      [y, x],
      [1 / y, -x / y ** 2],
    ],
    [
      [1e-10, 1e10],
      [1e10, 1e-10],
    ],
  ),
  several(
    'seconds since 1970 in a phase',
    ['t w', 'y'],
    ([t, w]) => [Math.sin(w * t)],
    ([t, w]) => [[w * Math.cos(w * t), t * Math.cos(w * t)]],
    [
      [1.7e9, 1e-9],
      [1.7e9, 2e-7],
    ],
  ),
  several(
    'the distance between places far from the origin',
    ['a:3 b:3', 'd'],
    ([a, b, c, p, q, r]) => [Math.hypot(a - p, b - q, c - r)],
    ([a, b, c, p, q, r]) => {
      const d = Math.hypot(a - p, b - q, c - r);
      const unit = [(a - p) / d, (b - q) / d, (c - r) / d];
      return [[...unit, ...unit.map((u) => -u)]];
    },
    [[6.4e6 + 3, 1e5, 2e6 - 7, 6.4e6, 1e5 + 4, 2e6]],
    { verified: 1e-5 },
  ),
]);
