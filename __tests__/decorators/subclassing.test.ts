/** Subclasses: what they inherit, override, derive and write, in both dialects of decorators. */

import { describe, expect, test } from '@jest/globals';
import {
  AbstractEval,
  Apply,
  Component,
  DeriveAbstractEvalFromApply,
  DeriveJacobianFromJvp,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';

class Inputs {
  @Float64({ differentiable: true }) x = 1;
}
class Outputs {
  @Float64({ differentiable: true }) y!: number;
}

const inputs = { x: 3 };
const cotangent = { y: 2 };
const tangent = { x: 5 };
const asked = { inputs, of: ['y'], wrt: ['x'] };

/** y = x², its Jacobian by hand, its vjp derived. */
@Component({ inputs: Inputs, outputs: Outputs, version: '2.0.0' })
@DeriveVjpFromJacobian()
class Square extends DifferentiableComponent<Inputs, Outputs> {
  readonly scale: number = 1;
  @Apply() evaluate({ x }: Inputs) {
    return { y: this.scale * x ** 2 };
  }
  @Jacobian() blocks({ inputs: { x } }: JacobianRequest<Inputs>) {
    return { y: { x: 2 * this.scale * x } };
  }
}

describe('a subclass inherits', () => {
  class Plain extends Square {}

  test('endpoints and derivations, without a decorator of its own', async () => {
    const handle = openComponent(Plain);
    expect(await handle.apply(inputs)).toEqual({ y: 9 });
    expect(await handle.vjp({ inputs, cotangent })).toEqual({ x: 12 });
    expect(handle.provenance).toMatchObject({
      apply: { kind: 'own', method: 'evaluate' },
      jacobian: { kind: 'own', method: 'blocks' },
      vjp: { kind: 'derived', rule: 'vjpFromJacobian', from: ['jacobian'], exact: true },
    });
  });

  test('the version that clients see, and has a name of its own', () => {
    expect(openComponent(Plain)).toMatchObject({ name: 'Plain', version: '2.0.0' });
  });

  test('fields of its models, the parent’s first, and their defaults', async () => {
    class Base {
      @Float64({ differentiable: true }) x = 1;
      @Float64() k = 2;
    }
    class Extended extends Base {
      @Float64({ differentiable: true }) z = 10;
      override k = 7;
    }
    @Component({ inputs: Extended, outputs: Outputs })
    class Sum extends DifferentiableComponent<Extended, Outputs> {
      @Apply() evaluate({ x, k, z }: Extended) {
        return { y: x + 100 * k + z };
      }
      @Jacobian() blocks({ wrt }: JacobianRequest<Extended>) {
        return { y: Object.fromEntries(wrt.map((path) => [path, 1])) };
      }
    }
    const handle = openComponent(Sum);
    expect(await handle.apply({})).toEqual({ y: 711 });
    expect(Object.keys((await handle.jacobian({ inputs: {} }))['y']!)).toEqual(['x', 'z']);
  });
});

describe('a subclass that overrides', () => {
  test('what its methods use is seen by what is derived', async () => {
    class Tripled extends Square {
      override readonly scale: number = 3;
    }
    expect(await openComponent(Tripled).vjp({ inputs, cotangent })).toEqual({ x: 36 });
  });

  test('a base by its name alone is seen by what is derived', async () => {
    class Rough extends Square {
      override blocks(_request: JacobianRequest<Inputs>) {
        return { y: { x: 100 } };
      }
    }
    expect(await openComponent(Rough).vjp({ inputs, cotangent })).toEqual({ x: 200 });
    expect(new Rough().vjp({ ...asked, cotangent })).toEqual({ x: 200 });
  });

  test('a base by a method of another name is seen by what is derived', async () => {
    class Renamed extends Square {
      @Jacobian() exact(_request: JacobianRequest<Inputs>) {
        return { y: { x: 50 } };
      }
    }
    const handle = openComponent(Renamed);
    expect(await handle.vjp({ inputs, cotangent })).toEqual({ x: 100 });
    expect(handle.provenance.jacobian).toEqual({ kind: 'own', method: 'exact' });
  });

  test('apply and the Jacobian together is seen by what is derived', async () => {
    class Cube extends Square {
      override evaluate({ x }: Inputs) {
        return { y: x ** 3 };
      }
      override blocks({ inputs: { x } }: JacobianRequest<Inputs>) {
        return { y: { x: 3 * x ** 2 } };
      }
    }
    const handle = openComponent(Cube);
    expect(await handle.apply(inputs)).toEqual({ y: 27 });
    expect(await handle.vjp({ inputs, cotangent })).toEqual({ x: 54 });
  });

  test('and calls its parent’s method by super', async () => {
    class Doubled extends Square {
      override blocks(request: JacobianRequest<Inputs>) {
        return { y: { x: 2 * super.blocks(request).y.x } };
      }
    }
    expect(await openComponent(Doubled).vjp({ inputs, cotangent })).toEqual({ x: 24 });
  });
});

describe('a subclass that writes by hand what its parent derived', () => {
  class Quick extends Square {
    @Vjp() pull({ cotangent }: VjpRequest<Inputs, Outputs>) {
      return { x: -(cotangent.y ?? 0) };
    }
  }

  test('is served by its own method, through the handle and directly', async () => {
    expect(await openComponent(Quick).vjp({ inputs, cotangent })).toEqual({ x: -2 });
    expect(openComponent(Quick).provenance.vjp).toEqual({ kind: 'own', method: 'pull' });
    expect(new Quick().vjp({ ...asked, cotangent })).toEqual({ x: -2 });
  });

  test('leaves its parent as it was', async () => {
    expect(await openComponent(Square).vjp({ inputs, cotangent })).toEqual({ x: 12 });
  });
});

describe('a subclass that derives what its parent wrote', () => {
  @Component({ inputs: Inputs, outputs: Outputs })
  class Written extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() override apply({ x }: Inputs) {
      return { y: x ** 2 };
    }
    @Vjp() override vjp(_request: VjpRequest<Inputs, Outputs>): { x: number } {
      return { x: -1 };
    }
  }

  @DeriveVjpFromJacobian()
  class Derived extends Written {
    @Jacobian() override jacobian({ inputs: { x } }: JacobianRequest<Inputs>) {
      return { y: { x: 2 * x } };
    }
  }

  test('is served by the rule, through the handle and directly', async () => {
    expect(await openComponent(Derived).vjp({ inputs, cotangent })).toEqual({ x: 12 });
    expect(new Derived().vjp({ ...asked, cotangent })).toEqual({ x: 12 });
    expect(openComponent(Derived).provenance.vjp).toMatchObject({ kind: 'derived', rule: 'vjpFromJacobian' });
  });

  test('leaves its parent as it was', async () => {
    expect(await openComponent(Written).vjp({ inputs, cotangent })).toEqual({ x: -1 });
    expect(new Written().vjp({ ...asked, cotangent })).toEqual({ x: -1 });
  });

  test('hands this on to its own subclass, which may write it again', async () => {
    class Child extends Derived {}
    expect(new Child().vjp({ ...asked, cotangent })).toEqual({ x: 12 });
    class Again extends Derived {
      @Vjp() override vjp(_request: VjpRequest<Inputs, Outputs>) {
        return { x: 7 };
      }
    }
    expect(new Again().vjp({ ...asked, cotangent })).toEqual({ x: 7 });
    expect(await openComponent(Again).vjp({ inputs, cotangent })).toEqual({ x: 7 });
  });
});

describe('a subclass that opts in to more', () => {
  @DeriveJvpFromJacobian()
  @DeriveAbstractEvalFromApply()
  class Complete extends Square {}

  test('offers its own derivations and its parent’s', async () => {
    const handle = openComponent(Complete);
    expect(await handle.jvp({ inputs, tangent })).toEqual({ y: 30 });
    expect(await handle.vjp({ inputs, cotangent })).toEqual({ x: 12 });
    expect(await handle.abstractEval({})).toEqual({ y: { shape: [], dtype: 'float64' } });
  });

  test('does not add to its parent', async () => {
    await expect(openComponent(Square).jvp({ inputs, tangent })).rejects.toMatchObject({ code: 'E_NO_SUCH_ENDPOINT' });
  });

  test('may replace the rule of its parent by another', async () => {
    @DeriveJacobianFromJvp()
    class Reversed extends Square {
      @Jvp() push({ tangent }: JvpRequest<Inputs>) {
        return { y: 1000 * (tangent.x ?? 0) };
      }
    }
    const handle = openComponent(Reversed);
    expect(handle.provenance.jacobian).toMatchObject({ rule: 'jacobianFromJvp' });
    expect(await handle.vjp({ inputs, cotangent })).toEqual({ x: 2000 });
  });
});

describe('an abstract class between', () => {
  @Component({ inputs: Inputs, outputs: Outputs, abstract: true })
  @DeriveVjpFromJacobian()
  abstract class Smooth extends DifferentiableComponent<Inputs, Outputs> {
    abstract slope(x: number): number;
    @Jacobian() blocks({ inputs: { x } }: JacobianRequest<Inputs>) {
      return { y: { x: this.slope(x) } };
    }
  }

  test('may leave to its subclasses what it lacks: its derivative is for the apply to come', async () => {
    class Sine extends Smooth {
      slope(x: number) {
        return Math.cos(x);
      }
      @Apply() evaluate({ x }: Inputs) {
        return { y: Math.sin(x) };
      }
    }
    expect(await openComponent(Sine).vjp({ inputs: { x: 0 }, cotangent: { y: 4 } })).toEqual({ x: 4 });
  });

  test('is checked as far as it goes', () => {
    expect(() => {
      @Component({ inputs: Inputs, outputs: Outputs, abstract: true })
      @DeriveVjpFromJacobian()
      abstract class Contradictory extends Smooth {
        @Vjp() pull() {
          return { x: 1 };
        }
      }
      return Contradictory;
    }).toThrow(expect.objectContaining({ code: 'E_DERIVE_OWN_EXISTS' }));
  });

  test('is refused by openComponent, since it lacks an apply', () => {
    expect(() => openComponent(Smooth as never)).toThrow(expect.objectContaining({ code: 'E_DEFINE_NO_APPLY' }));
  });

  test('without any decorator passes on what is above it', async () => {
    abstract class Middle extends Square {
      abstract readonly label: string;
    }
    class Leaf extends Middle {
      readonly label = 'leaf';
    }
    expect(await openComponent(Leaf).vjp({ inputs, cotangent })).toEqual({ x: 12 });
  });
});

describe('an instance', () => {
  test('made with arguments is opened as it is', async () => {
    @Component({ inputs: Inputs, outputs: Outputs })
    class Power extends DifferentiableComponent<Inputs, Outputs> {
      readonly exponent: number;
      constructor(exponent: number) {
        super();
        this.exponent = exponent;
      }
      @Apply() evaluate({ x }: Inputs) {
        return { y: x ** this.exponent };
      }
      @AbstractEval() shapes() {
        return { y: { shape: [], dtype: 'float64' as const } };
      }
    }
    expect(await openComponent(new Power(4)).apply(inputs)).toEqual({ y: 81 });
    expect(await openComponent(new Power(1)).apply(inputs)).toEqual({ y: 3 });
  });
});
