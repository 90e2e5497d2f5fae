/** Jacobians that act without being written out. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  Derive,
  DifferentiableComponent,
  Float64,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { withDerived } from '../../src/client/derived.js';
import { seedOf } from '../scenarios/algebra.js';
import { build } from '../scenarios/build.js';
import { expectedJvp, expectedVjp, expectProduct, requestOf } from '../scenarios/expectations.js';
import { scenarios } from '../scenarios/index.js';
import { pointOf } from '../scenarios/point.js';

class In {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}

class Out {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

const counts = { apply: 0, jvp: 0, vjp: 0 };

// y_i = x_i², so that J = diag(2x).
class Bare extends DifferentiableComponent<In, Out> {
  @Apply()
  apply({ x }: In) {
    counts.apply++;
    return {
      y: new NdArray(
        'float64',
        x.shape,
        x.data.map((v) => v * v),
      ),
    };
  }

  @Jvp()
  jvp({ inputs: { x }, tangent }: JvpRequest<In>) {
    counts.jvp++;
    return {
      y: new NdArray(
        'float64',
        x.shape,
        tangent.x!.data.map((t, i) => 2 * x.data[i]! * t),
      ),
    };
  }

  @Vjp()
  vjp({ inputs: { x }, cotangent }: VjpRequest<In, Out>) {
    counts.vjp++;
    return {
      x: new NdArray(
        'float64',
        x.shape,
        cotangent.y!.data.map((c, i) => 2 * x.data[i]! * c),
      ),
    };
  }
}

@Component({ inputs: In, outputs: Out })
@Derive('jacobianFromJvp')
class Squares extends Bare {}

const reset = () => Object.assign(counts, { apply: 0, jvp: 0, vjp: 0 });

describe('a diagonal operator of a million rows and columns', () => {
  test('takes memory of the order of its vectors, and no Jacobian', async () => {
    const n = 1_000_000;
    const handle = openComponent(Squares);
    const x = new Float64Array(n).map((_, i) => i % 7);
    const operator = await handle.jacobianOperator({ inputs: { x } });
    expect([operator.rows, operator.columns]).toEqual([n, n]);
    const ones = new Float64Array(n).fill(1);
    const before = process.memoryUsage();
    let most = 0;
    for (let k = 0; k < 5; k++) {
      for (const product of [await operator.apply(ones), await operator.applyTranspose(ones)]) {
        expect([product[0], product[6], product[n - 1]]).toEqual([0, 12, 2 * ((n - 1) % 7)]);
      }
      const now = process.memoryUsage();
      most = Math.max(most, now.heapUsed + now.arrayBuffers - before.heapUsed - before.arrayBuffers);
    }
    // 10⁶ numbers are 8 MB; the Jacobian would be 8 TB. Ten products may leave some 40 vectors to be collected.
    expect(most).toBeLessThan(400e6);
  });

  test('gives its nonzeros from one product and one that checks them, where its pattern is declared', async () => {
    const n = 100_000;
    const operator = await openComponent(Squares).jacobianOperator({ inputs: { x: new Float64Array(n).fill(3) } });
    reset();
    const { pattern, values } = await operator.toSparse({ sparsity: 'diagonal' });
    expect(values).toHaveLength(n);
    expect(values.every((value) => value === 6)).toBe(true);
    expect(pattern.columnIndex[n - 1]).toBe(n - 1);
    expect(counts.jvp + counts.vjp).toBe(2);
  });

  test('is not written out: E_MEMORY_LIMIT with the bytes that it would take', async () => {
    const operator = await openComponent(Squares).jacobianOperator({ inputs: { x: new Float64Array(1_000_000) } });
    reset();
    await expect(operator.toDense()).rejects.toMatchObject({
      code: 'E_MEMORY_LIMIT',
      fields: { received: String(8e12), expected: String(2 ** 32), advice: expect.stringContaining('toSparse') },
    });
    await expect(operator.toMatrix()).rejects.toMatchObject({ code: 'E_MEMORY_LIMIT' });
    expect(counts).toEqual({ apply: 0, jvp: 0, vjp: 0 });
  });
});

describe('a Jacobian that would not fit is refused with its bytes, and what to do instead', () => {
  const x = new Float64Array(1_000_000);

  test.each([
    ['jacobianFromJvp', 'jvp'],
    ['jacobianFromVjp', 'vjp'],
    ['jacobianFromApply', 'apply'],
  ] as const)('by %s, before a second probe: E_MEMORY_LIMIT', async (rule, base) => {
    class Wide extends Bare {}
    const derive = Derive(rule) as unknown as (type: object) => void;
    derive(Wide);
    (Component({ inputs: In, outputs: Out }) as unknown as (type: object) => void)(Wide);
    reset();
    await expect(openComponent(Wide).jacobian({ inputs: { x } })).rejects.toMatchObject({
      code: 'E_MEMORY_LIMIT',
      fields: { expected: String(2 ** 32), advice: expect.stringContaining('jacobianOperator') },
    });
    // By differences, a probe is the value at x, and two evaluations at each of the steps that it tries.
    expect(counts[base]).toBeLessThanOrEqual(base === 'apply' ? 5 : 2);
  });
});

describe('an operator', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'applies J and its transpose to vectors by path: %s',
    async (_name, scenario) => {
      const { type } = build(scenario, { own: ['apply', 'jvp', 'vjp'] });
      const { inputs, tangent, cotangent } = requestOf(scenario) as never as Record<string, Record<string, unknown>>;
      const request = { inputs, wrt: Object.keys(scenario.wrt), of: Object.keys(scenario.of) } as never;
      const operator = await openComponent(type).jacobianOperator(request);
      const point = await pointOf(scenario);
      expectProduct(await operator.apply(tangent!), expectedJvp(scenario, point), scenario);
      expectProduct(await operator.applyTranspose(cotangent!), expectedVjp(scenario, point), scenario);
    },
  );

  const several = scenarios.find(({ name }) => name === 'several inputs and outputs')!;
  const open = (own = ['apply', 'jvp', 'vjp', 'jacobian'] as const) =>
    openComponent(build(several, { own: [...own] }).type).jacobianOperator({ inputs: several.at });

  test('lays several arrays end to end in schema order: its dense form, its products and their transposes agree', async () => {
    const operator = await open();
    const dense = await operator.toDense();
    const { rows, columns } = operator;
    expect(dense.shape).toEqual([rows, columns]);
    expect(operator.wrt.map(({ path }) => path)).toEqual(Object.keys(several.wrt));
    for (let j = 0; j < columns; j++) {
      const column = await operator.apply(Array.from({ length: columns }, (_, k) => (k === j ? 1 : 0)));
      expect(Array.from(column)).toEqual(Array.from({ length: rows }, (_, i) => dense.data[i * columns + j]));
    }
    for (let i = 0; i < rows; i++) {
      const row = await operator.applyTranspose(Array.from({ length: rows }, (_, k) => (k === i ? 1 : 0)));
      expect(Array.from(row)).toEqual(Array.from(dense.data.subarray(i * columns, (i + 1) * columns)));
    }
  });

  test('has an ml-matrix view and a sparse form with the same entries', async () => {
    const operator = await open();
    const dense = await operator.toDense();
    const [matrix, sparse] = [await operator.toMatrix(), await operator.toSparse()];
    expect(matrix.to1DArray()).toEqual(Array.from(dense.data));
    const { rowStart, columnIndex } = sparse.pattern;
    const written = new Float64Array(dense.size);
    for (let i = 0; i < operator.rows; i++) {
      for (let e = rowStart[i]!; e < rowStart[i + 1]!; e++)
        written[i * operator.columns + columnIndex[e]!] = sparse.values[e]!;
    }
    expect(written).toEqual(dense.data);
    expect(sparse.values.every((value) => value !== 0)).toBe(true);
  });

  test('stays at its point when the inputs it was made for change', async () => {
    const x = array([1, 2, 3]);
    const operator = await openComponent(Squares).jacobianOperator({ inputs: { x } });
    x.data.fill(100);
    expect(Array.from(await operator.apply([1, 1, 1]))).toEqual([2, 4, 6]);
  });

  test('gives vectors of its own: what is written to them changes nothing', async () => {
    const operator = await openComponent(Squares).jacobianOperator({ inputs: { x: [1, 2] } });
    const first = await operator.apply([1, 1]);
    first.fill(9);
    expect(Array.from(await operator.apply([1, 1]))).toEqual([2, 4]);
  });

  test('is made the same way over derived endpoints of a handle', async () => {
    @Component({ inputs: In, outputs: Out })
    class Forward extends DifferentiableComponent<In, Out> {
      @Apply()
      apply({ x }: In) {
        return {
          y: new NdArray(
            'float64',
            x.shape,
            x.data.map((v) => v * v),
          ),
        };
      }

      @Jvp()
      jvp({ inputs: { x }, tangent }: JvpRequest<In>) {
        return { y: tangent.x!.data.map((t, i) => 2 * x.data[i]! * t) };
      }
    }
    const handle = withDerived(openComponent(Forward), 'vjpFromJvp');
    const operator = await handle.jacobianOperator({ inputs: { x: [1, 2, 3] } });
    expect(Array.from(await operator.applyTranspose([1, 1, 1]))).toEqual([2, 4, 6]);
  });

  test.each([
    ['a tangent of another length', (one: Awaited<ReturnType<typeof open>>) => one.apply([1]), 'E_ARRAY_LENGTH'],
    ['a path too few', (one: Awaited<ReturnType<typeof open>>) => one.apply({}), 'E_SEED_KEYS'],
    ['a smaller memory', (one: Awaited<ReturnType<typeof open>>) => one.toDense({ memoryLimit: 8 }), 'E_MEMORY_LIMIT'],
  ])('refuses %s', async (_name, call, code) => {
    await expect(call(await open())).rejects.toMatchObject({ code });
  });

  test('refuses flat vectors of complex arrays, and takes them by path', async () => {
    const complex = scenarios.find(({ name }) => name === 'a holomorphic map')!;
    const { type } = build(complex, { own: ['apply', 'jvp', 'vjp', 'jacobian'] });
    const operator = await openComponent(type).jacobianOperator({ inputs: complex.at });
    await expect(operator.apply(new Float64Array(operator.columns))).rejects.toMatchObject({ code: 'E_MATRIX_DTYPE' });
    await expect(operator.toDense()).rejects.toMatchObject({ code: 'E_MATRIX_DTYPE' });
    const value = await operator.apply(seedOf(complex.tangent, complex.wrt) as never);
    expectProduct(value, expectedJvp(complex, await pointOf(complex)), complex);
  });

  test('of unknown paths is refused when it is made', async () => {
    await expect(openComponent(Squares).jacobianOperator({ inputs: { x: [1] }, of: ['z'] })).rejects.toMatchObject({
      code: 'E_PATH_UNKNOWN',
    });
  });
});
