/** Second derivatives of a scalar of a component's outputs. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  DifferentiableComponent,
  Float64,
  hessian,
  hessianVectorProduct,
  type JacobianRequest,
  type Linearization,
  Linearize,
  NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';

class Point {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}

class Value {
  @Float64({ differentiable: true }) f!: number;
}

const vector = (data: ArrayLike<number>) => new NdArray('float64', [data.length], Float64Array.from(data));

// The chained Rosenbrock function: f(x) = Σ 100(x_{i+1} − x_i²)² + (1 − x_i)², whose Hessian is tridiagonal.
function value(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
  return sum;
}

function gradient(x: Float64Array): Float64Array {
  const g = new Float64Array(x.length);
  for (let i = 0; i + 1 < x.length; i++) {
    const gap = x[i + 1]! - x[i]! ** 2;
    g[i]! += -400 * x[i]! * gap - 2 * (1 - x[i]!);
    g[i + 1]! += 200 * gap;
  }
  return g;
}

/** The diagonal, and the entries beside it. */
function second(x: Float64Array) {
  const [diagonal, beside] = [new Float64Array(x.length), new Float64Array(Math.max(0, x.length - 1))];
  for (let i = 0; i + 1 < x.length; i++) {
    diagonal[i]! += 1200 * x[i]! ** 2 - 400 * x[i + 1]! + 2;
    diagonal[i + 1]! += 200;
    beside[i] = -400 * x[i]!;
  }
  return { diagonal, beside };
}

function times(x: Float64Array, d: Float64Array): Float64Array {
  const { diagonal, beside } = second(x);
  return d.map(
    (v, i) => diagonal[i]! * v + (beside[i] ?? 0) * (d[i + 1] ?? 0) + (beside[i - 1] ?? 0) * (d[i - 1] ?? 0),
  );
}

let calls = 0;

@Component({ inputs: Point, outputs: Value })
class Chain extends DifferentiableComponent<Point, Value> {
  @Apply()
  apply({ x }: Point) {
    return { f: value(x.data) };
  }

  @Vjp()
  vjp({ inputs: { x }, cotangent }: VjpRequest<Point, Value>) {
    calls++;
    const weight = cotangent.f ?? 0;
    return { x: vector(gradient(x.data).map((g) => weight * g)) };
  }
}

const size = 1000;
const at = Float64Array.from({ length: size }, (_, i) => -1.2 + 2.1 * Math.sin(0.37 * i));
const along = Float64Array.from({ length: size }, (_, i) => Math.cos(1.3 * i));
const counted = async <T>(run: () => Promise<T>) => {
  calls = 0;
  const result = await run();
  return { result, calls };
};
const norm = (v: Float64Array) => Math.hypot(...v);
const distance = (a: Float64Array, b: Float64Array) => norm(a.map((v, i) => v - b[i]!)) / norm(b);

// The usual start of this function; and a point with elements from 1e-3 to 3, for which a typical size is declared.
const start = Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
const points = [
  ['at (−1.2, 1, …)', start, {}, 3, 7],
  // Some entries are next to 0 where they bend, and are tried at shorter steps too.
  ['at elements of many sizes, with a typical size declared', at, { magnitudes: { x: 1 } }, 5, 13],
] as const;

describe('a Hessian-vector product', () => {
  test.each(points)(
    'from three gradients or five is exact to 1e-9, for 1,000 variables %s',
    async (_where, x, options, product, _whole) => {
      const request = { inputs: { x }, direction: { x: along } };
      const { result, calls } = await counted(() => hessianVectorProduct(openComponent(Chain), request, options));
      expect(calls).toBe(product);
      expect(distance((result['x'] as NdArray).data, times(x, along))).toBeLessThan(1e-10);
    },
  );

  test('along nothing is nothing, and costs no gradient', async () => {
    const request = { inputs: { x: [1, 2, 3] }, direction: { x: [0, 0, 0] } };
    const { result, calls } = await counted(() => hessianVectorProduct(openComponent(Chain), request));
    expect(result).toEqual({ x: array([0, 0, 0]) });
    expect(calls).toBe(0);
  });

  test('by Richardson extrapolation takes five gradients, and four more where entries bend, and is nearer', async () => {
    const request = { inputs: { x: at }, direction: { x: along } };
    const run = () => hessianVectorProduct(openComponent(Chain), request, { scheme: 'richardson' });
    const { result, calls } = await counted(run);
    expect(calls).toBe(9);
    expect(distance((result['x'] as NdArray).data, times(at, along))).toBeLessThan(1e-10);
  });
});

describe('a Hessian', () => {
  test.each(points)(
    'that is tridiagonal takes seven gradients or 13, and is exact to 1e-10 %s',
    async (_where, x, options, _product, whole) => {
      const run = () => hessian(openComponent(Chain), { inputs: { x } }, { sparsity: { band: [1, 1] }, ...options });
      const { result, calls } = await counted(run);
      expect(calls).toBe(whole);
      expect(result.calls).toBe(whole);
      expect(result.asymmetry).toBeLessThan(1e-9);
      const { diagonal, beside } = second(x);
      const { rowStart, columnIndex } = result.matrix.pattern;
      const wanted = new Float64Array(result.matrix.values.length);
      for (let i = 0; i < size; i++) {
        for (let e = rowStart[i]!; e < rowStart[i + 1]!; e++) {
          const j = columnIndex[e]!;
          wanted[e] = i === j ? diagonal[i]! : beside[Math.min(i, j)]!;
        }
      }
      expect(wanted).toHaveLength(3 * size - 2);
      expect(distance(result.matrix.values, wanted)).toBeLessThan(1e-10);
    },
  );

  test('without a pattern takes two gradients for each variable, and one more', async () => {
    const x = at.slice(0, 5);
    const { result, calls } = await counted(() => hessian(openComponent(Chain), { inputs: { x } }));
    expect(calls).toBe(11);
    const dense = result.toDense();
    expect(dense.shape).toEqual([5, 5]);
    for (let j = 0; j < 5; j++) {
      const column = times(
        x,
        Float64Array.from({ length: 5 }, (_, k) => (k === j ? 1 : 0)),
      );
      for (let i = 0; i < 5; i++) expect(dense.data[5 * i + j]).toBeCloseTo(column[i]!, 5);
    }
    expect(result.toMatrix().isSymmetric()).toBe(true);
    expect(result).toMatchObject({ exact: false, wrt: [{ path: 'x', shape: [5] }] });
  });

  test('of a pattern that lacks entries is refused where it is checked: E_SPARSITY', async () => {
    const run = () =>
      hessian(openComponent(Chain), { inputs: { x: at.slice(0, 50) } }, { sparsity: 'diagonal', verify: true });
    await expect(run()).rejects.toMatchObject({ code: 'E_SPARSITY', fields: { path: 'sparsity' } });
  });

  test('of the right pattern passes the check, which takes one product more', async () => {
    const options = { sparsity: { band: [1, 1] }, verify: true } as const;
    const { calls } = await counted(() => hessian(openComponent(Chain), { inputs: { x: at } }, options));
    expect(calls).toBeLessThanOrEqual(13 + 5);
  });

  test('of a gradient that is not one of a function is asymmetric, and says how much', async () => {
    @Component({ inputs: Point, outputs: Value })
    class Swirl extends DifferentiableComponent<Point, Value> {
      @Apply()
      apply() {
        return { f: 0 };
      }

      @Vjp()
      vjp({ inputs: { x } }: VjpRequest<Point, Value>) {
        return { x: [3 * x.data[1]!, x.data[0]!] };
      }
    }
    const result = await hessian(openComponent(Swirl), { inputs: { x: [1, 2] } });
    // H = [[0, 3], [1, 0]]: |3 − 1| / 3.
    expect(result.asymmetry).toBeCloseTo(2 / 3, 8);
    expect(result.toDense().data[1]).toBeCloseTo(2, 8);
  });

  test('beyond the memory limit is refused with its bytes: E_MEMORY_LIMIT', async () => {
    const run = () => hessian(openComponent(Chain), { inputs: { x: at } }, { memoryLimit: 1e6 });
    await expect(run()).rejects.toMatchObject({ code: 'E_MEMORY_LIMIT', fields: { received: '8000000' } });
  });
});

class Two {
  @Float64({ shape: [2], differentiable: true }) x!: NdArray;
  @Float64({ differentiable: true }) a = 1;
}

class Pair {
  @Float64({ shape: [2], differentiable: true }) y!: NdArray;
  @Float64({ differentiable: true }) s!: number;
}

// y = (a·x₀², x₀·x₁), s = a³: the second derivatives of ⟨c, (y, s)⟩ by (x₀, x₁, a) are
// [[2a·c₀, c₁, 2x₀·c₀], [c₁, 0, 0], [2x₀·c₀, 0, 6a·c₂]].
const pull = ({ x, a }: Two, c: ArrayLike<number>, ds: number) => {
  const [p, q] = x.data as unknown as [number, number];
  return { x: [2 * a * p * c[0]! + q * c[1]!, p * c[1]!], a: p * p * c[0]! + 3 * a * a * ds };
};
const outputs = ({ x, a }: Two) => ({ y: [a * x.data[0]! ** 2, x.data[0]! * x.data[1]!], s: a ** 3 });

@Component({ inputs: Two, outputs: Pair })
class Weighted extends DifferentiableComponent<Two, Pair> {
  @Apply()
  apply(inputs: Two) {
    const { y, s } = outputs(inputs);
    return { y: vector(y), s };
  }

  @Vjp()
  vjp({ inputs, cotangent }: VjpRequest<Two, Pair>) {
    return pull(inputs, cotangent.y?.data ?? [0, 0], cotangent.s ?? 0);
  }
}

const point = { x: [3, 5], a: 2 };
const cotangent = { y: [7, 11], s: 13 };
const wanted = [28, 11, 42, 11, 0, 0, 42, 0, 156];

describe('of several outputs', () => {
  test('the second derivatives are those of their weighted sum, over several inputs in schema order', async () => {
    const result = await hessian(openComponent(Weighted), { inputs: point, cotangent });
    Array.from(result.toDense().data).forEach((entry, k) => {
      expect(entry).toBeCloseTo(wanted[k]!, 5);
    });
    const request = { inputs: point, cotangent, direction: { x: [1, 0], a: 1 } };
    const product = await hessianVectorProduct(openComponent(Weighted), request);
    expect((product['x'] as NdArray).data[0]).toBeCloseTo(70, 5);
    expect(product['a']).toBeCloseTo(198, 5);
  });

  test('the weights have to be given: E_SEED_KEYS', async () => {
    const fields = { path: 'cotangent' };
    await expect(hessian(openComponent(Weighted), { inputs: point })).rejects.toMatchObject({
      code: 'E_SEED_KEYS',
      fields,
    });
    const y = { inputs: point, of: ['y'], direction: { x: [1, 0] } };
    await expect(hessianVectorProduct(openComponent(Weighted), y)).rejects.toMatchObject({
      code: 'E_SEED_KEYS',
      fields,
    });
    const s = { inputs: point, of: ['s'], direction: { a: 1 } };
    expect((await hessianVectorProduct(openComponent(Weighted), s))['a']).toBeCloseTo(12, 6);
  });
});

describe('a linearization with an hvp', () => {
  const counts = { linearize: 0, hvp: 0 };

  @Component({ inputs: Two, outputs: Pair })
  class Exact extends DifferentiableComponent<Two, Pair> {
    @Apply()
    apply(inputs: Two) {
      const { y, s } = outputs(inputs);
      return { y: vector(y), s };
    }

    @Linearize('vjp')
    linearize({ inputs }: JacobianRequest<Two>): Linearization<Two, Pair, 'vjp'> {
      counts.linearize++;
      const [p] = inputs.x.data as unknown as [number];
      return {
        vjp: ({ y, s }) => pull(inputs, y?.data ?? [0, 0], s ?? 0),
        hvp: ({ x, a = 0 }, { y, s = 0 }) => {
          counts.hvp++;
          const [dp, dq] = x!.data as unknown as [number, number];
          const [c0, c1] = y!.data as unknown as [number, number];
          return {
            x: [2 * inputs.a * c0 * dp + c1 * dq + 2 * p * c0 * a, c1 * dp],
            a: 2 * p * c0 * dp + 6 * inputs.a * s * a,
          };
        },
      };
    }
  }

  test('gives second derivatives without a rounding of differences, from one linearization', async () => {
    Object.assign(counts, { linearize: 0, hvp: 0 });
    const handle = openComponent(Exact);
    const result = await hessian(handle, { inputs: point, cotangent });
    expect(Array.from(result.toDense().data)).toEqual(wanted);
    expect(result).toMatchObject({ exact: true, asymmetry: 0, calls: 3 });
    const request = { inputs: point, cotangent, direction: { x: [1, 0], a: 1 } };
    expect(await hessianVectorProduct(handle, request)).toEqual({ x: array([70, 11]), a: 198 });
    expect(counts).toEqual({ linearize: 1, hvp: 4 });
  });

  test('takes one product for each group of a declared pattern', async () => {
    const sparsity = {
      pairs: [
        [0, 0],
        [0, 1],
        [1, 0],
        [0, 2],
        [2, 0],
        [2, 2],
      ],
    } as const;
    const result = await hessian(openComponent(Exact), { inputs: point, cotangent }, { sparsity, verify: true });
    expect(Array.from(result.toDense().data)).toEqual(wanted);
    expect(result.calls).toBe(2);
  });

  test('is left aside where differences are asked for', async () => {
    Object.assign(counts, { hvp: 0 });
    const result = await hessian(openComponent(Exact), { inputs: point, cotangent }, { method: 'differences' });
    expect(result.exact).toBe(false);
    expect(counts.hvp).toBe(0);
  });
});

test('what a gradient throws where it was asked is thrown', async () => {
  @Component({ inputs: Point, outputs: Value })
  class Failing extends DifferentiableComponent<Point, Value> {
    @Apply()
    apply() {
      return { f: 0 };
    }

    @Vjp()
    vjp(): { x: number[] } {
      throw new Error('diverged');
    }
  }
  await expect(hessian(openComponent(Failing), { inputs: { x: [1] } })).rejects.toThrow('diverged');
});

test('only what openComponent and connect gave is a handle: E_HANDLE', async () => {
  await expect(hessian({} as never, { inputs: {} })).rejects.toMatchObject({ code: 'E_HANDLE' });
});
