/** What a derivation may take: memory that a broken declaration would take, and buffers that a method uses again. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  Apply,
  Component,
  DeriveJacobianFromJvp,
  DeriveJvpFromVjp,
  DeriveVjpFromJvp,
  DifferentiableComponent,
  Float32,
  Float64,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  type PlanOptions,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';
import { toDense } from '../../../src/derive/sparsity/sparseMatrix.js';
import {
  arraysIn,
  blocksIn,
  type FieldSizes,
  field,
  inputsOf,
  outputsOf,
  pointOf,
  totalOf,
  wantedBlocks,
} from './field.js';

let warned: jest.SpiedFunction<typeof process.emitWarning>;
beforeEach(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => {
  warned.mockRestore();
});

const sizes: FieldSizes = { a: 40, w: [2, 3], l: 2, m: [3], u: 40, v: [3, 2] };
const [rows, columns] = [totalOf(outputsOf(sizes)), totalOf(inputsOf(sizes))];
const inputs = pointOf(
  sizes,
  Array.from({ length: columns }, (_, k) => k % 3),
);
const band = (_x: readonly number[], i: number, j: number) => (Math.abs(i - j) <= 1 ? 1 + ((3 * i + j) % 7) : 0);
const full = (_x: readonly number[], i: number, j: number) => 1 + ((3 * i + j) % 7);

describe('a product whose declared pattern is given up for a Jacobian written out', () => {
  const seeds = {
    cotangent: Object.fromEntries(outputsOf(sizes).map(({ path, shape }) => [path, shape.length ? ones(shape) : 1])),
    tangent: Object.fromEntries(inputsOf(sizes).map(({ path, shape }) => [path, shape.length ? ones(shape) : 1])),
  };
  const options: PlanOptions = { sparsity: { band: [1, 1] } };
  const cases = [
    ['vjpFromJvp', 'jvp', DeriveVjpFromJvp, 'vjp'],
    ['jvpFromVjp', 'vjp', DeriveJvpFromVjp, 'jvp'],
  ] as const;

  test.each(cases)(
    '%s is refused where that takes more than its memory: E_MEMORY_LIMIT',
    async (rule, base, decorate, to) => {
      const bytes = 8 * rows * columns - 1;
      const { handle } = field(sizes, full, [base], [decorate({ ...options, memoryBytes: bytes })], { cache: false });
      await expect(handle[to]({ inputs, ...seeds } as never)).rejects.toMatchObject({
        code: 'E_MEMORY_LIMIT',
        fields: { rule, received: String(bytes + 1), expected: String(bytes) },
      });
    },
  );

  test.each(cases)('%s is refused at the limit of its caller, too', async (_rule, base, decorate, to) => {
    const { handle } = field(sizes, full, [base], [decorate(options)], { cache: false });
    await expect(handle[to]({ inputs, ...seeds } as never, { memoryLimit: 9_999 })).rejects.toMatchObject({
      code: 'E_MEMORY_LIMIT',
      fields: { expected: '9999' },
    });
    const sums = Array.from({ length: columns }, (_, j) => sum(rows, (i) => full([], i, j)));
    if (to === 'vjp') expect(Object.values(arraysIn(await handle.vjp({ inputs, ...seeds }))).flat()).toEqual(sums);
  });

  test.each(cases)('%s with the right pattern fits where the Jacobian would not', async (_rule, base, decorate, to) => {
    const { handle } = field(sizes, band, [base], [decorate(options)], { cache: false });
    const found = Object.values(
      arraysIn(await handle[to]({ inputs, ...seeds } as never, { memoryLimit: 9_999 })),
    ).flat();
    const lines = to === 'vjp' ? columns : rows;
    const other = to === 'vjp' ? rows : columns;
    const entry = (line: number, k: number) => (to === 'vjp' ? band([], k, line) : band([], line, k));
    expect(found).toEqual(Array.from({ length: lines }, (_, line) => sum(other, (k) => entry(line, k))));
    expect(warned).not.toHaveBeenCalled();
  });
});

test('toSparse of a pattern that is given up is refused where it would be written out beyond its limit', async () => {
  const { handle } = field(sizes, full, ['jvp'], [], { cache: false });
  const operator = await handle.jacobianOperator({ inputs });
  await expect(operator.toSparse({ sparsity: { band: [0, 0] }, memoryLimit: 9_999 })).rejects.toMatchObject({
    code: 'E_MEMORY_LIMIT',
    fields: { rule: 'toSparse', received: String(8 * rows * columns) },
  });
});

describe('a method that uses its buffers again', () => {
  test.each([1, 2, 8])(
    'gives the nonzeros of an operator, whatever concurrency (%d) its caller asks for',
    async (concurrency) => {
      for (const products of [['jvp'], ['vjp'], ['jvp', 'vjp']] as const) {
        const { handle } = field(sizes, band, products, [], { cache: false, reuse: true });
        const operator = await handle.jacobianOperator({ inputs });
        const { pattern, values } = await operator.toSparse({ sparsity: { band: [1, 1] }, concurrency });
        const dense = toDense({ pattern, values });
        expect([...dense]).toEqual(Array.from(dense, (_, e) => band([], Math.floor(e / columns), e % columns)));
      }
      expect(warned).not.toHaveBeenCalled();
    },
  );

  test('gives a Jacobian to a caller who asks for many calls at once', async () => {
    const { handle } = field(sizes, band, ['jvp'], [DeriveJacobianFromJvp({ sparsity: { band: [1, 1] } })], {
      reuse: true,
    });
    const paths = { of: outputsOf(sizes).map(({ path }) => path), wrt: inputsOf(sizes).map(({ path }) => path) };
    expect(blocksIn(await handle.jacobian({ inputs }, { concurrency: 8 }))).toEqual(
      wantedBlocks(sizes, (i, j) => band([], i, j), paths.of, paths.wrt),
    );
  });
});

describe('an output in double precision beside one in single precision', () => {
  class In {
    @Float64({ shape: [3], differentiable: true }) x = zeros([3]);
    @Float32({ differentiable: true }) k = 1;
  }
  class Out {
    @Float64({ shape: [3], differentiable: true }) y!: NdArray;
    @Float32({ differentiable: true }) z!: number;
  }
  // y = x and a millionth of x's next: an entry that a check in single precision would not see.
  const next = 1e-6;
  const weak = (data: Float64Array) => data.map((one, i) => one + next * data[(i + 1) % 3]!);

  @Component({ inputs: In, outputs: Out, cache: false, abstract: true })
  abstract class Base extends DifferentiableComponent<In, Out> {
    @Apply()
    apply({ x, k }: In): Out {
      return { y: new NdArray('float64', [3], weak(x.data)), z: k };
    }
  }

  test('is checked in its own precision: a weak entry that is not declared is found by rows', async () => {
    @Component({ inputs: In, outputs: Out, cache: false })
    @DeriveJacobianFromJvp({ sparsity: 'diagonal' })
    class Forward extends Base {
      @Jvp()
      jvp({ tangent, wrt }: JvpRequest<In>) {
        return {
          y: weak(wrt.includes('x') ? tangent.x!.data : new Float64Array(3)),
          z: wrt.includes('k') ? tangent.k! : 0,
        };
      }
    }
    const { y } = await openComponent(Forward).jacobian({ inputs: { x: [1, 2, 3], k: 1 } });
    expect([...(y!['x'] as NdArray).data]).toEqual([1, next, 0, 0, 1, next, next, 0, 1]);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  test('and by columns', async () => {
    @Component({ inputs: In, outputs: Out, cache: false })
    @DeriveVjpFromJvp({ sparsity: 'diagonal' })
    class Other extends Base {
      @Jvp()
      jvp({ tangent, wrt }: JvpRequest<In>) {
        return {
          y: weak(wrt.includes('x') ? tangent.x!.data : new Float64Array(3)),
          z: wrt.includes('k') ? tangent.k! : 0,
        };
      }
    }
    @Component({ inputs: In, outputs: Out, cache: false })
    @DeriveJvpFromVjp({ sparsity: 'diagonal' })
    class Backward extends Base {
      @Vjp()
      vjp({ cotangent, of }: VjpRequest<In, Out>) {
        const c = of.includes('y') ? cotangent.y!.data : new Float64Array(3);
        return { x: c.map((one, j) => one + next * c[(j + 2) % 3]!), k: of.includes('z') ? cotangent.z! : 0 };
      }
    }
    const at = { inputs: { x: [1, 2, 3], k: 1 } };
    const pulled = await openComponent(Other).vjp({ ...at, cotangent: { y: [1, 0, 0], z: 1 } });
    expect([...(pulled['x'] as NdArray).data]).toEqual([1, next, 0]);
    const pushed = await openComponent(Backward).jvp({ ...at, tangent: { x: [1, 0, 0], k: 1 } });
    expect([...(pushed['y'] as NdArray).data]).toEqual([1, 0, next]);
  });
});

function ones(shape: readonly number[]): NdArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return new NdArray('float64', [...shape], new Float64Array(size).fill(1));
}

function sum(count: number, term: (k: number) => number): number {
  return Array.from({ length: count }, (_, k) => term(k)).reduce((total, one) => total + one, 0);
}
