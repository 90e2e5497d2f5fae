import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Detection,
  type DetectOptions,
  detectPattern,
  nanResponse,
  productResponse,
  type Responder,
  unitedResponse,
} from '../../../src/derive/sparsity/detect.js';
import { nnz } from '../../../src/derive/sparsity/pattern.js';
import { anyTable, arrow, pairsOf, reactionDiffusion, type Table, tableOf } from './matrices.js';

/** Broyden's tridiagonal function: (3 − 2xᵢ)xᵢ − xᵢ₋₁ − 2xᵢ₊₁ + 1. */
function broyden(x: Float64Array): Float64Array {
  return x.map(
    (value, i) => (3 - 2 * value) * value - (i > 0 ? x[i - 1] : 0) - (i + 1 < x.length ? 2 * x[i + 1] : 0) + 1,
  );
}

/** What a pool makes respond, for entries given as pairs. */
function responseOf(outputs: number, pairs: readonly [number, number][]): Responder {
  const touched = new Map<number, number[]>();
  for (const [i, j] of pairs) touched.set(j, [...(touched.get(j) ?? []), i]);
  return (pool) => {
    const flags = new Uint8Array(outputs);
    for (const j of pool) for (const i of touched.get(j) ?? []) flags[i] = 1;
    return flags;
  };
}

function now(options: DetectOptions, response: Responder): Detection {
  const found = detectPattern(options, response);
  if (found instanceof Promise || 'then' in found) throw new Error('a promise');
  return found;
}

const keysOf = ({ pattern }: Detection): Set<number> => {
  const keys = new Set<number>();
  for (let i = 0; i < pattern.rows; i++) {
    for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++)
      keys.add(i * pattern.columns + pattern.columnIndex[e]);
  }
  return keys;
};

/** How many of the wanted entries are missing, and how many others there are. */
function errorsOf(found: Detection, wanted: readonly [number, number][]): { missing: number; extra: number } {
  const keys = keysOf(found);
  const truth = new Set(wanted.map(([i, j]) => i * found.pattern.columns + j));
  const outside = (some: Set<number>, others: Set<number>) => [...some].filter((key) => !others.has(key)).length;
  return { missing: outside(truth, keys), extra: outside(keys, truth) };
}

const exact = { missing: 0, extra: 0 };

describe('a pattern found by pools of NaN', () => {
  test('of Broyden’s function of 10,000 unknowns takes at most 250 evaluations and misses no entry', () => {
    for (const seed of [1, 2, 3]) {
      let evaluations = 0;
      const count = (x: Float64Array) => {
        evaluations++;
        return broyden(x);
      };
      const found = now(
        { inputs: 10_000, outputs: 10_000, seed },
        nanResponse(count, new Float64Array(10_000).fill(-1)),
      );
      expect(found.pools).toBe(evaluations);
      expect(evaluations).toBeLessThanOrEqual(250);
      const near = (i: number) => [i - 1, i, i + 1].filter((j) => j >= 0 && j < 10_000);
      const wanted = [...Array(10_000).keys()].flatMap((i) => near(i).map((j): [number, number] => [i, j]));
      const { missing, extra } = errorsOf(found, wanted);
      expect(missing).toBe(0);
      expect(extra).toBeLessThanOrEqual(1);
      expect(found.expectedFalsePositives).toBeLessThanOrEqual(0.02);
    }
  });

  test('of two species on a torus of 32 takes at most 327 pools and is exact', () => {
    const pairs = reactionDiffusion(32);
    const found = now({ inputs: 2048, outputs: 2048 }, responseOf(2048, pairs));
    expect(errorsOf(found, pairs)).toEqual(exact);
    expect(found.pools).toBeLessThanOrEqual(327);
  });

  test('of random tables misses no entry, and has none too many where each input is its own pool', () => {
    fc.assert(
      fc.property(anyTable(14), fc.nat(1000), (entries: Table, seed) => {
        const [outputs, inputs] = [entries.length, entries[0].length];
        const found = now({ inputs, outputs, seed }, responseOf(outputs, pairsOf(entries)));
        const seen = tableOf(found.pattern);
        expect(errorsOf(found, pairsOf(entries)).missing).toBe(0);
        if (found.pools === inputs) expect(seen).toEqual(entries);
      }),
      { seed: 41, numRuns: 300 },
    );
  });

  test('of an arrow leaves its dense row full, names it, and finds the rest', () => {
    const pairs = arrow(1000);
    const found = now({ inputs: 1000, outputs: 1000, maxPools: 400, seed: 2 }, responseOf(1000, pairs));
    expect(found.unresolved).toEqual([0]);
    expect(errorsOf(found, pairs)).toEqual(exact);
    expect(found.pools).toBeLessThanOrEqual(400);
  });

  test('never asks for more pools than allowed, and is never less than the truth', () => {
    const pairs = reactionDiffusion(10);
    for (const maxPools of [0, 1, 7, 40]) {
      const found = now({ inputs: 200, outputs: 200, maxPools }, responseOf(200, pairs));
      expect(found.pools).toBeLessThanOrEqual(maxPools);
      expect(errorsOf(found, pairs).missing).toBe(0);
    }
  });

  test('is the same from an endpoint that answers later', async () => {
    const x = new Float64Array(300).fill(0.5);
    const later = detectPattern(
      { inputs: 300, outputs: 300 },
      nanResponse(async (at) => broyden(at), x),
    );
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toEqual(now({ inputs: 300, outputs: 300 }, nanResponse(broyden, x)));
  });

  test('of no inputs, or of no outputs, asks nothing and is empty', () => {
    for (const [inputs, outputs] of [
      [0, 3],
      [3, 0],
      [0, 0],
    ]) {
      const found = now({ inputs, outputs }, () => {
        throw new Error('asked');
      });
      expect([found.pools, nnz(found.pattern)]).toEqual([0, 0]);
    }
  });
});

describe('a dependence that swallows NaN', () => {
  // The comparison is false for NaN, so the first output does not show that it depends on x₂.
  const branch = (x: Float64Array) => Float64Array.of(x[0] * (x[2] > 0 ? x[2] : 1), x[1]);
  const x = Float64Array.of(2, 3, 5);
  const tangent = (t: Float64Array) => Float64Array.of(t[0] * x[2] + x[0] * t[2], t[1]);

  test('is missed by NaN alone, and found in union with products at the point', () => {
    const byNaN = now({ inputs: 3, outputs: 2 }, nanResponse(branch, x));
    expect(tableOf(byNaN.pattern)[0][2]).toBe(false);
    const both = now({ inputs: 3, outputs: 2 }, unitedResponse(nanResponse(branch, x), productResponse(tangent, 3)));
    expect(tableOf(both.pattern)).toEqual([
      [true, false, true],
      [false, true, false],
    ]);
  });

  test('an output that is NaN at the point itself responds to every input', () => {
    const found = now(
      { inputs: 2, outputs: 2 },
      nanResponse((at) => Float64Array.of(Number.NaN, at[1]), new Float64Array(2)),
    );
    expect(tableOf(found.pattern)).toEqual([
      [true, true],
      [false, true],
    ]);
  });
});
