/** What differences say of themselves, in every form: bounds, warnings, errors, precisions, inputs that fail together. */

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Min } from 'class-validator';
import {
  Apply,
  Component,
  Derive,
  DeriveJacobianFromApply,
  DeriveJvpFromApply,
  DeriveVjpFromApply,
  type DifferenceOptions,
  type DifferenceWarning,
  DifferentiableComponent,
  Float32,
  Float64,
  hessianVectorProduct,
  jacobianFromApply,
  jvpFromApply,
  type NdArray,
  openComponent,
  vjpEstimateFromApply,
  vjpFromApply,
} from 'cotangent';
import { seeded } from '../../src/derive/random.js';
import { boundsOf } from '../../src/operators/bounds.js';

class Box {
  @Float64({ differentiable: true }) @Min(0) a = 0;
  @Float64({ differentiable: true }) @Min(0) b = 0;
}
class Out {
  @Float64({ differentiable: true }) y!: number;
}

@Component({ inputs: Box, outputs: Out })
@Derive('jacobianFromApply')
@Derive('jvpFromApply')
@Derive('vjpFromApply')
class Corner extends DifferentiableComponent<Box, Out> {
  @Apply() apply({ a, b }: Box): Out {
    if (a < 0 || b < 0) throw new Error(`evaluated at ${a}, ${b}`);
    return { y: Math.exp(a) * (1 + Math.sin(b)) };
  }
}

describe('at a corner of the bounds', () => {
  test('Jacobian, jvp in all directions, vjp and Hessian product are right', async () => {
    const handle = openComponent(Corner);
    const inputs = { a: 0, b: 0 };
    expect((await handle.jacobian({ inputs })) as object).toMatchObject({
      y: { a: expect.closeTo(1, 8), b: expect.closeTo(1, 8) },
    });
    for (const [a, b] of [
      [1, -2],
      [-1, 2],
      [1, 1],
      [-1, -1],
      [0, -3],
    ] as const) {
      const { y } = await handle.jvp({ inputs, tangent: { a, b } });
      expect(y).toBeCloseTo(a + b, 7);
      const { a: byA } = await hessianVectorProduct(handle, { inputs, direction: { a, b } });
      expect(byA).toBeCloseTo(a + b, 2);
    }
  });

  const cases = Number(process.env['COTANGENT_CASES'] ?? 60);
  test('of a random box, every product has the closed form, and no evaluation is outside', async () => {
    const random = seeded(3);
    for (let n = 0; n < cases; n++) {
      const size = 1 + random.integer(7);
      const side = () => [0, 0.5, 1, 1e-9, 1 - 1e-9][random.integer(5)]!;
      const lower = Array.from({ length: size }, () => 4 * random.uniform() - 2);
      const upper = lower.map((value) => value + 0.5 + random.uniform());
      const x = lower.map((value, j) => value + side() * (upper[j]! - value));
      const weights = x.map(() => 2 * random.uniform() - 1);
      const direction = x.map(() => random.normal());
      const apply = (inputs: { x: readonly number[] }) => {
        const inside = inputs.x.every((value, j) => value >= lower[j]! && value <= upper[j]!);
        return { y: inside ? Math.exp(inputs.x.reduce((sum, value, j) => sum + weights[j]! * value, 0)) : Number.NaN };
      };
      const y = apply({ x }).y;
      const request = { inputs: { x }, of: ['y'], wrt: ['x'] };
      const bounds = { bounds: { x: [lower, upper] as const } };
      const exact = weights.map((weight) => weight * y);
      const near = (value: number) => expect.closeTo(value, 5 - Math.ceil(Math.log10(1 + y)));
      for (const scheme of ['central', 'richardson'] as const) {
        const options: DifferenceOptions = { ...bounds, scheme };
        const jvp = await jvpFromApply(apply, { ...request, tangent: { x: direction } } as never, options);
        expect(jvp['y']).toEqual(near(exact.reduce((sum, value, j) => sum + value * direction[j]!, 0)));
        const vjp = await vjpFromApply(apply, { ...request, cotangent: { y: 1 } } as never, options);
        expect([...(vjp['x'] as NdArray).data]).toEqual(exact.map(near));
        const estimate = await vjpEstimateFromApply(apply, { ...request, cotangent: { y: 1 } } as never, {
          ...options,
          samples: size,
        });
        expect([...(estimate['x'] as NdArray).data]).toEqual(exact.map(near));
      }
    }
  });

  test('an estimate leaves out what cannot move, and that alone', async () => {
    const found = await vjpEstimateFromApply(
      ({ x }: { x: number[] }) => ({ y: x[0]! + 2 * x[1]! + 3 * x[2]! }),
      { inputs: { x: [0, 0.5, 1] }, of: ['y'], wrt: ['x'], cotangent: { y: 1 } },
      {
        bounds: {
          x: [
            [0, 0.5, 0],
            [1, 0.5, 1],
          ],
        },
        samples: 3,
        errors: true,
      },
    );
    expect([...(found.value['x'] as NdArray).data]).toEqual([expect.closeTo(1, 7), Number.NaN, expect.closeTo(3, 7)]);
    expect(found.warnings).toMatchObject([{ kind: 'no room', path: 'x', element: 1 }]);
  });
});

describe('a point beyond its bounds', () => {
  const request = { inputs: { x: [0.5, 1.001] }, of: ['y'], wrt: ['x'] };
  const apply = ({ x }: { x: number[] }) => ({ y: x.map(Math.exp) });
  const options = { bounds: { x: [0, 1] as const } };

  test('is refused by every rule, with the path, the value and the bound: E_OUTSIDE_BOUNDS', () => {
    const runs = [
      () => jacobianFromApply(apply, request, options),
      () => jvpFromApply(apply, { ...request, tangent: { x: [1, 1] } } as never, options),
      () => vjpFromApply(apply, { ...request, cotangent: { y: [1, 1] } } as never, options),
      () => vjpEstimateFromApply(apply, { ...request, cotangent: { y: [1, 1] } } as never, { ...options, samples: 1 }),
    ];
    for (const run of runs) {
      expect(run).toThrow(
        expect.objectContaining({
          code: 'E_OUTSIDE_BOUNDS',
          fields: { path: 'inputs.x.[1]', received: '1.001', expected: 'at most 1' },
        }),
      );
    }
  });

  test('by roundoff alone is one at the bound', async () => {
    const inputs = { x: [-1e-16, 1 + 2 ** -52] };
    const { y } = await jvpFromApply(apply, { ...request, inputs, tangent: { x: [1, 1] } } as never, options);
    expect([...(y as NdArray).data]).toEqual([expect.closeTo(1, 7), expect.closeTo(Math.E, 7)]);
  });
});

describe('a positive number', () => {
  test('has the smallest positive one as its bound, not 0', async () => {
    const { IsNegative, IsPositive } = await import('class-validator');
    class Signed {
      @Float64() @IsPositive() up = 1;
      @Float64() @IsNegative() down = -1;
    }
    const of = (name: string) => boundsOf(new Signed(), { steps: [{ kind: 'field', name }] } as never);
    expect(of('up')).toEqual([5e-324, Number.POSITIVE_INFINITY]);
    expect(of('down')).toEqual([Number.NEGATIVE_INFINITY, -5e-324]);
  });
});

class Scalar {
  @Float64({ differentiable: true }) x = 1.5;
}

function component(f: (x: number) => number, options: DifferenceOptions = {}) {
  @Component({ inputs: Scalar, outputs: Out })
  @DeriveJacobianFromApply(options)
  @DeriveJvpFromApply(options)
  @DeriveVjpFromApply(options)
  class Made extends DifferentiableComponent<Scalar, Out> {
    @Apply() apply({ x }: Scalar): Out {
      return { y: f(x) };
    }
  }
  return Made;
}

describe('the class form', () => {
  let emitted: jest.SpiedFunction<typeof process.emitWarning>;
  beforeEach(() => {
    emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  });
  afterEach(() => emitted.mockRestore());
  const texts = () => emitted.mock.calls.map(([message, type]) => `${type}: ${message}`);

  const rows: readonly [string, (x: number) => number, DifferenceOptions, number, RegExp][] = [
    [
      'rounded to three decimals',
      (x) => +(x * x).toFixed(3),
      {},
      1.5,
      /y is flat along x here.*rounded inside.*noise/s,
    ],
    ['in float32 inside', (x) => Math.fround(1e3 * Math.sin(x)), {}, 1.5, /y jumps or bends.*noise: 'estimate'/s],
    ['at a zero', Math.exp, {}, 0, /x is 0.*magnitudes/s],
    ['where bounds leave no room', Math.exp, { bounds: { x: [1, 1] } }, 1, /x cannot move.*bounds/s],
    [
      'where it is finite on neither side',
      (x) => (x === 2 ? 1 : Number.NaN),
      {},
      2,
      /no finite value on either side of x/,
    ],
  ];

  test.each(rows)('%s warns the process once, and explains it', async (_, f, options, x, wanted) => {
    const handle = openComponent(component(f, options));
    for (let k = 0; k < 3; k++) await handle.jacobian({ inputs: { x } });
    expect(texts()).toEqual([expect.stringMatching(wanted)]);
    expect(texts()[0]).toMatch(/^CotangentWarning: Made, jacobianFromApply: /);
    await handle.vjp({ inputs: { x }, cotangent: { y: 1 } });
    await handle.jvp({ inputs: { x }, tangent: { x: 1 } });
    expect(texts()).toHaveLength(3);
    const { warnings, besides } = await handle.explain('jacobian', { inputs: { x } });
    const fresh = await openComponent(component(f, options)).explain('jacobian', { inputs: { x } });
    expect(warnings).toEqual([expect.objectContaining({ path: 'x', message: expect.stringMatching(wanted) })]);
    expect(fresh.besides).toMatch(/at most/);
    // What is remembered by now is not differenced again.
    expect(besides).toBeUndefined();
  });

  test.each(rows)(
    '%s tells the caller who listens, each time, and the process nothing',
    async (_, f, options, x, wanted) => {
      const handle = openComponent(component(f, options));
      const told: DifferenceWarning[] = [];
      const onWarning = (warning: DifferenceWarning) => told.push(warning);
      for (let k = 0; k < 2; k++) await handle.vjp({ inputs: { x }, cotangent: { y: 1 + k } }, { onWarning });
      expect(told.map(({ message }) => message)).toEqual([
        expect.stringMatching(wanted),
        expect.stringMatching(wanted),
      ]);
      expect(texts()).toEqual([]);
    },
  );

  test.each(rows)('%s tells who listens also where the Jacobian is remembered', async (_, f, options, x, wanted) => {
    const handle = openComponent(component(f, options));
    await handle.jacobian({ inputs: { x } });
    const [told, errors]: [string[], object[]] = [[], []];
    const onWarning = ({ message }: DifferenceWarning) => told.push(message);
    await handle.jacobian({ inputs: { x } }, { onWarning, onErrors: (one) => errors.push(one) });
    expect(told).toEqual([expect.stringMatching(wanted)]);
    expect(errors).toHaveLength(1);
  });

  test('gives errors to a caller who asks for them', async () => {
    const handle = openComponent(component(Math.sin));
    const told: object[] = [];
    const options = { onErrors: (errors: object) => told.push(errors) };
    await handle.jacobian({ inputs: { x: 1 } }, options);
    await handle.jvp({ inputs: { x: 1 }, tangent: { x: 2 } }, options);
    await handle.vjp({ inputs: { x: 1 }, cotangent: { y: 2 } }, options);
    const small = expect.closeTo(0, 8);
    expect(told).toEqual([{ y: { x: small } }, { y: small }, { x: small }]);
    expect(JSON.stringify(told)).toMatch(/e-1[0-2]/);
  });

  test.each<[string, (x: number) => number]>([
    ['smooth', (x) => Math.sin(1e5 * x)],
    ['a constant', () => 3],
    ['an inactive maximum', (x) => Math.max(x, 2)],
  ])('says nothing of what is well: %s', async (_, f) => {
    const handle = openComponent(component(f));
    await handle.jacobian({ inputs: { x: 1.5 } });
    await handle.jvp({ inputs: { x: 1.5 }, tangent: { x: 1 } });
    expect(texts()).toEqual([]);
    expect((await handle.explain('jacobian', { inputs: { x: 1.5 } })).warnings).toEqual([]);
  });
});

class Mixed {
  @Float64({ differentiable: true }) a!: number;
  @Float32({ differentiable: true }) b!: number;
}

describe('outputs of several precisions', () => {
  let calls = 0;
  @Component({ inputs: Scalar, outputs: Mixed })
  @Derive('jacobianFromApply')
  @Derive('jvpFromApply')
  @Derive('vjpFromApply')
  class Two extends DifferentiableComponent<Scalar, Mixed> {
    @Apply() apply({ x }: Scalar): Mixed {
      calls++;
      return { a: Math.sin(x), b: Math.cos(x) };
    }
  }
  const inputs = { x: 1.3 };

  test('are each stepped as suits them: the bits of one do not depend on whether the other is asked for', async () => {
    const handle = openComponent(Two);
    const both = (await handle.jacobian({ inputs })) as { a: { x: number }; b: { x: number } };
    const alone = await handle.jacobian({ inputs, of: ['a'] });
    expect(alone['a']!['x']).toBe(both.a.x);
    expect(Math.abs(both.a.x / Math.cos(1.3) - 1)).toBeLessThan(1e-10);
    expect(Math.abs(both.b.x / -Math.sin(1.3) - 1)).toBeLessThan(1e-3);
    const jvp = await handle.jvp({ inputs, tangent: { x: 1 } });
    expect(Math.abs(Number(jvp['a']) / Math.cos(1.3) - 1)).toBeLessThan(1e-10);
    expect(Math.abs(Number(jvp['b']) / -Math.sin(1.3) - 1)).toBeLessThan(1e-3);
    const vjp = await handle.vjp({ inputs, cotangent: { a: 1e6, b: 1 } });
    expect(Math.abs(Number(vjp['x']) - (1e6 * Math.cos(1.3) - Math.sin(1.3)))).toBeLessThan(1e-2);
  });

  test('cost as many sweeps as there are precisions, as explain says', async () => {
    for (const [endpoint, of] of [
      ['jacobian', ['a', 'b']],
      ['jacobian', ['a']],
      ['jvp', ['a', 'b']],
    ] as const) {
      const request = { inputs, of, ...(endpoint === 'jvp' && { tangent: { x: 1 } }) };
      const handle = openComponent(Two);
      const { calls: said } = await handle.explain(endpoint, request);
      calls = 0;
      await (endpoint === 'jvp' ? handle.jvp(request as never) : handle.jacobian(request));
      expect(said).toEqual({ apply: calls });
    }
  });
});

describe('inputs that must agree with each other', () => {
  const ring = ({ ring }: { ring: number[][] }) => {
    const [first, last] = [ring[0]!, ring.at(-1)!];
    if (first[0] !== last[0] || first[1] !== last[1]) throw new Error('First and last Position are not equivalent.');
    let area = 0;
    for (let k = 1; k < ring.length; k++)
      area += (ring[k - 1]![0]! * ring[k]![1]! - ring[k]![0]! * ring[k - 1]![1]!) / 2;
    return { area };
  };
  const request = {
    inputs: {
      ring: [
        [0, 0],
        [2, 0],
        [2, 1],
        [0, 0],
      ],
    },
    of: ['area'],
    wrt: ['ring'],
  };

  test('are refused with the element that was moved, from what to what, and what to do: E_PROBE', () => {
    expect(() => jacobianFromApply(ring, request)).toThrow(
      expect.objectContaining({
        code: 'E_PROBE',
        message: expect.stringMatching(
          /where ring\.\[0,0\] was moved from 0 to -?\S+: First and last .* free parameter, or take a jvp/s,
        ),
      }),
    );
  });

  test('are differentiated along a tangent that keeps them so', async () => {
    const tangent = {
      ring: [
        [1, 1],
        [0, 0],
        [0, 0],
        [1, 1],
      ],
    };
    const { area } = await jvpFromApply(ring, { ...request, tangent } as never);
    expect(area).toBeCloseTo(-0.5, 6);
  });
});

describe('a complex step', () => {
  type C = { re: number; im: number } | number;
  const parts = (z: C) => (typeof z === 'number' ? { re: z, im: 0 } : z);
  const hypot = ({ z }: { z: C }) => {
    const { re, im } = parts(z);
    return { y: { re: Math.hypot(re, im), im: 0 } };
  };
  const request = { inputs: { z: -2 }, of: ['y'], wrt: ['z'] };

  test('through a modulus is noticed by a difference of real numbers: E_COMPLEX_STEP', () => {
    const lost = expect.objectContaining({
      code: 'E_COMPLEX_STEP',
      message: expect.stringMatching(/imaginary part is lost/),
    });
    expect(() => jacobianFromApply(hypot, request, { complexStep: true })).toThrow(lost);
    expect(() => jvpFromApply(hypot, { ...request, tangent: { z: 1 } } as never, { complexStep: true })).toThrow(lost);
    expect(() => vjpFromApply(hypot, { ...request, cotangent: { y: 1 } } as never, { complexStep: true })).toThrow(
      lost,
    );
  });
});

test('a bound on an array is one for all of its elements, or one for each', async () => {
  const seen: number[][] = [];
  const apply = ({ x }: { x: number[] }) => {
    seen.push(x);
    return { y: x[0]! * x[1]! };
  };
  const request = { inputs: { x: [1, 5] }, of: ['y'], wrt: ['x'] };
  await jacobianFromApply(apply, request, { bounds: { x: [[1, 0], 5] } });
  expect(Math.min(...seen.map(([a]) => a!))).toBe(1);
  expect(Math.max(...seen.map(([, b]) => b!))).toBe(5);
  expect(Math.min(...seen.map(([, b]) => b!))).toBeLessThan(5);
});
