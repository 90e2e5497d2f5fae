/** Fields that take any JSON value: what is one, what is none, and that nobody shares it. */

import { describe, expect, test } from '@jest/globals';
import { Apply, array, Component, DifferentiableComponent, Field, Float64, openComponent } from 'cotangent';
import fc from 'fast-check';

class In {
  @Field(() => Object) v: unknown = null;
  @Field(() => Object, { optional: true }) w?: unknown;
}
class Out {
  @Field(() => Object) v: unknown = null;
}
let seen: unknown;
let given: unknown;

@Component({ inputs: In, outputs: Out })
class Echo extends DifferentiableComponent<In, Out> {
  @Apply() evaluate({ v }: In) {
    seen = v;
    return { v: given ?? v };
  }
}
const handle = openComponent(Echo);

describe('a field of any JSON', () => {
  test('takes every JSON value, and gives it back', async () => {
    given = undefined;
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
        expect(JSON.stringify(((await handle.apply({ v: value })) as Out).v)).toBe(JSON.stringify(value));
      }),
      { seed: 3, numRuns: 300 },
    );
    const odd = JSON.parse('{"__proto__": {"constructor": [1]}, "": null}');
    expect(JSON.stringify(((await handle.apply({ v: odd })) as Out).v)).toBe(JSON.stringify(odd));
  });

  test('hands the method a copy, and takes an integer that no number holds', async () => {
    const v = { a: [1, { b: 2 }], n: 2n ** 64n };
    await handle.apply({ v });
    expect(seen).toEqual(v);
    expect([seen === v, (seen as typeof v).a === v.a, (seen as typeof v).a[1] === v.a[1]]).toEqual([
      false,
      false,
      false,
    ]);
  });

  const circle: { a: unknown[] } = { a: [] };
  circle.a.push({ circle });
  const deep = () => {
    let value: unknown = 1;
    for (let i = 0; i < 1e5; i++) value = [value];
    return value;
  };
  const odd: readonly (readonly [string, unknown, string])[] = [
    ['a function', () => 1, ''],
    ['a symbol', Symbol('s'), ''],
    ['a bigint', 1n, ''],
    ['NaN', Number.NaN, ''],
    ['an infinity', -Infinity, ''],
    ['a Map', new Map([['a', 1]]), ''],
    ['a Set', new Set([1]), ''],
    ['a Date', new Date(0), ''],
    ['an array of numbers', array([1]), ''],
    ['a typed array', Float64Array.of(1), ''],
    ['an instance of a class', new (class Point {})(), ''],
    ['an error', new Error('no'), ''],
    ['a promise', Promise.resolve(1), ''],
    ['a hole', Object.assign([1], { 2: 2 }), '.[1]'],
    ['a function inside', { a: [1, { 'b c': () => 1 }] }, '.a.[1].{b c}'],
    ['undefined in a list', [undefined], '.[0]'],
    ['a circle', circle, '.a.[0].circle'],
    ['what is too deep', deep(), '.[0]'.repeat(64)],
  ];
  test.each(odd)('refuses %s, and says where, among inputs and in a result', async (_, value, below) => {
    given = undefined;
    await expect(handle.apply({ v: value })).rejects.toMatchObject({ code: 'E_TYPE', path: `inputs.v${below}` });
    given = value;
    await expect(handle.apply({})).rejects.toMatchObject({
      code: 'E_RESULT',
      problems: [expect.objectContaining({ code: 'E_TYPE', path: `outputs.v${below}` })],
    });
  });

  test('may hold one object twice, and leaves out what is undefined', async () => {
    given = undefined;
    const shared = { a: 1 };
    expect(await handle.apply({ v: { x: shared, y: [shared], z: undefined } })).toEqual({
      v: { x: { a: 1 }, y: [{ a: 1 }] },
    });
  });
});

interface Shape {
  readonly kind: string;
}

describe('a type that the compiler notes as Object', () => {
  const refused = (model: new () => object) => () => {
    @Component({ inputs: model, outputs: Out })
    class Reads extends DifferentiableComponent<object, Out> {
      @Apply() evaluate() {
        return { v: 1 };
      }
    }
    return Reads;
  };
  class Mesh {
    @Float64() x = 1;
  }
  class Union {
    @Field() v: string | null = null;
  }
  class Model {
    @Field({ optional: true }) v: Mesh | undefined;
  }
  class Interface {
    @Field({ optional: true }) v?: Shape;
  }
  class Unknown {
    @Field() v: unknown = 1;
  }
  class Recorded {
    @Field() v: Record<string, number> = {};
  }
  test.each([Union, Model, Interface, Unknown, Recorded])('is refused at definition, with the way out: %p', (model) => {
    expect(refused(model)).toThrow(
      expect.objectContaining({
        code: 'E_DEFINE_FIELD_TYPE',
        message: expect.stringContaining('@Field(() => Object)'),
      }),
    );
  });
});
