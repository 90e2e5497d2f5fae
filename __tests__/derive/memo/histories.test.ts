/** What was asked before changes no bit of an answer, and no call that was promised. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  DeriveJacobianFromApply,
  DeriveJacobianFromJvp,
  DeriveJacobianFromVjp,
  DeriveJvpFromApply,
  DeriveJvpFromVjp,
  DeriveVjpFromJacobian,
  DeriveVjpFromJvp,
  DifferentiableComponent,
  type EndpointName,
  Float32,
  Float64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  type NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';

class Wave {
  @Float64({ differentiable: true }) x = 1.3;
}

class Both {
  @Float64({ differentiable: true }) a!: number;
  @Float32({ differentiable: true }) b!: number;
}

/** a = sin x in double precision, b = cos x in single: differences of both together take the coarser steps. */
function waves(rules: readonly unknown[]) {
  class Waves extends DifferentiableComponent<Wave, Both> {
    evaluate({ x }: Wave) {
      return { a: Math.sin(x), b: Math.cos(x) };
    }
  }
  (Apply() as unknown as (target: object, name: string) => void)(Waves.prototype, 'evaluate');
  for (const rule of [...rules, Component({ inputs: Wave, outputs: Both })]) (rule as (type: object) => void)(Waves);
  return openComponent(Waves);
}

const chains: readonly (readonly [string, readonly unknown[]])[] = [
  ['a Jacobian by differences', [DeriveJacobianFromApply(), DeriveVjpFromJacobian()]],
  ['by richardson', [DeriveJacobianFromApply({ scheme: 'richardson' }), DeriveVjpFromJacobian()]],
  ['with measured noise', [DeriveJacobianFromApply({ noise: 'estimate' }), DeriveVjpFromJacobian()]],
  ['a sweep of differences', [DeriveJvpFromApply(), DeriveJacobianFromJvp(), DeriveVjpFromJacobian()]],
  ['products by differences', [DeriveJvpFromApply(), DeriveVjpFromJvp()]],
  ['checked products by differences', [DeriveJvpFromApply(), DeriveVjpFromJvp({ verify: 1, tolerance: 1e-2 })]],
];

describe('an output in double precision is as exact as if it alone had been asked for', () => {
  test.each(chains)('%s', async (_name, rules) => {
    const one = { inputs: { x: 1.3 }, cotangent: { a: 1 } };
    const alone = await waves(rules).vjp(one);
    expect(Math.abs(Number(alone['x']) - Math.cos(1.3))).toBeLessThan(1e-9);
    const handle = waves(rules);
    await handle.vjp({ inputs: { x: 1.3 }, cotangent: { a: 1, b: 1 } });
    if (handle.provenance.jacobian) await handle.jacobian({ inputs: { x: 1.3 } });
    expect(await handle.vjp(one)).toEqual(alone);
    expect(await handle.vjp({ inputs: { x: 1.3 }, cotangent: { a: 1, b: 0 } })).toEqual(
      await waves(rules).vjp({ inputs: { x: 1.3 }, cotangent: { a: 1, b: 0 } }),
    );
  });
});

class In {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}

class Out {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

type Traits = { readonly later?: () => Promise<unknown>; readonly batch?: number };

/** y_i = x_i², with the endpoints that are named. */
function squares(own: readonly EndpointName[], rules: readonly unknown[], { later, batch }: Traits = {}) {
  const calls: Partial<Record<EndpointName, number>> = {};
  const count = <T>(name: EndpointName, work: () => T): T => {
    calls[name] = (calls[name] ?? 0) + 1;
    return later ? (later().then(work) as T) : work();
  };
  const scaled = (x: NdArray, seed: NdArray) => {
    const data = seed.data.map((value, k) => 2 * x.data[k % x.data.length]! * value);
    return Object.assign(Object.create(Object.getPrototypeOf(seed)) as NdArray, seed, { data });
  };
  class Squares extends DifferentiableComponent<In, Out> {
    evaluate({ x }: In): Out {
      return count('apply', () => ({ y: array(Array.from(x.data, (value) => value ** 2)) as NdArray }));
    }
    blocks({ inputs: { x } }: JacobianRequest<In>) {
      const row = (i: number) => Array.from(x.data, (value, j) => (i === j ? 2 * value : 0));
      return count('jacobian', () => ({ y: { x: Array.from(x.data, (_, i) => row(i)) } }));
    }
    push({ inputs: { x }, tangent }: JvpRequest<In>) {
      return count('jvp', () => ({ y: scaled(x, tangent.x as NdArray) }));
    }
    pull({ inputs: { x }, cotangent }: VjpRequest<In, Out>) {
      return count('vjp', () => ({ x: scaled(x, cotangent.y as NdArray) }));
    }
  }
  const traits = batch === undefined ? {} : { batch };
  const methods: Partial<Record<EndpointName, readonly [unknown, string]>> = {
    apply: [Apply(), 'evaluate'],
    jacobian: [Jacobian(), 'blocks'],
    jvp: [Jvp(traits), 'push'],
    vjp: [Vjp(traits), 'pull'],
  };
  for (const endpoint of own) {
    const [decorate, name] = methods[endpoint]!;
    (decorate as (target: object, name: string) => void)(Squares.prototype, name);
  }
  for (const rule of [...rules, Component({ inputs: In, outputs: Out })]) (rule as (type: object) => void)(Squares);
  return { handle: openComponent(Squares), calls };
}

const numbers = (n: number) => Array.from({ length: n }, (_, k) => k + 1);

describe('a product that a sweep gave is known for the next ones', () => {
  test.each([
    ['checked', { verify: 1 }, {}, 7],
    ['checked twice', { verify: 2 }, {}, 8],
    ['several seeds to a call', {}, { batch: 3 }, 2],
    ['several seeds to a call, and checked', { verify: 1 }, { batch: 3 }, 3],
  ] as const)('%s', async (_name, options, traits, once) => {
    const { handle, calls } = squares(['apply', 'vjp'], [DeriveJvpFromVjp(options)], traits);
    for (const k of [1, 2, 3]) {
      const { y } = await handle.jvp({
        inputs: { x: numbers(6) },
        tangent: { x: numbers(6).map((value) => k * value) },
      });
      expect(y).toEqual(array(numbers(6).map((value) => 2 * k * value * value)));
    }
    expect(calls).toEqual({ apply: 1, vjp: once });
  });
});

test('a product is not taken from a Jacobian that was made under other options', async () => {
  // The pattern lacks all but one row, and nobody is to check it.
  const wrong = DeriveJacobianFromVjp({ sparsity: { perRow: [[0], [], []] }, verify: 0 });
  const { handle } = squares(['apply', 'vjp'], [wrong, DeriveJvpFromVjp()]);
  await handle.jacobian({ inputs: { x: numbers(3) } });
  expect(await handle.jvp({ inputs: { x: numbers(3) }, tangent: { x: [1, 1, 1] } })).toEqual({ y: array([2, 4, 6]) });
});

describe('what explain says of chains that check', () => {
  test('is what they do: a Jacobian of 70 inputs by checked products of 3 outputs', async () => {
    for (const [kind, cost] of [
      [{ verify: 1 }, 4],
      [{}, 3],
    ] as const) {
      const rules = [DeriveJvpFromVjp(kind), DeriveJacobianFromJvp(kind)];
      const { handle, calls } = squares(['apply', 'vjp'], rules);
      const request = { inputs: { x: numbers(3) } };
      const { calls: said, atMost } = await handle.explain('jacobian', request);
      const before = calls.vjp ?? 0;
      await handle.jacobian(request);
      expect([said.vjp, (calls.vjp ?? 0) - before, atMost]).toEqual([cost, cost, false]);
    }
  });

  test('at a point that is known is that nothing is called', async () => {
    const { handle, calls } = squares(['apply', 'vjp'], [DeriveJvpFromVjp({ verify: 1 })]);
    const request = { inputs: { x: numbers(4) }, tangent: { x: [1, 0, 0, 1] } };
    await handle.jvp(request);
    const before = { ...calls };
    expect(await handle.explain('jvp', request)).toMatchObject({ calls: {}, spent: {} });
    expect(calls).toEqual(before);
  });

  test('of probes that run at once is a bound, and is held', async () => {
    const later = () => new Promise((done) => setTimeout(done, 1));
    const { handle, calls } = squares(['apply', 'vjp'], [DeriveJvpFromVjp(), DeriveJacobianFromJvp()], { later });
    const request = { inputs: { x: numbers(5) } };
    const explained = await handle.explain('jacobian', request, { concurrency: 3 });
    expect(explained.atMost).toBe(true);
    const before = calls.vjp ?? 0;
    await handle.jacobian(request, { concurrency: 3 });
    const made = (calls.vjp ?? 0) - before;
    expect(made).toBeGreaterThan(5);
    expect(made).toBeLessThanOrEqual(explained.calls.vjp!);
  });
});

describe('inputs that are changed while a sweep runs', () => {
  const later = () => new Promise((done) => setImmediate(done));
  const cases: readonly (readonly [string, EndpointName, readonly unknown[], 'jacobian' | 'jvp' | 'vjp'])[] = [
    ['columns', 'jvp', [DeriveJacobianFromJvp()], 'jacobian'],
    ['a pullback by columns', 'jvp', [DeriveVjpFromJvp()], 'vjp'],
    ['a pushforward by rows', 'vjp', [DeriveJvpFromVjp()], 'jvp'],
    ['a Jacobian that is checked', 'jvp', [DeriveJacobianFromJvp({ verify: 1 })], 'jacobian'],
    ['a product out of the author’s Jacobian', 'jacobian', [DeriveVjpFromJacobian()], 'vjp'],
  ];

  test.each(cases)(
    'leave %s at the point that was asked for, and what is remembered is of it',
    async (_name, own, rules, to) => {
      const { handle, calls } = squares(['apply', own], rules, { later });
      const x = array([1, 2, 3]);
      const seed = array([1, 1, 1]);
      const request = () => ({
        inputs: { x },
        ...(to === 'jvp' ? { tangent: { x: seed } } : to === 'vjp' ? { cotangent: { y: seed } } : {}),
      });
      const pending = handle[to](request() as never) as Promise<unknown>;
      for (let k = 0; k < 4; k++) {
        await later();
        x.data.fill(100 * k);
        seed.data.fill(50);
      }
      const expected =
        to === 'jacobian'
          ? {
              y: {
                x: array([
                  [2, 0, 0],
                  [0, 4, 0],
                  [0, 0, 6],
                ]),
              },
            }
          : { [to === 'jvp' ? 'y' : 'x']: array([2, 4, 6]) };
      expect(await pending).toEqual(expected);
      x.data.set([1, 2, 3]);
      seed.data.fill(1);
      const before = calls[own];
      expect(await handle[to](request() as never)).toEqual(expected);
      expect(calls[own]).toBe(before);
    },
  );
});
