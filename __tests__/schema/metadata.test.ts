/** Fields whose types the compiler notes: legacy decorators with emitDecoratorMetadata. */

import { describe, expect, test } from '@jest/globals';
import { Apply, Component, DifferentiableComponent, Field, Float64, openComponent } from 'cotangent';

class Point {
  @Float64() x = 0;
}
class Noted {
  @Field() name: string = 'a';
  @Field() count: number = 1;
  @Field() on: boolean = false;
  @Field() at: Point = new Point();
  @Field(() => Object) anything: unknown = null;
  @Field({ optional: true, description: 'A remark.' }) remark?: string;
}
/** What the compiler makes of `enum Level { Low, High }`. */
const Level = { Low: 0, High: 1, 0: 'Low', 1: 'High' } as const;

class Chosen {
  @Field(() => Level) level: number = Level.Low;
  @Field(() => ({ Left: 'left', Right: 'right' })) side = 'left';
  @Field(() => ['a', 1]) either: string | number = 1;
}
class Done {
  @Float64() y = 0;
}

function openWith<I extends object>(inputs: new () => I) {
  let seen: I | undefined;
  @Component({ inputs, outputs: Done })
  class Reader extends DifferentiableComponent<I, Done> {
    @Apply() override apply(x: I): Done {
      seen = x;
      return { y: 0 };
    }
  }
  const handle = openComponent(Reader);
  return async (literal: object) => {
    await handle.apply(literal as never);
    return seen!;
  };
}

describe('a field without a thunk', () => {
  const read = openWith(Noted);

  test('has the type of its property', async () => {
    const inputs = await read({ at: { x: 5 }, name: 'b', anything: [1, 'a', null] });
    expect(inputs).toEqual({
      name: 'b',
      count: 1,
      on: false,
      at: { x: 5 },
      anything: [1, 'a', null],
      remark: undefined,
    });
    expect(inputs.at).toBeInstanceOf(Point);
  });

  test.each([
    ['name', 5],
    ['count', '5'],
    ['on', 1],
    ['at', 5],
    ['remark', 5],
  ])('refuses another: %s', async (field, value) => {
    await expect(read({ [field]: value })).rejects.toMatchObject({ code: 'E_TYPE', path: `inputs.${field}` });
  });

  test('whose property is a list has no known type', () => {
    class Listed {
      @Field({ each: 'list' }) points: Point[] = [];
    }
    expect(() => openWith(Listed)).toThrow(
      expect.objectContaining({ code: 'E_DEFINE_FIELD_TYPE', fields: { field: 'Listed.points', type: 'Array' } }),
    );
  });
});

describe('a field of choices', () => {
  const read = openWith(Chosen);

  test('takes the values of a list, an object or an enum', async () => {
    expect(await read({ level: Level.High, side: 'right', either: 'a' })).toEqual({
      level: 1,
      side: 'right',
      either: 'a',
    });
  });

  test.each([
    ['level', 'High'],
    ['level', 2],
    ['side', 'Left'],
    ['either', '1'],
  ])('refuses any other: %s = %j', async (field, value) => {
    await expect(read({ [field]: value })).rejects.toMatchObject({ code: 'E_TYPE', path: `inputs.${field}` });
  });
});
