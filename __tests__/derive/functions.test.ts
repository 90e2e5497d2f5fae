/** The rules as plain functions: on methods of any kind, and inside hand-written endpoints. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  ComponentError,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
  type JvpRequest,
  jacobianFromJvp,
  jacobianFromVjp,
  jvpFromJacobian,
  jvpFromVjp,
  type NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
  vjpFromJacobian,
  vjpFromJvp,
  zeros,
} from 'cotangent';
import type { JacobianFunction, JvpFunction, ShapeFunction, VjpFunction } from '../../src/derive/functions.js';
import { total } from '../scenarios/algebra.js';
import { methodsOf } from '../scenarios/build.js';
import { expectBlocks, expectedJvp, expectedVjp, expectProduct, requestOf } from '../scenarios/expectations.js';
import { scenarios } from '../scenarios/index.js';
import { pointOf } from '../scenarios/point.js';
import type { Scenario } from '../scenarios/scenario.js';

// A method of any scenario: what it takes and gives is checked at run time.
type Method = JacobianFunction<unknown> & JvpFunction<unknown> & VjpFunction<unknown> & ShapeFunction<unknown>;
type Methods = Record<'apply' | 'abstractEval' | 'jacobian' | 'jvp' | 'vjp', Method>;

interface Case {
  readonly to: 'jacobian' | 'jvp' | 'vjp';
  readonly base: 'jacobian' | 'jvp' | 'vjp';
  readonly count: (n: number, m: number) => number;
  readonly run: (methods: Methods, request: never) => unknown;
}

const cases: Readonly<Record<string, Case>> = {
  vjpFromJacobian: { to: 'vjp', base: 'jacobian', count: () => 1, run: (f, r) => vjpFromJacobian(f.jacobian, r) },
  jvpFromJacobian: { to: 'jvp', base: 'jacobian', count: () => 1, run: (f, r) => jvpFromJacobian(f.jacobian, r) },
  jacobianFromVjp: {
    to: 'jacobian',
    base: 'vjp',
    count: (_, m) => m,
    run: (f, r) => jacobianFromVjp(f.vjp, f.apply, r),
  },
  jacobianFromJvp: { to: 'jacobian', base: 'jvp', count: (n) => n, run: (f, r) => jacobianFromJvp(f.jvp, r) },
  jvpFromVjp: { to: 'jvp', base: 'vjp', count: (_, m) => m, run: (f, r) => jvpFromVjp(f.vjp, f.apply, r) },
  vjpFromJvp: { to: 'vjp', base: 'jvp', count: (n) => n, run: (f, r) => vjpFromJvp(f.jvp, r) },
};

const rows = Object.entries(cases).flatMap(([name, one]) =>
  scenarios.map((scenario) => [name, scenario.name, one, scenario] as const),
);

function counting(scenario: Scenario, base: Case['base'], wrap: (result: object) => unknown) {
  const methods = methodsOf(scenario);
  const counts = { base: 0 };
  const counted = (argument: never) => {
    counts.base++;
    return wrap(methods[base](argument));
  };
  return { methods: { ...methods, [base]: counted } as unknown as Methods, counts };
}

async function expectCase({ to }: Case, value: unknown, scenario: Scenario): Promise<void> {
  const point = await pointOf(scenario);
  // Nothing declares a dtype here: results are as exact as the closed form, in float64.
  if (to === 'jvp') expectProduct(value as object, expectedJvp(scenario, point), scenario);
  else if (to === 'vjp') expectProduct(value as object, expectedVjp(scenario, point), scenario);
  else expectBlocks(value as object, scenario.jacobian(point), scenario);
}

describe('a rule as a function', () => {
  test.each(rows)('%s gives the closed form at once, out of the promised calls: %s', async (_a, _b, one, scenario) => {
    const { methods, counts } = counting(scenario, one.base, (result) => result);
    const value = one.run(methods, { ...requestOf(scenario), inputs: await pointOf(scenario) } as never);
    expect(value).not.toHaveProperty('then');
    await expectCase(one, value, scenario);
    expect(counts.base).toBe(one.count(total(scenario.wrt), total(scenario.of)));
  });

  test.each(rows)('%s gives a promise where the method does: %s', async (_a, _b, one, scenario) => {
    const { methods } = counting(scenario, one.base, (result) => Promise.resolve(result));
    const value = one.run(methods, { ...requestOf(scenario), inputs: await pointOf(scenario) } as never);
    expect(value).toBeInstanceOf(Promise);
    await expectCase(one, await value, scenario);
  });

  test('jacobianFromVjp and jvpFromVjp learn the shapes of an abstractEval too', async () => {
    const scenario = scenarios.find(({ name }) => name === 'a vector of a matrix')!;
    const methods = methodsOf(scenario) as unknown as Methods;
    const request = { ...requestOf(scenario), inputs: await pointOf(scenario) } as never;
    await expectCase(cases['jacobianFromVjp']!, jacobianFromVjp(methods.vjp, methods.abstractEval, request), scenario);
    await expectCase(cases['jvpFromVjp']!, jvpFromVjp(methods.vjp, methods.abstractEval, request), scenario);
  });

  test('a promise of another realm, or of a library, is awaited as one', async () => {
    // biome-ignore lint/suspicious/noThenProperty: it stands for a promise that is none of ours.
    const later = <T>(value: T) => ({ then: (done: (value: T) => void) => done(value) }) as unknown as Promise<T>;
    const vjp = ({ cotangent }: VjpRequest<{ x: number }>) =>
      later({ x: 5 * (cotangent['y'] as NdArray).data.reduce((a, b) => a + b, 0) });
    const request = { inputs: { x: 1 }, of: ['y'], wrt: ['x'] };
    const jacobian = jacobianFromVjp(vjp, () => later({ y: [1, 2] }), request);
    expect(await jacobian).toMatchObject({ y: { x: { data: Float64Array.of(5, 5) } } });
  });

  test('zeros have the shapes of the outputs, which a call of the base tells where no schema does', () => {
    let calls = 0;
    const blocks = () => {
      calls++;
      return {
        y: {
          x: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        },
        z: { x: [7, 8] },
      };
    };
    const request = { inputs: { x: [1, 2] }, of: ['y', 'z'], wrt: ['x'], tangent: { x: [0, 0] } };
    expect(jvpFromJacobian(blocks, request as never)).toEqual({ y: zeros([3]), z: 0 });
    const push = () => {
      calls++;
      return { y: [0, 0, 0], z: 0 };
    };
    const nothing = { inputs: { x: [] }, of: ['y', 'z'], wrt: ['x'] };
    expect(jacobianFromJvp(push, nothing)).toEqual({ y: { x: zeros([3, 0]) }, z: { x: zeros([0]) } });
    expect(calls).toBe(2);
  });

  test('a method that gives what does not fit is named in the error', () => {
    const jacobian = () => ({ y: { x: [[1, 2, 3]] } });
    const request = { inputs: { x: [1, 2] }, of: ['y'], wrt: ['x'], cotangent: { y: [1] } } as never;
    expect(() => vjpFromJacobian(jacobian, request)).toThrow(
      expect.objectContaining({ code: 'E_RESULT_SHAPE', path: 'jacobian()["y"]["x"]' }),
    );
  });

  test('a seed that is no array is named in the error', () => {
    const request = { inputs: { x: 1 }, of: ['y'], wrt: ['x'], cotangent: { y: 'one' } } as never;
    expect(() => vjpFromJacobian(() => ({ y: { x: 1 } }), request)).toThrow(
      expect.objectContaining({ code: 'E_ARRAY_NUMERIC', path: 'cotangent["y"]' }),
    );
  });

  test('a path that leads nowhere, and one that is none, are named in the error', () => {
    const request = (wrt: string) => ({ inputs: { x: 1 }, of: ['y'], wrt: [wrt] }) as never;
    const jvp = () => ({ y: 1 });
    expect(() => jacobianFromJvp(jvp, request('z'))).toThrow(
      expect.objectContaining({ code: 'E_PATH_ABSENT', path: 'wrt' }),
    );
    expect(() => jacobianFromJvp(jvp, request('x-y'))).toThrow(
      expect.objectContaining({ code: 'E_PATH_UNKNOWN', path: 'wrt' }),
    );
  });

  test('a tangent that lacks a path of wrt is refused', () => {
    const request = { inputs: { x: 1, z: 2 }, of: ['y'], wrt: ['x', 'z'], tangent: { x: 1 } } as never;
    expect(() => jvpFromJacobian(() => ({ y: { x: 1, z: 1 } }), request)).toThrow(
      expect.objectContaining({ code: 'E_SEED_KEYS' }),
    );
  });
});

class Point {
  @Float64({ differentiable: true }) x = 0;
  @Float64({ differentiable: true }) y = 0;
}
class Value {
  @Float64({ shape: [2], differentiable: true }) f!: NdArray;
}

describe('inside a hand-written endpoint', () => {
  test('a vjp adds to what vjpFromJacobian gives, and a jacobian comes from the vjp of another', async () => {
    @Component({ inputs: Point, outputs: Value })
    class Saddle extends DifferentiableComponent<Point, Value> {
      @Apply()
      evaluate({ x, y }: Point) {
        return { f: [x * y, x ** 2 - y ** 2] };
      }
      @Jacobian()
      async blocks({ inputs: { x, y } }: JacobianRequest<Point>) {
        return { f: { x: [y, 2 * x], y: [x, -2 * y] } };
      }
      @Vjp()
      async pull(request: VjpRequest<Point>) {
        const exact = await vjpFromJacobian((r: JacobianRequest<Point>) => this.blocks(r), request);
        return Object.fromEntries(Object.entries(exact).map(([path, value]) => [path, (value as number) + 1000]));
      }
      push(request: JvpRequest<Point>) {
        return jvpFromVjp(
          ({ inputs: { x, y }, cotangent }: VjpRequest<Point>) => {
            const [a, b] = (cotangent['f'] as { data: Float64Array }).data as unknown as [number, number];
            return { x: a * y + 2 * b * x, y: a * x - 2 * b * y };
          },
          (inputs: Point) => this.evaluate(inputs),
          request,
        );
      }
    }
    const handle = openComponent(Saddle);
    expect(await handle.vjp({ inputs: { x: 3, y: 2 }, cotangent: { f: [1, 10] } })).toEqual({ x: 1062, y: 963 });
    const request = { inputs: { x: 3, y: 2 }, of: ['f'], wrt: ['x', 'y'], tangent: { x: 1, y: 1 } } as never;
    expect(await new Saddle().push(request)).toMatchObject({ f: { data: Float64Array.of(5, 2) } });
  });

  test('an error of the base passes through unchanged', () => {
    const cause = new Error('the solver diverged');
    const jacobian = () => {
      throw cause;
    };
    const request = { inputs: { x: 1 }, of: ['y'], wrt: ['x'], cotangent: { y: 1 } } as never;
    expect(() => vjpFromJacobian(jacobian, request)).toThrow(cause);
    expect(cause).not.toBeInstanceOf(ComponentError);
  });
});
