/** Optics, mechanics, heat and circuits. */
import { curve, several, table, type Vector } from '../row.js';
import { range, sum } from './numeric.js';

const C = 299792458;
/** The complete elliptic integrals K and E of the modulus k, by the arithmetic-geometric mean. */
function elliptic(k: number) {
  let [a, b, power, removed] = [1, Math.sqrt(1 - k * k), 0.5, (k * k) / 2];
  for (let n = 0; n < 12; n++) {
    const c = (a - b) / 2;
    [a, b, power] = [(a + b) / 2, Math.sqrt(a * b), power * 2];
    removed += power * c * c;
  }
  const K = Math.PI / (2 * a);
  return { K, E: K * (1 - removed) };
}
/** The period of a pendulum of 1 m: 4√(1/g)·K(sin(angle/2)). */
const period = (angle: number) => 4 * Math.sqrt(1 / 9.81) * elliptic(Math.sin(angle / 2)).K;
const periodSlope = (angle: number) => {
  const k = Math.sin(angle / 2);
  const { K, E } = elliptic(k);
  return (4 * Math.sqrt(1 / 9.81) * (E / (k * (1 - k * k)) - K / k) * Math.cos(angle / 2)) / 2;
};
const planck = (l: number, t: number) => {
  const x = (6.62607015e-34 * C) / (l * 1.380649e-23 * t);
  const b = (2 * 6.62607015e-34 * C * C) / l ** 5 / Math.expm1(x);
  const share = x / -Math.expm1(-x);
  return { b, byL: (b / l) * (share - 5), byT: (b / t) * share };
};
const charges = [1, -2, 1.5];
const coulomb = (p: Vector) => {
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ].map(([i, j]) => ({ i, j, d: range(2).map((k) => p[2 * i + k] - p[2 * j + k]), q: charges[i] * charges[j] }));
  const slopes = range(6).map((n) =>
    sum(3, (k) => {
      const { i, j, d, q } = pairs[k];
      const axis = n % 2;
      const side = Math.floor(n / 2) === i ? 1 : Math.floor(n / 2) === j ? -1 : 0;
      return (-side * q * d[axis]) / Math.hypot(...d) ** 3;
    }),
  );
  return { energy: sum(3, (k) => pairs[k].q / Math.hypot(...pairs[k].d)), slopes };
};
const resonance = (w: number, q: number) => {
  const s = w - 1 / w;
  const d = 1 + (q * s) ** 2;
  return { gain: 1 / Math.sqrt(d), byW: (-q * q * s * (1 + 1 / w ** 2)) / d ** 1.5, byQ: (-q * s * s) / d ** 1.5 };
};
const film = ([n, h, l]: Vector) => {
  const phase = (4 * Math.PI * n * h) / l;
  const [a, b] = [(1 - n) / (1 + n), (n - 1.52) / (n + 1.52)];
  const [top, bottom] = [a * a + b * b + 2 * a * b * Math.cos(phase), 1 + a * a * b * b + 2 * a * b * Math.cos(phase)];
  const byPhase = (-2 * a * b * Math.sin(phase) * (bottom - top)) / bottom ** 2;
  const [da, db] = [-2 / (1 + n) ** 2, 3.04 / (n + 1.52) ** 2];
  const dTop = 2 * a * da + 2 * b * db + 2 * (da * b + a * db) * Math.cos(phase);
  const dBottom = 2 * a * b * (da * b + a * db) + 2 * (da * b + a * db) * Math.cos(phase);
  const byN = (dTop * bottom - top * dBottom) / bottom ** 2 + (byPhase * phase) / n;
  return { r: top / bottom, slopes: [byN, (byPhase * phase) / h, (-byPhase * phase) / l] };
};
const fermi = (e: number, mu: number, kt: number) => {
  const f = 1 / (1 + Math.exp((e - mu) / kt));
  return { f, d: f / (1 + Math.exp((mu - e) / kt)) };
};

/** The table. */
export const physics = table('physics', true, [
  curve('the period of a pendulum', period, periodSlope, [0.3, 2, 3.1]),
  several(
    'a thin lens',
    ['f g', 'b m'],
    ([f, g]) => [(f * g) / (g - f), f / (f - g)],
    ([f, g]) => [
      [g ** 2 / (g - f) ** 2, -(f ** 2) / (g - f) ** 2],
      [-g / (f - g) ** 2, f / (f - g) ** 2],
    ],
    [
      [0.05, 2],
      [0.05, 0.0501],
    ],
  ),
  curve(
    'refraction near total reflection',
    (x) => Math.asin(1.5 * Math.sin(x)),
    (x) => (1.5 * Math.cos(x)) / Math.sqrt(1 - (1.5 * Math.sin(x)) ** 2),
    [0.3, 0.7, 0.7297],
    { verified: 1e-5 },
  ),
  curve(
    'the Lorentz factor',
    (v) => 1 / Math.sqrt((1 - v / C) * (1 + v / C)),
    (v) => v / C ** 2 / ((1 - v / C) * (1 + v / C)) ** 1.5,
    [0.1 * C, 0.999 * C, 0.999999 * C],
    { verified: 1e-5 },
  ),
  several(
    'Planck’s law',
    ['wavelength t', 'b'],
    ([l, t]) => [planck(l, t).b],
    ([l, t]) => [[planck(l, t).byL, planck(l, t).byT]],
    [
      [5e-7, 5778],
      [1e-5, 300],
    ],
  ),
  several(
    'the drag of a body',
    ['rho v area', 'force'],
    ([r, v, a]) => [0.235 * r * v * Math.abs(v) * a],
    ([r, v, a]) => [[0.235 * v * Math.abs(v) * a, 0.47 * r * Math.abs(v) * a, 0.235 * r * v * Math.abs(v)]],
    [
      [1.2, 30, 0.6],
      [1.2, -0.02, 0.6],
    ],
  ),
  several(
    'the heights of the barometer',
    ['p t', 'h'],
    ([p, t]) => [29.27 * t * Math.log(101325 / p)],
    ([p, t]) => [[(-29.27 * t) / p, 29.27 * Math.log(101325 / p)]],
    [
      [5e4, 260],
      [101320, 288],
    ],
  ),
  several(
    'the energy of three charges',
    ['p:3x2', 'energy'],
    (p) => [coulomb(p).energy],
    (p) => [coulomb(p).slopes],
    [
      [0, 0, 1, 0.2, -0.4, 1.1],
      [0, 0, 1e-3, 0, 1, 1],
    ],
  ),
  several(
    'a resonance of quality 1e4',
    ['w q', 'gain'],
    ([w, q]) => [resonance(w, q).gain],
    ([w, q]) => [[resonance(w, q).byW, resonance(w, q).byQ]],
    [
      [1.00002, 1e4],
      [0.7, 1e4],
    ],
    { verified: 1e-5 },
  ),
  several(
    'the reflection of a thin film',
    ['n h l', 'r'],
    (x) => [film(x).r],
    (x) => [film(x).slopes],
    [
      [1.38, 1e-7, 5.5e-7],
      [2.1, 5e-5, 6.33e-7],
    ],
  ),
  several(
    'the Fermi function at 1 K',
    ['e mu kt', 'f'],
    ([e, m, k]) => [fermi(e, m, k).f],
    ([e, m, k]) => {
      const { d } = fermi(e, m, k);
      return [[-d / k, d / k, (d * (e - m)) / k ** 2]];
    },
    [
      [5.00005, 5, 8.6e-5],
      [5.1, 5, 0.025],
    ],
    { verified: 1e-5 },
  ),
  several(
    'the energy of two pendulums',
    ['angles:2 speeds:2', 'energy'],
    ([a, b, u, v]) => [u * u + 0.5 * v * v + u * v * Math.cos(a - b) - 2 * 9.81 * Math.cos(a) - 9.81 * Math.cos(b)],
    ([a, b, u, v]) => [
      [
        -u * v * Math.sin(a - b) + 19.62 * Math.sin(a),
        u * v * Math.sin(a - b) + 9.81 * Math.sin(b),
        2 * u + v * Math.cos(a - b),
        v + u * Math.cos(a - b),
      ],
    ],
    [
      [0.4, 1.1, 2, -1],
      [0, 0, 0, 0],
    ],
  ),
  several(
    'the logarithmic mean temperature',
    ['a b', 'm'],
    ([a, b]) => [(a - b) / Math.log(a / b)],
    ([a, b]) => {
      const l = Math.log(a / b);
      return [[(l - (a - b) / a) / l ** 2, (-l + (a - b) / b) / l ** 2]];
    },
    [
      [40, 15],
      [20, 19],
    ],
  ),
  several(
    'the Doppler shift of a star',
    ['f v', 'g'],
    ([f, v]) => [f * Math.sqrt((1 - v / C) / (1 + v / C))],
    ([f, v]) => {
      const g = f * Math.sqrt((1 - v / C) / (1 + v / C));
      return [[g / f, -g / (C * (1 - (v / C) ** 2))]];
    },
    [
      [5e14, 3e4],
      [5e14, 2e8],
    ],
  ),
  several(
    'a spring chain of six',
    ['x:6', 'energy'],
    (x) => [sum(5, (k) => 50 * (x[k + 1] - x[k] - 0.1) ** 2)],
    (x) => [x.map((v, k) => 100 * ((k > 0 ? v - x[k - 1] - 0.1 : 0) - (k < 5 ? x[k + 1] - v - 0.1 : 0)))],
    [[0, 0.12, 0.19, 0.33, 0.38, 0.5]],
  ),
  several(
    'a projectile with height',
    ['speed angle height', 'range'],
    ([v, a, h]) => [((v * Math.cos(a)) / 9.81) * (v * Math.sin(a) + Math.sqrt((v * Math.sin(a)) ** 2 + 19.62 * h))],
    ([v, a, h]) => {
      const [s, c] = [Math.sin(a), Math.cos(a)];
      const root = Math.sqrt((v * s) ** 2 + 19.62 * h);
      return [
        [
          (c / 9.81) * (v * s + root) + ((v * c) / 9.81) * (s + (v * s * s) / root),
          ((-v * s) / 9.81) * (v * s + root) + ((v * c) / 9.81) * (v * c + (v * v * s * c) / root),
          (v * c) / root,
        ],
      ];
    },
    [
      [30, 0.7, 1.8],
      [30, Math.PI / 2 - 1e-3, 0.01],
    ],
  ),
]);
