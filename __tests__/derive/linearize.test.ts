/** Linearizations: closures that share the work of one point, and what is derived from them. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  type ByPath,
  Component,
  Derive,
  DifferentiableComponent,
  Float64,
  type JacobianRequest,
  type Linearization,
  Linearize,
  NdArray,
  openComponent,
  Vjp,
} from 'cotangent';

class In {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Float64({ differentiable: true }) a = 2;
}

class Out {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
  @Float64({ differentiable: true }) s!: number;
}

interface Counts {
  apply: number;
  linearize: number;
  closures: number;
  signals: unknown[];
}

const fresh = (): Counts => ({ apply: 0, linearize: 0, closures: 0, signals: [] });

// y_i = a·x_i², s = Σ x_i: ∂y_i/∂x_i = 2a·x_i, ∂y_i/∂a = x_i², ∂s/∂x_i = 1.
const evaluate = ({ x, a }: In) => ({
  y: new NdArray(
    'float64',
    x.shape,
    x.data.map((v) => a * v * v),
  ),
  s: x.data.reduce((sum, v) => sum + v, 0),
});

function closures({ x, a }: In, counts: Counts) {
  const slope = x.data.map((v) => 2 * a * v);
  const value = (one: unknown): NdArray => one as NdArray;
  return {
    jvp: (t: ByPath<In>, options: { signal?: AbortSignal | undefined }) => {
      counts.closures++;
      counts.signals.push(options.signal);
      const dx = t.x ? value(t.x).data : new Float64Array(x.size);
      const da = t.a ?? 0;
      return {
        y: new NdArray(
          'float64',
          x.shape,
          dx.map((d, i) => slope[i]! * d + x.data[i]! ** 2 * da),
        ),
        s: dx.reduce((sum, d) => sum + d, 0),
      };
    },
    vjp: (c: ByPath<Out>) => {
      counts.closures++;
      const dy = c.y ? value(c.y).data : new Float64Array(x.size);
      const ds = c.s ?? 0;
      return {
        x: new NdArray(
          'float64',
          x.shape,
          dy.map((d, i) => slope[i]! * d + ds),
        ),
        a: dy.reduce((sum, d, i) => sum + d * x.data[i]! ** 2, 0),
      };
    },
  };
}

function made(options: { cache?: boolean; slow?: boolean } = {}) {
  const counts = fresh();
  const { slow = false, ...rest } = options;
  @Component({ inputs: In, outputs: Out, ...rest })
  @Derive('jacobianFromVjp')
  class Shared extends DifferentiableComponent<In, Out> {
    @Apply()
    evaluate(inputs: In) {
      counts.apply++;
      return evaluate(inputs);
    }

    @Linearize()
    linearize({ inputs }: JacobianRequest<In>) {
      counts.linearize++;
      const made = closures(inputs, counts);
      return slow ? Promise.resolve(made) : made;
    }
  }
  return { type: Shared, counts };
}

const x = [1, -2, 3];
const inputs = { x, a: 2 };
const blocks = {
  y: {
    x: array([
      [4, 0, 0],
      [0, -8, 0],
      [0, 0, 12],
    ]),
    a: array([1, 4, 9]),
  },
  s: { x: array([1, 1, 1]), a: 0 },
};

describe('a linearization may be the only derivative that is written by hand', () => {
  test.each([[false], [true]])('its closures answer jvp and vjp; asynchronous: %s', async (slow) => {
    const handle = openComponent(made({ slow }).type);
    expect(handle.provenance).toMatchObject({
      jvp: { kind: 'own', method: 'linearize' },
      vjp: { kind: 'own', method: 'linearize' },
      jacobian: { kind: 'derived', rule: 'jacobianFromVjp' },
    });
    const pushed = await handle.jvp({ inputs, tangent: { x: [1, 1, 1], a: 1 } });
    expect(pushed).toEqual({ y: array([5, -4, 21]), s: 3 });
    const pulled = await handle.vjp({ inputs, cotangent: { y: [1, 1, 1], s: 1 } });
    expect(pulled).toEqual({ x: array([5, -7, 13]), a: 14 });
    expect(await handle.jacobian({ inputs })).toEqual(blocks);
  });

  test('of one closure: @Linearize names which endpoint it answers', async () => {
    @Component({ inputs: In, outputs: Out })
    @Derive('jacobianFromVjp', 'jvpFromVjp')
    class Reverse extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate(inputs: In) {
        return evaluate(inputs);
      }

      @Linearize('vjp')
      pullback({ inputs }: JacobianRequest<In>): Linearization<In, Out, 'vjp'> {
        return { vjp: closures(inputs, fresh()).vjp };
      }
    }
    const handle = openComponent(Reverse);
    expect(handle.provenance.jvp).toMatchObject({ kind: 'derived', rule: 'jvpFromVjp' });
    expect(await handle.jacobian({ inputs })).toEqual(blocks);
    expect(await handle.jvp({ inputs, tangent: { x: [1, 1, 1], a: 1 } })).toEqual({ y: array([5, -4, 21]), s: 3 });
  });
});

describe('one linearization serves', () => {
  test.each([
    [undefined, false],
    [undefined, true],
    [false, false],
    [false, true],
  ] as const)('all probes of a sweep: cache %s, asynchronous %s', async (cache, slow) => {
    const { type, counts } = made({ slow, ...(cache === undefined ? {} : { cache }) });
    await openComponent(type).jacobian({ inputs }, { concurrency: 4 });
    expect(counts).toMatchObject({ apply: 1, linearize: 1, closures: 4 });
  });

  test('1,000 later products at the same point', async () => {
    const { type, counts } = made();
    const handle = openComponent(type);
    await handle.jacobian({ inputs });
    for (let k = 0; k < 500; k++) {
      const pushed = await handle.jvp({ inputs, tangent: { x: [k, 0, 0], a: 0 } });
      expect(pushed.y).toEqual(array([4 * k, 0, 0]));
      await handle.vjp({ inputs, cotangent: { y: [0, k, 0], s: 1 } });
    }
    expect(counts).toMatchObject({ apply: 1, linearize: 1, closures: 1004 });
  });

  test('one request at a time where the class has no cache', async () => {
    const { type, counts } = made({ cache: false });
    const handle = openComponent(type);
    for (const _ of [1, 2, 3]) await handle.jvp({ inputs, tangent: { x: [1, 0, 0], a: 0 } });
    expect(counts.linearize).toBe(3);
  });

  test('only the paths it was asked for: others are linearized anew', async () => {
    const { type, counts } = made();
    const handle = openComponent(type);
    await handle.jvp({ inputs, tangent: { x: [1, 0, 0] } });
    await handle.jvp({ inputs, tangent: { a: 1 } });
    expect(counts.linearize).toBe(2);
  });
});

test('inputs that are changed in place never meet the linearization of what they were', async () => {
  const { type, counts } = made({ cache: true });
  const instance = new type();
  const x0 = array([1, -2, 3]);
  const tangent = { x: array([1, 1, 1]), a: 1 };
  const at = (x: NdArray) => ({ inputs: { x, a: 2 }, of: ['y'], wrt: ['x', 'a'], tangent });
  expect(instance.jvp(at(x0))).toEqual({ y: array([5, -4, 21]) });
  x0.data[0] = 10;
  expect(instance.jvp(at(x0))).toEqual({ y: array([140, -4, 21]) });
  // Its closures read their inputs late; they were given some of their own, which are still those of the first point.
  expect(instance.jvp(at(array([1, -2, 3])))).toEqual({ y: array([5, -4, 21]) });
  expect(counts.linearize).toBe(2);
});

test('each product has the signal of its own caller', async () => {
  const { type, counts } = made();
  const handle = openComponent(type);
  const [first, second] = [new AbortController(), new AbortController()];
  const request = { inputs, tangent: { x: [1, 0, 0], a: 0 } };
  await handle.jvp(request, { signal: first.signal });
  await handle.jvp(request, { signal: second.signal });
  expect(counts.linearize).toBe(1);
  expect(counts.signals).toEqual([first.signal, second.signal]);
});

describe('a linearization that breaks its contract is the fault of its method', () => {
  function broken(value: unknown) {
    @Component({ inputs: In, outputs: Out })
    class Broken extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate(inputs: In) {
        return evaluate(inputs);
      }

      @Linearize()
      linearize(_request: JacobianRequest<In>): Linearization<In, Out> {
        return value as Linearization<In, Out>;
      }
    }
    return openComponent(Broken).jvp({ inputs, tangent: { x: [1, 0, 0], a: 0 } });
  }

  test.each([
    ['nothing', undefined, 'E_RESULT_TYPE', 'Broken.linearize()'],
    ['no closure', {}, 'E_RESULT_MISSING', 'Broken.linearize().jvp'],
    ['no output', { jvp: () => ({ s: 1 }) }, 'E_RESULT_MISSING', 'Broken.linearize().jvp()["y"]'],
    ['a wrong rank', { jvp: () => ({ y: [[1]], s: 1 }) }, 'E_RESULT_SHAPE', 'Broken.linearize().jvp()["y"]'],
  ])('%s', async (_name, value, code, path) => {
    await expect(broken(value)).rejects.toMatchObject({ code, fields: { path }, status: 500 });
  });

  test('what a closure throws is passed on', async () => {
    const cause = new Error('diverged');
    const value = {
      jvp: () => {
        throw cause;
      },
    };
    await expect(broken(value)).rejects.toBe(cause);
  });

  test('one that fails is not kept', async () => {
    let calls = 0;
    @Component({ inputs: In, outputs: Out })
    class Flaky extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate(inputs: In) {
        return evaluate(inputs);
      }

      @Linearize()
      async linearize({ inputs }: JacobianRequest<In>) {
        if (calls++ === 0) throw new Error('try again');
        return closures(inputs, fresh());
      }
    }
    const handle = openComponent(Flaky);
    const request = { inputs, tangent: { x: [1, 1, 1], a: 0 } };
    await expect(handle.jvp(request)).rejects.toThrow('try again');
    expect(await handle.jvp(request)).toMatchObject({ s: 3 });
  });
});

test('a class that decorates a vjp besides keeps one of them: E_DEFINE_TWO_METHODS', () => {
  expect(() => {
    @Component({ inputs: In, outputs: Out })
    class Twice extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate(inputs: In) {
        return evaluate(inputs);
      }

      @Linearize()
      linearize({ inputs }: JacobianRequest<In>) {
        return closures(inputs, fresh());
      }

      @Vjp()
      vjp() {
        return { x: [0], a: 0 };
      }
    }
    return Twice;
  }).toThrow(expect.objectContaining({ code: 'E_DEFINE_TWO_METHODS' }));
});

test('outputs that come with a linearization tell the shapes that a sweep over the rows needs', async () => {
  const counts = fresh();
  @Component({ inputs: In, outputs: Out })
  @Derive('jacobianFromVjp')
  class Telling extends DifferentiableComponent<In, Out> {
    @Apply()
    evaluate(inputs: In) {
      counts.apply++;
      return evaluate(inputs);
    }

    @Linearize('vjp')
    linearize({ inputs }: JacobianRequest<In>): Linearization<In, Out, 'vjp'> {
      counts.linearize++;
      return { vjp: closures(inputs, counts).vjp, outputs: evaluate(inputs) };
    }
  }
  const handle = openComponent(Telling);
  expect(await handle.jacobian({ inputs })).toEqual(blocks);
  expect(counts).toMatchObject({ apply: 0, linearize: 1, closures: 4 });
});
