/** Results that are rounded, written as text and read again, or kept in whole units; and float32 on the way. */
import { curve, several, table, type Vector } from '../row.js';
import { range, sum } from './numeric.js';

const to = (step: number) => (x: number) => Math.round(x / step) * step;
const f = Math.fround;
const smooth = (x: number) => Math.exp(Math.sin(x));
const smoothSlope = (x: number) => Math.cos(x) * Math.exp(Math.sin(x));
const exact = { exact: smooth };
const spots = [0.4, 2];

/** The transform of `signal` in float32, by halves. */
function transform(re: Float32Array, im: Float32Array): [Float32Array, Float32Array] {
  const n = re.length;
  if (n === 1) return [re, im];
  const half = (odd: number) =>
    transform(
      re.filter((_, k) => k % 2 === odd),
      im.filter((_, k) => k % 2 === odd),
    );
  const [[a, b], [c, d]] = [half(0), half(1)];
  const [outRe, outIm] = [new Float32Array(n), new Float32Array(n)];
  for (let k = 0; k < n / 2; k++) {
    const [cos, sin] = [Math.cos((2 * Math.PI * k) / n), -Math.sin((2 * Math.PI * k) / n)];
    const [p, q] = [f(cos * c[k]) - f(sin * d[k]), f(cos * d[k]) + f(sin * c[k])];
    [outRe[k], outIm[k], outRe[k + n / 2], outIm[k + n / 2]] = [a[k] + p, b[k] + q, a[k] - p, b[k] - q];
  }
  return [outRe, outIm];
}
const line = (x: Vector, k: number) => {
  const n = x.length;
  const [re, im] = [
    sum(n, (j) => x[j] * Math.cos((2 * Math.PI * j * k) / n)),
    -sum(n, (j) => x[j] * Math.sin((2 * Math.PI * j * k) / n)),
  ];
  return { re, im, power: re * re + im * im };
};
const signal = range(32).map((k) => Math.sin(1.3 * k) + 0.4 * Math.cos(0.5 * k));

/** The tables. */
export const rounding = [
  ...table('rounding', false, [
    ...[1e-2, 1e-4, 1e-6, 1e-9].map((step) =>
      curve(`rounded to ${step}`, (x) => to(step)(smooth(x)), smoothSlope, spots, exact),
    ),
    curve('toFixed(3)', (x) => Number(smooth(x).toFixed(3)), smoothSlope, spots, exact),
    curve('toPrecision(8)', (x) => Number(smooth(x).toPrecision(8)), smoothSlope, spots, exact),
    curve(
      'a text of five digits read again',
      (x) => Number.parseFloat(`${smooth(x).toExponential(4)} m`),
      smoothSlope,
      spots,
      exact,
    ),
    curve(
      'a date in milliseconds',
      (hours) => new Date(1.7e12 + 3.6e6 * hours).getTime() / 1000,
      () => 3600,
      [1.5, 40],
      {
        exact: (hours) => 3600 * hours,
      },
    ),
    curve(
      'parseInt of a thousandfold',
      (x) => Number.parseInt(String(1000 * smooth(x)), 10) / 1000,
      smoothSlope,
      spots,
      exact,
    ),
    curve('an input rounded to 1e-4', (x) => smooth(to(1e-4)(x)), smoothSlope, spots, exact),
    curve(
      'truncated by | 0',
      (x) => (1e5 * smooth(x)) | 0,
      (x) => 1e5 * smoothSlope(x),
      spots,
      { exact: (x) => 1e5 * smooth(x) },
    ),
    several(
      'prices in cents',
      ['net rate', 'gross tax'],
      ([net, rate]) => [Math.round(100 * net * (1 + rate)) / 100, Math.round(100 * net * rate) / 100],
      ([net, rate]) => [
        [1 + rate, net],
        [rate, net],
      ],
      [
        [19.99, 0.19],
        [1250, 0.07],
      ],
      { exact: ([net, rate]) => [net * (1 + rate), net * rate] },
    ),
    several(
      'a path through JSON of six digits',
      ['x:3', 'y:3'],
      (x) => JSON.parse(JSON.stringify(x.map((v) => Number(Math.sin(v).toFixed(6))))) as number[],
      (x) => x.map((v, i) => x.map((_, j) => (i === j ? Math.cos(v) : 0))),
      [[0.2, 1, -2]],
      { exact: (x) => x.map(Math.sin) },
    ),
  ]),
  ...table('float32 inside', false, [
    curve('an exponential in float32', (x) => f(Math.exp(f(x))), Math.exp, spots, { exact: Math.exp }),
    curve(
      'a chain of float32',
      (x) => f(f(f(f(x) * f(x)) + f(1.1)) / f(f(x) + f(2))),
      (x) => (x * x + 4 * x - f(1.1)) / (x + 2) ** 2,
      [0.7, 5],
      {
        exact: (x) => (x * x + f(1.1)) / (x + 2),
      },
    ),
    curve(
      'a sum of a thousand in float32',
      (x) => range(1000).reduce((s, k) => f(s + f(Math.sin(x + k / 500))), 0),
      (x) => sum(1000, (k) => Math.cos(x + k / 500)),
      [0.3],
      {
        exact: (x) => sum(1000, (k) => Math.sin(x + k / 500)),
      },
    ),
    several(
      'a spectrum by a float32 transform',
      ['x:32', 'power:4'],
      (x) => {
        const [re, im] = transform(Float32Array.from(x), new Float32Array(32));
        return range(4).map((k) => f(re[k + 1] ** 2 + im[k + 1] ** 2));
      },
      (x) =>
        range(4).map((k) =>
          range(32).map((j) => {
            const { re, im } = line(x, k + 1);
            return (
              2 * (re * Math.cos((2 * Math.PI * j * (k + 1)) / 32) - im * Math.sin((2 * Math.PI * j * (k + 1)) / 32))
            );
          }),
        ),
      [signal],
      { exact: (x) => range(4).map((k) => line(x, k + 1).power) },
    ),
    several(
      'a distance in a Float32Array',
      ['a:3 b:3', 'd'],
      (v) => {
        const [a, b] = [Float32Array.from(v.slice(0, 3)), Float32Array.from(v.slice(3))];
        return [f(Math.hypot(f(a[0] - b[0]), f(a[1] - b[1]), f(a[2] - b[2])))];
      },
      (v) => {
        const d = Math.hypot(v[0] - v[3], v[1] - v[4], v[2] - v[5]);
        const unit = range(3).map((k) => (v[k] - v[k + 3]) / d);
        return [[...unit, ...unit.map((u) => -u)]];
      },
      [[0.5, 1, -2, 3, -1, 0.25]],
      { exact: (v) => [Math.hypot(v[0] - v[3], v[1] - v[4], v[2] - v[5])] },
    ),
    curve(
      'a float32 network of two layers',
      (x) => f(Math.tanh(f(f(1.7 * f(Math.tanh(f(f(0.8 * x) + 0.1)))) - 0.3))),
      (x) => {
        const inner = Math.tanh(0.8 * x + 0.1);
        return (1.7 * 0.8 * (1 - inner ** 2)) / Math.cosh(1.7 * inner - 0.3) ** 2;
      },
      [0.2, -1],
      { exact: (x) => Math.tanh(1.7 * Math.tanh(0.8 * x + 0.1) - 0.3) },
    ),
  ]),
];
