/** What a handle works out at a point, over the network: operators, second derivatives, and what is remembered. */

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  type ComponentHandle,
  DifferentiableComponent,
  Float64,
  hessian,
  hessianVectorProduct,
  Jacobian,
  type JacobianRequest,
  type NdArray,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { connect } from '../../src/client/connect.js';
import { withDerived } from '../../src/client/derived.js';
import { type Served, served } from '../interchange/served.js';

class In {
  @Float64({ shape: [2], differentiable: true }) x!: NdArray;
}

class Out {
  @Float64({ differentiable: true }) f!: number;
}

const counts = { jacobian: 0, vjp: 0 };

// f = x₀²·x₁, its gradient (2x₀x₁, x₀²), its Hessian [[2x₁, 2x₀], [2x₀, 0]].
@Component({ inputs: In, outputs: Out })
class Cubic extends DifferentiableComponent<In, Out> {
  @Apply()
  apply({ x }: In) {
    return { f: x.data[0]! ** 2 * x.data[1]! };
  }

  @Jacobian()
  jacobian({ inputs: { x } }: JacobianRequest<In>) {
    counts.jacobian++;
    const [p, q] = x.data as unknown as [number, number];
    return { f: { x: [2 * p * q, p * p] } };
  }

  @Vjp()
  vjp({ inputs: { x }, cotangent: { f = 0 } }: VjpRequest<In, Out>) {
    counts.vjp++;
    const [p, q] = x.data as unknown as [number, number];
    return { x: [2 * p * q * f, p * p * f] };
  }
}

let server: Served;
let handle: ComponentHandle;
beforeAll(async () => {
  server = await served(Cubic);
  handle = await connect(server.url);
});
afterAll(() => server.close());
beforeEach(() => {
  Object.assign(counts, { jacobian: 0, vjp: 0 });
});

test('an operator over a connection multiplies by what is there, and by what is derived on this side', async () => {
  const operator = await withDerived(handle, 'jvpFromJacobian').jacobianOperator({ inputs: { x: [3, 5] } });
  expect([operator.rows, operator.columns]).toEqual([1, 2]);
  expect(Array.from(await operator.applyTranspose([2]))).toEqual([60, 18]);
  expect(Array.from(await operator.apply([1, 1]))).toEqual([39]);
  expect((await operator.toMatrix()).to2DArray()).toEqual([[30, 9]]);
});

test('second derivatives come from gradients of the served component', async () => {
  const H = await hessian(handle, { inputs: { x: [3, 5] } });
  // Two for each element, and one at the point.
  expect(counts.vjp).toBe(5);
  [10, 6, 6, 0].forEach((entry, k) => {
    expect(H.toDense().data[k]).toBeCloseTo(entry, 7);
  });
  const product = await hessianVectorProduct(handle, { inputs: { x: [3, 5] }, direction: { x: [1, 1] } });
  // Two along the direction, and one at the point.
  expect(counts.vjp).toBe(8);
  expect((product['x'] as NdArray).data[0]).toBeCloseTo(16, 7);
});

test('products derived on this side ask for one jacobian, however many there are at a point', async () => {
  const derived = withDerived(handle, 'jvpFromJacobian');
  for (let k = 0; k < 20; k++) {
    const value = await derived.jvp({ inputs: { x: [3, 5] }, tangent: { x: [k, 0] } });
    expect(value).toEqual({ f: 30 * k });
  }
  expect(counts.jacobian).toBe(1);
  await derived.jvp({ inputs: { x: array([3, 6]) }, tangent: { x: [1, 0] } });
  expect(counts.jacobian).toBe(2);
});
