/**
 * What the check of a recovered Jacobian sees, and what it does not accuse: entries that a declared pattern lacks, of a size
 * that the generator chooses, in all units; and products whose roundoff is that of an honest method.
 */
import { describe, expect, test } from '@jest/globals';
import { NdArray } from '../../../src/array/ndarray.js';
import { drive } from '../../../src/derive/drive.js';
import type { Behind } from '../../../src/derive/planner/behind.js';
import { jobOf } from '../../../src/derive/planner/job.js';
import type { ProductsOptions } from '../../../src/derive/planner/options.js';
import { type Recovered, recoverJacobian } from '../../../src/derive/planner/recover.js';
import { toDense } from '../../../src/derive/sparsity/sparseMatrix.js';
import type { Arrays, SeededPoint, Variable } from '../../../src/operators/endpoints.js';
import { dice } from './traps.js';

type DType = 'float32' | 'float64';
type Matrix = readonly Float64Array[];

/** How a product is computed: exactly and then rounded, or rounded after every operation. */
type Arithmetic = (sum: number) => number;

/** In the gate a sample; COTANGENT_CASES=800 makes 200 matrices of each kind. */
const cases = Number(process.env['COTANGENT_CASES'] ?? 40);

const variable = (path: string, size: number, dtype: DType): Variable => ({
  path,
  steps: [{ kind: 'field', name: path }],
  dtype,
  pattern: [size],
  shape: [size],
});

const wrap = (path: string, dtype: DType, data: Float64Array): Arrays =>
  ({
    [path]: new NdArray(
      dtype as 'float64',
      [data.length],
      dtype === 'float32' ? (Float32Array.from(data) as never) : data,
    ),
  }) as Arrays;

interface Setting {
  readonly dtype: DType;
  readonly products: readonly ('jvp' | 'vjp')[];
  readonly round?: Arithmetic;
  readonly options: ProductsOptions;
}

function recover(matrix: Matrix, { dtype, products, round = (sum) => sum, options }: Setting) {
  const [m, n] = [matrix.length, matrix[0].length];
  const warnings: string[] = [];
  const calls = { jvp: 0, vjp: 0 };
  const behind: Behind = { component: 'M', traits: {}, known: new Map(), warn: (text) => warnings.push(text) };
  const dotted = (length: number, count: number, term: (line: number, k: number) => readonly [number, number]) =>
    Float64Array.from({ length }, (_, line) => {
      let sum = 0;
      for (let k = 0; k < count; k++) {
        const [entry, seed] = term(line, k);
        if (entry !== 0 && seed !== 0) sum = round(sum + round(entry * seed));
      }
      return sum;
    });
  const jvp = ({ seed }: SeededPoint) => {
    calls.jvp++;
    const t = seed['x'].data as Float64Array;
    return wrap(
      'y',
      dtype,
      dotted(m, n, (i, j) => [matrix[i][j], t[j]]),
    );
  };
  const vjp = ({ seed }: SeededPoint) => {
    calls.vjp++;
    const c = seed['y'].data as Float64Array;
    return wrap(
      'x',
      dtype,
      dotted(n, m, (j, i) => [matrix[i][j], c[i]]),
    );
  };
  const job = jobOf({
    rule: 'test',
    point: { inputs: {}, of: [variable('y', m, dtype)], wrt: [variable('x', n, dtype)], options: {} },
    bases: { ...(products.includes('jvp') && { jvp }), ...(products.includes('vjp') && { vjp }) },
    options,
    behind,
    shapes: ({ of }) => of,
  });
  const again = () => toDense((drive(recoverJacobian(job)) as Recovered).matrix);
  return { found: again(), again, warnings, calls };
}

interface Draw {
  readonly matrix: Float64Array[];
  readonly pairs: [number, number][];
  readonly hidden: readonly [number, number];
}

const stored = (dtype: DType) => (value: number) => (dtype === 'float32' ? Math.fround(value) : value);

/**
 * A random matrix of s entries a row, each in 0.2 … 1, in units of up to so many powers of ten to either side for columns
 * and rows; and one entry more, `size` times the largest of its row, that the pattern lacks.
 */
function draw(
  seed: number,
  n: number,
  s: number,
  dtype: DType,
  size: number,
  decades: readonly [number, number],
): Draw {
  const die = dice(seed);
  const unit = (most: number) => Float64Array.from({ length: n }, () => 10 ** (most * (2 * die.next() - 1)));
  const [ofRow, ofColumn] = [unit(decades[0]), unit(decades[1])];
  const pairs: [number, number][] = [];
  const base = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    const at = new Set([i]);
    while (at.size < s) at.add(die.below(n));
    for (const j of at) {
      row[j] = die.sign() * (0.2 + 0.8 * die.next());
      pairs.push([i, j]);
    }
    return row;
  });
  const i = die.below(n);
  const free = [...base[i].keys()].filter((j) => base[i][j] === 0);
  const j = free[die.below(free.length)];
  const largest = Math.max(...base[i].map(Math.abs));
  base[i][j] = die.sign() * size * largest;
  const matrix = base.map((row, k) => row.map((value, l) => stored(dtype)(value * ofRow[k] * ofColumn[l])));
  return { matrix, pairs, hidden: [i, j] };
}

const directions = [['jvp'], ['vjp'], ['jvp', 'vjp']] as const;

describe('an entry that a pattern lacks', () => {
  test.each<[DType, number, number, readonly [number, number]]>([
    ['float64', 1e-12, 12, [0, 0]],
    ['float64', 1e-12, 60, [0, 0]],
    ['float64', 1e-12, 12, [0, 12]],
    ['float64', 1e-12, 12, [12, 0]],
    ['float32', 1e-5, 12, [0, 0]],
    ['float32', 1e-5, 60, [0, 0]],
    ['float32', 1e-5, 12, [12, 0]],
    ['float64', 1e-12, 30, [12, 12]],
    ['float32', 1e-5, 30, [0, 12]],
    ['float32', 1e-5, 30, [8, 8]],
    ['float32', 1e-3, 12, [0, 0]],
    ['float32', 1e-4, 12, [0, 0]],
    ['float32', 3e-5, 12, [0, 0]],
  ])(
    'of %s and %p of the largest of its row is found, %p × that many, in units of 1e±%p',
    (dtype, size, n, decades) => {
      const lost: string[] = [];
      // Of 8, 36, 76 and 88 the matrix falls into parts, or is tied together by one entry.
      for (const seed of [8, 36, 76, 88, ...Array.from({ length: cases / 4 }, (_, k) => k + 1)]) {
        const s = 2 + (seed % 4);
        const { matrix, pairs, hidden } = draw(seed, n, s, dtype, size, decades);
        const products = directions[seed % 3];
        const { found, warnings } = recover(matrix, { dtype, products, options: { sparsity: { pairs } } });
        const [i, j] = hidden;
        if (found[i * n + j] !== matrix[i][j])
          lost.push(`seed ${seed}, ${products.join()}, ${s} a row: ${found[i * n + j]}`);
        else if (warnings.length === 0) lost.push(`seed ${seed}: no warning`);
      }
      expect(lost).toEqual([]);
    },
  );
});

describe('a right pattern', () => {
  const honest: readonly [string, DType, Arithmetic][] = [
    ['float64 products', 'float64', (sum) => sum],
    ['float32 products of float64 sums', 'float32', (sum) => sum],
    ['float32 products, rounded after every operation', 'float32', Math.fround],
  ];
  test.each(honest)('is not accused by the roundoff of %s, in any units', (_, dtype, round) => {
    const accused: number[] = [];
    let extra = 0;
    for (let seed = 1; seed <= cases / 4; seed++) {
      const [n, s] = [20 + (seed % 3) * 30, 2 + (seed % 12)];
      const { matrix, pairs } = draw(seed, n, s, dtype, 0, seed % 2 === 0 ? [0, 0] : [8, 8]);
      const { warnings, calls, again } = recover(matrix, {
        dtype,
        round,
        products: directions[seed % 3],
        options: { sparsity: { pairs } },
      });
      if (warnings.length > 0) accused.push(seed);
      const before = calls.jvp + calls.vjp;
      again();
      if (calls.jvp + calls.vjp - before !== before) extra++;
    }
    expect(accused).toEqual([]);
    // Now and then a product is asked once more, whether it is roundoff.
    expect(extra / cases).toBeLessThan(0.05);
  });

  test('is kept where the product differs by more than 64 roundoffs, and the warning says that it is the product', () => {
    const { matrix, pairs } = draw(3, 100, 3, 'float64', 0, [0, 0]);
    for (const [noise, isTold] of [
      [20 * 2 ** -53, false],
      [2000 * 2 ** -53, true],
      [1e-9, true],
    ] as const) {
      let turn = 0;
      const round = (sum: number) => sum * (1 + noise * Math.sin(++turn));
      const { found, warnings, again } = recover(matrix, {
        dtype: 'float64',
        round,
        products: ['jvp'],
        options: { sparsity: { pairs } },
      });
      expect(warnings.length > 0).toBe(isTold);
      for (const text of warnings) expect(text).toContain('The pattern is not at fault');
      for (const [e, value] of found.entries())
        expect(Math.abs(value - matrix[Math.floor(e / 100)][e % 100])).toBeLessThanOrEqual(4 * noise);
      again();
    }
  });
});

describe('a row with entries that are not finite', () => {
  const infinite = [Infinity, -Infinity, Number.NaN] as const;

  test('is checked in all of its other columns: by columns, by rows, and by both', () => {
    const lost: string[] = [];
    for (let seed = 1; seed <= cases; seed++) {
      const die = dice(seed);
      const [n, s] = [seed % 5 === 0 ? 90 : 12, 2 + (seed % 3)];
      const dtype = seed % 2 === 0 ? 'float64' : 'float32';
      const { matrix, pairs, hidden } = draw(seed, n, s, dtype, 0.5, [0, 0]);
      // One row in three, or every row; one entry or two.
      const rows = seed % 4 === 0 ? [...Array(n).keys()] : [hidden[0], die.below(n), die.below(n)];
      for (const i of rows) {
        const own = pairs.filter(([row]) => row === i);
        for (let k = 0; k < 1 + (seed % 2); k++) matrix[i][own[die.below(own.length)][1]] = infinite[die.below(3)];
      }
      const { found } = recover(matrix, { dtype, products: directions[seed % 3], options: { sparsity: { pairs } } });
      for (const [i, row] of matrix.entries())
        for (const [j, value] of row.entries())
          if (!Object.is(found[i * n + j], value) && !(value === 0 && found[i * n + j] === 0))
            lost.push(`seed ${seed}, ${directions[seed % 3].join()}: [${i}, ${j}] ${found[i * n + j]} for ${value}`);
    }
    expect(lost).toEqual([]);
  });

  test('is checked where its product overflows, in either precision', () => {
    for (const [dtype, large] of [
      ['float64', 1e308],
      ['float32', 3e38],
    ] as const) {
      const lost: number[] = [];
      for (let seed = 1; seed <= cases / 4; seed++) {
        const { matrix, pairs, hidden } = draw(seed, 12, 3, dtype, 0.5, [0, 0]);
        const [i] = hidden;
        for (const [j, value] of matrix[i].entries()) matrix[i][j] = stored(dtype)(value * large);
        const { found } = recover(matrix, { dtype, products: directions[seed % 3], options: { sparsity: { pairs } } });
        if (matrix[i].some((value, j) => found[i * 12 + j] !== value)) lost.push(seed);
      }
      expect(lost).toEqual([]);
    }
  });

  test('that is NaN whatever it is asked is NaN in all of its columns, and the others are right', () => {
    for (const products of directions) {
      const { matrix, pairs } = draw(5, 90, 3, 'float64', 0, [0, 0]);
      const broken = matrix.map((row, i) => (i === 7 ? row.map(() => Number.NaN) : row));
      const careless = { dtype: 'float64', products, options: { sparsity: { pairs } } } as const;
      const { found } = recover(broken, careless);
      for (const [e, value] of found.entries()) {
        const wanted = broken[Math.floor(e / 90)][e % 90];
        expect(Number.isNaN(value)).toBe(Number.isNaN(wanted));
        if (!Number.isNaN(wanted)) expect(value).toBe(wanted);
      }
    }
  });
});
