/** Second derivatives and operators on odd requests: other precisions, nothing at all, orders, subsets, wrong seeds. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  DifferentiableComponent,
  Float32,
  Float64,
  hessian,
  hessianVectorProduct,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';
import fc from 'fast-check';
import { type FieldSizes, field, inputsOf, outputsOf, pointOf, seedFor, totalOf } from '../derive/planner/field.js';

/** f(x, s) = Σ s·x_i³/6 + Σ x_i·x_{i+1}: H_ii = s·x_i, H_{i,i+1} = 1, ∂²f/∂x_i∂s = x_i²/2, ∂²f/∂s² = 0. */
const cubic = {
  value: (x: ArrayLike<number>, s: number) =>
    Array.from(x).reduce((sum, one, i) => sum + (s * one ** 3) / 6 + one * (x[i + 1] ?? 0), 0),
  gradient: (x: ArrayLike<number>, s: number) =>
    Array.from(x, (one, i) => (s * one ** 2) / 2 + (x[i + 1] ?? 0) + (i > 0 ? x[i - 1]! : 0)),
  byS: (x: ArrayLike<number>) => Array.from(x).reduce((sum, one) => sum + one ** 3 / 6, 0),
  entry: (x: ArrayLike<number>, s: number, i: number, j: number) => {
    const n = x.length;
    if (i === n || j === n) return i === j ? 0 : x[Math.min(i, j)]! ** 2 / 2;
    return i === j ? s * x[i]! : Math.abs(i - j) === 1 ? 1 : 0;
  },
};

function cubicOf(dtype: 'float64' | 'float32') {
  const Float = (dtype === 'float64' ? Float64 : Float32) as typeof Float64;
  class In {
    @Float({ shape: [null], differentiable: true }) x = zeros([0], dtype) as NdArray;
    @Float({ differentiable: true }) s = 1;
  }
  class Out {
    @Float({ differentiable: true }) f!: number;
  }
  @Component({ inputs: In, outputs: Out })
  class Cubic extends DifferentiableComponent<In, Out> {
    @Apply()
    apply({ x, s }: In): Out {
      return { f: cubic.value(x.data, s) };
    }
    @Vjp()
    vjp({ inputs: { x, s }, cotangent }: VjpRequest<In, Out>) {
      const c = cotangent.f!;
      return { x: cubic.gradient(x.data, s).map((one) => c * one), s: c * cubic.byS(x.data) };
    }
  }
  return openComponent(Cubic);
}

const list = (value: unknown) => Array.from((value as NdArray).data);

describe.each([
  ['float64', 1e-8],
  ['float32', 2e-2],
] as const)('second derivatives in %s', (dtype, near) => {
  const handle = cubicOf(dtype);
  const x = [1, -2, 1.5, 0.5];
  const inputs = { x, s: 2 };
  const arrow = { union: [{ band: [1, 1] as const }, { perRow: [[4], [4], [4], [4], [0, 1, 2, 3]] }] } as const;

  test('with a right pattern pass their own check', async () => {
    const { matrix, wrt } = await hessian(handle, { inputs }, { sparsity: arrow, verify: true });
    expect(wrt.map(({ path }) => path)).toEqual(['x', 's']);
    expect(matrix.pattern.rows).toBe(5);
    const found = await hessian(handle, { inputs }, { verify: true });
    for (const [k, value] of list(found.toDense()).entries())
      expect(Math.abs(value - cubic.entry(x, 2, Math.floor(k / 5), k % 5))).toBeLessThan(near);
  });

  test('with a pattern that lacks entries are refused by it: E_SPARSITY', async () => {
    await expect(hessian(handle, { inputs }, { sparsity: 'diagonal', verify: true })).rejects.toMatchObject({
      code: 'E_SPARSITY',
    });
  });

  test('along a direction are the rows of the Hessian, whatever the order of its paths', async () => {
    for (const direction of [
      { s: 1, x: [1, 0, -1, 2] },
      { x: [1, 0, -1, 2], s: 1 },
    ]) {
      const found = await hessianVectorProduct(handle, { inputs, direction });
      const along = [1, 0, -1, 2, 1];
      const wanted = (i: number) => along.reduce((sum, d, j) => sum + d * cubic.entry(x, 2, i, j), 0);
      const values = [...list(found['x']), found['s'] as number];
      for (const [i, value] of values.entries()) expect(Math.abs(value - wanted(i))).toBeLessThan(4 * near);
    }
  });

  test('of a part of the inputs are the part of the Hessian', async () => {
    const part = await hessian(handle, { inputs, wrt: ['x'] }, { sparsity: { band: [1, 1] }, verify: true });
    for (const [k, value] of list(part.toDense()).entries())
      expect(Math.abs(value - cubic.entry(x, 2, Math.floor(k / 4), k % 4))).toBeLessThan(near);
    const scalar = await hessian(handle, { inputs, wrt: ['s'] });
    expect(Math.abs(list(scalar.toDense())[0]!)).toBeLessThan(near);
  });

  test('of an array without elements are a matrix without entries, checked or not, by pattern or not', async () => {
    for (const options of [{}, { verify: true }, { sparsity: 'diagonal' as const, verify: true }]) {
      const none = await hessian(handle, { inputs: { x: [], s: 2 }, wrt: ['x'] }, options);
      expect(none.toDense().shape).toEqual([0, 0]);
      expect(none.asymmetry).toBe(0);
    }
    const along = await hessianVectorProduct(handle, { inputs: { x: [], s: 2 }, direction: { x: [] } });
    expect(list(along['x'])).toEqual([]);
  });
});

describe('a request for second derivatives that is wrong', () => {
  const handle = cubicOf('float64');
  const inputs = { x: [1, 2], s: 1 };

  test.each<[object, string]>([
    [{ direction: { x: [1, 2, 3] } }, 'E_TANGENT_SHAPE'],
    [{ direction: { y: [1, 2] } }, 'E_PATH_UNKNOWN'],
    [{ direction: {} }, 'E_PATHS'],
    [{ wrt: ['x', 's'], direction: { x: [1, 2] } }, 'E_SEED_KEYS'],
    [{ wrt: ['x'], direction: { x: [1, 2], s: 1 } }, 'E_SEED_KEYS'],
    [{ direction: { x: [1, 2] }, cotangent: { g: 1 } }, 'E_PATH_UNKNOWN'],
    [{ direction: { x: [1, 2] }, of: ['g'] }, 'E_PATH_UNKNOWN'],
  ])('%j rejects with the error of its caller', async (request, code) => {
    await expect(hessianVectorProduct(handle, { inputs, ...request } as never)).rejects.toMatchObject({
      status: 422,
      code,
    });
  });

  test.each([
    ['that is not symmetric', { band: [0, 1] }],
    ['of another size', { pairs: [[5, 5]] }],
  ])('a pattern %s rejects with E_SPARSITY', async (_name, sparsity) => {
    await expect(hessian(handle, { inputs, wrt: ['x'] }, { sparsity: sparsity as never })).rejects.toMatchObject({
      code: 'E_SPARSITY',
    });
  });

  test.each([1, 8 * 9 - 1])('more than memoryLimit (%d) is refused before a gradient is asked', async (memoryLimit) => {
    await expect(hessian(handle, { inputs }, { memoryLimit })).rejects.toMatchObject({
      code: 'E_MEMORY_LIMIT',
      fields: { received: '72' },
    });
  });

  test('a signal that is aborted ends it with the reason', async () => {
    const reason = new Error('enough');
    await expect(hessian(handle, { inputs }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

const small = fc.integer({ min: 0, max: 3 });
const sizes: fc.Arbitrary<FieldSizes> = fc.record({
  a: small,
  w: fc.tuple(small, small),
  l: small,
  m: fc.array(small, { maxLength: 2 }),
  u: small,
  v: fc.tuple(small, small),
});
const law = (x: readonly number[], i: number, j: number) => ((i + j) % 3 === 0 ? 0 : 1 + ((3 * i + j) % 5) + x[0]!);

describe('an operator over inputs and outputs of any rank, some without elements', () => {
  test('its products, its dense form and its nonzeros are one matrix', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(63), fc.nat(7), async (all, wide, tall) => {
        const [ins, outs] = [inputsOf(all), outputsOf(all)];
        const x = Array.from({ length: totalOf(ins) }, (_, k) => (k % 2) + 1);
        const { handle } = field(all, law, ['jvp', 'vjp'], [], {});
        const pick = <T>(parts: readonly T[], mask: number) => parts.filter((_, k) => (mask >> k) % 2 === 0);
        const [wrt, of] = [pick(ins, wide), pick(outs, tall)];
        if (wrt.length === 0 || of.length === 0) return;
        const paths = { of: of.map(({ path }) => path), wrt: wrt.map(({ path }) => path) };
        const operator = await handle.jacobianOperator({ inputs: pointOf(all, x), ...paths });
        const places = (parts: readonly { path: string }[], wanted: readonly string[]) => {
          const { flat } = seedFor(parts as never, wanted, () => 1);
          return flat.flatMap((one, k) => (one === 1 ? [k] : []));
        };
        const [rows, columns] = [places(outs, paths.of), places(ins, paths.wrt)];
        const matrix = rows.map((i) => columns.map((j) => law(x, i, j)));
        expect([operator.rows, operator.columns]).toEqual([rows.length, columns.length]);
        const tangent = columns.map((_, k) => (k % 4) - 1);
        const cotangent = rows.map((_, k) => (k % 3) - 1);
        expect([...(await operator.apply(tangent))]).toEqual(
          matrix.map((row) => row.reduce((sum, one, k) => sum + one * tangent[k]!, 0) + 0),
        );
        expect([...(await operator.applyTranspose(Float64Array.from(cotangent)))]).toEqual(
          columns.map((_, k) => matrix.reduce((sum, row, i) => sum + row[k]! * cotangent[i]!, 0) + 0),
        );
        const perRow = matrix.map((row) => row.flatMap((one, k) => (one === 0 ? [] : [k])));
        const sparse = await operator.toSparse({ sparsity: { perRow } });
        const full = new Float64Array(rows.length * columns.length);
        let e = 0;
        for (const [i, some] of perRow.entries())
          for (const k of some) full[i * columns.length + k] = sparse.values[e++]!;
        expect([...full]).toEqual(matrix.flat());
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  test.each([
    ['apply', [1, 2, 3, 4, 5, 6, 7]],
    ['applyTranspose', []],
  ] as const)('%s of a flat vector of another length rejects with E_ARRAY_LENGTH', async (name, vector) => {
    const all: FieldSizes = { a: 2, w: [1, 1], l: 0, m: [], u: 1, v: [1, 1] };
    const { handle } = field(all, law, ['jvp', 'vjp'], [], {});
    const operator = await handle.jacobianOperator({ inputs: pointOf(all, [1, 1, 1, 1]) });
    await expect(operator[name](vector)).rejects.toMatchObject({ code: 'E_ARRAY_LENGTH' });
  });

  test('without a product that it needs it says which, and the other one works', async () => {
    class In {
      @Float64({ differentiable: true }) x = 1;
    }
    class Out {
      @Float64({ differentiable: true }) y!: number;
    }
    @Component({ inputs: In, outputs: Out })
    class Forward extends DifferentiableComponent<In, Out> {
      @Apply()
      apply({ x }: In) {
        return { y: 3 * x };
      }
      @Jvp()
      jvp({ tangent }: JvpRequest<In>) {
        return { y: 3 * tangent.x! };
      }
    }
    const operator = await openComponent(Forward).jacobianOperator({ inputs: { x: 2 } });
    expect([...(await operator.apply([2]))]).toEqual([6]);
    await expect(operator.applyTranspose([1])).rejects.toMatchObject({
      status: 404,
      fields: { endpoint: 'vector_jacobian_product' },
    });
    await expect(operator.toDense()).rejects.toMatchObject({ status: 404, fields: { endpoint: 'jacobian' } });
  });
});
