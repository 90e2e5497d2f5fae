/** A parent from a package that carries a copy of this one, in both dialects of decorators. */

import { describe, expect, jest, test } from '@jest/globals';
import type { NdArray } from 'cotangent';

type Package = typeof import('cotangent');

const first: Package = await import('cotangent');
jest.resetModules();
const second: Package = await import('cotangent');

const asked = { inputs: { x: 3 }, of: ['y'], wrt: ['x'] };
const request = { ...asked, cotangent: { y: 2 } };

/** A parent whose models and decorators are those of one copy. */
function parentOf({ Apply, Component, DifferentiableComponent, Float64, Jacobian }: Package) {
  class Inputs {
    @Float64({ differentiable: true }) x = 0;
  }
  class Outputs {
    @Float64({ differentiable: true }) y!: number;
  }
  @Component({ inputs: Inputs, outputs: Outputs })
  class Square extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() override apply({ x }: Inputs) {
      return { y: x ** 2 };
    }
    @Jacobian() override jacobian({ inputs: { x } }: { inputs: Inputs }) {
      return { y: { x: 2 * x } };
    }
  }
  return Square;
}

describe('two copies of the package', () => {
  test('are two indeed', () => {
    expect(second.DifferentiableComponent).not.toBe(first.DifferentiableComponent);
  });

  test.each([
    ['the first', 'the second', first, second],
    ['the second', 'the first', second, first],
  ])('a parent of %s, a derivation and a handle of %s', async (_a, _b, ours, theirs) => {
    @theirs.DeriveVjpFromJacobian()
    class Derived extends parentOf(ours) {}
    const handle = theirs.openComponent(Derived as never);
    expect(await handle.vjp({ inputs: { x: 3 }, cotangent: { y: 2 } } as never)).toEqual({ x: 12 });
    expect(handle.provenance.vjp).toMatchObject({ rule: 'vjpFromJacobian' });
    expect(new Derived().vjp(request)).toEqual({ x: 12 });
    expect(await ours.openComponent(Derived).vjp({ inputs: { x: 3 }, cotangent: { y: 2 } })).toEqual({ x: 12 });
  });

  test('a derivation of one in place of a method written with the other', async () => {
    class Written extends parentOf(first) {
      @first.Vjp() override vjp(_request: object): { x: number } {
        return { x: -1 };
      }
    }
    @second.DeriveVjpFromJacobian()
    class Derived extends Written {}
    expect(new Derived().vjp(request)).toEqual({ x: 12 });
    expect(await first.openComponent(Derived).vjp({ inputs: { x: 3 }, cotangent: { y: 2 } })).toEqual({ x: 12 });
    expect(new Written().vjp(request)).toEqual({ x: -1 });
  });

  test('an array of one is an array of the other', async () => {
    const { Apply, Component, DifferentiableComponent, Float64 } = first;
    class Vector {
      @Float64({ shape: [null] }) v!: NdArray;
    }
    @Component({ inputs: Vector, outputs: Vector })
    class Same extends DifferentiableComponent<Vector, Vector> {
      @Apply() evaluate() {
        return { v: second.array([1, 2, 3]) };
      }
    }
    const given = second.array([4, 5]);
    expect(await first.openComponent(Same).apply({ v: given } as never)).toMatchObject({ v: { shape: [3] } });
  });
});
