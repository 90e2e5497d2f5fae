/** Iterations that stop at a tolerance, whose result is not quite a smooth function; the derivative is that of the limit. */
import { curve, several, table, type Vector } from '../row.js';
import { adaptive, conjugateGradient, fitDecay, goldenSection, relax, simplex, simpson } from './iterate.js';
import { bisect, eye, invert, newton, range, solve, sum } from './numeric.js';

const cubic = (a: number, tolerance: number) =>
  newton(
    (x) => x ** 3 + a * x - 2,
    (x) => 3 * x * x + a,
    1,
    tolerance,
  );
const cubicSlope = (a: number) => -cubic(a, 1e-15) / (3 * cubic(a, 1e-15) ** 2 + a);
const wave = (a: number, tolerance: number) => {
  let [x, last] = [0.5, Infinity];
  for (let k = 0; k < 10_000 && Math.abs(x - last) > tolerance; k++) [x, last] = [Math.cos(a * x), x];
  return x;
};
const waveSlope = (a: number) => {
  const x = wave(a, 0);
  return (-x * Math.sin(a * x)) / (1 + a * Math.sin(a * x));
};
const balance = (a: number, tolerance: number) => bisect((x) => Math.exp(x) + x - a, -5, 5, tolerance);
const balanceSlope = (a: number) => 1 / (Math.exp(balance(a, 0)) + 1);

const logistic = (r: number, k: number, t: number) => k / (1 + (k / 0.1 - 1) * Math.exp(-r * t));
const logisticSlopes = (r: number, k: number, t: number) => {
  const e = Math.exp(-r * t);
  const bottom = 1 + (k / 0.1 - 1) * e;
  return [(k * (k / 0.1 - 1) * e * t) / bottom ** 2, 1 / bottom - (k * 10 * e) / bottom ** 2];
};
const oscillator = (w: number, d: number, t: number) => {
  const f = Math.sqrt(w * w - d * d);
  return { f, e: Math.exp(-d * t), c: Math.cos(f * t), s: Math.sin(f * t) };
};
const cooled = (k: number, tolerance: number) => adaptive((_, [y]) => [-k * (y - 20)], [90], 0, 3, tolerance)[0];

const laplacian = range(400).map((p) => {
  const [i, j] = [Math.floor(p / 20), p % 20];
  return i === j ? 2.2 : Math.abs(i - j) === 1 ? -1 : 0;
});
const dominant = [4, 1, 0.5, 1, 5, -1, 0.5, -1, 6];
const rhs = range(20).map((k) => Math.sin(k + 1));
const laplacianInverse = invert(laplacian, 20);
const rows = (flat: Vector, n: number) => range(n).map((i) => flat.slice(n * i, n * i + n));
const measured = [3.02, 1.83, 1.13, 0.66, 0.42, 0.24];

/** The derivative of the best fit of a·exp(−b·t) by the data, from the normal equations with second derivatives. */
function fitSlopes(y: Vector) {
  const [a, b] = fitDecay(y, 1e-15);
  const e = (t: number) => Math.exp(-b * t);
  const residual = (t: number) => a * e(t) - y[t];
  const second = [
    sum(6, (t) => e(t) ** 2),
    sum(6, (t) => -t * a * e(t) ** 2 - residual(t) * t * e(t)),
    sum(6, (t) => -t * a * e(t) ** 2 - residual(t) * t * e(t)),
    sum(6, (t) => (t * a * e(t)) ** 2 + residual(t) * t * t * a * e(t)),
  ];
  const columns = y.map((_, t) => solve(second, [e(t), -t * a * e(t)]));
  return [0, 1].map((k) => columns.map((column) => column[k]));
}

const tight = (tolerance: number) => tolerance <= 1e-12;

/** The table. */
export const solvers = table('iterative solvers', false, [
  ...[1e-2, 1e-4, 1e-8, 1e-12].map((tolerance) =>
    curve(`a cubic’s root by Newton to ${tolerance}`, (a) => cubic(a, tolerance), cubicSlope, [1.5, 4], {
      exact: (a) => cubic(a, 1e-15),
      smooth: tight(tolerance),
    }),
  ),
  ...[1e-4, 1e-8].map((tolerance) =>
    curve(`x = cos(ax) by iteration to ${tolerance}`, (a) => wave(a, tolerance), waveSlope, [0.6, 1], {
      exact: (a) => wave(a, 0),
    }),
  ),
  ...[1e-4, 1e-10].map((tolerance) =>
    curve(`exp x + x = a by bisection to ${tolerance}`, (a) => balance(a, tolerance), balanceSlope, [2, 7], {
      exact: (a) =>
        newton(
          (x) => Math.exp(x) + x - a,
          (x) => Math.exp(x) + 1,
          1,
          1e-15,
        ),
    }),
  ),
  ...[1e-3, 1e-6, 1e-9].flatMap((tolerance) => [
    several(
      `logistic growth by an adaptive method to ${tolerance}`,
      ['rate capacity', 'size'],
      ([r, k]) => adaptive((_, [y]) => [r * y * (1 - y / k)], [0.1], 0, 5, tolerance),
      ([r, k]) => [logisticSlopes(r, k, 5)],
      [
        [0.8, 2],
        [1.4, 10],
      ],
      { exact: ([r, k]) => [logistic(r, k, 5)] },
    ),
    several(
      `an oscillator by an adaptive method to ${tolerance}`,
      ['frequency damping', 'x'],
      ([w, d]) => [adaptive((_, [x, v]) => [v, -w * w * x - 2 * d * v], [1, -d], 0, 4, tolerance)[0]],
      ([w, d]) => {
        const { f, e, s, c } = oscillator(w, d, 4);
        return [[-e * s * 4 * (w / f), -4 * e * c + e * s * 4 * (d / f)]];
      },
      [[2, 0.3]],
      { exact: ([w, d]) => [oscillator(w, d, 4).e * oscillator(w, d, 4).c] },
    ),
  ]),
  curve(
    'cooling by an adaptive method to 1e-6',
    (k) => cooled(k, 1e-6),
    (k) => -210 * Math.exp(-3 * k),
    [0.2, 1.1],
    {
      exact: (k) => 20 + 70 * Math.exp(-3 * k),
    },
  ),
  several(
    'conjugate gradients to 1e-6',
    ['b:20', 'x:20'],
    (b) => conjugateGradient(laplacian, b, 1e-6),
    () => rows(laplacianInverse, 20),
    [rhs],
    { exact: (b) => solve(laplacian, b) },
  ),
  several(
    'conjugate gradients to 1e-12',
    ['b:20', 'x:20'],
    (b) => conjugateGradient(laplacian, b, 1e-12),
    () => rows(laplacianInverse, 20),
    [rhs],
    { exact: (b) => solve(laplacian, b) },
  ),
  several(
    'Gauss and Seidel to 1e-6',
    ['b:3', 'x:3'],
    (b) => relax(dominant, b, 1e-6),
    () => rows(invert(dominant, 3), 3),
    [[1, -2, 0.5]],
    { exact: (b) => solve(dominant, b) },
  ),
  several(
    'a decay fitted by Gauss and Newton to 1e-4',
    ['y:6', 'a b'],
    (y) => fitDecay(y, 1e-4),
    fitSlopes,
    [measured],
    { exact: (y) => fitDecay(y, 1e-15) },
  ),
  several(
    'a decay fitted by Gauss and Newton to 1e-10',
    ['y:6', 'a b'],
    (y) => fitDecay(y, 1e-10),
    fitSlopes,
    [measured],
    { exact: (y) => fitDecay(y, 1e-15) },
  ),
  several(
    'a minimum by the simplex search',
    ['a b', 'x:2'],
    ([a, b]) => simplex(([x, y]) => (x - a) ** 2 + 3 * (y - b) ** 2 + (x - a) * (y - b), [0, 0], 1e-6),
    () => eye(2),
    [[0.6, -0.8]],
    { exact: (x) => x },
  ),
  several(
    'the value at a minimum by the simplex search',
    ['a b', 'f'],
    ([a, b]) => {
      const f = ([x, y]: Vector) => Math.exp(x) - a * x + (y - b) ** 2 + b;
      return [f(simplex(f, [0, 0], 1e-6))];
    },
    ([a]) => [[-Math.log(a), 1]],
    [[2.5, 0.7]],
    { exact: ([a, b]) => [a - a * Math.log(a) + b] },
  ),
  curve(
    'a minimum by golden section to 1e-5',
    (a) => goldenSection((x) => Math.exp(x) - a * x, -2, 4, 1e-5),
    (a) => 1 / a,
    [2, 5],
    { exact: Math.log },
  ),
  curve(
    'an integral by an adaptive rule to 1e-6',
    (a) => simpson((x) => Math.exp(-a * x) * Math.cos(x), 0, 3, 1e-6),
    (a) => {
      const [e, c, s] = [Math.exp(-3 * a), Math.cos(3), Math.sin(3)];
      const top = a + e * (s - a * c);
      return (1 - 3 * e * (s - a * c) - e * c) / (1 + a * a) - (2 * a * top) / (1 + a * a) ** 2;
    },
    [0.5, 2],
    { exact: (a) => (a + Math.exp(-3 * a) * (Math.sin(3) - a * Math.cos(3))) / (1 + a * a) },
  ),
  curve(
    'an integral of a wave by an adaptive rule to 1e-10',
    (a) => simpson((x) => Math.sin(a * x), 0, 2, 1e-10),
    (a) => (2 * Math.sin(2 * a)) / a - (1 - Math.cos(2 * a)) / a ** 2,
    [3, 9],
    { exact: (a) => (1 - Math.cos(2 * a)) / a },
  ),
  several(
    'a friction factor by Colebrook’s equation to 1e-6',
    ['reynolds roughness', 'f'],
    ([re, k]) => [colebrook(re, k, 1e-6)],
    colebrookSlopes,
    [
      [1e5, 1e-4],
      [4e3, 0.01],
    ],
    { exact: ([re, k]) => [colebrook(re, k, 0)] },
  ),
  several(
    'a temperature by descent to 1e-5',
    ['a b', 'x'],
    ([a, b]) => {
      let [x, slope] = [0, Infinity];
      for (let k = 0; k < 1e5 && Math.abs(slope) > 1e-5; k++) {
        slope = 2 * a * x + 4 * x ** 3 - b;
        x -= 0.02 * slope;
      }
      return [x];
    },
    ([a, b]) => {
      const x = newton(
        (t) => 2 * a * t + 4 * t ** 3 - b,
        (t) => 2 * a + 12 * t * t,
        1,
        1e-15,
      );
      return [[(-2 * x) / (2 * a + 12 * x * x), 1 / (2 * a + 12 * x * x)]];
    },
    [[1.2, 3]],
    {
      exact: ([a, b]) => [
        newton(
          (t) => 2 * a * t + 4 * t ** 3 - b,
          (t) => 2 * a + 12 * t * t,
          1,
          1e-15,
        ),
      ],
    },
  ),
]);

/** 1/√f = −2·log₁₀(k/3.7 + 2.51/(Re·√f)), by iteration of 1/√f. */
function colebrook(re: number, k: number, tolerance: number): number {
  let [s, last] = [6, Infinity];
  for (let n = 0; n < 500 && Math.abs(s - last) > tolerance; n++)
    [s, last] = [-2 * Math.log10(k / 3.7 + (2.51 * s) / re), s];
  return 1 / s ** 2;
}
function colebrookSlopes([re, k]: Vector) {
  const s = 1 / Math.sqrt(colebrook(re, k, 0));
  const inner = k / 3.7 + (2.51 * s) / re;
  const c = -2 / (Math.LN10 * inner);
  const own = 1 - (c * 2.51) / re;
  const [byRe, byK] = [(-c * 2.51 * s) / re ** 2 / own, c / 3.7 / own];
  return [[(-2 * byRe) / s ** 3, (-2 * byK) / s ** 3]];
}
