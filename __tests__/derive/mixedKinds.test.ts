/** Products and Jacobians between real and complex variables: one probe sees a part of such a derivative, so none is given. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Complex128,
  Component,
  type ComponentError,
  Derive,
  DifferentiableComponent,
  Float64,
  Jvp,
  type JvpRequest,
  openComponent,
  type ProductResult,
  Vjp,
  type VjpRequest,
} from 'cotangent';

class Inputs {
  @Float64({ differentiable: true }) x = 1;
  @Complex128({ differentiable: true }) z = { re: 1, im: 0 };
}

class Outputs {
  @Float64({ differentiable: true }) r!: number;
  @Complex128({ differentiable: true }) w!: { re: number; im: number };
}

/** r = 2x and w = (1 + 2i)x + 3z: of r by z, and of w by x, no probe tells enough. */
abstract class Mixed extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() apply({ x, z }: Inputs): Outputs {
    return { r: 2 * x, w: { re: x + 3 * z.re, im: 2 * x + 3 * z.im } };
  }
}

const factors: Readonly<Record<string, number>> = { 'r x': 2, 'w z': 3 };
const product = (results: readonly string[], given: object, name: (a: string, b: string) => string) =>
  Object.fromEntries(
    results.map((one) => {
      const [other, value] = Object.entries(given).find(([key]) => name(one, key) in factors) ?? ['', 0];
      const factor = factors[name(one, other)] ?? 0;
      const scaled = typeof value === 'number' ? factor * value : { re: factor * value.re, im: factor * value.im };
      return [one, one === 'r' || one === 'x' ? Number(scaled) || 0 : scaled || { re: 0, im: 0 }];
    }),
  );

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jacobianFromVjp', 'jvpFromVjp')
class ByVjp extends Mixed {
  @Vjp() vjp({ wrt, cotangent }: VjpRequest<Inputs, Outputs>): ProductResult {
    return product(wrt, cotangent, (x, y) => `${y} ${x}`);
  }
}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jacobianFromJvp', 'vjpFromJvp')
class ByJvp extends Mixed {
  @Jvp() jvp({ of, tangent }: JvpRequest<Inputs>): ProductResult {
    return product(of, tangent, (y, x) => `${y} ${x}`);
  }
}

const values = { x: 1, z: { re: 1, im: 0 }, r: 1, w: { re: 1, im: 0 } } as const;
const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, values[name as 'x']]));
const ask = (type: typeof ByVjp | typeof ByJvp, endpoint: 'jacobian' | 'jvp' | 'vjp', of: string[], wrt: string[]) =>
  openComponent(type as typeof ByVjp)[endpoint]({
    inputs: {},
    of,
    wrt,
    tangent: pick(wrt),
    cotangent: pick(of),
  } as never);

describe.each([
  ['jacobianFromVjp', ByVjp, 'jacobian'],
  ['jvpFromVjp', ByVjp, 'jvp'],
  ['jacobianFromJvp', ByJvp, 'jacobian'],
  ['vjpFromJvp', ByJvp, 'vjp'],
] as const)('%s', (rule, type, endpoint) => {
  test.each([
    [['w'], ['x'], 'w', 'x'],
    [['r'], ['z'], 'r', 'z'],
    [['r', 'w'], ['x'], 'w', 'x'],
    [['r'], ['x', 'z'], 'r', 'z'],
    [['r', 'w'], ['x', 'z'], 'r', 'z'],
  ])('of %j by %j is refused, and the pair is named', async (of, wrt, output, input) => {
    await expect(ask(type, endpoint, of, wrt)).rejects.toMatchObject({
      code: 'E_PROBE_COMPLEX',
      fields: { rule, of: output, wrt: input },
    });
  });

  test.each([
    [['r'], ['x']],
    [['w'], ['z']],
  ])('of %j by %j is given: both are of one kind', async (of, wrt) => {
    await expect(ask(type, endpoint, of, wrt)).resolves.toBeDefined();
  });
});

test.each([
  ['jacobianFromVjp', ByVjp],
  ['jacobianFromJvp', ByJvp],
] as const)(
  'a complex block of %s takes 16 bytes an element, a real one 8: the limit on memory counts them',
  async (_, type) => {
    const run = (path: 'x' | 'z', memoryLimit: number) =>
      openComponent(type as typeof ByVjp).jacobian(
        { inputs: {}, of: [path === 'x' ? 'r' : 'w'], wrt: [path] },
        { memoryLimit },
      );
    const least = async (path: 'x' | 'z') => {
      const error = await run(path, 0).then(
        () => undefined,
        (thrown: ComponentError) => thrown,
      );
      expect(error?.code).toBe('E_MEMORY_LIMIT');
      return Number(error?.fields['received']);
    };
    const [real, complex] = [await least('x'), await least('z')];
    expect(complex - real).toBe(8);
    await expect(run('z', complex - 1)).rejects.toMatchObject({ code: 'E_MEMORY_LIMIT' });
    await expect(run('z', complex)).resolves.toBeDefined();
  },
);
