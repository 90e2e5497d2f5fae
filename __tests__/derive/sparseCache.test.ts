/** Sparse Jacobians are remembered at their points, and serve both products and other rules. */

import { expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  DeriveJacobianFromVjp,
  DeriveJvpFromVjp,
  DifferentiableComponent,
  Float64,
  type JacobianRequest,
  type Linearization,
  Linearize,
  NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';

class In {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Float64({ shape: [null], differentiable: true }) w!: NdArray;
}

class Out {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

const vector = (data: Float64Array) => new NdArray('float64', [data.length], data);

// y_i = x_{i−1} − 2x_i² + x_{i+1} + 3w_i: tridiagonal in x, diagonal in w.
const evaluate = ({ x: { data: x }, w: { data: w } }: In) => ({
  y: vector(x.map((v, i) => (x[i - 1] ?? 0) - 2 * v * v + (x[i + 1] ?? 0) + 3 * w[i]!)),
});
const pull = ({ x: { data: x } }: In, c: Float64Array) => ({
  x: vector(c.map((v, j) => (c[j - 1] ?? 0) - 4 * x[j]! * v + (c[j + 1] ?? 0))),
  w: vector(c.map((v) => 3 * v)),
});
const push = ({ x: { data: x } }: { x: { data: Float64Array } }, t: Float64Array) =>
  t.map((v, i) => (t[i - 1] ?? 0) - 4 * x[i]! * v + (t[i + 1] ?? 0));

const counts = { apply: 0, vjp: 0, linearize: 0 };
const sparsity = { y: { x: { band: [1, 1] }, w: 'diagonal' } } as const;

@Component({ inputs: In, outputs: Out })
@DeriveJvpFromVjp({ sparsity })
@DeriveJacobianFromVjp({ sparsity })
class Laplace extends DifferentiableComponent<In, Out> {
  @Apply()
  apply(inputs: In) {
    counts.apply++;
    return evaluate(inputs);
  }

  @Vjp()
  vjp({ inputs, cotangent }: VjpRequest<In, Out>) {
    counts.vjp++;
    return pull(inputs, cotangent.y!.data);
  }
}

const n = 10_000;
const point = {
  x: Float64Array.from({ length: n }, (_, i) => Math.sin(i)),
  w: Float64Array.from({ length: n }, (_, i) => Math.cos(i)),
};
const ones = new Float64Array(n).fill(1);
const zeros = new Float64Array(n);
const reset = () => Object.assign(counts, { apply: 0, vjp: 0, linearize: 0 });

test('1,000 products with a tridiagonal Jacobian of 10,000 rows take one sweep: 3 calls, one that checks, one for the shape', async () => {
  reset();
  const handle = openComponent(Laplace);
  const expected = push({ x: { data: point.x } }, ones);
  for (let k = 0; k < 1000; k++) {
    const value = await handle.jvp({ inputs: point, tangent: { x: ones, w: zeros } });
    if (k % 250 > 0) continue;
    const { data } = value['y'] as NdArray;
    expect(Math.max(...data.map((v, i) => Math.abs(v - expected[i]!)))).toBeLessThan(1e-13);
  }
  expect(counts).toEqual({ apply: 1, vjp: 4, linearize: 0 });
});

test('a jacobian of several inputs answers products along some of them', async () => {
  reset();
  const small = { x: point.x.slice(0, 1000), w: point.w.slice(0, 1000) };
  const handle = openComponent(Laplace);
  await handle.jacobian({ inputs: small });
  const once = { ...counts };
  for (const tangent of [
    { x: ones.slice(0, 1000), w: zeros.slice(0, 1000) },
    { x: zeros.slice(0, 1000), w: ones.slice(0, 1000) },
    { x: zeros.slice(0, 1000), w: zeros.slice(0, 1000) },
  ])
    await handle.jvp({ inputs: small, tangent });
  expect(counts).toEqual(once);
});

test('a sweep over the groups of a pattern linearizes once, and again nowhere', async () => {
  @Component({ inputs: In, outputs: Out, cache: false })
  @DeriveJvpFromVjp({ sparsity })
  class Linear extends DifferentiableComponent<In, Out> {
    @Apply()
    apply(inputs: In) {
      counts.apply++;
      return evaluate(inputs);
    }

    @Linearize('vjp')
    linearize({ inputs }: JacobianRequest<In>): Linearization<In, Out, 'vjp'> {
      counts.linearize++;
      return {
        outputs: evaluate(inputs),
        vjp: ({ y }) => {
          counts.vjp++;
          return pull(inputs, y!.data);
        },
      };
    }
  }
  reset();
  const value = await openComponent(Linear).jvp({ inputs: point, tangent: { x: ones, w: zeros } });
  expect((value['y'] as NdArray).data[1]).toBeCloseTo(2 - 4 * Math.sin(1), 12);
  expect(counts).toEqual({ apply: 0, vjp: 4, linearize: 1 });
});
