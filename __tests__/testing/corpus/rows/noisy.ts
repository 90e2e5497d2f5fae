/** Noise that follows from the inputs, from 1e-12 to 1e-3. */
import { curve, several, table } from '../row.js';
import { noise, sum } from './numeric.js';

const sizes = [1e-12, 1e-9, 1e-6, 1e-3];

/** The table. */
export const noisy = table('noise', false, [
  ...sizes.map((size) =>
    curve(`sin x with noise of ${size}`, (x) => Math.sin(x) + size * noise([x]), Math.cos, [0.7, 2.6], {
      exact: Math.sin,
    }),
  ),
  ...sizes.map((size) =>
    several(
      `x·exp(y) with relative noise of ${size}`,
      ['x y', 'z'],
      ([x, y]) => [x * Math.exp(y) * (1 + size * noise([x, y]))],
      ([x, y]) => [[Math.exp(y), x * Math.exp(y)]],
      [[3, -0.4]],
      { exact: ([x, y]) => [x * Math.exp(y)] },
    ),
  ),
  ...[1e-9, 1e-4].map((size) =>
    several(
      `ten squares with noise of ${size}`,
      ['x:10', 'y:10'],
      (x) => x.map((v, k) => v * v + size * noise([...x, k])),
      (x) => x.map((v, i) => x.map((_, j) => (i === j ? 2 * v : 0))),
      [[0.1, 0.5, 0.9, 1.3, 1.7, -0.2, -0.6, -1, -1.4, 2]],
      { exact: (x) => x.map((v) => v * v) },
    ),
  ),
  curve(
    'a slope of 1e-3 under noise of 1e-3',
    (x) => 1e-3 * x + 1e-3 * noise([x]),
    () => 1e-3,
    [1],
    { exact: (x) => 1e-3 * x },
  ),
  several(
    'one output of two with noise of 1e-5',
    ['x', 'clean noisy'],
    ([x]) => [Math.exp(x), Math.exp(x) + 1e-5 * noise([x])],
    ([x]) => [[Math.exp(x)], [Math.exp(x)]],
    [[0.5]],
    { exact: ([x]) => [Math.exp(x), Math.exp(x)] },
  ),
  curve(
    'a ripple of 1e-8 that no sample shows',
    (x) => x * x + 1e-8 * Math.sin(1e12 * x),
    (x) => 2 * x,
    [0.8],
    { exact: (x) => x * x },
  ),
  several(
    'a mean of a hundred noisy readings',
    ['x', 'mean'],
    ([x]) => [sum(100, (k) => Math.log(x) + 1e-4 * noise([x, k])) / 100],
    ([x]) => [[1 / x]],
    [[2]],
    { exact: ([x]) => [Math.log(x)] },
  ),
]);
