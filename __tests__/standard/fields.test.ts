/** Fields under standard decorators, where the compiler notes no types. */

import { describe, expect, test } from '@jest/globals';
import { Apply, Component, DifferentiableComponent, Field, Float64, openComponent } from 'cotangent';

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
