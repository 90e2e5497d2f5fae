/** Fields under standard decorators, where the compiler notes no types. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  DeriveJacobianFromApply,
  DifferentiableComponent,
  Field,
  Float64,
  openComponent,
} from 'cotangent';

class Done {
  @Float64() y = 0;
}

describe('a field that is not an array', () => {
  test('has its type from a thunk', async () => {
    class Named {
      @Field(() => String) name = 'wing';
    }
    let seen = '';
    @Component({ inputs: Named, outputs: Done })
    class Reader extends DifferentiableComponent<Named, Done> {
      @Apply() override apply({ name }: Named) {
        seen = name;
        return { y: 1 };
      }
    }
    await openComponent(Reader).apply({ name: 'tail' });
    expect(seen).toBe('tail');
    await expect(openComponent(Reader).apply({ name: 5 } as never)).rejects.toMatchObject({ code: 'E_TYPE' });
  });

  test('is refused at definition without one, and the thunk is proposed', () => {
    class Unnoted {
      @Field() name = 'wing';
    }
    expect(() => {
      @Component({ inputs: Unnoted, outputs: Done })
      class Reader extends DifferentiableComponent<Unnoted, Done> {
        @Apply() override apply() {
          return { y: 1 };
        }
      }
      return Reader;
    }).toThrow(
      expect.objectContaining({
        code: 'E_DEFINE_FIELD_TYPE',
        fields: { field: 'Unnoted.name', type: 'undefined' },
        message: expect.stringContaining('@Field(() => String)'),
      }),
    );
  });
});

describe('a field with the accessor keyword', () => {
  class Held {
    @Float64({ differentiable: true }) accessor x = 1;
    @Field(() => String) accessor name = 'wing';
  }
  class Child extends Held {
    @Float64({ differentiable: true }) accessor w = 2;
  }
  class Product {
    @Float64({ differentiable: true }) y!: number;
  }
  @Component({ inputs: Child, outputs: Product })
  @DeriveJacobianFromApply()
  class Times extends DifferentiableComponent<Child, Product> {
    @Apply() override apply({ x, w, name }: Child) {
      return { y: x * x * w * name.length };
    }
  }

  test('is read from literals and from instances, inherited ones too, and is differentiated', async () => {
    const handle = openComponent(Times);
    const given = new Child();
    given.x = 50;
    expect(await handle.apply(given)).toEqual({ y: 20000 });
    expect(await handle.apply({ x: 3, name: 'a' })).toEqual({ y: 18 });
    const { y } = await handle.jacobian({ inputs: given });
    expect(y).toEqual({ x: expect.closeTo(800, 4), w: expect.closeTo(10000, 4) });
  });

  test('is refused where it is static', () => {
    class Shared {
      @(Float64() as never as (target: unknown, context: unknown) => void) static accessor x = 1;
      @Float64() y = 1;
    }
    expect(() => {
      @Component({ inputs: Shared, outputs: Done })
      class Reader extends DifferentiableComponent<Shared, Done> {
        @Apply() override apply() {
          return { y: 1 };
        }
      }
      return Reader;
    }).toThrow(expect.objectContaining({ code: 'E_DEFINE_FIELD_PLACE' }));
  });
});

describe('a private method', () => {
  test('is no endpoint', () => {
    expect(() => {
      @Component({ inputs: Done, outputs: Done })
      class Hidden extends DifferentiableComponent<Done, Done> {
        @Apply() #apply() {
          return { y: 1 };
        }
        call() {
          return this.#apply();
        }
      }
      return Hidden;
    }).toThrow(
      expect.objectContaining({ code: 'E_DEFINE_NO_METHOD', fields: expect.objectContaining({ method: '#apply' }) }),
    );
  });
});
