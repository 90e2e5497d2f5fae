/** What the evidence cannot judge is not called right, and what only looks wrong at one step is not called wrong. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  DeriveJacobianFromApply,
  DeriveVjpFromApply,
  DifferentiableComponent,
  Float64,
  Jacobian,
  Jvp,
  type JvpRequest,
  type NdArray,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { type CheckOptions, checkGradients, formatReport, type GradientReport, totalCalls } from 'cotangent/testing';

class Number1 {
  @Float64({ differentiable: true }) x = 1;
}
class Value {
  @Float64({ differentiable: true }) y!: number;
}
type Curve = (x: number) => number;
type Form = 'jacobian' | 'jvp' | 'vjp';
const forms: readonly Form[] = ['jacobian', 'jvp', 'vjp'];

/** y = f(x), whose derivative in one form is said to be `slope`. */
function curve(form: Form, f: Curve, slope: Curve) {
  class Made extends DifferentiableComponent<Number1, Value> {
    @Apply()
    evaluate({ x }: Number1): Value {
      return { y: f(x) };
    }
    blocks({ inputs: { x } }: { inputs: Number1 }) {
      return { y: { x: slope(x) } };
    }
    push({ inputs: { x }, tangent }: JvpRequest<Number1>) {
      return { y: slope(x) * tangent.x! };
    }
    pull({ inputs: { x }, cotangent }: VjpRequest<Number1, Value>) {
      return { x: slope(x) * cotangent.y! };
    }
  }
  const mark = (decorator: unknown, key: string) =>
    (decorator as (target: object, key: string) => void)(Made.prototype, key);
  if (form === 'jacobian') mark(Jacobian(), 'blocks');
  if (form === 'jvp') mark(Jvp(), 'push');
  if (form === 'vjp') mark(Vjp(), 'pull');
  (Component({ inputs: Number1, outputs: Value }) as (target: unknown) => void)(Made);
  return Made;
}

const wrongs: readonly (readonly [string, (slope: Curve) => Curve])[] = [
  ['with the other sign', (slope) => (x) => -slope(x)],
  ['twice too large', (slope) => (x) => 2 * slope(x)],
  ['zero', () => () => 0],
];
const passes = ({ ok, certain }: GradientReport) => ok && certain;
const all = (rows: readonly (readonly [string, Curve, Curve, number])[]) =>
  rows.flatMap((row) => forms.map((form) => [row[0], form, ...row.slice(1)] as [string, Form, Curve, Curve, number]));

const steep: readonly (readonly [string, Curve, Curve, number])[] = [
  ['asin at 0.999', Math.asin, (x) => 1 / Math.sqrt(1 - x * x), 0.999],
  ['sin at 1e6', Math.sin, Math.cos, 1e6],
  ['log(x − 1) at 1 + 1e-6', (x) => Math.log(x - 1), (x) => 1 / (x - 1), 1 + 1e-6],
  [
    'a peak of width 1e-5',
    (x) => Math.exp(-(((x - 1) / 1e-5) ** 2)),
    (x) => ((-2 * (x - 1)) / 1e-10) * Math.exp(-(((x - 1) / 1e-5) ** 2)),
    1 + 4e-6,
  ],
  ['sin(1e4·x)', (x) => Math.sin(1e4 * x), (x) => 1e4 * Math.cos(1e4 * x), 1],
  ['tan at 1.57', Math.tan, (x) => 1 + Math.tan(x) ** 2, 1.57],
  ['1e8 + sin x', (x) => 1e8 + Math.sin(x), Math.cos, 1],
];

describe('where the usual step does not judge, others do', () => {
  test.each(all(steep))('%s by %s is right, certainly', async (_name, form, f, slope, x) => {
    const report = await checkGradients(curve(form, f, slope), { x });
    expect(report).toMatchObject({ ok: true, certain: true, verdict: 'ok' });
    expect(totalCalls(report.calls.check)).toBeLessThanOrEqual(22);
    expect(report.resolution).toBeLessThan(0.03);
  });

  test.each(all(steep))('%s by %s is wrong with each gross mistake', async (_name, form, f, slope, x) => {
    for (const [, spoil] of wrongs)
      expect(await checkGradients(curve(form, f, spoil(slope)), { x })).toMatchObject({ ok: false });
  });
});

const hidden: readonly (readonly [string, Curve, Curve, number])[] = [
  ['1e15 + sin x', (x) => 1e15 + Math.sin(x), Math.cos, 1],
  ['x² in hundredths', (x) => Math.round(x * x * 100) / 100, (x) => 2 * x, 1.503],
  ['x² as text of three digits', (x) => Number((x * x).toFixed(3)), (x) => 2 * x, 1.5],
  ['|x| at 0', Math.abs, () => 1, 0],
  ['√x at 0', Math.sqrt, (x) => 0.5 / Math.sqrt(x || 1), 0],
];

describe('where no step judges', () => {
  test.each(all(hidden))('%s by %s is neither called wrong nor certain', async (_name, form, f, slope, x) => {
    expect(await checkGradients(curve(form, f, slope), { x })).toMatchObject({ ok: true, certain: false, faults: [] });
  });

  test.each(all(hidden))('%s by %s does not pass with a gross mistake', async (_name, form, f, slope, x) => {
    for (const [, spoil] of wrongs)
      expect(passes(await checkGradients(curve(form, f, spoil(slope)), { x }))).toBe(false);
  });

  test('a body that rounds is told from a flat one, and the line names the noise', async () => {
    const round: Curve = (x) => Math.round(x * x * 100) / 100;
    const flat = await checkGradients(
      curve(
        'jacobian',
        () => 3,
        () => 0,
      ),
      { x: 1.503 },
    );
    expect(flat).toMatchObject({ ok: true, certain: true });
    const text = formatReport(
      await checkGradients(
        curve('jacobian', round, () => 0),
        { x: 1.503 },
      ),
    );
    expect(text).toContain('stands still at short steps there and moves at longer ones');
    expect(text).toContain('--noise 0.01');
  });
});

/** dy/dt = r·y·(1 − y) by a method of order 3 that chooses its steps by a tolerance. */
const logistic = (tolerance: number) => (r: number) => {
  const f = (y: number) => r * y * (1 - y);
  let [t, y, h] = [0, 0.1, 0.1];
  while (t < 4 - 1e-12) {
    h = Math.min(h, 4 - t);
    const k1 = f(y);
    const k2 = f(y + (h * k1) / 2);
    const k3 = f(y + (3 * h * k2) / 4);
    const next = y + (h * (2 * k1 + 3 * k2 + 4 * k3)) / 9;
    const error = Math.abs(h * ((-5 * k1) / 72 + k2 / 12 + k3 / 9 - f(next) / 8));
    if (error <= tolerance) [t, y] = [t + h, next];
    h *= Math.min(4, Math.max(0.2, 0.9 * (tolerance / (error || 1e-300)) ** (1 / 3)));
  }
  return y;
};
const logisticSlope: Curve = (r) => {
  const e = Math.exp(4 * r);
  const below = 1 + 0.1 * (e - 1);
  return (0.4 * e * below - 0.04 * e * e) / below ** 2;
};
const fixedPoint = (tolerance: number) => (x: number) => {
  for (let y = 1; ; ) {
    const next = 0.5 * Math.cos(y) + x / 4;
    if (Math.abs(next - y) < tolerance) return next;
    y = next;
  }
};
const fixedPointSlope: Curve = (x) => 0.25 / (1 + 0.5 * Math.sin(fixedPoint(1e-15)(x)));

const solvers: readonly (readonly [string, Curve, Curve, number])[] = [
  ['an integrator to 1e-3', logistic(1e-3), logisticSlope, 0.7],
  ['an integrator to 1e-5', logistic(1e-5), logisticSlope, 0.7],
  ['an integrator to 1e-9', logistic(1e-9), logisticSlope, 0.7],
  ['a fixed point to 1e-4', fixedPoint(1e-4), fixedPointSlope, 1.3],
  ['a fixed point to 1e-8', fixedPoint(1e-8), fixedPointSlope, 1.3],
];

describe('a solver with a tolerance inside', () => {
  test.each(all(solvers))('%s by %s is asked about its tolerance, not called wrong', async (_n, form, f, slope, x) => {
    const report = await checkGradients(curve(form, f, slope), { x });
    expect(report).toMatchObject({ ok: true, certain: false, verdict: 'finite differences cannot tell' });
    expect(formatReport(report)).toMatch(/a tolerance inside apply\? Say noise: \S+ \(--noise \S+\)/);
  });

  test.each(all(solvers))('%s by %s does not pass with a gross mistake', async (_name, form, f, slope, x) => {
    for (const [, spoil] of wrongs)
      expect(await checkGradients(curve(form, f, spoil(slope)), { x })).toMatchObject({ ok: false });
  });

  test.each(forms)(
    'a derivative by %s that is off by 1e-6 in all entries does not pass, and is asked about a tolerance',
    async (form) => {
      const report = await checkGradients(
        curve(form, Math.exp, (x) => (1 + 1e-6) * Math.exp(x)),
        { x: 1.3 },
      );
      expect(report).toMatchObject({ ok: true, certain: false });
      expect(formatReport(report)).toContain('a tolerance inside apply?');
    },
  );

  test.each(forms)('a derivative by %s that is off by as little where apply is even is wrong', async (form) => {
    const exact: Curve = (r) => (0.1 * Math.exp(4 * r)) / (1 + 0.1 * (Math.exp(4 * r) - 1));
    const rows: readonly (readonly [Curve, Curve, number])[] = [
      [exact, logisticSlope, 0.7],
      [Math.exp, Math.exp, 1.3],
      [(x) => x ** 3, (x) => 3 * x * x, 1.3],
    ];
    for (const [f, slope, x] of rows)
      for (const factor of [1.0005, 1 + 2e-5])
        expect(
          (
            await checkGradients(
              curve(form, f, (t) => factor * slope(t)),
              { x },
            )
          ).ok,
        ).toBe(false);
  });
});

class Load {
  @Float64({ shape: [null], differentiable: true }) f!: NdArray;
}
class Bending {
  @Float64({ shape: [null], differentiable: true }) u!: NdArray;
}

/** u = K⁻¹·f with K the `power`-th power of the second difference, by elimination in place; wrong by `factor`. */
function plate(power: number, factor = 1) {
  const solveOnce = (b: readonly number[]) => {
    const n = b.length;
    const [c, d] = [new Array<number>(n), new Array<number>(n)];
    for (let i = 0; i < n; i++) {
      const below = 2 + (i > 0 ? c[i - 1]! : 0);
      c[i] = -1 / below;
      d[i] = (b[i]! + (i > 0 ? d[i - 1]! : 0)) / below;
    }
    for (let i = n - 2; i >= 0; i--) d[i]! -= c[i]! * d[i + 1]!;
    return d;
  };
  // The digits that a dense elimination would lose.
  const shaken = (b: readonly number[]) => b.map((v, i) => v * (1 + 1e-16 * ((((v * 1e17) | 0) + i) % 3)));
  const solve = (b: readonly number[]) =>
    Array.from({ length: power }).reduce<readonly number[]>((v) => solveOnce(shaken(v)), b);
  @Component({ inputs: Load, outputs: Bending })
  class Plate extends DifferentiableComponent<Load, Bending> {
    @Apply()
    evaluate({ f }: Load) {
      return { u: solve([...f.data]) };
    }
    @Vjp()
    pull({ cotangent }: VjpRequest<Load, Bending>) {
      return { f: solve([...cotangent.u!.data]).map((v) => factor * v) };
    }
  }
  return Plate;
}

describe('the rounding of a direct solver', () => {
  const f = Array.from({ length: 100 }, (_, i) => 1 + i / 100);

  test.each([2, 3, 4])('is not called nonlinear with the condition of the power %d', async (power) => {
    for (const options of [{}, { noise: 1e-6 }] satisfies CheckOptions[])
      expect((await checkGradients(plate(power), { f }, options)).ok).toBe(true);
  });

  test('hides no factor of 2', async () => {
    expect((await checkGradients(plate(3, 2), { f })).ok).toBe(false);
  });
});

describe('a component without a derivative of its own', () => {
  class In {
    @Float64({ shape: [2], differentiable: true }) x!: NdArray;
  }
  class Out {
    @Float64({ differentiable: true }) y!: number;
    @Float64({ differentiable: true }) z!: number;
  }
  const value = ({ x }: In) => ({ y: Math.sin(x.data[0]!) * x.data[1]!, z: Math.round(100 * x.data[1]!) / 100 });

  test('has the accuracy of its differences reported, block by block, and is not certain', async () => {
    @Component({ inputs: In, outputs: Out })
    @DeriveJacobianFromApply()
    class Made extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate(inputs: In) {
        return value(inputs);
      }
    }
    const fine = await checkGradients(Made, { x: [1.2, 0.7] }, { of: ['y'] });
    expect(fine).toMatchObject({ ok: true, certain: false, verdict: 'skipped', reached: { of: 'y', wrt: 'x' } });
    expect(fine.blocks[0]!.deviation).toBeLessThan(1e-9);
    expect(formatReport(fine).split('\n')[0]).toMatch(
      /nothing to check against: .* accurate to \S+ at worst, in d\(y\)\/d\(x\)/,
    );
    const rounded = await checkGradients(Made, { x: [1.2, 0.7] });
    expect(rounded).toMatchObject({ certain: false, reached: { of: 'z', wrt: 'x' } });
    expect(rounded.checks.map(({ name }) => name)).toContain('evaluation');
  });

  test('is still caught writing to its inputs', async () => {
    @Component({ inputs: In, outputs: Out })
    @DeriveVjpFromApply()
    class Made extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate(inputs: In) {
        const found = value(inputs);
        inputs.x.data[0] = 99;
        return found;
      }
    }
    expect(await checkGradients(Made, { x: [1.2, 0.7] })).toMatchObject({
      ok: false,
      certain: false,
      verdict: 'mutates',
    });
  });

  test('is not certain where nothing is asked for, and is where there are no elements', async () => {
    @Component({ inputs: Load, outputs: Value })
    class Made extends DifferentiableComponent<Load, Value> {
      @Apply()
      evaluate({ f }: Load) {
        return { y: f.data.length };
      }
      @Vjp()
      pull({ inputs: { f } }: VjpRequest<Load, Value>) {
        return { f: new Array<number>(f.data.length).fill(0) };
      }
    }
    expect(await checkGradients(Made, { f: [1] }, { wrt: [] })).toMatchObject({
      ok: true,
      certain: false,
      verdict: 'skipped',
    });
    expect(await checkGradients(Made, { f: [] })).toMatchObject({ ok: true, certain: true, verdict: 'ok' });
  });
});

describe('an input that is rounded beside one that is not', () => {
  class Two {
    @Float64({ differentiable: true }) a = 1.5023;
    @Float64({ differentiable: true }) b = 0.3;
  }
  test.each([0, 1])('is not certain with the derivative %d', async (slope) => {
    @Component({ inputs: Two, outputs: Value })
    class Made extends DifferentiableComponent<Two, Value> {
      @Apply()
      evaluate({ a, b }: Two): Value {
        return { y: Math.round(100 * a) / 100 + b };
      }
      @Jacobian()
      blocks() {
        return { y: { a: slope, b: 1 } };
      }
    }
    expect(await checkGradients(Made, {})).toMatchObject({ ok: true, certain: false });
  });
});
