/** Where decorators may stand, and that each faulty class is refused where it is defined, in both dialects. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  ComponentError,
  DeriveJacobianFromApply,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  type ErrorCode,
  Field,
  Float64,
  Int32,
  openComponent,
  Vjp,
} from 'cotangent';

class Inputs {
  @Float64({ differentiable: true }) x = 1;
}
class Outputs {
  @Float64({ differentiable: true }) y!: number;
}

// What the compiler refuses is written with a loosened decorator: JavaScript has no compiler to refuse it.
type Loose = (target: unknown, second?: unknown, third?: unknown) => void;
const loose = (decorator: unknown) => decorator as Loose;
const component = () => loose(Component({ inputs: Inputs, outputs: Outputs }));
const Base = DifferentiableComponent as unknown as abstract new () => object;

function codeOf(define: () => unknown): ErrorCode | undefined {
  try {
    define();
    return undefined;
  } catch (error) {
    if (error instanceof ComponentError) return error.code;
    throw error;
  }
}

/** The code that a component with these inputs is refused with. */
function codeOfModel(inputs: new () => object): ErrorCode | undefined {
  return codeOf(() => {
    @loose(Component({ inputs, outputs: Outputs }))
    class Reads extends Base {
      @Apply() apply() {
        return { y: 1 };
      }
    }
    return Reads;
  });
}

const name = Symbol('apply');

describe('an endpoint decorator is refused', () => {
  test.each<[string, () => unknown]>([
    [
      'on a static method named like the endpoint',
      () => {
        @component()
        class T extends Base {
          @loose(Apply()) static apply() {
            return { y: 1 };
          }
        }
        return T;
      },
    ],
    [
      'on a static method beside a method of its name',
      () => {
        @component()
        class T extends Base {
          @loose(Apply()) static evaluate() {
            return { y: 1 };
          }
          evaluate() {
            return { y: 2 };
          }
        }
        return T;
      },
    ],
    [
      'on a static property',
      () => {
        @component()
        class T extends Base {
          @loose(Apply()) static apply = () => ({ y: 1 });
        }
        return T;
      },
    ],
    [
      'on a getter',
      () => {
        @component()
        class T extends Base {
          @loose(Apply()) get apply() {
            return () => ({ y: 1 });
          }
        }
        return T;
      },
    ],
    [
      'on a property that holds a function, named like the endpoint',
      () => {
        @component()
        class T extends Base {
          @loose(Apply()) apply = () => ({ y: 1 });
        }
        return T;
      },
    ],
    [
      'on a property that holds a function, of another name',
      () => {
        @component()
        class T extends Base {
          @loose(Apply()) evaluate = () => ({ y: 1 });
        }
        return T;
      },
    ],
    [
      'on a method that a symbol names',
      () => {
        @component()
        class T extends Base {
          @loose(Apply()) [name]() {
            return { y: 1 };
          }
        }
        return T;
      },
    ],
    [
      'on a static method of a parent that is abstract',
      () => {
        @loose(Component({ inputs: Inputs, outputs: Outputs, abstract: true }))
        class T extends Base {
          @loose(Vjp()) static vjp() {
            return { x: 1 };
          }
        }
        return T;
      },
    ],
  ])('%s', (_, define) => {
    expect(codeOf(define)).toBe('E_DEFINE_NO_METHOD');
  });

  test('where it stands twice on one method', () => {
    const define = () => {
      @component()
      class T extends Base {
        @Apply() @Apply() apply() {
          return { y: 1 };
        }
      }
      return T;
    };
    expect(codeOf(define)).toBe('E_DEFINE_TWO_METHODS');
  });
});

describe('a field decorator is refused', () => {
  test('on a static property', () => {
    class In {
      @Float64() x = 1;
      @loose(Float64()) static k = 3;
    }
    expect(codeOfModel(In)).toBe('E_DEFINE_FIELD_PLACE');
  });

  test('on a static getter and setter pair', () => {
    class In {
      @Float64() x = 1;
      @loose(Float64()) static get k() {
        return 1;
      }
      static set k(_value: number) {}
    }
    expect(codeOfModel(In)).toBe('E_DEFINE_FIELD_PLACE');
  });

  test('on a method', () => {
    class In {
      @Float64() x = 1;
      @loose(Float64()) area() {
        return 1;
      }
    }
    expect(codeOfModel(In)).toBe('E_DEFINE_FIELD_PLACE');
  });

  test('on a getter without a setter, and on a setter without a getter', () => {
    class Read {
      @Float64() get x() {
        return 1;
      }
    }
    class Written {
      @(Float64() as Loose) set x(_value: number) {}
    }
    expect([Read, Written].map((one) => codeOfModel(one))).toEqual(['E_DEFINE_FIELD_PLACE', 'E_DEFINE_FIELD_PLACE']);
  });

  test('on a class', () => {
    @loose(Float64())
    class In {
      @Float64() x = 1;
    }
    expect(codeOfModel(In)).toBe('E_DEFINE_FIELD_PLACE');
  });

  test('where another stands on the same property', () => {
    class In {
      @Float64() @Int32() x = 1;
    }
    expect(codeOfModel(In)).toBe('E_DEFINE_FIELD_TWICE');
  });

  test('on a property that a symbol names', () => {
    const key = Symbol('x');
    class In {
      @loose(Float64()) [key] = 1;
    }
    expect(codeOfModel(In)).toBe('E_DEFINE_FIELD_NAME');
  });

  test('where its type names no value', () => {
    class In {
      @Field(() => ({})) x = 1;
    }
    class Given {
      @Field(Object) x = 1;
    }
    class Odd {
      @Field(() => [true, 1]) x = 1;
    }
    expect([In, Given, Odd].map((one) => codeOfModel(one))).toEqual(Array(3).fill('E_DEFINE_FIELD_TYPE'));
  });

  test('nowhere where a subclass declares the field anew', () => {
    class Parent {
      @Float64() x = 1;
    }
    class Child extends Parent {
      @Float64() override x = 2;
    }
    expect(codeOfModel(Child)).toBeUndefined();
  });
});

describe('a class decorator is refused', () => {
  test('on a class that does not extend the base class', () => {
    const define = () => {
      @component()
      class T {
        @Apply() apply() {
          return { y: 1 };
        }
      }
      return T;
    };
    expect(codeOf(define)).toBe('E_DEFINE_BASE');
  });

  test('on a member', () => {
    const define = () => {
      class T extends Base {
        @component() apply() {
          return { y: 1 };
        }
      }
      return T;
    };
    expect(codeOf(define)).toBe('E_DEFINE_NOT_CLASS');
  });

  test('on what is no class', () => {
    expect(codeOf(() => component()({}))).toBe('E_DEFINE_NOT_CLASS');
  });
});

describe('a faulty class is refused where it is defined', () => {
  const fails: Loose = () => {
    throw new Error('not mine');
  };
  /** A component without the jacobian that it derives from. */
  const faulty = () => {
    @loose(DeriveVjpFromJacobian())
    @component()
    class Lacks extends Base {
      @Apply() apply() {
        return { y: 1 };
      }
    }
    return Lacks;
  };
  const broken: readonly (readonly [string, () => unknown])[] = [
    [
      'a foreign decorator that failed before any of ours was applied',
      () => {
        @component()
        @loose(DeriveJacobianFromApply())
        @fails
        class Broken extends Base {
          @Apply() apply() {
            return { y: 1 };
          }
        }
        return Broken;
      },
    ],
    [
      'a foreign decorator that failed after one of ours was applied',
      () => {
        @component()
        @fails
        @loose(DeriveJacobianFromApply())
        class Broken extends Base {
          @Apply() apply() {
            return { y: 1 };
          }
        }
        return Broken;
      },
    ],
    [
      'a decorator that was refused itself',
      () => {
        @component()
        @(DeriveJacobianFromApply as unknown as Loose)
        class Broken extends Base {}
        return Broken;
      },
    ],
    ['an equally faulty class', faulty],
  ];

  test.each(broken)('in the tick of %s, each time', (_, define) => {
    for (let round = 0; round < 3; round++) {
      expect(define).toThrow();
      expect(codeOf(faulty)).toBe('E_DERIVE_BASE_MISSING');
    }
  });

  test('and a right one is taken, in the tick of any of those', async () => {
    for (const [, define] of broken) {
      expect(define).toThrow();
      @Component({ inputs: Inputs, outputs: Outputs })
      @DeriveJacobianFromApply()
      class Right extends DifferentiableComponent<Inputs, Outputs> {
        @Apply() override apply({ x }: Inputs) {
          return { y: 2 * x };
        }
      }
      expect(await openComponent(Right).apply({ x: 3 })).toEqual({ y: 6 });
    }
  });

  @Component({ inputs: Inputs, outputs: Outputs })
  class Parent extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() override apply({ x }: Inputs) {
      return { y: x };
    }
  }
  /** A faulty class that has no member of its own. */
  const faultyChild = () => {
    @loose(DeriveVjpFromJacobian())
    class Child extends Parent {}
    return Child;
  };

  test('in the tick of a class that failed half decorated, though it has no member of its own', () => {
    expect(broken[1]![1]).toThrow('not mine');
    expect(codeOf(faultyChild)).toBe('E_DERIVE_BASE_MISSING');
  });

  test('after the tick of one whose decorators never came to be applied, though it has no member of its own', async () => {
    expect(broken[0]![1]).toThrow('not mine');
    await Promise.resolve();
    expect(codeOf(faultyChild)).toBe('E_DERIVE_BASE_MISSING');
  });
});
