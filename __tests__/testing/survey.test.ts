/** No false alarm: correct derivatives pass at every scale, in float32, at bounds, beside noise and kinks. */

import { describe, expect, test } from '@jest/globals';
import { IsPositive, Max } from 'class-validator';
import {
  Apply,
  Component,
  DifferentiableComponent,
  Float32,
  Float64,
  Jvp,
  type JvpRequest,
  type NdArray,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { checkGradients } from 'cotangent/testing';

type Curve = readonly [name: string, g: (t: number) => number, slope: (t: number) => number];
const curves: readonly Curve[] = [
  ['exp', Math.exp, Math.exp],
  ['sin', Math.sin, Math.cos],
  ['log', Math.log, (t) => 1 / t],
  ['x^1.5', (t) => t ** 1.5, (t) => 1.5 * Math.sqrt(t)],
  ['1/x', (t) => 1 / t, (t) => -1 / t ** 2],
  ['tanh', Math.tanh, (t) => 1 / Math.cosh(t) ** 2],
  ['cubic', (t) => t ** 3 + 2 * t - 5, (t) => 3 * t * t + 2],
];
const spots = [0.37, 1.1, 2.3];

class Double {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Float64() s = 1;
}
class DoubleOut {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}
class Single {
  @Float32({ shape: [null], differentiable: true }) x!: NdArray<'float32'>;
  @Float32() s = 1;
}
class SingleOut {
  @Float32({ shape: [null], differentiable: true }) y!: NdArray<'float32'>;
}

type Scaled = { readonly x: { readonly data: Float64Array | Float32Array }; readonly s: number };

/** y = g(x/s), element by element; `k` spoils the derivative. */
function scaled(
  curve: (i: number) => Curve,
  own: 'jvp' | 'vjp' | 'both',
  models: { inputs: new () => object; outputs: new () => object },
  k = 1,
) {
  const slope = ({ x, s }: Scaled) => Array.from(x.data, (v, i) => (k * curve(i)[2](v / s)) / s);
  class Made extends DifferentiableComponent<object, object> {
    @Apply()
    evaluate(inputs: object) {
      const { x, s } = inputs as Scaled;
      return { y: Array.from(x.data, (v, i) => curve(i)[1](v / s)) };
    }
    push({ inputs, tangent }: JvpRequest<object>) {
      return { y: slope(inputs as Scaled).map((d, i) => d * Number((tangent['x'] as NdArray).data[i])) };
    }
    pull({ inputs, cotangent }: VjpRequest<object>) {
      return { x: slope(inputs as Scaled).map((d, i) => d * Number((cotangent['y'] as NdArray).data[i])) };
    }
  }
  const decorate = (decorator: unknown, key: string) =>
    (decorator as (target: object, key: string) => void)(Made.prototype, key);
  if (own !== 'vjp') decorate(Jvp(), 'push');
  if (own !== 'jvp') decorate(Vjp(), 'pull');
  (Component(models) as (target: unknown) => void)(Made);
  return Made;
}
const double = { inputs: Double, outputs: DoubleOut };
const single = { inputs: Single, outputs: SingleOut };
const all = (i: number) => curves[i % curves.length]!;
const spread = (s: number) => spots.flatMap((t) => curves.map(() => t * s));

describe('seven functions at three points', () => {
  const decades = Array.from({ length: 25 }, (_, k) => k - 12);

  test.each((['jvp', 'vjp', 'both'] as const).flatMap((own) => decades.map((decade) => [own, decade] as const)))(
    'with %s pass at the scale 1e%d, and a derivative 1e-5 too large does not',
    async (own, decade) => {
      const s = 10 ** decade;
      for (const seed of [0, 1]) {
        const right = await checkGradients(scaled(all, own, double), { x: spread(s), s }, { seed });
        expect(right).toMatchObject({ ok: true, certain: true });
      }
      const wrong = await checkGradients(scaled(all, own, double, 1 + 1e-5), { x: spread(s), s });
      expect(wrong.ok).toBe(false);
    },
  );

  test.each(curves.flatMap(([name], k) => spots.map((spot) => [name, spot, k] as const)))(
    '%s alone at %d passes at every scale',
    async (_name, spot, k) => {
      for (const decade of [-12, -6, 0, 6, 12]) {
        const s = 10 ** decade;
        const report = await checkGradients(
          scaled(() => curves[k]!, 'both', double),
          { x: [spot * s], s },
        );
        expect(report).toMatchObject({ ok: true, certain: true });
      }
    },
  );

  test.each(
    (['jvp', 'vjp', 'both'] as const).flatMap((own) => [-12, -6, 0, 6, 12].map((decade) => [own, decade] as const)),
  )('in float32 with %s pass at the scale 1e%d, and one twice too large does not', async (own, decade) => {
    const s = Math.fround(10 ** decade);
    for (const seed of [0, 1, 2]) {
      const report = await checkGradients(scaled(all, own, single), { x: spread(s).map(Math.fround), s }, { seed });
      expect(report).toMatchObject({ ok: true });
    }
    const wrong = await checkGradients(scaled(all, own, single, 2), { x: spread(s).map(Math.fround), s });
    expect(wrong.ok).toBe(false);
  });
});

describe('inputs 18 orders of magnitude apart', () => {
  const x = Array.from({ length: 19 }, (_, k) => 1.3 * 10 ** (k - 9));
  const log: Curve = curves[2]!;
  const square: Curve = ['x²', (t) => t * t, (t) => 2 * t];

  test.each(
    (['jvp', 'vjp', 'both'] as const).flatMap((own) =>
      [log, square, curves[4]!].map((curve) => [own, curve[0], curve] as const),
    ),
  )('with %s: %s passes, and one that is wrong by 1e-4 does not', async (own, _name, curve) => {
    for (const seed of [0, 1, 2, 3]) {
      expect(
        await checkGradients(
          scaled(() => curve, own, double),
          { x },
          { seed },
        ),
      ).toMatchObject({ ok: true });
      expect(
        await checkGradients(
          scaled(() => curve, own, double, 1.0001),
          { x },
          { seed },
        ),
      ).toMatchObject({ ok: false });
    }
  });
});

class Edge {
  @Float64({ differentiable: true }) @IsPositive() p = 1e-8;
  @Float64({ differentiable: true }) @Max(1) q = 1;
}
class Height {
  @Float64({ differentiable: true }) h!: number;
}

describe('at the edges of what differences can do', () => {
  test('a point on the bounds of its fields is checked from inside', async () => {
    const seen: Edge[] = [];
    @Component({ inputs: Edge, outputs: Height })
    class Bounded extends DifferentiableComponent<Edge, Height> {
      @Apply()
      evaluate(inputs: Edge) {
        seen.push(inputs);
        return { h: Math.log(inputs.p) + Math.asin(0.5 * inputs.q) };
      }
      @Vjp()
      pull({ inputs: { p, q }, cotangent }: VjpRequest<Edge, Height>) {
        return { p: cotangent.h! / p, q: (0.5 * cotangent.h!) / Math.sqrt(1 - 0.25 * q * q) };
      }
    }
    for (const seed of [0, 1, 2, 3])
      expect(await checkGradients(Bounded, {}, { seed })).toMatchObject({ ok: true, certain: true });
    expect(seen.every(({ p, q }) => p > 0 && q <= 1)).toBe(true);
  });

  const one = (g: (t: number) => number, slope: (t: number) => number) => scaled(() => ['g', g, slope], 'jvp', double);
  const cannotTell = { ok: true, certain: false, verdict: 'finite differences cannot tell' };

  test('at a kink the differences cannot tell', async () => {
    expect(
      await checkGradients(
        one(Math.abs, () => 1),
        { x: [0, 0] },
      ),
    ).toMatchObject(cannotTell);
    expect(
      await checkGradients(
        one(
          (t) => Math.max(t, 1),
          () => 1,
        ),
        { x: [1] },
      ),
    ).toMatchObject(cannotTell);
  });

  test('a function that is a step, or all noise, cannot be told', async () => {
    let state = 1;
    const noisy = (t: number) => {
      state = (state * 16807) % 2147483647;
      return t + 0.1 * (state / 2147483647);
    };
    const report = await checkGradients(
      one(noisy, () => 5),
      { x: [1, 2, 3] },
    );
    expect(report.checks.find(({ name }) => name === 'differences')).toMatchObject({
      verdict: 'finite differences cannot tell',
    });
  });

  test('declared noise of 1e-9 raises no alarm, and hides no derivative that is wrong by 1e-2', async () => {
    const ripple = (t: number) => Math.sin(t) * (1 + 1e-9 * Math.sin(1e9 * t));
    for (const seed of [0, 1, 2, 3]) {
      const inputs = { x: [0.3, 0.9, 1.4] };
      expect(await checkGradients(one(ripple, Math.cos), inputs, { seed, noise: 1e-9 })).toMatchObject({
        ok: true,
        certain: true,
      });
      expect(
        await checkGradients(
          one(ripple, (t) => 1.01 * Math.cos(t)),
          inputs,
          { seed, noise: 1e-9 },
        ),
      ).toMatchObject({ ok: false });
      expect(await checkGradients(one(ripple, Math.cos), inputs, { seed })).toMatchObject({ ok: true });
    }
  });

  test('a tolerance allows what it says, by path or for all', async () => {
    const off = one(Math.sin, (t) => 1.001 * Math.cos(t));
    expect(await checkGradients(off, { x: [1, 2] })).toMatchObject({ ok: false });
    expect(await checkGradients(off, { x: [1, 2] }, { tolerance: 2e-3 })).toMatchObject({ ok: true });
    expect(await checkGradients(off, { x: [1, 2] }, { tolerance: { x: 2e-3 } })).toMatchObject({ ok: true });
    expect(await checkGradients(off, { x: [1, 2] }, { tolerance: { y: 2e-3 } })).toMatchObject({ ok: true });
    expect(await checkGradients(off, { x: [1, 2] }, { tolerance: { y: 5e-4 } })).toMatchObject({ ok: false });
  });

  test('zero everywhere, and a constant, are correct derivatives of a constant and of a line', async () => {
    expect(
      await checkGradients(
        one(
          () => 3,
          () => 0,
        ),
        { x: [1, 0] },
      ),
    ).toMatchObject({ ok: true, certain: true });
    expect(
      await checkGradients(
        one(
          (t) => 3 * t,
          () => 3,
        ),
        { x: [1, 0] },
      ),
    ).toMatchObject({ ok: true, certain: true });
    expect(
      await checkGradients(
        one(
          () => 3,
          () => 1e-3,
        ),
        { x: [1, 0] },
      ),
    ).toMatchObject({ ok: false });
  });
});
