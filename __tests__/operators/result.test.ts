/** What a method returns against what its schema leaves open. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  DifferentiableComponent,
  Float64,
  Jacobian,
  Jvp,
  type NdArray,
  openComponent,
  withDerived,
} from 'cotangent';
import { Matrix } from 'ml-matrix';

class Inputs {
  @Float64({ shape: [2], differentiable: true }) a = array([1, 2]);
  @Float64({ shape: [3], differentiable: true }) b = array([1, 2, 3]);
}

class Outputs {
  @Float64({ shape: [null, 2], differentiable: true }) y!: NdArray;
}

let returned: unknown;

/** Returns what the test says. */
@Component({ inputs: Inputs, outputs: Outputs })
class Says extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() apply(): Outputs {
    return { y: array([[1, 2]]) };
  }
  @Jacobian() jacobian() {
    return { y: returned as Record<string, NdArray> };
  }
  @Jvp() jvp() {
    return returned as Record<string, NdArray>;
  }
}

const handle = openComponent(Says);
const zeros = (...shape: readonly number[]): unknown =>
  shape.length === 0 ? 0 : Array.from({ length: shape[0]! }, () => zeros(...shape.slice(1)));
const jacobian = (a: unknown, b: unknown) => {
  returned = { a, b };
  return handle.jacobian({ inputs: {}, of: ['y'], wrt: ['a', 'b'] });
};
const refused = (block: 'a' | 'b') => ({ code: 'E_RESULT_SHAPE', path: `Says.jacobian()["y"]["${block}"]` });

describe('the blocks of an output whose extent is open', () => {
  test.each([1, 2, 5])('have the extent of the first, %i', async (n) => {
    const blocks = (await jacobian(zeros(n, 2, 2), zeros(n, 2, 3)))['y']!;
    expect([(blocks['a'] as NdArray).shape, (blocks['b'] as NdArray).shape]).toEqual([
      [n, 2, 2],
      [n, 2, 3],
    ]);
  });

  test.each([
    [1, 2],
    [2, 1],
    [3, 0],
  ])('are refused where one has %i and the next %i', async (first, second) => {
    await expect(jacobian(zeros(first, 2, 2), zeros(second, 2, 3))).rejects.toMatchObject(refused('b'));
  });

  test('are refused where a fixed extent differs', async () => {
    await expect(jacobian(zeros(1, 3, 2), zeros(1, 2, 3))).rejects.toMatchObject(refused('a'));
    await expect(jacobian(zeros(1, 2, 3), zeros(1, 2, 3))).rejects.toMatchObject(refused('a'));
  });

  test('may be matrices, whose rows the fixed extents divide', async () => {
    const blocks = (await jacobian(Matrix.zeros(6, 2), Matrix.zeros(6, 3)))['y']!;
    expect((blocks['b'] as NdArray).shape).toEqual([3, 2, 3]);
    const untold = { code: 'E_RESULT_AMBIGUOUS', path: 'Says.jacobian()["y"]["a"]' };
    await expect(jacobian(Matrix.zeros(5, 2), zeros(1, 2, 3))).rejects.toMatchObject(untold);
    await expect(jacobian(Matrix.zeros(6, 2), Matrix.zeros(4, 3))).rejects.toMatchObject(refused('b'));
    await expect(jacobian(Matrix.zeros(6, 4), Matrix.zeros(6, 3))).rejects.toMatchObject(refused('a'));
  });
});

test('complex blocks of a real output are refused as the method’s, where a product is derived from them', async () => {
  @Component({ inputs: Inputs, outputs: Outputs })
  class Derived extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() apply(): Outputs {
      return { y: array([[1, 2]]) };
    }
    @Jacobian() jacobian() {
      return { y: { a: array(zeros(1, 2, 2) as never, { dtype: 'complex128' }) } };
    }
  }
  const derived = withDerived(openComponent(Derived), 'jvpFromJacobian');
  await expect(derived.jvp({ inputs: {}, of: ['y'], tangent: { a: [1, 1] } })).rejects.toMatchObject({
    code: 'E_RESULT_DTYPE',
    path: 'Derived.jacobian()["y"]["a"]',
  });
});

test('integers for floats are taken, complex numbers are refused, each by its dtype', async () => {
  const pushed = async (y: NdArray) => {
    returned = { y };
    return handle.jvp({ inputs: {}, of: ['y'], tangent: { a: [1, 1] } });
  };
  expect(((await pushed(array([[3, 4]], { dtype: 'int8' }) as never))['y'] as NdArray).dtype).toBe('float64');
  for (const dtype of ['complex64', 'complex128'] as const) {
    await expect(pushed(array([[3, 4]], { dtype }) as never)).rejects.toMatchObject({
      code: 'E_RESULT_DTYPE',
      fields: { received: dtype, expected: 'float64' },
    });
  }
});
