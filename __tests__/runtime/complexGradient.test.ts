/** Second derivatives are of real functions of real variables. */
import { expect, test } from '@jest/globals';
import {
  Apply,
  Complex128,
  Component,
  DifferentiableComponent,
  Float64,
  hessian,
  hessianVectorProduct,
  openComponent,
  type Seed,
  Vjp,
  type VjpRequest,
} from 'cotangent';

class Inputs {
  @Float64({ differentiable: true }) x = 1;
  @Complex128({ differentiable: true }) z = { re: 1, im: 1 };
}

class Outputs {
  @Float64({ differentiable: true }) r!: number;
  @Complex128({ differentiable: true }) w!: { re: number; im: number };
}

/** r = x²/2 and w = z. */
@Component({ inputs: Inputs, outputs: Outputs })
class Both extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() apply({ x, z }: Inputs): Outputs {
    return { r: (x * x) / 2, w: z };
  }
  @Vjp() vjp({ inputs, wrt, cotangent }: VjpRequest<Inputs, Outputs>) {
    const all = { x: inputs.x * Number(cotangent.r ?? 0), z: cotangent.w ?? { re: 0, im: 0 } };
    return Object.fromEntries(wrt.map((path) => [path, all[path as 'x']]));
  }
}

const handle = openComponent(Both);

test.each([
  [['r'], ['z']],
  [['r'], ['x', 'z']],
  [['w'], ['x']],
  [['w'], ['z']],
])('those of %j by %j are refused, the dtype named', async (of, wrt) => {
  const cotangent: Seed = of[0] === 'r' ? { r: 1 } : { w: { re: 1, im: 0 } };
  const request = { inputs: {}, of, wrt, cotangent };
  const refused = { code: 'E_MATRIX_DTYPE', fields: { received: 'complex128', expected: 'float64' } };
  await expect(hessian(handle, request)).rejects.toMatchObject(refused);
  const direction = Object.fromEntries(wrt.map((path) => [path, path === 'x' ? 1 : { re: 1, im: 0 }]));
  await expect(hessianVectorProduct(handle, { ...request, direction })).rejects.toMatchObject(refused);
});

test('those of the real ones beside them are given', async () => {
  const { matrix } = await hessian(handle, { inputs: {}, of: ['r'], wrt: ['x'] });
  expect(matrix.values[0]).toBeCloseTo(1, 6);
});
