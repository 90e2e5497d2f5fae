/** Prices, rates and orbits. */
import { curve, several, table, type Vector } from '../row.js';
import { bisect, density, newton, normal, range, sum } from './numeric.js';

/** Black and Scholes’s price of a call, with its derivative by spot, strike, rate, volatility and time. */
function call([s, k, r, v, t]: Vector) {
  const root = v * Math.sqrt(t);
  const d = (Math.log(s / k) + (r + (v * v) / 2) * t) / root;
  const later = k * Math.exp(-r * t);
  const price = s * normal(d) - later * normal(d - root);
  const vega = s * density(d) * Math.sqrt(t);
  const held = later * normal(d - root);
  return { price, slopes: [normal(d), -held / k, t * held, vega, r * held + (vega * v) / (2 * t)] };
}
const gamma = ([s, k, r, v, t]: Vector) => {
  const root = v * Math.sqrt(t);
  const d = (Math.log(s / k) + (r + (v * v) / 2) * t) / root;
  return { value: density(d) / (s * root), by: (-density(d) / (s * s * root)) * (1 + d / root) };
};
const annuity = (rate: number, n: number) => sum(n, (k) => (1 + rate) ** -(k + 1));
const worth = (flows: Vector, rate: number) => sum(flows.length, (k) => flows[k] * (1 + rate) ** -k);
const worthSlope = (flows: Vector, rate: number) => sum(flows.length, (k) => -k * flows[k] * (1 + rate) ** (-k - 1));
const irr = (flows: Vector) =>
  newton(
    (r) => worth(flows, r),
    (r) => worthSlope(flows, r),
    0.1,
    1e-14,
  );
const irrSlopes = (flows: Vector) => {
  const r = irr(flows);
  return [flows.map((_, k) => -((1 + r) ** -k) / worthSlope(flows, r))];
};
const flows = [-1000, 300, 420, 250, 380];
const kepler = (m: number, e: number) =>
  newton(
    (x) => x - e * Math.sin(x) - m,
    (x) => 1 - e * Math.cos(x),
    m + e * Math.sin(m) + 0.3 * e,
    1e-15,
  );
const keplerSlopes = (m: number, e: number) => {
  const x = kepler(m, e);
  const bottom = 1 - e * Math.cos(x);
  return [1 / bottom, Math.sin(x) / bottom];
};
const MU = 3.986004418e14;

/** The tables. */
export const finance = [
  ...table('finance', true, [
    several(
      'Black and Scholes: a call',
      ['spot strike rate volatility time', 'price'],
      (x) => [call(x).price],
      (x) => [call(x).slopes],
      [
        [100, 105, 0.03, 0.2, 0.5],
        [100, 60, 0.01, 0.4, 2],
        [100, 100, 0.02, 0.15, 0.01],
      ],
    ),
    several(
      'Black and Scholes: a call far out of the money',
      ['spot strike rate volatility time', 'price'],
      (x) => [call(x).price],
      (x) => [call(x).slopes],
      [[100, 180, 0.01, 0.2, 0.5]],
      { verified: 1e-4 },
    ),
    several(
      'Black and Scholes: delta by spot',
      ['spot strike rate volatility time', 'delta'],
      (x) => [call(x).slopes[0]],
      ([s, k, r, v, t]) => {
        const root = v * Math.sqrt(t);
        const d = (Math.log(s / k) + (r + (v * v) / 2) * t) / root;
        const phi = density(d);
        return [
          [
            phi / (s * root),
            -phi / (k * root),
            (phi * t) / root,
            phi * (Math.sqrt(t) - d / v),
            phi * ((r + (v * v) / 2) / root - d / (2 * t)),
          ],
        ];
      },
      [[100, 105, 0.03, 0.2, 0.5]],
    ),
    curve(
      'Black and Scholes: gamma by spot',
      (s) => gamma([s, 105, 0.03, 0.2, 0.5]).value,
      (s) => gamma([s, 105, 0.03, 0.2, 0.5]).by,
      [90, 100, 120],
    ),
    curve(
      'the volatility that a price implies',
      (p) =>
        newton(
          (v) => call([100, 105, 0.03, v, 0.5]).price - p,
          (v) => call([100, 105, 0.03, v, 0.5]).slopes[3],
          0.3,
          1e-13,
        ),
      (p) => {
        const v = newton(
          (w) => call([100, 105, 0.03, w, 0.5]).price - p,
          (w) => call([100, 105, 0.03, w, 0.5]).slopes[3],
          0.3,
          1e-14,
        );
        return 1 / call([100, 105, 0.03, v, 0.5]).slopes[3];
      },
      [4, 9],
    ),
    several('an internal rate of return by Newton', ['flows:5', 'rate'], (x) => [irr(x)], irrSlopes, [flows]),
    several(
      'an internal rate of return by halving to 1e-8',
      ['flows:5', 'rate'],
      (x) => [bisect((r) => worth(x, r), -0.5, 1, 1e-8)],
      irrSlopes,
      [flows],
      { smooth: false, exact: (x) => [irr(x)] },
    ),
    several(
      'a net present value',
      ['flows:5 rate', 'value'],
      (x) => [worth(x.slice(0, 5), x[5])],
      (x) => [[...range(5).map((k) => (1 + x[5]) ** -k), worthSlope(x.slice(0, 5), x[5])]],
      [[...flows, 0.08]],
    ),
    several(
      'a bond by coupon and yield',
      ['coupon yield', 'price'],
      ([c, y]) => [100 * c * annuity(y, 10) + 100 * (1 + y) ** -10],
      ([c, y]) => [
        [100 * annuity(y, 10), sum(10, (k) => -(k + 1) * 100 * c * (1 + y) ** (-k - 2)) - 1000 * (1 + y) ** -11],
      ],
      [
        [0.05, 0.04],
        [0.05, 1e-6],
      ],
    ),
    several(
      'a monthly payment',
      ['loan rate', 'payment'],
      ([l, r]) => [(l * r) / (1 - (1 + r) ** -360)],
      ([l, r]) => {
        const q = (1 + r) ** -360;
        return [[r / (1 - q), (l * (1 - q - (360 * r * q) / (1 + r))) / (1 - q) ** 2]];
      },
      [[250_000, 0.004]],
    ),
    several(
      'the deviation of a portfolio',
      ['weights:3', 'risk'],
      (w) => [
        Math.sqrt(0.04 * w[0] ** 2 + 0.09 * w[1] ** 2 + 0.01 * w[2] ** 2 + 0.036 * w[0] * w[1] - 0.006 * w[1] * w[2]),
      ],
      (w) => {
        const risk = Math.sqrt(
          0.04 * w[0] ** 2 + 0.09 * w[1] ** 2 + 0.01 * w[2] ** 2 + 0.036 * w[0] * w[1] - 0.006 * w[1] * w[2],
        );
        return [
          [0.08 * w[0] + 0.036 * w[1], 0.18 * w[1] + 0.036 * w[0] - 0.006 * w[2], 0.02 * w[2] - 0.006 * w[1]].map(
            (v) => v / (2 * risk),
          ),
        ];
      },
      [[0.5, 0.3, 0.2]],
    ),
    several(
      'balances in a map of accounts',
      ['accounts.{checking} accounts.{savings} rate', 'accounts.{checking} accounts.{savings}'],
      ([a, b, r]) => [a, b * Math.exp(10 * r)],
      ([, b, r]) => [
        [1, 0, 0],
        [0, Math.exp(10 * r), 10 * b * Math.exp(10 * r)],
      ],
      [[1e4, 2.5e5, 0.02]],
    ),
  ]),
  ...table('orbits', true, [
    several(
      'Kepler’s equation',
      ['mean eccentricity', 'anomaly'],
      ([m, e]) => [kepler(m, e)],
      ([m, e]) => [keplerSlopes(m, e)],
      [
        [1.2, 0.3],
        [0.1, 0.9],
        [0.02, 0.99],
      ],
    ),
    several(
      'Kepler’s equation to 1e-6',
      ['mean eccentricity', 'anomaly'],
      ([m, e]) => {
        let [x, last] = [m, Infinity];
        for (let n = 0; n < 1000 && Math.abs(x - last) > 1e-6; n++) [x, last] = [m + e * Math.sin(x), x];
        return [x];
      },
      ([m, e]) => [keplerSlopes(m, e)],
      [
        [1.2, 0.3],
        [2, 0.7],
      ],
      { smooth: false, exact: ([m, e]) => [kepler(m, e)] },
    ),
    several(
      'a place on an orbit',
      ['axis mean eccentricity', 'p:2'],
      ([a, m, e]) => {
        const x = kepler(m, e);
        return [a * (Math.cos(x) - e), a * Math.sqrt(1 - e * e) * Math.sin(x)];
      },
      ([a, m, e]) => {
        const [x, [byM, byE]] = [kepler(m, e), keplerSlopes(m, e)];
        const b = Math.sqrt(1 - e * e);
        return [
          [Math.cos(x) - e, -a * Math.sin(x) * byM, a * (-Math.sin(x) * byE - 1)],
          [b * Math.sin(x), a * b * Math.cos(x) * byM, a * (b * Math.cos(x) * byE - (e / b) * Math.sin(x))],
        ];
      },
      [
        [7e6, 0.8, 0.1],
        [1.5e11, 2.5, 0.0167],
      ],
    ),
    several(
      'the period of an orbit',
      ['axis mu', 'period'],
      ([a, mu]) => [2 * Math.PI * Math.sqrt(a ** 3 / mu)],
      ([a, mu]) => {
        const t = 2 * Math.PI * Math.sqrt(a ** 3 / mu);
        return [[(1.5 * t) / a, -t / (2 * mu)]];
      },
      [
        [7e6, MU],
        [1.496e11, 1.32712440018e20],
      ],
    ),
    several(
      'the speed on an orbit',
      ['r axis', 'v'],
      ([r, a]) => [Math.sqrt(MU * (2 / r - 1 / a))],
      ([r, a]) => {
        const v = Math.sqrt(MU * (2 / r - 1 / a));
        return [[-MU / (r * r * v), MU / (2 * a * a * v)]];
      },
      [
        [7e6, 9e6],
        [1e7, 5.0001e6],
      ],
      { verified: 1e-5 },
    ),
    several(
      'the rocket equation',
      ['exhaust full dry', 'dv'],
      ([u, m, n]) => [u * Math.log(m / n)],
      ([u, m, n]) => [[Math.log(m / n), u / m, -u / n]],
      [[3500, 5e5, 8e4]],
    ),
    curve(
      'a longitude that wraps at 360 degrees',
      (t) => (t * 15.04) % 360,
      () => 15.04,
      [3, 30],
      { smooth: true, verified: 1e-6 },
    ),
    curve(
      'a longitude beside its wrap',
      (t) => (t * 15) % 360,
      () => 15,
      [24 + 1e-7, 24],
      { smooth: false },
    ),
    several(
      'a true anomaly',
      ['anomaly eccentricity', 'true'],
      ([x, e]) => [2 * Math.atan(Math.sqrt((1 + e) / (1 - e)) * Math.tan(x / 2))],
      ([x, e]) => {
        const bottom = 1 - e * Math.cos(x);
        return [[Math.sqrt(1 - e * e) / bottom, Math.sin(x) / (bottom * Math.sqrt(1 - e * e))]];
      },
      [
        [1, 0.2],
        [3.1, 0.5],
      ],
    ),
    several(
      'a hyperbola’s equation',
      ['mean eccentricity', 'anomaly'],
      ([m, e]) => [
        newton(
          (h) => e * Math.sinh(h) - h - m,
          (h) => e * Math.cosh(h) - 1,
          1.5,
          1e-15,
        ),
      ],
      ([m, e]) => {
        const h = newton(
          (t) => e * Math.sinh(t) - t - m,
          (t) => e * Math.cosh(t) - 1,
          1.5,
          1e-15,
        );
        return [[1 / (e * Math.cosh(h) - 1), -Math.sinh(h) / (e * Math.cosh(h) - 1)]];
      },
      [[2, 1.4]],
    ),
  ]),
];
