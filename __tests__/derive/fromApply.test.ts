/** Derivatives by differences as rules of a component and as plain functions: values, counted calls, refusals. */

import { describe, expect, test } from '@jest/globals';
import { IsPositive, Max, Min } from 'class-validator';
import {
  Apply,
  type Complex,
  Component,
  Derive,
  DeriveJacobianFromApply,
  DeriveJacobianFromVjp,
  DeriveJvpFromApply,
  DeriveVjpEstimateFromApply,
  DeriveVjpFromApply,
  type DifferenceOptions,
  DifferentiableComponent,
  Float32,
  Float64,
  Int32,
  isNdArray,
  Jacobian,
  jacobianFromApply,
  jvpFromApply,
  NdArray,
  openComponent,
  type RuleName,
  vjpEstimateFromApply,
  vjpFromApply,
} from 'cotangent';
import { callsOf } from '../../src/derive/rule.js';
import { ruleOf } from '../../src/derive/rules.js';
import { flat } from '../scenarios/algebra.js';
import { build } from '../scenarios/build.js';
import { expectBlocks, expectedJvp, expectedVjp, expectProduct, requestOf } from '../scenarios/expectations.js';
import { scenarios } from '../scenarios/index.js';
import { pointOf } from '../scenarios/point.js';
import type { Scenario } from '../scenarios/scenario.js';

const fromApply = ['jacobianFromApply', 'jvpFromApply', 'vjpFromApply'] as const;
type Derivative = 'jacobian' | 'jvp' | 'vjp';

// Differences are as good as the precision of the arrays: about its two-thirds power.
const accuracy = (scenario: Scenario) => ({
  tolerance: Object.values(scenario.dtypes ?? {}).includes('float32') ? 2e-3 : 1e-8,
});

async function expectDerivative(to: Derivative, value: object, scenario: Scenario): Promise<void> {
  const point = await pointOf(scenario);
  if (to === 'jvp') expectProduct(value, expectedJvp(scenario, point), accuracy(scenario));
  else if (to === 'vjp') expectProduct(value, expectedVjp(scenario, point), accuracy(scenario));
  else expectBlocks(value, scenario.jacobian(point), accuracy(scenario));
}

const pairs = scenarios.flatMap((scenario) => fromApply.map((rule) => [rule, scenario.name, scenario] as const));

describe('a derivative from apply alone', () => {
  test.each(pairs)('%s is near the closed form: %s', async (rule, _name, scenario) => {
    const { type } = build(scenario, { own: ['apply'], rules: [rule] });
    const to = ruleOf(rule).to as Derivative;
    await expectDerivative(to, await openComponent(type)[to](requestOf(scenario)), scenario);
  });

  test.each(pairs)('%s waits for an asynchronous apply: %s', async (rule, _name, scenario) => {
    const { type } = build(scenario, { own: ['apply'], rules: [rule], async: ['apply'] });
    const to = ruleOf(rule).to as Derivative;
    await expectDerivative(to, await openComponent(type)[to](requestOf(scenario)), scenario);
  });

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'a Jacobian from apply feeds vjp and jvp: %s',
    async (_name, scenario) => {
      const rules: RuleName[] = ['jacobianFromApply', 'jvpFromJacobian', 'vjpFromJacobian'];
      const handle = openComponent(build(scenario, { own: ['apply'], rules }).type);
      await expectDerivative('jvp', await handle.jvp(requestOf(scenario)), scenario);
      await expectDerivative('vjp', await handle.vjp(requestOf(scenario)), scenario);
      expect(handle.provenance.jacobian).toMatchObject({ kind: 'derived', exact: false });
    },
  );
});

class Vector {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Float64({ differentiable: true }) s = 1;
  @Int32() k = 3;
}
class Three {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
  @Float64({ differentiable: true }) z!: number;
  @Float64({ shape: [null], differentiable: true }) w!: NdArray;
}

let calls = 0;
const three = ({ x, s, k }: Vector) => {
  calls++;
  return {
    y: x.data.map((v) => s * v ** k),
    z: x.data.reduce((sum, v) => sum + Math.sin(v), 0),
    w: [s * s, s, 2 * s, 3 * s, 4 * s],
  };
};
const at = { x: [0.4, -1.3, 2.1, 0.7], s: 1.7 };
const ones = { y: [1, 1, 1, 1], z: 1, w: [1, 1, 1, 1, 1] };

function withOptions(options: DifferenceOptions) {
  @Component({ inputs: Vector, outputs: Three })
  @DeriveJacobianFromApply(options)
  @DeriveJvpFromApply(options)
  @DeriveVjpFromApply(options)
  class Made extends DifferentiableComponent<Vector, Three> {
    @Apply()
    evaluate(inputs: Vector) {
      return three(inputs);
    }
  }
  return Made;
}

describe('the number of apply calls', () => {
  const rows: readonly [string, DifferenceOptions, number, number, number][] = [
    ['central', {}, 11, 3, 1e-8],
    ['forward', { scheme: 'forward' }, 8, 3, 1e-6],
    ['richardson', { scheme: 'richardson' }, 21, 5, 1e-11],
    ['central with the noise measured', { noise: 'estimate' }, 20, 12, 1e-5],
    ['central with the noise declared', { noise: 1e-9 }, 11, 3, 1e-5],
  ];

  test.each(rows)(
    '%s: as promised, for 5 elements and 10 elements of 3 outputs',
    async (_name, options, sweep, along) => {
      const handle = openComponent(withOptions(options));
      const counted = async (run: () => Promise<unknown>) => {
        calls = 0;
        await run();
        return calls;
      };
      expect(await counted(() => handle.jacobian({ inputs: at }))).toBe(sweep);
      expect(await counted(() => handle.vjp({ inputs: at, cotangent: ones }))).toBe(sweep);
      expect(await counted(() => handle.jvp({ inputs: at, tangent: { x: [1, 2, 3, 4], s: 1 } }))).toBe(along);
      expect(callsOf(ruleOf('jacobianFromApply'), 5, 10, options)).toEqual({ apply: sweep });
      expect(callsOf(ruleOf('vjpFromApply'), 5, 10, options)).toEqual({ apply: sweep });
      expect(callsOf(ruleOf('jvpFromApply'), 5, 10, options)).toEqual({ apply: along });
    },
  );

  test.each(rows)('%s: the gradient of Σ sin x is cos x', async (_name, options, _sweep, _along, tolerance) => {
    const { z } = (await openComponent(withOptions(options)).jacobian({ inputs: at, of: ['z'], wrt: ['x'] })) as {
      z: { x: NdArray };
    };
    z.x.data.forEach((value, i) => {
      expect(Math.abs(value - Math.cos(at.x[i]!))).toBeLessThanOrEqual(tolerance);
    });
  });

  test('the cost in the provenance is that of the options', () => {
    expect(openComponent(withOptions({ scheme: 'forward' })).provenance.vjp).toMatchObject({
      cost: '1 apply call for each element of wrt, and 3 more',
    });
    expect(openComponent(withOptions({})).provenance.jvp).toMatchObject({ cost: '3 apply calls per request' });
  });

  test('a zero seed costs none where the shapes are known, and an integer field is never moved', async () => {
    const seen = new Set<number>();
    const request = {
      inputs: { ...at, x: new NdArray('float64', [4], Float64Array.from(at.x)), k: 3 },
      of: ['y', 'z'],
      wrt: ['x', 's'],
    };
    await vjpFromApply((inputs: Vector) => three({ ...inputs, k: seen.add(inputs.k) && inputs.k }), {
      ...request,
      cotangent: { y: [1, 0, 0, 0], z: 2 },
    } as never);
    expect([...seen]).toEqual([3]);
    calls = 0;
    const zero = await openComponent(withOptions({})).vjp({ inputs: at, of: ['z'], cotangent: { z: 0 } });
    expect(flat(zero['x'])).toEqual([0, 0, 0, 0]);
    expect(calls).toBe(0);
  });

  test('progress is told after each element', async () => {
    const told: string[] = [];
    await openComponent(withOptions({})).jacobian(
      { inputs: at },
      { onProgress: (done, all) => told.push(`${done}/${all}`) },
    );
    expect(told).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
  });

  test('an aborted sweep stops before its next evaluation', async () => {
    const stop = new AbortController();
    calls = 0;
    const onProgress = (done: number) => done === 2 && stop.abort(new Error('enough'));
    const sweep = openComponent(withOptions({})).jacobian({ inputs: at }, { signal: stop.signal, onProgress });
    await expect(sweep).rejects.toThrow('enough');
    expect(calls).toBe(5);
  });
});

describe('the inputs of an evaluation', () => {
  test('are fresh: a method may keep or overwrite them, and what the caller owns stays as it was', async () => {
    const mine = new NdArray('float64', [3], Float64Array.of(1, 2, 3));
    const kept: NdArray[] = [];
    const inputs = { deep: { list: [mine, mine], map: new Map([['a b', 4]]) }, label: 'still here' };
    const request = { inputs, of: ['y'], wrt: ['deep.list.[1]', 'deep.map.{a b}'] };
    const found = await jacobianFromApply((given: typeof inputs) => {
      const [first, second] = given.deep.list as [NdArray, NdArray];
      expect(given.label).toBe('still here');
      expect(first).toBe(mine);
      kept.push(second);
      const y = [second.data[0]! * second.data[2]! + second.data[1]! + given.deep.map.get('a b')! ** 2];
      second.data.fill(Number.NaN);
      return { y };
    }, request);
    expect([...mine.data]).toEqual([1, 2, 3]);
    expect(inputs.deep.map.get('a b')).toBe(4);
    expect(inputs.deep.list.every((one) => one === mine)).toBe(true);
    expect(new Set(kept).size).toBe(9);
    expect(flat(found['y']!['deep.list.[1]'])).toEqual([3, 1, 1].map((value) => expect.closeTo(value, 8)));
    expect(flat(found['y']!['deep.map.{a b}'])).toEqual([expect.closeTo(8, 8)]);
  });

  test('stand as they stood: numbers, nested lists, typed arrays, models with their class', async () => {
    class Model {
      nested = [
        [1, 2],
        [3, 4],
      ];
      typed = Float32Array.of(0.5, 0.25);
      scalar = 3;
    }
    const apply = (inputs: Model) => {
      expect(inputs).toBeInstanceOf(Model);
      expect(Array.isArray(inputs.nested[0])).toBe(true);
      expect(inputs.typed).toBeInstanceOf(Float32Array);
      expect(typeof inputs.scalar).toBe('number');
      return { y: inputs.nested[1]![0]! * inputs.scalar + inputs.typed[1]! };
    };
    const { y } = await jacobianFromApply(apply, {
      inputs: new Model(),
      of: ['y'],
      wrt: ['nested', 'typed', 'scalar'],
    });
    expect(flat(y!['nested'])).toEqual([0, 0, 3, 0].map((value) => expect.closeTo(value, 8)));
    expect(flat(y!['typed'])).toEqual([0, 1].map((value) => expect.closeTo(value, 3)));
    expect(flat(y!['scalar'])).toEqual([expect.closeTo(3, 8)]);
  });
});

class Domain {
  @Float64({ differentiable: true }) @IsPositive() positive = 1;
  @Float32({ differentiable: true }) @Min(-1) @Max(1) cosine = 0;
  @Float64({ shape: [null], differentiable: true }) free!: NdArray;
}
class Value {
  @Float64({ differentiable: true }) y!: number;
}
const seen: Domain[] = [];

@Component({ inputs: Domain, outputs: Value })
@DeriveJacobianFromApply({ bounds: { free: [0, 2] }, magnitudes: { free: 1e-3 } })
@DeriveJvpFromApply({ bounds: { free: [0, 2] } })
class Bounded extends DifferentiableComponent<Domain, Value> {
  @Apply()
  evaluate(inputs: Domain) {
    seen.push(inputs);
    const { positive, cosine, free } = inputs;
    return { y: Math.log(positive) + 3 * cosine ** 2 + free.data.reduce((sum, v) => sum + v * v, 0) };
  }
}

describe('bounds', () => {
  const edges = { positive: 1e-300, cosine: 1, free: [0, 2, 1] };

  test('of constraints and options are never crossed, and one side of them is enough', async () => {
    seen.length = 0;
    const { y } = (await openComponent(Bounded).jacobian({ inputs: edges })) as { y: Record<string, never> };
    for (const { positive, cosine, free } of seen) {
      expect(positive).toBeGreaterThan(0);
      expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
      expect(free.data.every((value) => value >= 0 && value <= 2)).toBe(true);
    }
    expect(Number(y['positive']) / 1e300).toBeCloseTo(1, 8);
    expect(Number(y['cosine'])).toBeCloseTo(6, 2);
    expect(flat(y['free'])).toEqual([0, 4, 2].map((value) => expect.closeTo(value, 4)));
  });

  test('that leave a direction no room give NaN, and a warning', async () => {
    const apply = ({ x }: { x: number }) => ({ y: x });
    const found = await jvpFromApply(
      apply,
      { inputs: { x: 1 }, of: ['y'], wrt: ['x'], tangent: { x: 1 } },
      { bounds: { x: [1, 1] }, errors: true },
    );
    expect(found.value['y']).toBeNaN();
    expect(found.warnings).toMatchObject([{ kind: 'no room', path: 'x', element: 0 }]);
  });
});

describe('what apply throws', () => {
  const request = { inputs: { x: 1, s: 2 }, of: ['y'], wrt: ['x', 's'] };

  test('beside the point counts as not finite: the other side answers', async () => {
    const apply = ({ x, s }: { x: number; s: number }) => {
      if (x < 1) throw new RangeError('x below 1');
      return { y: x * x * s };
    };
    const { y } = await jacobianFromApply(apply, request);
    expect(y!['x']).toBeCloseTo(4, 7);
    expect(y!['s']).toBeCloseTo(1, 8);
  });

  test('at the point itself is thrown as it is', () => {
    const apply = () => {
      throw new RangeError('never');
    };
    expect(() => jacobianFromApply(apply, request)).toThrow(RangeError);
  });

  test('on both sides is E_PROBE, with the cause', () => {
    const apply = ({ x, s }: { x: number; s: number }) => {
      if (s !== 2) throw new RangeError('s is 2');
      return { y: x };
    };
    expect(() => jacobianFromApply(apply, request)).toThrow(
      expect.objectContaining({
        code: 'E_PROBE',
        fields: expect.objectContaining({ probe: '2', count: '2', reason: 's is 2' }),
        cause: expect.any(RangeError),
      }),
    );
  });

  test('is not asked for where outputs change their shape: E_RESULT_SHAPE', () => {
    const apply = ({ x }: { x: number }) => ({ y: x > 1 ? [x, x] : [x] });
    expect(() => jacobianFromApply(apply, { inputs: { x: 1 }, of: ['y'], wrt: ['x'] })).toThrow(
      expect.objectContaining({ code: 'E_RESULT_SHAPE' }),
    );
  });
});

describe('error estimates', () => {
  test.each(['forward', 'central', 'richardson'] as const)('of %s cover the true errors', async (scheme) => {
    const x = [0.3, -1.1, 2.5];
    const apply = (inputs: { x: number[] }) => ({ y: inputs.x.map(Math.exp), z: inputs.x[0]! * inputs.x[1]! });
    const { value, errors, warnings } = await jacobianFromApply(
      apply,
      { inputs: { x }, of: ['y', 'z'], wrt: ['x'] },
      { scheme, errors: true },
    );
    const exact = { y: x.flatMap((v, i) => x.map((_, j) => (i === j ? Math.exp(v) : 0))), z: [x[1]!, x[0]!, 0] };
    for (const out of ['y', 'z'] as const) {
      const [found, bound] = [flat(value[out]!['x']), flat(errors[out]!['x'])] as number[][];
      found!.forEach((entry, i) => {
        expect(Math.abs(entry - exact[out][i]!)).toBeLessThanOrEqual(2 * bound![i]! + 1e-300);
        expect(bound![i]!).toBeLessThan(1e-5);
      });
    }
    expect(warnings).toEqual([]);
  });

  test('a zero without a scale is stepped by a guess, which is reported', async () => {
    const found = await jacobianFromApply(
      ({ x }: { x: number[] }) => ({ y: x[0]! }),
      { inputs: { x: [0, 0] }, of: ['y'], wrt: ['x'] },
      { errors: true },
    );
    expect(found.warnings).toMatchObject([0, 1].map((element) => ({ kind: 'guessed scale', path: 'x', element })));
    const declared = await jacobianFromApply(
      ({ x }: { x: number[] }) => ({ y: x[0]! }),
      { inputs: { x: [0, 0] }, of: ['y'], wrt: ['x'] },
      { errors: true, magnitudes: { x: 5 } },
    );
    expect(declared.warnings).toEqual([]);
  });

  test('of products bound their errors too', async () => {
    const apply = ({ x }: { x: number[] }) => ({ y: Math.sin(x[0]!) * x[1]! });
    const request = { inputs: { x: [0.5, 2] }, of: ['y'], wrt: ['x'] };
    const jvp = await jvpFromApply(apply, { ...request, tangent: { x: [1, -1] } } as never, { errors: true });
    const vjp = await vjpFromApply(apply, { ...request, cotangent: { y: 3 } }, { errors: true });
    expect(Math.abs(Number(jvp.value['y']) - (2 * Math.cos(0.5) - Math.sin(0.5)))).toBeLessThanOrEqual(
      2 * Number(jvp.errors['y']),
    );
    const [g, e] = [flat(vjp.value['x']), flat(vjp.errors['x'])] as number[][];
    [6 * Math.cos(0.5), 3 * Math.sin(0.5)].forEach((exact, j) => {
      expect(Math.abs(g![j]! - exact)).toBeLessThanOrEqual(2 * e![j]!);
    });
  });
});

class Plane {
  @Float64({ shape: [2], differentiable: true }) z!: NdArray;
  @Float32({ differentiable: true }) q = 1;
}
class Image {
  @Float64({ shape: [2], differentiable: true }) w!: NdArray;
}
const times = (a: Complex, b: Complex): Complex => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });
const complexOf = (value: unknown): Complex[] =>
  (flat(isNdArray(value) ? value : [value]) as (number | Complex)[]).map((one) =>
    typeof one === 'number' ? { re: one, im: 0 } : one,
  );

@Component({ inputs: Plane, outputs: Image })
@DeriveJacobianFromApply({ complexStep: true })
@DeriveJvpFromApply({ complexStep: true })
@DeriveVjpFromApply({ complexStep: true })
class Analytic extends DifferentiableComponent<Plane, Image> {
  calls = 0;

  @Apply()
  apply({ z, q }: Plane): Image {
    this.calls++;
    const [[a, b], [c]] = [complexOf(z), complexOf(q)] as [[Complex, Complex], [Complex]];
    const w = [times(times(a, b), c), times(a, times(a, a))];
    const real = w.every(({ im }) => im === 0);
    return { w: (real ? w.map(({ re }) => re) : w) as never };
  }
}

describe('a complex step', () => {
  test('is exact to roundoff at one evaluation for each element, and three that confirm it', async () => {
    const component = new Analytic();
    const handle = openComponent(component);
    const inputs = { z: [1.3, -0.7], q: 0.5 };
    const { w } = (await handle.jacobian({ inputs })) as { w: { z: NdArray; q: NdArray } };
    expect([...w.z.data]).toEqual([-0.35, 0.65, 3 * 1.69, 0].map((value) => expect.closeTo(value, 14)));
    expect([...w.q.data]).toEqual([-0.91, 0].map((value) => expect.closeTo(value, 14)));
    expect(component.calls).toBe(6);
    const jvp = await handle.jvp({ inputs, tangent: { z: [1, 1], q: 2 } });
    expect(flat(jvp['w'])).toEqual([-0.35 + 0.65 - 1.82, 5.07].map((value) => expect.closeTo(value, 14)));
    expect(component.calls).toBe(10);
    const vjp = await handle.vjp({ inputs, cotangent: { w: [2, -1] } });
    expect(flat(vjp['z'])).toEqual([-0.7 - 5.07, 1.3].map((value) => expect.closeTo(value, 14)));
    expect(component.calls).toBe(16);
  });

  test('is refused where apply drops the imaginary part: E_COMPLEX_STEP', () => {
    const apply = ({ x }: { x: Complex | number }) => ({ y: typeof x === 'number' ? x : x.re });
    expect(() => jacobianFromApply(apply, { inputs: { x: 1 }, of: ['y'], wrt: ['x'] }, { complexStep: true })).toThrow(
      expect.objectContaining({ code: 'E_COMPLEX_STEP' }),
    );
  });
});

describe('the stochastic estimate', () => {
  const n = 64;
  const x = Array.from({ length: n }, (_, i) => 1 + i / n);
  const apply = (inputs: { x: number[] }) => ({ y: inputs.x.reduce((sum, v, i) => sum + Math.sin(v) * (i % 5), 0) });
  const request = { inputs: { x }, of: ['y'], wrt: ['x'], cotangent: { y: 2 } };
  const exact = x.map((v, i) => 2 * Math.cos(v) * (i % 5));
  const distance = (value: unknown) => Math.hypot(...(flat(value) as number[]).map((v, i) => v - exact[i]!));
  const errorsOf = (value: unknown) => Math.hypot(...(flat(value) as number[]));

  test('has the error √(n/k − 1) that its standard error says, on average over seeds', async () => {
    let [seenError, saidError] = [0, 0];
    for (let seed = 0; seed < 200; seed++) {
      const found = await vjpEstimateFromApply(apply, request, { samples: 16, seed, errors: true });
      expect(found.evaluations).toBe(33);
      seenError += distance(found.value['x']) ** 2;
      saidError += errorsOf(found.errors['x']) ** 2;
    }
    const relative = Math.sqrt(seenError / 200) / Math.hypot(...exact);
    expect(relative).toBeGreaterThan(0.9 * Math.sqrt(3));
    expect(relative).toBeLessThan(1.1 * Math.sqrt(3));
    expect(Math.sqrt(saidError / seenError)).toBeGreaterThan(0.8);
    expect(Math.sqrt(saidError / seenError)).toBeLessThan(1.25);
  });

  test('is exact from n samples on, and the same for the same seed', async () => {
    const full = await vjpEstimateFromApply(apply, request, { samples: 1000, errors: true });
    expect(distance(full.value['x'])).toBeLessThan(1e-6);
    expect(errorsOf(full.errors['x'])).toBe(0);
    const [a, b, c] = [7, 7, 8].map((seed) => vjpEstimateFromApply(apply, request, { samples: 4, seed }));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test('asks for a whole number of samples: E_SAMPLES', () => {
    expect(() => vjpEstimateFromApply(apply, request, { samples: 0.5 })).toThrow(
      expect.objectContaining({ code: 'E_SAMPLES' }),
    );
  });

  test('answers vjp as a rule, in as many calls as were agreed', async () => {
    @Component({ inputs: Vector, outputs: Three })
    @DeriveVjpEstimateFromApply({ samples: 2 })
    class Noisy extends DifferentiableComponent<Vector, Three> {
      @Apply()
      evaluate(inputs: Vector) {
        return three(inputs);
      }
    }
    const handle = openComponent(Noisy);
    calls = 0;
    await handle.vjp({ inputs: at, cotangent: ones });
    expect(calls).toBe(5);
    expect(handle.provenance.vjp).toMatchObject({ exact: false, cost: '5 apply calls per request' });
  });

  test('feeds no other rule: E_DERIVE_ESTIMATE', () => {
    expect(() => {
      @Component({ inputs: Vector, outputs: Three })
      @DeriveVjpEstimateFromApply({ samples: 2 })
      @(DeriveJacobianFromVjp() as (target: unknown) => void)
      class Wrong extends DifferentiableComponent<Vector, Three> {
        @Apply()
        evaluate(inputs: Vector) {
          return three(inputs);
        }
      }
      return Wrong;
    }).toThrow(
      expect.objectContaining({
        code: 'E_DERIVE_ESTIMATE',
        fields: expect.objectContaining({ decorator: 'DeriveJacobianFromVjp' }),
      }),
    );
  });

  test('is not taken without its number of samples: E_DERIVE_OPTION', () => {
    expect(() => {
      @Component({ inputs: Vector, outputs: Three })
      @Derive('vjpEstimateFromApply')
      class Wrong extends DifferentiableComponent<Vector, Three> {
        @Apply()
        evaluate(inputs: Vector) {
          return three(inputs);
        }
      }
      return Wrong;
    }).toThrow(
      expect.objectContaining({ code: 'E_DERIVE_OPTION', fields: expect.objectContaining({ option: 'samples' }) }),
    );
  });

  test('is never proposed, and differences are', async () => {
    @Component({ inputs: Vector, outputs: Three })
    class Bare extends DifferentiableComponent<Vector, Three> {
      @Apply()
      evaluate(inputs: Vector) {
        return three(inputs);
      }
    }
    const refusal = await openComponent(Bare)
      .vjp({ inputs: at, cotangent: ones })
      .catch((error) => error);
    expect(refusal.fields.advice).toContain('DeriveVjpFromApply');
    expect(refusal.fields.advice).not.toContain('Estimate');
  });
});

describe('where differences meet hand-written derivatives', () => {
  test('a subclass of a component with a jacobian may derive its jvp from apply', async () => {
    @Component({ inputs: Vector, outputs: Three })
    class Parent extends DifferentiableComponent<Vector, Three> {
      @Apply()
      evaluate(inputs: Vector) {
        return three(inputs);
      }
      @Jacobian()
      jacobian() {
        return { y: { x: [[0]], s: [0] }, z: { x: [0], s: 0 }, w: { x: [[0]], s: [0] } };
      }
    }
    @DeriveJvpFromApply({ scheme: 'richardson' })
    class Child extends Parent {}
    const { z } = (await openComponent(Child).jvp({ inputs: at, of: ['z'], tangent: { x: [1, 0, 0, 0] } })) as {
      z: number;
    };
    expect(z).toBeCloseTo(Math.cos(0.4), 11);
  });

  test('the scale survey holds through a component: F(x) = g(x/s) for s from 1e-12 to 1e12', async () => {
    class In {
      @Float64({ differentiable: true }) x = 1;
      @Float64() s = 1;
    }
    class Out {
      @Float64({ shape: [7], differentiable: true }) y!: NdArray;
    }
    const g = [
      Math.exp,
      Math.sin,
      Math.log,
      (t: number) => t ** 1.5,
      (t: number) => 1 / t,
      Math.tanh,
      (t: number) => t ** 3 + 2 * t - 5,
    ];
    const slope = [
      Math.exp,
      Math.cos,
      (t: number) => 1 / t,
      (t: number) => 1.5 * Math.sqrt(t),
      (t: number) => -1 / t ** 2,
      (t: number) => 1 / Math.cosh(t) ** 2,
      (t: number) => 3 * t * t + 2,
    ];
    const scaled = (options: DifferenceOptions) => {
      @Component({ inputs: In, outputs: Out })
      @DeriveJacobianFromApply(options)
      class Scaled extends DifferentiableComponent<In, Out> {
        @Apply()
        evaluate({ x, s }: In) {
          return { y: g.map((f) => f(x / s)) };
        }
      }
      return openComponent(Scaled);
    };
    for (const [options, bound] of [
      [{}, 1e-9],
      [{ scheme: 'richardson' }, 2e-12],
    ] as const) {
      const handle = scaled(options);
      let worst = 0;
      for (let decade = -12; decade <= 12; decade++) {
        const s = 10 ** decade;
        for (const t of [0.37, 1.1, 2.3]) {
          const x = t * s;
          const { y } = (await handle.jacobian({ inputs: { x, s } })) as { y: { x: NdArray } };
          y.x.data.forEach((value, k) => {
            const exact = slope[k]!(x / s) / s;
            worst = Math.max(worst, Math.abs(value / exact - 1));
          });
        }
      }
      expect(worst).toBeLessThanOrEqual(bound);
    }
  });
});

test('the compiler knows the options: a scheme that is none, an estimate without samples, a bound alone', () => {
  const refused = () => [
    // @ts-expect-error there is no such scheme
    DeriveVjpFromApply({ scheme: 'backward' }),
    // @ts-expect-error the number of samples is the point of it
    DeriveVjpEstimateFromApply(),
    // @ts-expect-error an estimate has no complex step
    DeriveVjpEstimateFromApply({ samples: 3, complexStep: true }),
    // @ts-expect-error bounds come in pairs
    DeriveJacobianFromApply({ bounds: { x: [0] } }),
  ];
  expect(refused()).toHaveLength(4);
});
