/** Products at a point whose Jacobian is known cost no base call, and are what they would have been without. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  type ComponentOptions,
  Derive,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  type NdArray,
  openComponent,
  type RuleName,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { build } from '../scenarios/build.js';
import { requestOf } from '../scenarios/expectations.js';
import { scenarios } from '../scenarios/index.js';
import { empty } from '../scenarios/vectors.js';

class In {
  @Float64({ shape: [3], differentiable: true }) x!: NdArray;
  @Float64() a = 1;
}

class Out {
  @Float64({ shape: [3], differentiable: true }) y!: NdArray;
}

type Base = 'jacobian' | 'jvp' | 'vjp';
type Options = Pick<ComponentOptions, 'cache'>;

// y_i = a·x_i·x_{i+1}, cyclically: ∂y_i/∂x_i = a·x_{i+1}, ∂y_i/∂x_{i+1} = a·x_i.
const blockOf = ({ x, a }: In): number[][] => {
  const [p, q, r] = x.data as unknown as [number, number, number];
  return [
    [a * q, a * p, 0],
    [0, a * r, a * q],
    [a * r, 0, a * p],
  ];
};

function decorateMember(type: { readonly prototype: object }, decorator: unknown, name: string): void {
  (decorator as (target: object, name: string) => void)(type.prototype, name);
}

function made(base: Base, rules: readonly RuleName[], options: Options = {}) {
  const calls: Record<string, number> = { apply: 0, jacobian: 0, jvp: 0, vjp: 0 };
  class Cyclic extends DifferentiableComponent<In, Out> {
    evaluate({ x, a }: In) {
      calls['apply']!++;
      const [p, q, r] = x.data as unknown as [number, number, number];
      return { y: [a * p * q, a * q * r, a * r * p] };
    }

    blocks({ inputs }: JacobianRequest<In>) {
      calls['jacobian']!++;
      return { y: { x: blockOf(inputs) } };
    }

    push({ inputs, tangent }: JvpRequest<In>) {
      calls['jvp']!++;
      const t = Array.from(tangent.x!.data);
      return { y: blockOf(inputs).map((row) => row.reduce((sum, v, j) => sum + v * t[j]!, 0)) };
    }

    pull({ inputs, cotangent }: VjpRequest<In, Out>) {
      calls['vjp']!++;
      const c = Array.from(cotangent.y!.data);
      const block = blockOf(inputs);
      return { x: [0, 1, 2].map((j) => block.reduce((sum, row, i) => sum + row[j]! * c[i]!, 0)) };
    }
  }
  decorateMember(Cyclic, Apply(), 'evaluate');
  if (base === 'jacobian') decorateMember(Cyclic, Jacobian(), 'blocks');
  if (base === 'jvp') decorateMember(Cyclic, Jvp(), 'push');
  if (base === 'vjp') decorateMember(Cyclic, Vjp(), 'pull');
  const [first, ...others] = rules as readonly [RuleName, ...RuleName[]];
  (Derive(first, ...others) as unknown as (type: object) => void)(Cyclic);
  (Component({ inputs: In, outputs: Out, ...options }) as unknown as (type: object) => void)(Cyclic);
  return { instance: new Cyclic(), handle: openComponent(Cyclic), calls };
}

const inputs = { x: [2, 3, 5], a: 1 };

describe('after one jacobian, 1,000 products at the same point make no base call', () => {
  test.each([
    ['jacobian', ['jvpFromJacobian', 'vjpFromJacobian'], 1],
    ['vjp', ['jacobianFromVjp', 'jvpFromVjp'], 3],
    ['vjp', ['jacobianFromVjp', 'jvpFromJacobian'], 3],
    ['jvp', ['jacobianFromJvp', 'vjpFromJvp'], 3],
    ['jvp', ['jacobianFromJvp', 'vjpFromJacobian'], 3],
  ] as const)('%s, with %j', async (base, rules, once) => {
    const { handle, calls } = made(base, rules);
    await handle.jacobian({ inputs });
    expect(calls[base]).toBe(once);
    for (let k = 1; k <= 1000; k++) {
      if (base !== 'jvp')
        expect(await handle.jvp({ inputs, tangent: { x: [k, 0, 0] } })).toEqual({ y: array([3 * k, 0, 5 * k]) });
      if (base !== 'vjp')
        expect(await handle.vjp({ inputs, cotangent: { y: [k, 0, 0] } })).toEqual({ x: array([3 * k, 2 * k, 0]) });
    }
    expect(calls).toEqual({ apply: 0, jacobian: 0, jvp: 0, vjp: 0, [base]: once });
  });

  test.each([
    ['vjp', 'jvpFromVjp', 'jacobianFromVjp'],
    ['jvp', 'vjpFromJvp', 'jacobianFromJvp'],
  ] as const)('and after one sweep for a product neither does the jacobian: %s, %s', async (base, rule, jacobian) => {
    const { handle, calls } = made(base, [rule, jacobian]);
    if (base === 'vjp') await handle.jvp({ inputs, tangent: { x: [1, 2, 3] } });
    else await handle.vjp({ inputs, cotangent: { y: [1, 2, 3] } });
    expect(calls[base]).toBe(3);
    expect(await handle.jacobian({ inputs })).toEqual({
      y: {
        x: array([
          [3, 2, 0],
          [0, 5, 3],
          [5, 0, 2],
        ]),
      },
    });
    expect(calls[base]).toBe(3);
  });
});

describe('a product swept for is known for the next ones', () => {
  test.each([
    ['vjp', 'jvpFromVjp'],
    ['jvp', 'vjpFromJvp'],
  ] as const)('from %s by %s', async (base, rule) => {
    const { handle, calls } = made(base, [rule]);
    for (let k = 1; k <= 100; k++) {
      if (base === 'vjp')
        expect(await handle.jvp({ inputs, tangent: { x: [k, 0, 1] } })).toEqual({ y: array([3 * k, 3, 5 * k + 2]) });
      else
        expect(await handle.vjp({ inputs, cotangent: { y: [k, 0, 1] } })).toEqual({ x: array([3 * k + 5, 2 * k, 2]) });
    }
    expect(calls[base]).toBe(3);
  });

  test('unless it would not fit, or the caller allows no memory for it', async () => {
    for (const [options, call] of [
      [{ cache: { bytes: 600 } }, {}],
      [{}, { memoryLimit: 100 }],
    ] as const) {
      const { handle, calls } = made('vjp', ['jvpFromVjp'], options);
      for (const _ of [1, 2]) await handle.jvp({ inputs, tangent: { x: [1, 0, 1] } }, call);
      expect(calls['vjp']).toBe(6);
    }
  });

  test('unless the class has a Jacobian of its own, which may be another one', async () => {
    class Both extends DifferentiableComponent<In, Out> {
      evaluate() {
        return { y: [0, 0, 0] };
      }
      blocks() {
        return { y: { x: new Array(3).fill([7, 7, 7]) } };
      }
      pull() {
        return { x: [1, 1, 1] };
      }
    }
    decorateMember(Both, Apply(), 'evaluate');
    decorateMember(Both, Jacobian(), 'blocks');
    decorateMember(Both, Vjp(), 'pull');
    (Derive('jvpFromVjp') as unknown as (type: object) => void)(Both);
    (Component({ inputs: In, outputs: Out }) as unknown as (type: object) => void)(Both);
    const handle = openComponent(Both);
    await handle.jacobian({ inputs });
    expect(await handle.jvp({ inputs, tangent: { x: [1, 0, 0] } })).toEqual({ y: array([1, 1, 1]) });
  });
});

describe('what an author wrote is called whenever it is asked for', () => {
  test('a jacobian is, and products are contracted from what it gave', async () => {
    const { handle, calls } = made('jacobian', ['vjpFromJacobian']);
    for (const _ of [1, 2, 3]) await handle.jacobian({ inputs });
    expect(calls['jacobian']).toBe(3);
    await handle.vjp({ inputs, cotangent: { y: [1, 0, 0] } });
    expect(calls['jacobian']).toBe(3);
  });

  test('with cache: false so is the base of every derivation', async () => {
    const { handle, calls } = made('vjp', ['jacobianFromVjp', 'jvpFromVjp'], { cache: false });
    for (const _ of [1, 2]) await handle.jacobian({ inputs });
    await handle.jvp({ inputs, tangent: { x: [1, 0, 0] } });
    expect(calls['vjp']).toBe(9);
  });
});

describe('a point is known by its content', () => {
  test('inputs changed in place never meet the Jacobian of what they were', () => {
    const { instance, calls } = made('jacobian', ['vjpFromJacobian'], { cache: true });
    const x = array([2, 3, 5]);
    const request = () => ({ inputs: { x, a: 1 }, of: ['y'], wrt: ['x'], cotangent: { y: array([1, 0, 0]) } });
    for (let k = 0; k < 50; k++) {
      x.data[1] = k;
      expect(instance.vjp(request())).toEqual({ x: array([k, 2, 0]) });
      x.data[0] = k / 2;
      expect(instance.vjp(request())).toEqual({ x: array([k, k / 2, 0]) });
      x.data[0] = 2;
    }
    expect(calls['jacobian']).toBe(99);
  });

  test.each([
    ['0 and −0', { x: [0, 3, 5], a: 1 }, { x: [-0, 3, 5], a: 1 }],
    ['inputs that are not differentiated', { x: [2, 3, 5], a: 1 }, { x: [2, 3, 5], a: 2 }],
  ])('and two points are two: %s', async (_name, one, other) => {
    const { handle, calls } = made('jacobian', ['vjpFromJacobian']);
    for (const inputs of [one, other, one, other]) await handle.vjp({ inputs, cotangent: { y: [1, 0, 0] } });
    expect(calls['jacobian']).toBe(2);
  });

  test('two instances share nothing', async () => {
    const [a, b] = [made('jacobian', ['vjpFromJacobian']), made('jacobian', ['vjpFromJacobian'])];
    for (const { handle } of [a, b]) await handle.vjp({ inputs, cotangent: { y: [1, 0, 0] } });
    expect([a.calls['jacobian'], b.calls['jacobian']]).toEqual([1, 1]);
  });
});

test('what a caller writes into a Jacobian does not reach a later product, and nor does a buffer that is used again', async () => {
  const { instance, calls } = made('vjp', ['jacobianFromVjp', 'jvpFromVjp'], { cache: true });
  const point = { inputs: { x: array([2, 3, 5]), a: 1 }, of: ['y'], wrt: ['x'] };
  for (const _ of [1, 2]) {
    const { y } = instance.jacobian(point) as { y: { x: NdArray } };
    expect(y.x.data[0]).toBe(3);
    y.x.data.fill(99);
  }
  expect(instance.jvp({ ...point, tangent: { x: array([1, 0, 0]) } })).toEqual({ y: array([3, 0, 5]) });
  expect(calls['vjp']).toBe(3);
});

describe('its memory is bounded', () => {
  test('by the bytes that the class declares: the point asked at last is known, the first is not', async () => {
    const { handle, calls } = made('jacobian', ['vjpFromJacobian'], { cache: { bytes: 10_000 } });
    const at = (k: number) => handle.vjp({ inputs: { x: [k, 3, 5], a: 1 }, cotangent: { y: [1, 0, 0] } });
    for (let k = 0; k < 100; k++) await at(k);
    expect(calls['jacobian']).toBe(100);
    await at(99);
    expect(calls['jacobian']).toBe(100);
    await at(0);
    expect(calls['jacobian']).toBe(101);
  });

  test('a cache of 0 bytes keeps nothing', async () => {
    const { handle, calls } = made('jacobian', ['vjpFromJacobian'], { cache: { bytes: 0 } });
    for (const _ of [1, 2]) await handle.vjp({ inputs, cotangent: { y: [1, 0, 0] } });
    expect(calls['jacobian']).toBe(2);
  });

  test.each([{ bytes: -1 }, { bytes: 1.5 }, {}, 'yes'])('%j is refused when the class is defined', (cache) => {
    expect(() => made('jacobian', ['vjpFromJacobian'], { cache } as Options)).toThrow(
      expect.objectContaining({ code: 'E_OPTION', fields: expect.objectContaining({ path: 'cache of Cyclic' }) }),
    );
  });
});

test('a point whose evaluation failed is not kept', async () => {
  let calls = 0;
  @Component({ inputs: In, outputs: Out })
  @Derive('vjpFromJacobian')
  class Flaky extends DifferentiableComponent<In, Out> {
    @Apply()
    evaluate() {
      return { y: [0, 0, 0] };
    }

    @Jacobian()
    async blocks({ inputs }: JacobianRequest<In>) {
      if (calls++ === 0) throw new Error('try again');
      return { y: { x: blockOf(inputs) } };
    }
  }
  const handle = openComponent(Flaky);
  const request = { inputs, cotangent: { y: [1, 0, 0] } };
  await expect(handle.vjp(request)).rejects.toThrow('try again');
  expect(await handle.vjp(request)).toEqual({ x: array([3, 2, 0]) });
});

describe('memory changes no bit', () => {
  const cases = [
    { own: 'vjp', jacobian: 'jacobianFromVjp', product: 'jvpFromVjp', to: 'jvp' },
    { own: 'jvp', jacobian: 'jacobianFromJvp', product: 'vjpFromJvp', to: 'vjp' },
    { own: 'jacobian', jacobian: undefined, product: 'jvpFromJacobian', to: 'jvp' },
    { own: 'jacobian', jacobian: undefined, product: 'vjpFromJacobian', to: 'vjp' },
  ] as const;
  // Nested lists cannot tell the shape of a block without elements, so that an author's jacobian of it is refused.
  const told = (own: string) => scenarios.filter((scenario) => own !== 'jacobian' || scenario !== empty);
  const pairs = cases.flatMap((one) =>
    told(one.own).map((scenario) => [one.product, scenario.name, one, scenario] as const),
  );

  test.each(pairs)('%s of %s', async (_rule, _name, { own, jacobian, product, to }, scenario) => {
    const request = requestOf(scenario);
    const alone = build(scenario, { own: ['apply', own], rules: [product] });
    const expected = await openComponent(alone.type)[to](request);
    const shared = build(scenario, { own: ['apply', own], rules: jacobian ? [product, jacobian] : [product] });
    const handle = openComponent(shared.type);
    await handle.jacobian(request);
    shared.reset();
    expect(await handle[to](request)).toEqual(expected);
    expect(shared.calls[own] ?? 0).toBe(0);
  });
});

describe('an instance that the application holds', () => {
  class Scaled extends DifferentiableComponent<In, Out> {
    scale = 1;

    evaluate({ x }: In) {
      return { y: Array.from(x.data, (value) => this.scale * value) };
    }

    blocks({ inputs }: JacobianRequest<In>) {
      return { y: { x: blockOf(inputs).map((row, i) => row.map((_, j) => (i === j ? this.scale : 0))) } };
    }
  }
  const declared = (options: Options) => {
    class Declared extends Scaled {}
    decorateMember(Declared, Apply(), 'evaluate');
    decorateMember(Declared, Jacobian(), 'blocks');
    (Derive('vjpFromJacobian') as unknown as (type: object) => void)(Declared);
    (Component({ inputs: In, outputs: Out, ...options }) as unknown as (type: object) => void)(Declared);
    return new Declared();
  };
  const request = { inputs: { x: [2, 3, 5], a: 1 }, cotangent: { y: [1, 0, 0] } };

  test.each([
    [{}, 7],
    [{ cache: false as const }, 7],
    [{ cache: true as const }, 1],
  ])('may change between calls, and is remembered only where its class says so: %j', async (options, second) => {
    const instance = declared(options);
    const handle = openComponent(instance);
    expect((await handle.vjp(request))['x']).toEqual(array([1, 0, 0]));
    instance.scale = 7;
    expect((await handle.vjp(request))['x']).toEqual(array([second, 0, 0]));
  });
});
