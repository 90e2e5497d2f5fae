/** Where derivatives end or are infinite, complex seeds that are mistaken, and the edges of matchers and suites. */

import { describe, expect, test } from '@jest/globals';
import { Apply, Complex128, Component, DifferentiableComponent, Float64, Jacobian, Jvp, NdArray, Vjp } from 'cotangent';
import { checkGradients, describeComponent, gradientMatchers, isWrong } from 'cotangent/testing';
import { dense } from './dense.js';

type Numbers = readonly number[];
interface Given {
  readonly inputs: { readonly x: NdArray };
  readonly tangent: { readonly x: NdArray };
  readonly cotangent: { readonly y: NdArray };
}
interface Maps {
  readonly value: (x: Numbers) => Numbers;
  readonly push: (x: Numbers, t: Numbers) => Numbers;
  readonly pull: (x: Numbers, c: Numbers) => Numbers;
}

/** A component of one array in and one out. */
function component(own: readonly string[], { value, push, pull }: Maps, kind: 'float64' | 'complex128' = 'float64') {
  const field = kind === 'float64' ? Float64 : Complex128;
  const model = (path: string) => {
    class Model {}
    const mark: unknown = field({ shape: [null], differentiable: true });
    (mark as (target: object, key: string) => void)(Model.prototype, path);
    return Model;
  };
  const array = (flat: Numbers) =>
    new NdArray(kind, [kind === 'float64' ? flat.length : flat.length / 2], new Float64Array(flat));
  class Made extends DifferentiableComponent<object, object> {
    @Apply()
    evaluate(inputs: object): object {
      return { y: array(value([...(inputs as Given['inputs']).x.data])) };
    }
    push({ inputs, tangent }: Given): object {
      return { y: array(push([...inputs.x.data], [...tangent.x.data])) };
    }
    pull({ inputs, cotangent }: Given): object {
      return { x: array(pull([...inputs.x.data], [...cotangent.y.data])) };
    }
  }
  const decorate = (decorator: unknown, key: string) =>
    (decorator as (target: object, key: string) => void)(Made.prototype, key);
  if (own.includes('jvp')) decorate(Jvp(), 'push');
  if (own.includes('vjp')) decorate(Vjp(), 'pull');
  (Component({ inputs: model('x'), outputs: model('y') }) as (target: unknown) => void)(Made);
  return Made;
}
const choices = [['jvp'], ['vjp'], ['jvp', 'vjp']].map((own) => [own.join(', '), own] as const);

/** Element by element, with a slope that a zero seed does not meet. */
const each = (value: (v: number) => number, slope: (v: number) => number): Maps => {
  const product = (x: Numbers, seed: Numbers) => seed.map((s, k) => (s === 0 ? 0 : slope(x[k]!) * s));
  return { value: (x) => x.map(value), push: product, pull: product };
};

describe.each(choices)('with %s', (_names, own) => {
  test.each([[[0]], [[0, 1]], [[0, 4, 9]], [[2, 0, 0, 3]]])(
    '√x at %j is not said to be wrong where its derivative is infinite',
    async (x) => {
      const root = component(
        own,
        each(Math.sqrt, (v) => 0.5 / Math.sqrt(v)),
      );
      expect(await checkGradients(root, { x })).toMatchObject({ ok: true, certain: false, faults: [] });
    },
  );

  test.each([[[0]], [[0, 1]], [[0, -2, 3]]])('x² at %j passes, and 2x + 1e-3 does not', async (x) => {
    const square = (off: number) =>
      component(
        own,
        each(
          (v) => v * v,
          (v) => 2 * v + off,
        ),
      );
    expect(await checkGradients(square(0), { x })).toMatchObject({ ok: true });
    if (x.some((v) => v !== 0)) expect((await checkGradients(square(1e-3), { x })).ok).toBe(false);
  });

  test.each([
    ['|x|', Math.abs, 1],
    ['max(x, 0)', (v: number) => Math.max(v, 0), 1],
  ] as const)('%s at 0 is not said to be wrong', async (_name, value, slope) => {
    const report = await checkGradients(
      component(
        own,
        each(value, () => slope),
      ),
      { x: [0, 0] },
    );
    expect(report).toMatchObject({ ok: true, faults: [] });
  });

  test('NaN in place of an infinite derivative of √x at 0 spoils no other element', async () => {
    const root = component(
      own,
      each(Math.sqrt, (v) => (v === 0 ? Number.NaN : 0.6 / Math.sqrt(v))),
    );
    expect((await checkGradients(root, { x: [1, 4] })).ok).toBe(false);
  });
});

describe('complex seeds', () => {
  const z = [
    { re: 1, im: 2 },
    { re: -0.5, im: 3 },
    { re: 0.3, im: -1 },
    { re: 2, im: 0.7 },
  ];
  const every = (values: Numbers, run: (re: number, im: number) => readonly [number, number]) =>
    values.flatMap((v, k) => (k % 2 ? [] : run(v, values[k + 1]!)));
  const square = (x: Numbers) => every(x, (re, im) => [re * re - im * im, 2 * re * im]);
  const product = (x: Numbers, t: Numbers) =>
    t.flatMap((v, k) => {
      if (k % 2) return [];
      const [re, im] = [2 * x[k]!, 2 * x[k + 1]!];
      return [re * v - im * t[k + 1]!, re * t[k + 1]! + im * v];
    });
  const conjugate = (t: Numbers) => t.map((v, k) => (k % 2 ? -v : v));
  const mistakes: readonly (readonly [string, (x: Numbers, t: Numbers) => Numbers])[] = [
    ['conjugates its seed', (x, t) => product(x, conjugate(t))],
    ['conjugates its result', (x, t) => conjugate(product(x, t))],
    [
      'conjugates one element of its seed',
      (x, t) =>
        product(
          x,
          t.map((v, k) => (k === 5 ? -v : v)),
        ),
    ],
    [
      'ignores the imaginary part of one element of its seed',
      (x, t) =>
        product(
          x,
          t.map((v, k) => (k === 5 ? 0 : v)),
        ),
    ],
    [
      'ignores the real part of one element of its seed',
      (x, t) =>
        product(
          x,
          t.map((v, k) => (k === 4 ? 0 : v)),
        ),
    ],
    [
      'exchanges the parts of its seed',
      (x, t) =>
        product(
          x,
          every(t, (re, im) => [im, re]),
        ),
    ],
    ['drops an imaginary part of its result', (x, t) => product(x, t).map((v, k) => (k === 5 ? 0 : v))],
    ['is off by 1 % in an imaginary part', (x, t) => product(x, t).map((v, k) => (k === 7 ? 1.01 * v : v))],
  ];

  test.each(choices)('pass with %s', async (_names, own) => {
    const right = component(own, { value: square, push: product, pull: product }, 'complex128');
    for (const seed of [0, 1, 2])
      expect(await checkGradients(right, { x: z }, { seed })).toMatchObject({ ok: true, certain: true });
  });

  const cases = choices.flatMap(([names, own]) =>
    own.flatMap((bad) => mistakes.map(([text, wrong]) => [names, bad, text, own, wrong] as const)),
  );
  test.each(cases)('do not pass where, with %s, %s %s', async (_names, bad, _text, own, wrong) => {
    const maps = { value: square, push: product, pull: product, [bad === 'jvp' ? 'push' : 'pull']: wrong };
    for (const seed of [0, 1, 2, 3]) {
      const report = await checkGradients(component(own, maps, 'complex128'), { x: z }, { seed });
      expect(report.ok).toBe(false);
      for (const { endpoints, ofIndex, wrtIndex } of report.faults) {
        expect(endpoints).toEqual([bad]);
        expect(ofIndex).toEqual(wrtIndex);
      }
    }
  });
});

describe('toMatchJacobian', () => {
  const given = (entries: Numbers) => {
    class In {
      @Float64({ shape: [2], differentiable: true }) x!: NdArray;
    }
    class Out {
      @Float64({ shape: [2], differentiable: true }) y!: NdArray;
    }
    @Component({ inputs: In, outputs: Out })
    class Written extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate({ x }: In) {
        return { y: x };
      }
      @Jacobian()
      blocks() {
        return { y: { x: new NdArray('float64', [2, 2], new Float64Array(entries)) } };
      }
    }
    return Written;
  };
  const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];

  test.each([
    [
      [1, 0, 0, 1],
      [
        [1, 0],
        [0, 1],
      ],
      true,
    ],
    [
      [1, 0, 0, 1],
      [
        [1, 0],
        [0, inf],
      ],
      false,
    ],
    [
      [1, 0, 0, inf],
      [
        [1, 0],
        [0, inf],
      ],
      true,
    ],
    [
      [1, 0, 0, -inf],
      [
        [1, 0],
        [0, inf],
      ],
      false,
    ],
    [
      [1, 0, 0, inf],
      [
        [1, 0],
        [0, 1],
      ],
      false,
    ],
    [
      [1, 0, 0, nan],
      [
        [1, 0],
        [0, 1],
      ],
      false,
    ],
    [
      [1, 0, 0, nan],
      [
        [1, 0],
        [0, nan],
      ],
      true,
    ],
    [[1, 2, 3, 4], [1, 2, 3, 4], false],
    [[1, 2, 3, 4], [[1, 2, 3, 4]], false],
    [[1, 2, 3, 4], [[1, 2], [3]], false],
    [
      [1, 0, 0, 1e-12],
      [
        [1, 0],
        [0, 0],
      ],
      false,
    ],
  ] as const)('of %p holds %p: %p', async (entries, block, pass) => {
    const result = await gradientMatchers.toMatchJacobian(given(entries), { x: [1, 2] }, { y: { x: block as never } });
    expect(result.pass).toBe(pass);
    expect(result.message()).toContain(pass ? 'as expected' : 'd(y)/d(x)');
  });
});

describe('what only an exhaustive check sees', () => {
  const tiny = dense({
    own: ['jacobian'],
    outputs: [{ path: 'p', shape: [2] }],
    inputs: [{ path: 'a', shape: [3] }],
    spoil: { jacobian: ([re, im], { i, j }) => [i === 0 && j === 1 ? re * (1 + 2e-10) : re, im] },
  });

  test('fails a conformance suite too', async () => {
    const report = await checkGradients(tiny.type, tiny.inputs, { exhaustive: true, tolerance: 0 });
    const failed: string[] = [];
    const runs: Promise<void>[] = [];
    const runner = {
      describe: (_: string, body: () => void) => body(),
      test: (name: string, body: () => Promise<void>) => {
        runs.push(body().catch(() => void failed.push(name)));
      },
    };
    describeComponent(tiny.type, { inputs: tiny.inputs, exhaustive: true, runner });
    await Promise.all(runs);
    expect(report.ok).toBe(false);
    expect(report.checks.filter(({ verdict }) => isWrong(verdict))).toEqual([]);
    expect(failed).toEqual(['every derivative agrees with differences of apply']);
  });
});

describe('a report', () => {
  test.each([1, 2, Number.NaN, Number.POSITIVE_INFINITY])(
    'of a jvp times %p has no number in its checks that JSON lacks',
    async (k) => {
      const { type, inputs } = dense({ own: ['jvp', 'vjp'], spoil: { jvp: ([re, im]) => [re * k, im] } });
      const { checks, slope, calls, blocks } = await checkGradients(type, inputs);
      expect(JSON.parse(JSON.stringify({ checks, slope, calls, blocks }))).toEqual({ checks, slope, calls, blocks });
    },
  );

  test('of a line has no exponent', async () => {
    const line = component(
      ['jvp'],
      each(
        (v) => 3 * v,
        () => 3,
      ),
    );
    expect(await checkGradients(line, { x: [1, 2] })).not.toHaveProperty('slope');
  });
});
