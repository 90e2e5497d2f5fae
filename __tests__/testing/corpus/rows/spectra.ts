/** Eigenvalues and singular values, some of them close to each other. */
import { Matrix as Dense, EigenvalueDecomposition, SingularValueDecomposition } from 'ml-matrix';
import { several, table, type Vector } from '../row.js';
import { range, sum } from './numeric.js';

const pair = ([a, b, c]: Vector) => {
  const r = Math.hypot((a - b) / 2, c);
  return { r, low: (a + b) / 2 - r, high: (a + b) / 2 + r, cos: (a - b) / 2 / r, sin: c / r };
};
const pairSlopes = (v: Vector) => {
  const { cos, sin } = pair(v);
  return [
    [(1 - cos) / 2, (1 + cos) / 2, -sin],
    [(1 + cos) / 2, (1 - cos) / 2, sin],
  ];
};
const byPackage = (rows: number[][]) =>
  [...new EigenvalueDecomposition(new Dense(rows), { assumeSymmetric: true }).realEigenvalues].sort((p, q) => p - q);
const turned = (angle: number) => [
  [Math.cos(angle), -Math.sin(angle), 0],
  [Math.sin(angle) * 0.8, Math.cos(angle) * 0.8, -0.6],
  [Math.sin(angle) * 0.6, Math.cos(angle) * 0.6, 0.8],
];
const vectors = turned(0.7);
const symmetric = (values: Vector) =>
  [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
    [2, 2],
  ].map(([i, j]) => sum(3, (k) => vectors[i][k] * values[k] * vectors[j][k]));
const full = ([a, b, c, d, e, f]: Vector) => [
  [a, b, c],
  [b, d, e],
  [c, e, f],
];
const symmetricSlopes = range(3).map((k) =>
  [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
    [2, 2],
  ].map(([i, j]) => (i === j ? 1 : 2) * vectors[i][k] * vectors[j][k]),
);
/** The singular values of a 2×2 matrix, from the sum and difference of two rotations. */
const singular = ([a, b, c, d]: Vector) => {
  const [p, q] = [Math.hypot(a + d, c - b), Math.hypot(a - d, b + c)];
  return { p, q, high: (p + q) / 2, low: Math.abs(p - q) / 2, sign: Math.sign(p - q) };
};
const singularSlopes = (v: Vector) => {
  const [a, b, c, d] = v;
  const { p, q, sign } = singular(v);
  const byP = [(a + d) / p, (b - c) / p, (c - b) / p, (a + d) / p];
  const byQ = [(a - d) / q, (b + c) / q, (b + c) / q, (d - a) / q];
  return [byP.map((v, k) => (v + byQ[k]) / 2), byP.map((v, k) => (sign * (v - byQ[k])) / 2)];
};

/** The table. */
export const spectra = table('eigenvalues', true, [
  several(
    'the eigenvalues of a symmetric 2×2 matrix',
    ['s:3', 'low high'],
    (v) => [pair(v).low, pair(v).high],
    pairSlopes,
    [
      [1, 2, 0.3],
      [1, 1.01, 1e-3],
      [1, 1 + 1e-6, 1e-7],
    ],
    { verified: 1e-4 },
  ),
  several(
    'the eigenvalues of a symmetric 2×2 matrix, by ml-matrix',
    ['s:3', 'l:2'],
    ([a, b, c]) =>
      byPackage([
        [a, c],
        [c, b],
      ]),
    pairSlopes,
    [
      [1, 2, 0.3],
      [1, 1.001, 1e-4],
      [1, 1 + 1e-6, 1e-7],
    ],
    { verified: 1e-4 },
  ),
  several(
    'the eigenvalues of a symmetric 2×2 matrix that cross',
    ['s:3', 'l:2'],
    ([a, b, c]) =>
      byPackage([
        [a, c],
        [c, b],
      ]),
    ([a, b, c]) =>
      pair([a, b, c]).r === 0
        ? [
            [1, 0, 0],
            [0, 1, 0],
          ]
        : pairSlopes([a, b, c]),
    [
      [1, 1, 0],
      [1, 1 + 1e-12, 0],
    ],
    { smooth: false, verified: Infinity },
  ),
  several(
    'the eigenvalues 1, 2.5 and 4',
    ['s:6', 'l:3'],
    (v) => byPackage(full(v)),
    () => symmetricSlopes,
    [symmetric([1, 2.5, 4])],
  ),
  several(
    'the eigenvalues 1, 1.001 and 4',
    ['s:6', 'l:3'],
    (v) => byPackage(full(v)),
    () => symmetricSlopes,
    [symmetric([1, 1.001, 4])],
    { verified: 1e-4 },
  ),
  several(
    'the eigenvalues 1, 1 + 1e-6 and 1e4',
    ['s:6', 'l:3'],
    (v) => byPackage(full(v)),
    () => symmetricSlopes,
    [symmetric([1, 1 + 1e-6, 1e4])],
    { verified: Infinity },
  ),
  several(
    'the singular values of a 2×2 matrix',
    ['a:2x2', 's:2'],
    (v) => [singular(v).high, singular(v).low],
    singularSlopes,
    [
      [1, 0.4, -0.3, 2],
      [1, 1e-3, 0, 1.002],
    ],
  ),
  several(
    'the singular values of a 2×2 matrix, by ml-matrix',
    ['a:2x2', 's:2'],
    ([a, b, c, d]) =>
      new SingularValueDecomposition(
        new Dense([
          [a, b],
          [c, d],
        ]),
      ).diagonal,
    singularSlopes,
    [
      [1, 0.4, -0.3, 2],
      [3, 1, 1, 3.0001],
    ],
    { verified: 1e-5 },
  ),
  several(
    'the condition number of a 2×2 matrix',
    ['a:2x2', 'k'],
    (v) => [singular(v).high / singular(v).low],
    (v) => {
      const { high, low } = singular(v);
      const [top, bottom] = singularSlopes(v);
      return [top.map((t, k) => t / low - (high * bottom[k]) / low ** 2)];
    },
    [
      [1, 0.4, -0.3, 2],
      [1, 1, 1, 1.001],
    ],
    { verified: 1e-4 },
  ),
  several(
    'the leading eigenvector of a symmetric 2×2 matrix',
    ['s:3', 'v:2'],
    ([a, b, c]) => {
      const angle = Math.atan2(2 * c, a - b) / 2;
      return [Math.cos(angle), Math.sin(angle)];
    },
    ([a, b, c]) => {
      const angle = Math.atan2(2 * c, a - b) / 2;
      const d = (a - b) ** 2 + 4 * c * c;
      return [-Math.sin(angle), Math.cos(angle)].map((t) => [(-t * c) / d, (t * c) / d, (t * (a - b)) / d]);
    },
    [
      [2, 1, 0.4],
      [1.001, 1, 4e-4],
    ],
  ),
  several(
    'the frequencies of two masses on springs',
    ['k:3', 'w:2'],
    ([p, q, r]) => [Math.sqrt(pair([p + q, q + r, -q]).low), Math.sqrt(pair([p + q, q + r, -q]).high)],
    ([p, q, r]) => {
      const { low, high } = pair([p + q, q + r, -q]);
      const slopes = pairSlopes([p + q, q + r, -q]);
      return [low, high].map((value, k) => {
        const [a, b, c] = slopes[k];
        return [a, a + b - c, b].map((t) => t / (2 * Math.sqrt(value)));
      });
    },
    [
      [100, 20, 100],
      [100, 1e-3, 100.01],
    ],
    { verified: 1e-5 },
  ),
  several(
    'the exponential of a rotation',
    ['t', 'm:2x2'],
    ([t]) => [Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t)],
    ([t]) => [[-Math.sin(t)], [-Math.cos(t)], [Math.cos(t)], [-Math.sin(t)]],
    [[0.9]],
  ),
]);
