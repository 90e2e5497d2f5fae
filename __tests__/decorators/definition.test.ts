/** What is refused when a class is defined, in both dialects of decorators. */

import { describe, expect, test } from '@jest/globals';
import {
  AbstractEval,
  AnyArray,
  Apply,
  Component,
  ComponentError,
  Derive,
  DeriveAbstractEvalFromApply,
  DeriveJacobianFromJvp,
  DeriveJacobianFromVjp,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  type ErrorCode,
  Field,
  Float64,
  Int32,
  Jacobian,
  type JacobianRequest,
  Jvp,
  openComponent,
  Vjp,
} from 'cotangent';

class Inputs {
  @Float64({ differentiable: true }) x = 0;
}
class Outputs {
  @Float64({ differentiable: true }) y!: number;
}

/** The error that a definition raises. */
function refusal(define: () => unknown): ComponentError {
  try {
    define();
  } catch (error) {
    if (error instanceof ComponentError) return error;
    throw error;
  }
  throw new Error('the definition was accepted');
}

const expectRefused = (define: () => unknown, code: ErrorCode, fields: Record<string, string>): void => {
  const { code: actual, fields: facts, status, message } = refusal(define);
  expect({ code: actual, fields: facts, status }).toEqual({ code, fields, status: 500 });
  for (const fact of Object.values(fields)) expect(message).toContain(fact);
};

// What the compiler refuses is written with a loosened decorator: JavaScript has no compiler to refuse it.
const loose = (decorator: unknown) => decorator as (target: abstract new () => object, context?: unknown) => void;
const bare = (decorator: unknown) => decorator as (target: unknown, context?: unknown) => void;
const bareMember = (decorator: unknown) => decorator as (target: unknown, context: unknown) => void;

describe('a decorator without parentheses is refused', () => {
  test('on a class', () => {
    const names = { Component, DeriveVjpFromJacobian, DeriveAbstractEvalFromApply, Derive };
    for (const [decorator, factory] of Object.entries(names)) {
      expectRefused(
        () => {
          @bare(factory)
          class Wing {}
          return Wing;
        },
        'E_DEFINE_PARENTHESES',
        { decorator },
      );
    }
  });

  test('on a method', () => {
    const names = { Apply, AbstractEval, Jacobian, Jvp, Vjp };
    for (const [decorator, factory] of Object.entries(names)) {
      expectRefused(
        () => {
          class Wing {
            @bareMember(factory)
            method() {}
          }
          return Wing;
        },
        'E_DEFINE_PARENTHESES',
        { decorator },
      );
    }
  });

  test('on a property', () => {
    const names = { Float64, Int32, AnyArray, Field };
    for (const [decorator, factory] of Object.entries(names)) {
      expectRefused(
        () => {
          class Wing {
            @bareMember(factory)
            x = 0;
          }
          return Wing;
        },
        'E_DEFINE_PARENTHESES',
        { decorator },
      );
    }
  });

  test('beside others that are written well, above or below them', () => {
    expectRefused(
      () => {
        @bare(DeriveVjpFromJacobian)
        @loose(Component({ inputs: Inputs, outputs: Outputs }))
        class Wing extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
        }
        return Wing;
      },
      'E_DEFINE_PARENTHESES',
      { decorator: 'DeriveVjpFromJacobian' },
    );
    expectRefused(
      () => {
        @loose(Component({ inputs: Inputs, outputs: Outputs }))
        @bare(DeriveVjpFromJacobian)
        class Wing extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
        }
        return Wing;
      },
      'E_DEFINE_PARENTHESES',
      { decorator: 'DeriveVjpFromJacobian' },
    );
  });
});

describe('a derivation is refused', () => {
  test('where its base is missing, whichever decorator comes first', () => {
    const fields = { component: 'Wing', decorator: 'DeriveVjpFromJacobian', base: 'jacobian' };
    expectRefused(
      () => {
        @Component({ inputs: Inputs, outputs: Outputs })
        @loose(DeriveVjpFromJacobian())
        class Wing extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
        }
        return Wing;
      },
      'E_DERIVE_BASE_MISSING',
      fields,
    );
    expectRefused(
      () => {
        @loose(DeriveVjpFromJacobian())
        @Component({ inputs: Inputs, outputs: Outputs })
        class Wing extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
        }
        return Wing;
      },
      'E_DERIVE_BASE_MISSING',
      fields,
    );
  });

  test('where derivations need each other', () => {
    const { code, fields } = refusal(() => {
      @loose(Derive('jacobianFromVjp', 'vjpFromJacobian'))
      @Component({ inputs: Inputs, outputs: Outputs })
      class Loop extends DifferentiableComponent<Inputs, Outputs> {
        @Apply() apply({ x }: Inputs) {
          return { y: x };
        }
      }
      return Loop;
    });
    expect({ code, fields }).toEqual({
      code: 'E_DERIVE_CYCLE',
      fields: { component: 'Loop', cycle: 'jacobian <- vjp <- jacobian' },
    });
  });

  test('where another derives the same endpoint', () => {
    const { code, fields } = refusal(() => {
      @loose(DeriveJacobianFromVjp())
      @loose(DeriveJacobianFromJvp())
      @Component({ inputs: Inputs, outputs: Outputs })
      class Both extends DifferentiableComponent<Inputs, Outputs> {
        @Apply() apply({ x }: Inputs) {
          return { y: x };
        }
        @Jvp() jvp() {
          return { y: 1 };
        }
        @Vjp() vjp() {
          return { x: 1 };
        }
      }
      return Both;
    });
    expect(code).toBe('E_DERIVE_TWICE');
    expect(fields).toEqual({
      component: 'Both',
      endpoint: 'jacobian',
      first: 'DeriveJacobianFromVjp',
      second: 'DeriveJacobianFromJvp',
    });
  });

  test('where the class has written the endpoint by hand', () => {
    expectRefused(
      () => {
        @DeriveVjpFromJacobian()
        @Component({ inputs: Inputs, outputs: Outputs })
        class Written extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
          @Jacobian() blocks() {
            return { y: { x: 1 } };
          }
          @Vjp() pull() {
            return { x: 1 };
          }
        }
        return Written;
      },
      'E_DERIVE_OWN_EXISTS',
      { component: 'Written', decorator: 'DeriveVjpFromJacobian', method: 'pull' },
    );
  });

  test('where there is no such rule', () => {
    const { code, fields } = refusal(() => {
      @loose((Derive as (...names: string[]) => unknown)('vjpFromThinAir'))
      @Component({ inputs: Inputs, outputs: Outputs })
      class Odd extends DifferentiableComponent<Inputs, Outputs> {
        @Apply() apply({ x }: Inputs) {
          return { y: x };
        }
      }
      return Odd;
    });
    expect(code).toBe('E_DERIVE_UNKNOWN');
    expect(fields).toMatchObject({ component: 'Odd', rule: 'vjpFromThinAir' });
    expect(fields['known']).toContain('vjpFromJacobian');
  });

  test('named as it was written, in Derive too', () => {
    const { fields } = refusal(() => {
      @loose(Derive('jvpFromJacobian'))
      @Component({ inputs: Inputs, outputs: Outputs })
      class Wing extends DifferentiableComponent<Inputs, Outputs> {
        @Apply() apply({ x }: Inputs) {
          return { y: x };
        }
      }
      return Wing;
    });
    expect(fields['decorator']).toBe("Derive('jvpFromJacobian')");
  });
});

describe('an endpoint is refused', () => {
  test('where two methods of a class claim it', () => {
    expectRefused(
      () => {
        @Component({ inputs: Inputs, outputs: Outputs })
        class Twice extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() one({ x }: Inputs) {
            return { y: x };
          }
          @Apply() two({ x }: Inputs) {
            return { y: x };
          }
        }
        return Twice;
      },
      'E_DEFINE_TWO_METHODS',
      { component: 'Twice', endpoint: 'apply', first: 'one', second: 'two' },
    );
  });

  test('where its method is static', () => {
    expectRefused(
      () => {
        @Component({ inputs: Inputs, outputs: Outputs })
        class Still extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
          @Jacobian() static blocks() {
            return { y: { x: 1 } };
          }
        }
        return Still;
      },
      'E_DEFINE_NO_METHOD',
      { component: 'Still', endpoint: 'jacobian', method: 'blocks' },
    );
  });

  test('where a method has its name and no decorator', () => {
    expectRefused(
      () => {
        @Component({ inputs: Inputs, outputs: Outputs })
        class Plain extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
          override vjp() {
            return { x: 1 };
          }
        }
        return Plain;
      },
      'E_DEFINE_UNDECORATED',
      { component: 'Plain', endpoint: 'vjp', decorator: 'Vjp' },
    );
  });

  test('where a method of its name is not the one that is decorated', () => {
    expectRefused(
      () => {
        @Component({ inputs: Inputs, outputs: Outputs })
        class Shadow extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() evaluate({ x }: Inputs) {
            return { y: x };
          }
          override apply({ x }: Inputs) {
            return { y: -x };
          }
        }
        return Shadow;
      },
      'E_DEFINE_SHADOWED',
      { component: 'Shadow', endpoint: 'apply', method: 'evaluate', shadow: 'Shadow' },
    );
  });

  test('where it is a derivative and nothing can be differentiated, on either side', () => {
    class Fixed {
      @Float64() x = 0;
    }
    expectRefused(
      () => {
        @Component({ inputs: Fixed, outputs: Outputs })
        class Rigid extends DifferentiableComponent<Fixed, Outputs> {
          @Apply() apply({ x }: Fixed) {
            return { y: x };
          }
          @Jacobian() blocks() {
            return { y: { x: 1 } };
          }
        }
        return Rigid;
      },
      'E_DEFINE_NOT_DIFFERENTIABLE',
      { component: 'Rigid', endpoint: 'jacobian', side: 'input' },
    );
    expectRefused(
      () => {
        @Component({ inputs: Inputs, outputs: Fixed })
        class Rigid extends DifferentiableComponent<Inputs, Fixed> {
          @Apply() apply({ x }: Inputs) {
            return { x };
          }
          @Vjp() pull() {
            return { x: 1 };
          }
        }
        return Rigid;
      },
      'E_DEFINE_NOT_DIFFERENTIABLE',
      { component: 'Rigid', endpoint: 'vjp', side: 'output' },
    );
  });
});

describe('a component is refused', () => {
  test('without an apply', () => {
    expectRefused(
      () => {
        @Component({ inputs: Inputs, outputs: Outputs })
        class Hollow extends DifferentiableComponent<Inputs, Outputs> {}
        return Hollow;
      },
      'E_DEFINE_NO_APPLY',
      { component: 'Hollow' },
    );
  });

  test('whose models are not there, as in a circle of imports', () => {
    const missing = undefined as unknown as typeof Inputs;
    expectRefused(
      () => {
        @Component({ inputs: missing, outputs: Outputs })
        class Early extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
        }
        return Early;
      },
      'E_DEFINE_MODEL',
      { component: 'Early', side: 'inputs', received: 'undefined' },
    );
    const { fields } = refusal(() => {
      @loose((Component as unknown as () => unknown)())
      class Silent extends DifferentiableComponent<Inputs, Outputs> {
        @Apply() apply({ x }: Inputs) {
          return { y: x };
        }
      }
      return Silent;
    });
    expect(fields['component']).toBe('Silent');
  });

  test('at its first use where it has no @Component', () => {
    class Bare extends DifferentiableComponent<Inputs, Outputs> {
      @Apply() evaluate({ x }: Inputs) {
        return { y: x };
      }
    }
    expectRefused(() => openComponent(Bare), 'E_DEFINE_NOT_COMPONENT', { component: 'Bare' });
    expectRefused(() => new Bare().apply({ x: 1 }), 'E_DEFINE_NOT_COMPONENT', { component: 'Bare' });
  });
});

describe('a subclass that overrides apply and inherits a hand-written derivative', () => {
  @Component({ inputs: Inputs, outputs: Outputs })
  class Line extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() override apply({ x }: Inputs) {
      return { y: 2 * x };
    }
    @Jacobian() override jacobian(_request: JacobianRequest<Inputs>) {
      return { y: { x: 2 } };
    }
  }
  const fields = { component: 'Steeper', endpoint: 'jacobian', parent: 'Line' };

  test('is refused at its definition where it has a class decorator', () => {
    const define = () => {
      @Component({ inputs: Inputs, outputs: Outputs })
      class Steeper extends Line {
        @Apply() override apply({ x }: Inputs) {
          return { y: 3 * x };
        }
      }
      return Steeper;
    };
    expectRefused(define, 'E_DEFINE_STALE_DERIVATIVE', fields);
    const undecorated = () => {
      @DeriveJvpFromJacobian()
      class Steeper extends Line {
        override apply({ x }: Inputs) {
          return { y: 3 * x };
        }
      }
      return Steeper;
    };
    expectRefused(undecorated, 'E_DEFINE_STALE_DERIVATIVE', fields);
  });

  test('is refused at its first use where it has none', () => {
    class Steeper extends Line {
      @Apply() override apply({ x }: Inputs) {
        return { y: 3 * x };
      }
    }
    expectRefused(() => openComponent(Steeper), 'E_DEFINE_STALE_DERIVATIVE', fields);
    expectRefused(() => new Steeper().vjp({} as never), 'E_DEFINE_STALE_DERIVATIVE', fields);
  });

  test('is accepted where it says so, and its own subclass has to say so again', () => {
    class Shifted extends Line {
      @Apply({ keepsDerivatives: true }) override apply({ x }: Inputs) {
        return { y: 2 * x + 1 };
      }
    }
    expect(openComponent(Shifted).provenance.jacobian).toEqual({ kind: 'own', method: 'jacobian' });
    class Twice extends Shifted {
      override apply({ x }: Inputs) {
        return { y: 2 * x + 2 };
      }
    }
    expectRefused(() => openComponent(Twice), 'E_DEFINE_STALE_DERIVATIVE', { ...fields, component: 'Twice' });
  });
});

describe('a field is refused', () => {
  const component = (model: new () => object) => () => {
    @loose(Component({ inputs: model, outputs: Outputs }))
    class Holder extends DifferentiableComponent<object, Outputs> {
      @Apply() apply() {
        return { y: 1 };
      }
    }
    return Holder;
  };

  test('that is differentiable and of whole numbers', () => {
    class Counts {
      @Int32({ differentiable: true }) n = 0;
    }
    expectRefused(component(Counts), 'E_DEFINE_DIFFERENTIABLE', { field: 'Counts.n', dtype: 'int32' });
  });

  test('whose name no path can hold', () => {
    for (const name of ['a-b', 'a.b', '1st', '[0]', '{k}', '$x', '__proto__']) {
      class Odd {
        @Float64() [name] = 0;
      }
      expectRefused(component(Odd), 'E_DEFINE_FIELD_NAME', { field: `Odd.${name}` });
    }
  });

  test('whose type is not known', () => {
    class Mesh {
      @Field(() => undefined) points!: unknown;
    }
    expectRefused(component(Mesh), 'E_DEFINE_FIELD_TYPE', { field: 'Mesh.points', type: 'undefined' });
    class Listed {
      @Field(() => Array) points!: unknown;
    }
    expectRefused(component(Listed), 'E_DEFINE_FIELD_TYPE', { field: 'Listed.points', type: 'Array' });
  });

  test('whose class is written where its thunk is needed', () => {
    class Point {
      @Float64() x = 0;
    }
    class Line {
      @Field(Point as unknown as () => unknown) from!: Point;
    }
    const { code, fields } = refusal(component(Line));
    expect(code).toBe('E_DEFINE_FIELD_TYPE');
    expect(fields['field']).toBe('Line.from');
    expect(fields['type']).toContain('Point');
  });

  test('whose model contains itself', () => {
    class Node {
      @Float64() x = 0;
      @Field(() => Node, { optional: true }) next?: Node;
    }
    expectRefused(component(Node), 'E_DEFINE_RECURSIVE', { model: 'Node' });
  });

  test('and so is a model without any', () => {
    class Nothing {}
    expectRefused(component(Nothing), 'E_DEFINE_NO_FIELDS', { model: 'Nothing' });
  });

  test('and so is a model that cannot be made', () => {
    class Failing {
      @Float64() x = 0;
      constructor() {
        throw new Error('no database');
      }
    }
    expectRefused(component(Failing), 'E_DEFINE_INITIALISER', { model: 'Failing', reason: 'Error: no database' });
  });
});

describe('the moment of the check', () => {
  test('is the definition of each class, also after others have failed within the same tick', () => {
    const codes = [1, 2, 3].flatMap(() => [
      refusal(() => {
        @loose(Component({ inputs: Inputs, outputs: Outputs }))
        @bare(DeriveVjpFromJacobian)
        class Wing extends DifferentiableComponent<Inputs, Outputs> {}
        return Wing;
      }).code,
      refusal(() => {
        @Component({ inputs: Inputs, outputs: Outputs })
        class Hollow extends DifferentiableComponent<Inputs, Outputs> {}
        return Hollow;
      }).code,
      refusal(() => {
        @Component({ inputs: Inputs, outputs: Outputs })
        class Loud extends DifferentiableComponent<Inputs, Outputs> {
          @bareMember(Apply)
          method() {}
        }
        return Loud;
      }).code,
      refusal(() => {
        @loose(DeriveVjpFromJacobian())
        @loose(DeriveJvpFromJacobian())
        @Component({ inputs: Inputs, outputs: Outputs })
        class Rootless extends DifferentiableComponent<Inputs, Outputs> {
          @Apply() apply({ x }: Inputs) {
            return { y: x };
          }
        }
        return Rootless;
      }).code,
    ]);
    const round = ['E_DEFINE_PARENTHESES', 'E_DEFINE_NO_APPLY', 'E_DEFINE_PARENTHESES', 'E_DERIVE_BASE_MISSING'];
    expect(codes).toEqual([...round, ...round, ...round]);
  });

  test('is after all decorators of the class: rules may be named in any order', async () => {
    @Component({ inputs: Inputs, outputs: Outputs })
    @DeriveVjpFromJacobian()
    @DeriveJacobianFromJvp()
    class Chain extends DifferentiableComponent<Inputs, Outputs> {
      @Apply() apply({ x }: Inputs) {
        return { y: x ** 2 };
      }
      @Jvp() push({ inputs: { x }, tangent }: { inputs: Inputs; tangent: { x?: number } } & JacobianRequest<Inputs>) {
        return { y: 2 * x * (tangent.x ?? 0) };
      }
    }
    expect(await openComponent(Chain).vjp({ inputs: { x: 3 }, cotangent: { y: 0.5 } })).toEqual({ x: 3 });
  });

  test('is the first use of a class whose decorators are only a parent’s', () => {
    @Component({ inputs: Inputs, outputs: Outputs, abstract: true })
    class Frame extends DifferentiableComponent<Inputs, Outputs> {}
    class Hollow extends Frame {}
    expectRefused(() => openComponent(Hollow), 'E_DEFINE_NO_APPLY', { component: 'Hollow' });
  });
});
