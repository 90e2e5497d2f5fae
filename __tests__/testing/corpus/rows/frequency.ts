/** Waves that are short beside their argument. */
import { curve, several, table } from '../row.js';
import { range, sum } from './numeric.js';

const radian = Math.PI / 180;
const frequencies = [1, 10, 100, 1000, 1e4];

/** The table. */
export const frequency = table('high frequency', true, [
  curve('sin x far out', Math.sin, Math.cos, [1e3, 2e4, 1e5, 1e6]),
  curve(
    'sin(1e3·x)',
    (x) => Math.sin(1e3 * x),
    (x) => 1e3 * Math.cos(1e3 * x),
    [0.3, 1, 7],
  ),
  curve(
    'sin(1e4·x)',
    (x) => Math.sin(1e4 * x),
    (x) => 1e4 * Math.cos(1e4 * x),
    [0, 0.3, 1],
  ),
  curve(
    'sin(1e6·x)',
    (x) => Math.sin(1e6 * x),
    (x) => 1e6 * Math.cos(1e6 * x),
    [0.5, 1],
    { verified: 1e-5 },
  ),
  curve(
    'the sine of degrees',
    (x) => Math.sin(radian * x),
    (x) => radian * Math.cos(radian * x),
    [0, 30, 359, 3e5, 3e5 + 30],
  ),
  curve(
    'a chirp sin(x²)',
    (x) => Math.sin(x * x),
    (x) => 2 * x * Math.cos(x * x),
    [10, 100, 300],
  ),
  curve(
    'sin(1/x)',
    (x) => Math.sin(1 / x),
    (x) => -Math.cos(1 / x) / x ** 2,
    [0.1, 0.01, 1e-3],
  ),
  curve(
    'a wiggle on a slope: x + 1e-3·sin(1e5·x)',
    (x) => x + 1e-3 * Math.sin(1e5 * x),
    (x) => 1 + 100 * Math.cos(1e5 * x),
    [0.2, 1],
  ),
  curve(
    'a faint wiggle on a slope: x + 1e-6·sin(1e4·x)',
    (x) => x + 1e-6 * Math.sin(1e4 * x),
    (x) => 1 + 0.01 * Math.cos(1e4 * x),
    [0.2, 1],
  ),
  curve(
    'a tone of 440 Hz',
    (t) => Math.cos(2 * Math.PI * 440 * t),
    (t) => -2 * Math.PI * 440 * Math.sin(2 * Math.PI * 440 * t),
    [0.0013, 1.3003],
  ),
  curve(
    'an amplitude that is modulated',
    (x) => (1 + 0.5 * Math.sin(20 * x)) * Math.sin(2e3 * x),
    (x) => 10 * Math.cos(20 * x) * Math.sin(2e3 * x) + (1 + 0.5 * Math.sin(20 * x)) * 2e3 * Math.cos(2e3 * x),
    [0.4, 2.1],
  ),
  curve(
    'tan(100·x)',
    (x) => Math.tan(100 * x),
    (x) => 100 / Math.cos(100 * x) ** 2,
    [0.3, 1.1],
  ),
  curve(
    'a damped oscillation',
    (x) => Math.exp(-x) * Math.sin(500 * x),
    (x) => Math.exp(-x) * (500 * Math.cos(500 * x) - Math.sin(500 * x)),
    [0.1, 3],
  ),
  several(
    'the fringes behind two slits',
    ['gap wavelength angle', 'intensity'],
    ([d, l, a]) => [Math.cos((Math.PI * d * Math.sin(a)) / l) ** 2],
    ([d, l, a]) => {
      const phase = (Math.PI * d * Math.sin(a)) / l;
      const slope = -Math.sin(2 * phase);
      return [[(slope * phase) / d, (-slope * phase) / l, (slope * Math.PI * d * Math.cos(a)) / l]];
    },
    [
      [1e-3, 5e-7, 0.01],
      [1e-3, 5e-7, 0.0101],
    ],
  ),
  curve(
    'seven terms of Weierstrass’s function',
    (x) => sum(7, (k) => 0.5 ** k * Math.cos(7 ** k * x)),
    (x) => -sum(7, (k) => 3.5 ** k * Math.sin(7 ** k * x)),
    [0.2, 1.4],
  ),
  several(
    'frequencies from 1 to 1e4 side by side',
    ['x', 'y:5'],
    ([x]) => frequencies.map((w) => Math.sin(w * x)),
    ([x]) => frequencies.map((w) => [w * Math.cos(w * x)]),
    [[0.3], [1.7]],
  ),
  several(
    'frequencies from 1 to 1e4 of one number each',
    ['x:5', 'y'],
    (x) => [sum(5, (k) => Math.sin(frequencies[k] * x[k]))],
    (x) => [x.map((v, k) => frequencies[k] * Math.cos(frequencies[k] * v))],
    [
      [0.3, 0.3, 0.3, 0.3, 0.3],
      [1, 0, 1, 0, 1],
    ],
  ),
  several(
    'a plane wave of 1 mm at metres',
    ['x:3 k:3', 'y'],
    ([a, b, c, p, q, r]) => [Math.cos(a * p + b * q + c * r)],
    ([a, b, c, p, q, r]) => {
      const slope = -Math.sin(a * p + b * q + c * r);
      return [[p, q, r, a, b, c].map((v) => v * slope)];
    },
    [[1.2, 0.4, -0.7, 4e3, -3e3, 2e3]],
  ),
  curve(
    'a random walk of sixty waves',
    (x) => sum(60, (k) => Math.sin((k + 1) ** 2 * x + k) / (k + 1)),
    (x) => sum(60, (k) => (k + 1) * Math.cos((k + 1) ** 2 * x + k)),
    [0.9],
  ),
  several(
    'sin(k·x) for k = 1 … 64',
    ['x', 'y:64'],
    ([x]) => range(64).map((k) => Math.sin((k + 1) * x)),
    ([x]) => range(64).map((k) => [(k + 1) * Math.cos((k + 1) * x)]),
    [[2.2]],
  ),
]);
