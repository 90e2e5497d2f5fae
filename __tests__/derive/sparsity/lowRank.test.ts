import { describe, expect, test } from '@jest/globals';
import {
  type LowRankOptions,
  type LowRankRecovery,
  lowRankToDense,
  multiplyLowRank,
  multiplyLowRankTransposed,
  type Products,
  recoverLowRank,
} from '../../../src/derive/sparsity/lowRank.js';
import { times, turned } from './matrices.js';

/** The factors cos((k + 1)·0.7·i + k) and sin((k + 1)·1.3·j + 1) of `count` terms. */
function factors(rows: number, columns: number, count: number): [Float64Array[], Float64Array[]] {
  const terms = [...Array(count).keys()];
  const along = terms.map((k) => Float64Array.from({ length: rows }, (_, i) => Math.cos((k + 1) * 0.7 * i + k)));
  return [along, terms.map((k) => Float64Array.from({ length: columns }, (_, j) => Math.sin((k + 1) * 1.3 * j + 1)))];
}

/** Σₖ cₖ·cos((k + 1)·0.7·i + k)·sin((k + 1)·1.3·j + 1): one rank for each scale c. */
function waves(rows: number, columns: number, scales: readonly number[]): number[][] {
  const [along, across] = factors(rows, columns, scales.length);
  const entry = (i: number, j: number) => scales.reduce((sum, scale, k) => sum + scale * along[k][i] * across[k][j], 0);
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => entry(i, j)));
}

/** The products with `waves`, term by term: the whole matrix would take long. */
function countedWaves(rows: number, columns: number, scales: readonly number[]): ReturnType<typeof counted> {
  const calls = { jvp: 0, vjp: 0 };
  const [along, across] = factors(rows, columns, scales.length);
  const product = (to: Float64Array[], from: Float64Array[], v: Float64Array) => {
    const sum = new Float64Array(to[0].length);
    for (const [k, scale] of scales.entries()) {
      const factor = from[k].reduce((total, value, j) => total + value * v[j], 0) * scale;
      for (let i = 0; i < sum.length; i++) sum[i] += factor * to[k][i];
    }
    return sum;
  };
  return {
    calls,
    jvp: (v) => {
      calls.jvp++;
      return product(along, across, v);
    },
    vjp: (w) => {
      calls.vjp++;
      return product(across, along, w);
    },
  };
}

function counted(matrix: number[][]): Products & { calls: { jvp: number; vjp: number } } {
  const across = turned(matrix);
  const calls = { jvp: 0, vjp: 0 };
  return {
    calls,
    jvp: (v) => {
      calls.jvp++;
      return times(matrix, v);
    },
    vjp: (w) => {
      calls.vjp++;
      return times(across, w);
    },
  };
}

function now(options: LowRankOptions, products: Products): LowRankRecovery {
  const found = recoverLowRank(options, products);
  if ('then' in found) throw new Error('a promise');
  return found;
}

/** ‖A − B‖ / ‖A‖, Frobenius. */
function relativeError(matrix: number[][], full: Float64Array): number {
  let [difference, size] = [0, 0];
  for (const [i, row] of matrix.entries()) {
    for (let j = 0; j < row.length; j++) {
      difference += (row[j] - full[i * row.length + j]) ** 2;
      size += row[j] ** 2;
    }
  }
  return Math.sqrt(difference / size);
}

describe('a Jacobian of low rank', () => {
  test('2000 × 2000 of rank 5 comes back to 1e-13 from at most 21 products', () => {
    const scales = [3, 1, 0.5, 2, 1];
    const matrix = waves(2000, 2000, scales);
    const products = countedWaves(2000, 2000, scales);
    const { matrix: found, residual, jvpCalls, vjpCalls } = now({ inputs: 2000, outputs: 2000, rank: 5 }, products);
    expect([jvpCalls, vjpCalls]).toEqual([products.calls.jvp, products.calls.vjp]);
    expect(jvpCalls + vjpCalls).toBeLessThanOrEqual(21);
    expect(residual).toBeLessThan(1e-13);
    expect(relativeError(matrix, lowRankToDense(found))).toBeLessThan(1e-13);
  });

  test('whose rank is below the bound takes fewer vjp calls', () => {
    const { vjpCalls } = now({ inputs: 80, outputs: 60, rank: 10 }, counted(waves(60, 80, [1, 1])));
    expect(vjpCalls).toBe(2);
  });

  test('of scales from 1 to 1e-9 is kept to its small parts', () => {
    const matrix = waves(50, 70, [1, 1e-3, 1e-6, 1e-9]);
    const { matrix: found } = now({ inputs: 70, outputs: 50, rank: 4 }, counted(matrix));
    expect(found.left).toHaveLength(4);
    expect(relativeError(matrix, lowRankToDense(found))).toBeLessThan(1e-13);
  });

  test('that is zero, or has no entries at all, is recovered as nothing', () => {
    const zero = now({ inputs: 4, outputs: 3, rank: 2 }, counted(waves(3, 4, [])));
    expect([zero.residual, zero.matrix.left.length, zero.vjpCalls]).toEqual([0, 0, 0]);
    const none = now({ inputs: 0, outputs: 3, rank: 2 }, { jvp: () => [0, 0, 0], vjp: () => [] });
    expect([...lowRankToDense(none.matrix)]).toEqual([]);
  });

  test('has the products Σ leftₖ(rightₖ·v) and Σ rightₖ(leftₖ·w)', () => {
    const matrix = waves(9, 7, [1, 2]);
    const { matrix: found } = now({ inputs: 7, outputs: 9, rank: 2 }, counted(matrix));
    const [v, w] = [
      Float64Array.from([0, 1, 2, 3, 4, 5, 6], Math.cos),
      Float64Array.from(matrix, (_, i) => Math.sin(i)),
    ];
    for (const [ours, theirs] of [
      [multiplyLowRank(found, v), times(matrix, v)],
      [multiplyLowRankTransposed(found, w), times(turned(matrix), w)],
    ]) {
      for (const [k, value] of theirs.entries()) expect(ours[k]).toBeCloseTo(value, 12);
    }
  });

  test('of a higher rank than declared is an error that gives the residual', () => {
    const options = { inputs: 40, outputs: 30, rank: 2, oversampling: 1 };
    const error = expect.objectContaining({ code: 'E_RANK_BOUND', fields: expect.objectContaining({ expected: '2' }) });
    expect(() => now(options, counted(waves(30, 40, [1, 1, 1, 1])))).toThrow(error);
  });

  test('with a vjp that does not belong to its jvp is an error', () => {
    const products = counted(waves(30, 40, [1, 1]));
    const wrong = {
      jvp: products.jvp,
      vjp: (w: Float64Array) => Float64Array.from(products.vjp(w) as Float64Array, (g) => 1.01 * g),
    };
    expect(() => now({ inputs: 40, outputs: 30, rank: 2 }, wrong)).toThrow(
      expect.objectContaining({ code: 'E_RANK_BOUND' }),
    );
  });

  test('is the same from endpoints that answer later, and their failure comes through', async () => {
    const products = counted(waves(12, 9, [1, 2]));
    const options = { inputs: 9, outputs: 12, rank: 2 };
    const later = await recoverLowRank(options, { jvp: async (v) => products.jvp(v), vjp: products.vjp });
    expect(later).toEqual(now(options, products));
    const broken = { jvp: async () => Promise.reject(new RangeError('no')), vjp: products.vjp };
    await expect(recoverLowRank(options, broken)).rejects.toThrow(RangeError);
  });
});
