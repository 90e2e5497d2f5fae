/** Rates, equilibria, likelihoods and probabilities. */
import { curve, several, table, type Vector } from '../row.js';
import { density, digamma, lnGamma, normal, range, sum } from './numeric.js';

const R = 8.314462618;
const logSum = (x: Vector) => {
  const most = Math.max(...x);
  return most + Math.log(x.reduce((s, v) => s + Math.exp(v - most), 0));
};
const soft = (x: Vector) => x.map((v) => Math.exp(v - logSum(x)));
const points = [
  [0.5, 1.2, 0],
  [1.1, -0.3, 1],
  [-0.8, 0.4, 0],
  [0.2, 2, 1],
  [1.7, 0.1, 1],
];
const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
const arrhenius = (a: number, e: number, t: number) => a * Math.exp(-e / (R * t));
const data = [1.2, 0.7, 2.9, 1.8, 1.1, 2.2];
const mixture = ([w, m, n]: Vector, x: number) => ({ a: w * density(x - m), b: (1 - w) * density(x - n) });
const correlation = (v: Vector) => {
  const [x, y] = [v.slice(0, 5), v.slice(5)];
  const [mx, my] = [sum(5, (k) => x[k]) / 5, sum(5, (k) => y[k]) / 5];
  const [dx, dy] = [x.map((t) => t - mx), y.map((t) => t - my)];
  const [sx, sy] = [Math.hypot(...dx), Math.hypot(...dy)];
  return { dx, dy, sx, sy, r: sum(5, (k) => dx[k] * dy[k]) / (sx * sy) };
};

/** The tables. */
export const chemistry = [
  ...table('chemistry', true, [
    several(
      'Arrhenius’s law',
      ['factor energy t', 'rate'],
      ([a, e, t]) => [arrhenius(a, e, t)],
      ([a, e, t]) => {
        const k = arrhenius(a, e, t);
        return [[k / a, -k / (R * t), (k * e) / (R * t * t)]];
      },
      [
        [1e13, 8e4, 300],
        [1e13, 2e5, 1200],
        [1e11, 1.5e5, 250],
      ],
    ),
    several(
      'the pH of a weak acid',
      ['logKa conc', 'ph'],
      ([p, c]) => {
        const k = 10 ** -p;
        return [-Math.log10((-k + Math.sqrt(k * k + 4 * k * c)) / 2)];
      },
      ([p, c]) => {
        const k = 10 ** -p;
        const root = Math.sqrt(k * k + 4 * k * c);
        const h = (-k + root) / 2;
        const [byK, byC] = [(-1 + (k + 2 * c) / root) / 2, k / root];
        return [[(byK * k) / h, -byC / (h * Math.LN10)]];
      },
      [
        [4.76, 0.1],
        [9.2, 1e-3],
      ],
    ),
    several(
      'Michaelis and Menten',
      ['vmax km s', 'v'],
      ([v, k, s]) => [(v * s) / (k + s)],
      ([v, k, s]) => [[s / (k + s), (-v * s) / (k + s) ** 2, (v * k) / (k + s) ** 2]],
      [
        [1e-6, 2e-5, 1e-5],
        [3, 1, 1e4],
      ],
    ),
    several(
      'Nernst’s equation',
      ['t inner outer', 'volts'],
      ([t, i, o]) => [((R * t) / 96485.33212) * Math.log(o / i)],
      ([t, i, o]) => [[(R / 96485.33212) * Math.log(o / i), (-R * t) / 96485.33212 / i, (R * t) / 96485.33212 / o]],
      [[310, 140, 5]],
    ),
    curve(
      'Antoine’s equation for water',
      (t) => 10 ** (8.07131 - 1730.63 / (233.426 + t)),
      (t) => (10 ** (8.07131 - 1730.63 / (233.426 + t)) * Math.LN10 * 1730.63) / (233.426 + t) ** 2,
      [25, 95],
    ),
    several(
      'van der Waals’s gas',
      ['n v t', 'p'],
      ([n, v, t]) => [(n * R * t) / (v - n * 4.27e-5) - (0.364 * n * n) / (v * v)],
      ([n, v, t]) => {
        const free = v - n * 4.27e-5;
        return [
          [
            (R * t) / free + (n * R * t * 4.27e-5) / free ** 2 - (0.728 * n) / v ** 2,
            (-n * R * t) / free ** 2 + (0.728 * n * n) / v ** 3,
            (n * R) / free,
          ],
        ];
      },
      [
        [1, 0.024, 300],
        [1, 6e-5, 310],
      ],
    ),
    several(
      'Lennard and Jones’s potential',
      ['r depth size', 'u'],
      ([r, e, s]) => [4 * e * ((s / r) ** 12 - (s / r) ** 6)],
      ([r, e, s]) => {
        const [p, q] = [(s / r) ** 12, (s / r) ** 6];
        return [[(4 * e * (-12 * p + 6 * q)) / r, 4 * (p - q), (4 * e * (12 * p - 6 * q)) / s]];
      },
      [
        [3.8e-10, 1.65e-21, 3.4e-10],
        [0.9, 1, 1],
        [5, 1, 1],
      ],
    ),
    several(
      'A → B → C in time',
      ['k1 k2 t', 'b'],
      ([p, q, t]) => [(p / (q - p)) * (Math.exp(-p * t) - Math.exp(-q * t))],
      ([p, q, t]) => {
        const [x, y, d] = [Math.exp(-p * t), Math.exp(-q * t), q - p];
        return [
          [
            (q / d ** 2) * (x - y) - (p * t * x) / d,
            (-p / d ** 2) * (x - y) + (p * t * y) / d,
            (p / d) * (-p * x + q * y),
          ],
        ];
      },
      [
        [0.8, 0.3, 2],
        [1, 1.0001, 1],
      ],
      { verified: 1e-4 },
    ),
    several(
      'Langmuir’s isotherm of two gases',
      ['k:2 p:2', 'theta:2'],
      ([k, l, p, q]) => [(k * p) / (1 + k * p + l * q), (l * q) / (1 + k * p + l * q)],
      ([k, l, p, q]) => {
        const d = (1 + k * p + l * q) ** 2;
        return [
          [(p * (1 + l * q)) / d, (-k * p * q) / d, (k * (1 + l * q)) / d, (-k * p * l) / d],
          [(-l * q * p) / d, (q * (1 + k * p)) / d, (-l * q * k) / d, (l * (1 + k * p)) / d],
        ];
      },
      [[1e-5, 3e-6, 1e5, 2e5]],
    ),
    several(
      'the rates of a reaction network in a map',
      ['conc.{a} conc.{b} conc.{c}', 'rate.{a} rate.{b} rate.{c}'],
      ([a, b, c]) => [-0.04 * a + 1e4 * b * c, 0.04 * a - 1e4 * b * c - 3e7 * b * b, 3e7 * b * b],
      ([, b, c]) => [
        [-0.04, 1e4 * c, 1e4 * b],
        [0.04, -1e4 * c - 6e7 * b, -1e4 * b],
        [0, 6e7 * b, 0],
      ],
      [[0.9, 3e-5, 0.1]],
    ),
  ]),
  ...table('statistics', true, [
    several(
      'log Σ exp',
      ['x:4', 'l'],
      (x) => [logSum(x)],
      (x) => [soft(x)],
      [
        [0.1, -2, 1.4, 0.6],
        [1000, 1001, 999, 1000.5],
        [-5000, -5000, -5001, -4999],
      ],
    ),
    several(
      'softmax of large numbers',
      ['x:3', 'p:3'],
      soft,
      (x) => soft(x).map((p, i) => soft(x).map((q, j) => (i === j ? p : 0) - p * q)),
      [
        [1000, 1001, 999.5],
        [-8, 0, 2],
      ],
    ),
    several(
      'the log density of a normal distribution',
      ['mean deviation', 'l'],
      ([m, s]) => [sum(6, (k) => -0.5 * ((data[k] - m) / s) ** 2 - Math.log(s))],
      ([m, s]) => [[sum(6, (k) => (data[k] - m) / s ** 2), sum(6, (k) => (data[k] - m) ** 2 / s ** 3 - 1 / s)]],
      [
        [1.5, 0.8],
        [40, 0.1],
      ],
    ),
    curve('Φ(x) in its tail', normal, density, [-1, -4, -8, 2.5]),
    curve(
      'log Φ(x) in its tail',
      (x) => Math.log(normal(x)),
      (x) => density(x) / normal(x),
      [-1, -5, -20],
    ),
    several(
      'Student’s log density',
      ['x nu', 'l'],
      ([x, n]) => [lnGamma((n + 1) / 2) - lnGamma(n / 2) - Math.log(n) / 2 - ((n + 1) / 2) * Math.log(1 + (x * x) / n)],
      ([x, n]) => [
        [
          (-(n + 1) * x) / (n + x * x),
          digamma((n + 1) / 2) / 2 -
            digamma(n / 2) / 2 -
            1 / (2 * n) -
            Math.log(1 + (x * x) / n) / 2 +
            ((n + 1) / 2) * ((x * x) / n ** 2 / (1 + (x * x) / n)),
        ],
      ],
      [
        [1.3, 4],
        [30, 2.5],
      ],
    ),
    several(
      'log B(a, b)',
      ['a b', 'l'],
      ([a, b]) => [lnGamma(a) + lnGamma(b) - lnGamma(a + b)],
      ([a, b]) => [[digamma(a) - digamma(a + b), digamma(b) - digamma(a + b)]],
      [
        [2.5, 0.5],
        [1e3, 2e3],
        [1e-3, 4],
      ],
    ),
    several(
      'a correlation',
      ['x:5 y:5', 'r'],
      (v) => [correlation(v).r],
      (v) => {
        const { dx, dy, sx, sy, r } = correlation(v);
        return [
          [
            ...dx.map((d, k) => dy[k] / (sx * sy) - (r * d) / sx ** 2),
            ...dy.map((d, k) => dx[k] / (sx * sy) - (r * d) / sy ** 2),
          ],
        ];
      },
      [[0.1, 0.9, 0.4, 1.7, -0.3, 1, 2.2, 1.1, 2.8, 0.9]],
    ),
    several(
      'logistic regression',
      ['w:2 b', 'loss'],
      ([p, q, b]) => [points.reduce((s, [x, y, c]) => s + Math.log1p(Math.exp((c ? -1 : 1) * (p * x + q * y + b))), 0)],
      ([p, q, b]) => {
        const by = (weight: (x: number, y: number) => number) =>
          points.reduce((s, [x, y, c]) => s + (sigmoid(p * x + q * y + b) - c) * weight(x, y), 0);
        return [[by((x) => x), by((_, y) => y), by(() => 1)]];
      },
      [
        [0.4, -0.6, 0.2],
        [20, -15, 3],
      ],
    ),
    several(
      'an entropy with small parts',
      ['p:4', 'h'],
      (p) => [-sum(4, (k) => p[k] * Math.log(p[k]))],
      (p) => [p.map((v) => -Math.log(v) - 1)],
      [
        [0.5, 0.3, 0.1999, 1e-4],
        [0.9, 0.1, 1e-9, 1e-6],
      ],
    ),
    several(
      'the divergence of two normal distributions',
      ['m s n t', 'd'],
      ([m, s, n, t]) => [Math.log(t / s) + (s * s + (m - n) ** 2) / (2 * t * t) - 0.5],
      ([m, s, n, t]) => [
        [(m - n) / t ** 2, -1 / s + s / t ** 2, (n - m) / t ** 2, 1 / t - (s * s + (m - n) ** 2) / t ** 3],
      ],
      [[0.4, 1.1, -0.3, 0.8]],
    ),
    several(
      'the likelihood of a mixture',
      ['weight m n', 'l'],
      (v) => [data.reduce((s, x) => s + Math.log(mixture(v, x).a + mixture(v, x).b), 0)],
      (v) => {
        const by = (term: (a: number, b: number, x: number) => number) =>
          data.reduce((s, x) => {
            const { a, b } = mixture(v, x);
            return s + term(a, b, x) / (a + b);
          }, 0);
        return [
          [by((a, b) => a / v[0] - b / (1 - v[0])), by((a, _, x) => a * (x - v[1])), by((_, b, x) => b * (x - v[2]))],
        ];
      },
      [
        [0.4, 1, 2.5],
        [0.999, -3, 3],
      ],
    ),
    several(
      'Poisson’s log likelihood of large counts',
      ['rate', 'l'],
      ([r]) => [12_345 * Math.log(r) - r - lnGamma(12_346)],
      ([r]) => [[12_345 / r - 1]],
      [[12_000], [500]],
    ),
    curve('a sigmoid at 40, where it is 1', sigmoid, (x) => sigmoid(x) * sigmoid(-x), [40], {
      smooth: false,
      verified: Infinity,
    }),
    curve('a sigmoid in its tails', sigmoid, (x) => sigmoid(x) * sigmoid(-x), [-40, 8, -8]),
    several(
      'a geometric mean',
      ['x:6', 'g'],
      (x) => [Math.exp(sum(6, (k) => Math.log(x[k])) / 6)],
      (x) => [x.map((v) => Math.exp(sum(6, (k) => Math.log(x[k])) / 6) / (6 * v))],
      [data, range(6).map((k) => 10 ** (2 * k - 5))],
    ),
    several(
      'the quantile of a sample',
      ['x:6', 'q'],
      (x) => [[...x].sort((a, b) => a - b)[4]],
      (x) => [x.map((v) => (v === [...x].sort((a, b) => a - b)[4] ? 1 : 0))],
      [data],
    ),
  ]),
];
