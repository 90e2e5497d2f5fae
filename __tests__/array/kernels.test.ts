import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gemm, gemv, gevm, transposed } from '../../src/array/kernels.js';

/** Whole numbers, whose sums are exact: any order of summation gives the same. */
function whole(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state % 201) - 100;
  });
}

function triple(a: Float64Array, b: Float64Array, m: number, k: number, n: number, start: Float64Array): Float64Array {
  const out = start.slice();
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) out[i * n + j]! += a[i * k + l]! * b[l * n + j]!;
  return out;
}

const extent = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(31, 64, 65, 70));

describe('kernels', () => {
  test('out += a·b for all small extents, empty ones included, is the triple loop', () => {
    fc.assert(
      fc.property(extent, extent, extent, fc.nat(), (m, k, n, seed) => {
        const [a, b, out] = [whole(m * k, seed), whole(k * n, seed + 1), whole(m * n, seed + 2)];
        const expected = triple(a, b, m, k, n, out);
        gemm(a, b, m, k, n, out);
        expect(out).toEqual(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test.each([
    [65, 257, 513],
    [130, 600, 9],
    [3, 1000, 1030],
    [64, 256, 512],
    [5, 31, 300],
    [5, 32, 300],
  ])('out += a·b across the panels of %i × %i times %i columns is the triple loop', (m, k, n) => {
    const [a, b, out] = [whole(m * k, 5), whole(k * n, 6), whole(m * n, 7)];
    const expected = triple(a, b, m, k, n, out);
    gemm(a, b, m, k, n, out);
    expect(out).toEqual(expected);
  });

  test('v·a and a·t are the products with one row and with one column', () => {
    fc.assert(
      fc.property(extent, extent, fc.nat(), (m, n, seed) => {
        const a = whole(m * n, seed);
        const row = whole(n, seed + 1);
        const column = whole(m, seed + 2);
        const [v, t] = [whole(m, seed + 3), whole(n, seed + 4)];
        const expectedRow = triple(v, a, 1, m, n, row);
        const expectedColumn = triple(a, t, m, n, 1, column);
        gevm(v, a, m, n, row);
        gemv(a, t, m, n, column);
        expect([row, column]).toEqual([expectedRow, expectedColumn]);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test.each([1, 2, 9, 40])('0·NaN is NaN in every row and column of a product of %i rows', (n) => {
    const a = new Float64Array(n * n);
    const b = new Float64Array(n * n).fill(NaN);
    const out = new Float64Array(n * n);
    gemm(a, b, n, n, n, out);
    expect(out.every(Number.isNaN)).toBe(true);
  });

  test.each([
    [8, 40, 17],
    [9, 64, 18],
    [130, 300, 515],
    [5, 40, 30],
  ])('NaN in one row of %i × %i stays in that row of the product with %i columns', (m, k, n) => {
    for (const row of [0, 1, m - 2, m - 1]) {
      const a = whole(m * k, 9).fill(NaN, row * k, (row + 1) * k);
      const out = new Float64Array(m * n);
      gemm(a, whole(k * n, 10), m, k, n, out);
      const spoilt = Array.from({ length: m }, (_, i) => out.subarray(i * n, (i + 1) * n).filter(Number.isNaN).length);
      expect(spoilt).toEqual(spoilt.map((_, i) => (i === row ? n : 0)));
    }
  });

  test('the transpose has element (i, j) at (j, i), for extents beside the tile size', () => {
    for (const [m, n] of [
      [0, 3],
      [1, 5],
      [5, 1],
      [31, 33],
      [64, 32],
      [70, 3],
    ] as const) {
      const a = whole(m * n, 8);
      const t = transposed(a, m, n);
      const wrong = Array.from(a).filter((value, at) => t[(at % n) * m + Math.floor(at / n)] !== value);
      expect([t.length, wrong]).toEqual([m * n, []]);
    }
  });
});
