import { describe, expect, test } from '@jest/globals';
import { Apply, Component, DeriveJvpFromJacobian, DifferentiableComponent, Float64, Jacobian, Vjp } from 'cotangent';
import { compile } from '../../src/component/compile.js';
import { withDerivations } from '../../src/component/optIn.js';
import { ComponentError } from '../../src/errors.js';

class In {
  @Float64({ differentiable: true }) x = 0;
}
class Out {
  @Float64({ differentiable: true }) y = 0;
}

@Component({ inputs: In, outputs: Out })
@DeriveJvpFromJacobian()
class Cube extends DifferentiableComponent<In, Out> {
  @Apply()
  apply({ x }: In): Out {
    return { y: x ** 3 };
  }

  @Jacobian()
  jacobian({ inputs: { x } }: { inputs: In }) {
    return { y: { x: 3 * x ** 2 } };
  }
}

@Component({ inputs: In, outputs: Out })
class Pulled extends Cube {
  @Vjp()
  override vjp() {
    return { x: 0 };
  }
}

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof ComponentError) return { code: error.code, ...error.fields };
  }
  return undefined;
};

describe('opting in from outside', () => {
  const derived = withDerivations(Cube, ['vjpFromJacobian', 'vjpFromJacobian']) as typeof Cube;

  test('the new class keeps the name, offers the endpoint, and is a Cube', () => {
    expect(derived.name).toBe('Cube');
    expect(compile(derived, DifferentiableComponent).provenance.vjp).toMatchObject({
      kind: 'derived',
      rule: 'vjpFromJacobian',
    });
    expect(new derived()).toBeInstanceOf(Cube);
  });

  test('its pullback at x is 3x² times the cotangent', () => {
    const request = { inputs: { x: 2 }, of: ['y'], wrt: ['x'], cotangent: { y: 5 } };
    expect(new derived().vjp(request)).toEqual({ x: 60 });
  });

  test('the class itself is as it was', () => {
    expect(Object.keys(compile(Cube, DifferentiableComponent).provenance)).toEqual(['apply', 'jacobian', 'jvp']);
  });

  test('a rule that the class opted in to already changes nothing', () => {
    expect(withDerivations(Cube, ['jvpFromJacobian'])).toBe(Cube);
  });

  test.each([
    ['an unknown rule', Cube, 'vjpFromJacobin', { code: 'E_DERIVE_UNKNOWN', rule: 'vjpFromJacobin' }],
    [
      'another rule for a derived endpoint',
      Cube,
      'jvpFromVjp',
      { code: 'E_DERIVE_TWICE', second: '--derive jvpFromVjp' },
    ],
    ['a hand-written endpoint', Pulled, 'vjpFromJacobian', { code: 'E_DERIVE_OWN_EXISTS', method: 'vjp' }],
    ['an endpoint the class writes under that name', Cube, 'jacobianFromVjp', { code: 'E_DERIVE_OWN_EXISTS' }],
  ])('is refused: %s', (_, type, rule, facts) => {
    expect(codeOf(() => withDerivations(type, [rule]))).toMatchObject({ component: type.name, ...facts });
  });

  test('a missing base is named with the option that needs it', () => {
    @Component({ inputs: In, outputs: Out })
    class Bare extends DifferentiableComponent<In, Out> {
      @Apply()
      apply({ x }: In): Out {
        return { y: x };
      }
    }
    const message = codeOf(() => compile(withDerivations(Bare, ['vjpFromJacobian']), DifferentiableComponent));
    expect(message).toEqual({
      code: 'E_DERIVE_BASE_MISSING',
      component: 'Bare',
      decorator: '--derive vjpFromJacobian',
      base: 'jacobian',
    });
  });
});
