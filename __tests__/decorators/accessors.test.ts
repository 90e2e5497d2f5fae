/** Models whose fields are accessors, or stand elsewhere than on the object itself, in both dialects. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  Derive,
  DifferentiableComponent,
  Field,
  Float64,
  type NdArray,
  openComponent,
} from 'cotangent';
import { connect } from 'cotangent/client';
import { serve } from 'cotangent/server';

class Point {
  #x = 1;
  private _y = 2;

  @Float64({ differentiable: true }) get x(): number {
    return this.#x;
  }
  set x(value: number) {
    this.#x = value;
  }
  @Float64({ differentiable: true }) get y(): number {
    return this._y;
  }
  set y(value: number) {
    this._y = value;
  }
  get area() {
    return this.#x * this._y;
  }
}
class Model extends Point {
  #v: NdArray = array([1, 1]);
  @Float64({ differentiable: true, shape: [null] }) get v(): NdArray {
    return this.#v;
  }
  set v(value: NdArray) {
    this.#v = value;
  }
  @Field(() => Point) inner = new Point();
  @Field(() => Point, { each: 'list' }) list: Point[] = [];
  @Float64({ optional: true }) extra?: number;
}
class Out {
  @Float64({ differentiable: true }) z!: number;
}

// z = x² y + Σ v² + inner.x inner.y + Σ list.x
@Component({ inputs: Model, outputs: Out })
@Derive('jacobianFromApply', 'vjpFromJacobian')
class Volume extends DifferentiableComponent<Model, Out> {
  @Apply() evaluate({ x, y, v, inner, list, extra = 0 }: Model) {
    const squares = v.data.reduce((sum, one) => sum + one * one, 0);
    return { z: x * x * y + squares + inner.area + list.reduce((sum, one) => sum + one.x, 0) + extra };
  }
}

function model(): Model {
  const one = new Model();
  one.x = 50;
  one.y = 3;
  one.v = array([2, 3]);
  one.inner.x = 7;
  one.list = [new Point(), new Point()];
  one.list[1]!.x = 10;
  return one;
}
const value = 7500 + 13 + 14 + 11;
const slopes = { x: 300, y: 2500, 'inner.x': 2, 'inner.y': 7, 'list.[0].x': 1, 'list.[1].x': 1, 'list.[0].y': 0 };

function expectSlopes(found: Readonly<Record<string, unknown>>): void {
  for (const [path, slope] of Object.entries(slopes))
    expect([path, found[path]]).toEqual([path, expect.closeTo(slope, 4)]);
  const [a, b] = (found['v'] as NdArray).data;
  expect([a, b]).toEqual([expect.closeTo(4, 4), expect.closeTo(6, 4)]);
  expect(Object.keys(found)).toHaveLength(Object.keys(slopes).length + 2);
}

describe('a model with accessors', () => {
  test('is read by them, nested ones too, and so are the default paths', async () => {
    const handle = openComponent(Volume);
    expect(await handle.apply(model())).toEqual({ z: value });
    expectSlopes((await handle.jacobian({ inputs: model() }))['z']!);
    expectSlopes(await handle.vjp({ inputs: model(), cotangent: { z: 1 } }));
    expect(await handle.apply({ x: 50 })).toEqual({ z: 5000 + 2 + 2 });
  });

  test('is read by them where the component is called directly', async () => {
    const wrt = ['x', 'y', 'v', 'inner.x', 'inner.y', 'list.[0].x', 'list.[1].x', 'list.[0].y', 'list.[1].y'];
    const found = await new Volume().vjp({ inputs: model(), of: ['z'], wrt, cotangent: { z: 1 } });
    expectSlopes(found as never);
  });

  test('is remembered by what they give, not by what the object holds itself', async () => {
    const handle = openComponent(Volume);
    const at = async (x: number) => {
      const inputs = model();
      inputs.x = x;
      return (await handle.vjp({ inputs, wrt: ['x'], cotangent: { z: 1 } }))['x'];
    };
    expect([await at(1), await at(2), await at(1)]).toEqual([6, 12, 6].map((slope) => expect.closeTo(slope, 4)));
  });

  test('is sent as what they give', async () => {
    const server = await serve({ component: Volume, port: 0 });
    try {
      const remote = await connect<Model, Out>(server.url);
      expect(await remote.apply(model())).toEqual({ z: value });
      expectSlopes((await remote.jacobian({ inputs: model() }))['z']!);
    } finally {
      await server.close();
    }
  });

  test('has no other fields than these', async () => {
    const one = Object.assign(model(), { extras: 1 });
    await expect(openComponent(Volume).apply(one)).rejects.toMatchObject({ code: 'E_EXTRA', path: 'inputs.extras' });
  });
});

describe('inputs', () => {
  const { apply } = openComponent(Volume);
  const plain = { x: 50, y: 3, v: [2, 3], inner: { x: 7 }, list: [{}, { x: 10 }] };
  const ofClass = () => {
    class Other {
      x = 50;
      get y() {
        return 3;
      }
      protected _v = [2, 3];
      get v() {
        return this._v;
      }
      get inner() {
        return { x: 7 };
      }
      list = [{}, { x: 10 }];
      get unrelated() {
        return 5;
      }
    }
    return new (class Child extends Other {})();
  };

  test.each<[string, () => object]>([
    ['of another class, with getters', ofClass],
    ['that inherit their fields from an object', () => Object.create(plain)],
    [
      'that inherit their fields from an object without a prototype',
      () => Object.create(Object.assign(Object.create(null), plain)),
    ],
    ['behind a proxy', () => new Proxy(plain, {})],
    ['behind a proxy of a model', () => new Proxy(plain, Object.create(null))],
    [
      'that a proxy makes up',
      () => new Proxy({}, { get: (_, key) => plain[key as keyof typeof plain], has: (_, key) => key in plain }),
    ],
    ['with getters of their own', () => Object.defineProperty({ ...plain, y: 0 }, 'y', { get: () => 3 })],
    [
      'with fields that no loop would meet',
      () => Object.defineProperty({ ...plain }, 'y', { value: 3, enumerable: false }),
    ],
  ])('%s are read', async (_, make) => {
    expect(await apply(make() as never)).toEqual({ z: value });
  });

  test('that inherit an unknown name from an object are refused', async () => {
    await expect(apply(Object.create({ x: 3, typo: 1 }))).rejects.toMatchObject({ code: 'E_EXTRA' });
  });

  test('never have what every object inherits', async () => {
    class Odd {
      @Float64({ optional: true }) constructor_?: number;
      @Field(() => String, { optional: true }) toString: never = undefined as never;
    }
    let seen: unknown = 'nothing';
    @Component({ inputs: Odd, outputs: Out })
    class Reads extends DifferentiableComponent<Odd, Out> {
      @Apply() evaluate(inputs: Odd) {
        seen = Object.hasOwn(inputs, 'toString') ? inputs.toString : 'none';
        return { z: 1 };
      }
    }
    await openComponent(Reads).apply({} as never);
    expect(seen).toBeUndefined();
  });
});

describe("an author's result", () => {
  test.each<[string, () => object]>([
    [
      'with a getter',
      () =>
        new (class {
          get z() {
            return 5;
          }
        })(),
    ],
    [
      'with a getter over a private property',
      () =>
        new (class {
          #z = 5;
          get z() {
            return this.#z;
          }
        })(),
    ],
    [
      'with a getter over a property of its name with an underscore',
      () =>
        new (class {
          private _z = 5;
          get z() {
            return this._z;
          }
        })(),
    ],
    ['whose values are inherited', () => Object.create({ z: 5 })],
  ])('%s is read', async (_, make) => {
    @Component({ inputs: Point, outputs: Out })
    class Gives extends DifferentiableComponent<Point, Out> {
      @Apply() evaluate() {
        return make() as Out;
      }
    }
    expect(await openComponent(Gives).apply({})).toEqual({ z: 5 });
  });
});
