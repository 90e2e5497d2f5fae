/** Plans of components: what their decorators declare, what is called for it, and what explain said of it before. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  Apply,
  Component,
  ComponentError,
  type ComponentHandle,
  DeriveJacobianFromJvp,
  DeriveJacobianFromProducts,
  DeriveJacobianFromVjp,
  DeriveJvpFromVjp,
  DeriveVjpFromJvp,
  DifferentiableComponent,
  Float32,
  Float64,
  type JacobianValue,
  Jvp,
  type JvpRequest,
  loadPlan,
  NdArray,
  openComponent,
  type PlanOptions,
  type ProductsOptions,
  savePlan,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';
import { fits } from '../../../src/derive/planner/stored.js';

class VectorIn {
  @Float64({ shape: [null], differentiable: true }) x = zeros([0]);
}
class VectorOut {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

const vector = (length: number, entry: (k: number) => number) =>
  new NdArray(
    'float64',
    [length],
    Float64Array.from({ length }, (_, k) => entry(k)),
  );

/** Broyden's tridiagonal function, and its Jacobian by hand. */
const broyden = {
  value: (x: Float64Array) => x.map((one, i) => (3 - 2 * one) * one - (x[i - 1] ?? 0) - 2 * (x[i + 1] ?? 0) + 1),
  entry: (x: Float64Array, i: number, j: number) => (i === j ? 3 - 4 * x[i] : j === i - 1 ? -1 : j === i + 1 ? -2 : 0),
  jvp: (x: Float64Array, t: Float64Array) =>
    t.map((one, i) => (3 - 4 * x[i]) * one - (t[i - 1] ?? 0) - 2 * (t[i + 1] ?? 0)),
  vjp: (x: Float64Array, c: Float64Array) =>
    c.map((one, j) => (3 - 4 * x[j]) * one - 2 * (c[j - 1] ?? 0) - (c[j + 1] ?? 0)),
};

type Calls = { apply: number; jvp: number; vjp: number };

const data = (value: unknown): Float64Array => (value as NdArray).data;

type Decorate = (target: new () => Broyden) => void;

class Broyden extends DifferentiableComponent<VectorIn, VectorOut> {
  readonly calls: Calls = { apply: 0, jvp: 0, vjp: 0 };

  @Apply()
  apply({ x }: VectorIn): VectorOut {
    this.calls.apply++;
    return { y: new NdArray('float64', x.shape, broyden.value(x.data)) };
  }
}

class Forward extends Broyden {
  @Jvp()
  jvp({ inputs, tangent }: JvpRequest<VectorIn>) {
    this.calls.jvp++;
    return { y: broyden.jvp(inputs.x.data, data(tangent.x)) };
  }
}

class Backward extends Broyden {
  @Vjp()
  vjp({ inputs, cotangent }: VjpRequest<VectorIn, VectorOut>) {
    this.calls.vjp++;
    return { x: broyden.vjp(inputs.x.data, data(cotangent.y)) };
  }
}

class Both extends Forward {
  @Vjp()
  vjp({ inputs, cotangent }: VjpRequest<VectorIn, VectorOut>) {
    this.calls.vjp++;
    return { x: broyden.vjp(inputs.x.data, data(cotangent.y)) };
  }
}

/** A component made of a class and decorators, with no memory of points, and what it was called for. */
function made<C extends Broyden>(type: new () => C, ...decorators: readonly unknown[]) {
  class Made extends (type as unknown as new () => Broyden) {}
  for (const decorator of decorators) (decorator as Decorate)(Made);
  (Component({ inputs: VectorIn, outputs: VectorOut, cache: false }) as Decorate)(Made);
  const instance = new Made();
  return { handle: openComponent(instance) as unknown as ComponentHandle<VectorIn, VectorOut>, calls: instance.calls };
}

const inputs = (n: number, shift = 0) => ({ x: vector(n, (k) => ((k % 7) - 3.3) / 4 + shift) });

function expectBroyden(jacobian: JacobianValue, { x }: { x: NdArray }): void {
  const n = x.data.length;
  const block = data(jacobian.y.x);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) if (block[i * n + j] !== broyden.entry(x.data, i, j)) throw new Error(`${i}, ${j}`);
  expect(block).toHaveLength(n * n);
}

let warned: jest.SpiedFunction<typeof process.emitWarning>;
beforeEach(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => {
  warned.mockRestore();
});

async function explained({ handle, calls }: ReturnType<typeof made>, at: { x: NdArray }) {
  const explanation = await handle.explain('jacobian', { inputs: at });
  const before = { ...calls };
  expectBroyden(await handle.jacobian({ inputs: at }), at);
  const more = { apply: calls.apply - before.apply, jvp: calls.jvp - before.jvp, vjp: calls.vjp - before.vjp };
  expect({ apply: 0, jvp: 0, vjp: 0, ...explanation.calls }).toEqual(more);
  return explanation;
}

describe('a declared pattern', () => {
  const band = { sparsity: { band: [1, 1] } } as const;

  test('by columns: three pushforwards and a check, at every point', async () => {
    const one = made(Forward, DeriveJacobianFromJvp(band));
    const first = await explained(one, inputs(100));
    expect(first).toMatchObject({
      rule: 'jacobianFromJvp',
      method: 'colored columns',
      direction: 'jvp',
      calls: { apply: 1, jvp: 4 },
      verification: 1,
      patternSource: 'declared',
      exact: true,
      groups: 3,
      lowerBound: 3,
    });
    expect(first.bytes).toBeGreaterThanOrEqual(8 * 100 * 100);
    expect(await explained(one, inputs(100, 1))).toMatchObject({ calls: { apply: 1, jvp: 4 } });
    expect(await explained(one, inputs(40))).toMatchObject({ calls: { apply: 1, jvp: 4 } });
    expect(warned).not.toHaveBeenCalled();
  });

  test('by rows: three pullbacks and a check', async () => {
    const one = made(Backward, DeriveJacobianFromVjp(band));
    expect(await explained(one, inputs(60))).toMatchObject({ method: 'colored rows', calls: { apply: 1, vjp: 4 } });
  });

  test('without a check, where its author is sure', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ ...band, verify: 0 }));
    expect(await explained(one, inputs(60))).toMatchObject({ calls: { apply: 1, jvp: 3 }, verification: 0 });
  });

  test('with both products, the cheaper direction', async () => {
    const costs = (jvp: number, vjp: number): ProductsOptions => ({ ...band, costs: { jvp, vjp } });
    expect(await explained(made(Both, DeriveJacobianFromProducts(costs(1, 10))), inputs(60))).toMatchObject({
      direction: 'jvp',
    });
    expect(await explained(made(Both, DeriveJacobianFromProducts(costs(10, 1))), inputs(60))).toMatchObject({
      direction: 'vjp',
    });
  });

  test('serves products: Jᵀ·c out of four pushforwards, J·t out of four pullbacks', async () => {
    const at = inputs(80);
    const seed = vector(80, (k) => Math.sin(k));
    const vjp = made(Forward, DeriveVjpFromJvp(band));
    const gradient = data((await vjp.handle.vjp({ inputs: at, cotangent: { y: seed } })).x);
    expect(vjp.calls).toEqual({ apply: 1, jvp: 4, vjp: 0 });
    const wanted = broyden.vjp(at.x.data, seed.data);
    for (const [k, value] of gradient.entries()) expect(value).toBeCloseTo(wanted[k], 13);
    const jvp = made(Backward, DeriveJvpFromVjp(band));
    const pushed = data((await jvp.handle.jvp({ inputs: at, tangent: { x: seed } })).y);
    expect(jvp.calls).toEqual({ apply: 1, jvp: 0, vjp: 4 });
    const forward = broyden.jvp(at.x.data, seed.data);
    for (const [k, value] of pushed.entries()) expect(value).toBeCloseTo(forward[k], 13);
    await expect(vjp.handle.vjp({ inputs: at, cotangent: { y: vector(79, () => 1) } })).rejects.toMatchObject({
      code: 'E_COTANGENT_SHAPE',
    });
    const none = await vjp.handle.vjp({ inputs: at, cotangent: { y: vector(80, () => 0) } });
    expect(data(none.x)).toEqual(new Float64Array(80));
    expect(vjp.calls.jvp).toBe(4);
  });

  test('that lacks entries is mended once, with a warning that names the component, the rule and the rows', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ sparsity: { band: [0, 1] } }));
    const at = inputs(100);
    expectBroyden(await one.handle.jacobian({ inputs: at }), at);
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0][0]).toContain('Made: a check of the Jacobian of jacobianFromJvp');
    expect(warned.mock.calls[0][1]).toBe('CotangentWarning');
    const before = one.calls.jvp;
    const later = await explained(one, inputs(100, 2));
    expect(['extended', 'dense']).toContain(later.patternSource);
    expect(one.calls.jvp).toBeGreaterThan(before);
    expect(warned).toHaveBeenCalledTimes(1);
  });
});

describe('detection', () => {
  test('happens when it is first needed, also to explain, and is remembered', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ sparsity: 'detect' }));
    const first = await one.handle.explain('jacobian', { inputs: inputs(300) });
    expect(first).toMatchObject({ patternSource: 'detected', calls: { apply: 1 } });
    expect(first.spent.apply).toBeGreaterThan(10);
    expect(first.spent.apply).toBeLessThan(150);
    // The shapes were asked of the instance, NaN of another one.
    expect(one.calls.apply).toBe(1);
    await explained(one, inputs(300, 1));
    expect(one.calls.apply).toBe(3);
  });
});

describe('blocks', () => {
  class Inputs {
    @Float64({ shape: [3], differentiable: true }) a = vector(3, () => 1);
    @Float64({ differentiable: true }) s = 2;
    @Float32({ shape: [2, 2], differentiable: true }) w = zeros([2, 2], 'float32');
  }
  class Outputs {
    @Float64({ shape: [3], differentiable: true }) u!: NdArray;
    @Float64({ shape: [2], differentiable: true }) v!: NdArray;
  }

  // u = s·a + 3·a, v_i = Σ_j w_ij · a_j (j < 2).
  class Mixed extends DifferentiableComponent<Inputs, Outputs> {
    calls = 0;

    @Apply()
    apply({ a, s, w }: Inputs): Outputs {
      const at = (i: number) => w.data[2 * i] * a.data[0] + w.data[2 * i + 1] * a.data[1];
      return { u: vector(3, (k) => (s + 3) * a.data[k]), v: vector(2, at) };
    }

    @Jvp()
    jvp({ inputs: { a, s, w }, tangent, of, wrt }: JvpRequest<Inputs>) {
      this.calls++;
      const zero = new Float64Array(4);
      const da = wrt.includes('a') ? data(tangent.a) : zero;
      const ds = wrt.includes('s') ? Number(tangent.s) : 0;
      const dw = wrt.includes('w') ? Float64Array.from(data(tangent.w)) : zero;
      const dv = (i: number) =>
        w.data[2 * i] * da[0] + w.data[2 * i + 1] * da[1] + dw[2 * i] * a.data[0] + dw[2 * i + 1] * a.data[1];
      const all = { u: [0, 1, 2].map((k) => (s + 3) * da[k] + ds * a.data[k]), v: [dv(0), dv(1)] };
      return Object.fromEntries(of.map((path) => [path, all[path as 'u']]));
    }
  }

  const sparsity = {
    u: { a: 'diagonal', w: 'zero' },
    v: {
      s: 'zero',
      w: {
        pairs: [
          [0, 0],
          [0, 1],
          [1, 2],
          [1, 3],
        ],
      },
    },
  } as const;

  function mixed(options: PlanOptions) {
    class Made extends Mixed {}
    (DeriveJacobianFromJvp(options) as unknown as (t: unknown) => void)(Made);
    (Component({ inputs: Inputs, outputs: Outputs, cache: false }) as unknown as (t: unknown) => void)(Made);
    const instance = new Made();
    return { handle: openComponent(instance) as unknown as ComponentHandle<Inputs, Outputs>, instance };
  }

  const point = {
    a: [1, 2, 4],
    s: 0.5,
    w: [
      [1, 2],
      [3, 5],
    ],
  };
  const full = {
    u: { a: [3.5, 0, 0, 0, 3.5, 0, 0, 0, 3.5], s: [1, 2, 4], w: new Array(12).fill(0) },
    v: { a: [1, 2, 0, 3, 5, 0], s: [0, 0], w: [1, 2, 0, 0, 0, 0, 1, 2] },
  };
  const plain = (value: JacobianValue) =>
    Object.fromEntries(
      Object.entries(value).map(([of, row]) => [
        of,
        Object.fromEntries(Object.entries(row).map(([wrt, block]) => [wrt, [...data(block)]])),
      ]),
    );

  test('declared one by one go into one sweep; what is not declared is dense', async () => {
    const { handle, instance } = mixed({ sparsity });
    const explanation = await handle.explain('jacobian', { inputs: point });
    expect(explanation).toMatchObject({ method: 'colored columns', patternSource: 'declared' });
    const jacobian = await handle.jacobian({ inputs: point });
    expect(plain(jacobian)).toEqual(full);
    expect(jacobian.v.w).toMatchObject({ shape: [2, 2, 2], dtype: 'float64' });
    expect(instance.calls).toBe(explanation.calls.jvp);
    expect(instance.calls).toBeLessThan(8);
    expect(warned).not.toHaveBeenCalled();
  });

  test('a request for some of the paths takes their part of the declaration', async () => {
    const { handle, instance } = mixed({ sparsity });
    const some = await handle.jacobian({ inputs: point, of: ['u'], wrt: ['a', 'w'] });
    expect(plain(some)).toEqual({ u: { a: full.u.a, w: full.u.w } });
    // One seed, and two that check: w is in single precision.
    expect(instance.calls).toBe(3);
  });

  test('a declaration for the whole is cut to the paths that are asked for', async () => {
    const rows = [
      [0, 3],
      [1, 3],
      [2, 3],
      [0, 1, 4, 5],
      [0, 1, 6, 7],
    ];
    const { handle, instance } = mixed({ sparsity: { perRow: rows } });
    expect(plain(await handle.jacobian({ inputs: point }))).toEqual(full);
    expect(warned).not.toHaveBeenCalled();
    instance.calls = 0;
    expect(plain(await handle.jacobian({ inputs: point, of: ['v'], wrt: ['s', 'w'] }))).toEqual({
      v: { s: full.v.s, w: full.v.w },
    });
    expect(instance.calls).toBe(4);
  });

  test('a part that is cut out has all of its entries, the first column among them', async () => {
    const rows = [
      [0, 3],
      [1, 3],
      [2, 3],
      [0, 1, 4, 5],
      [0, 1, 6, 7],
    ];
    const { handle, instance } = mixed({ sparsity: { perRow: rows } });
    expect(plain(await handle.jacobian({ inputs: point, of: ['u'], wrt: ['a'] }))).toEqual({ u: { a: full.u.a } });
    expect(instance.calls).toBe(2);
    expect(warned).not.toHaveBeenCalled();
  });

  test('single precision is checked as single precision', async () => {
    const { handle } = mixed({ sparsity: { v: { w: sparsity.v.w } } });
    const third = {
      ...point,
      w: [
        [1 / 3, 0.1],
        [0.7, 1e-3],
      ],
    };
    await handle.jacobian({ inputs: third, of: ['v'] });
    expect(warned).not.toHaveBeenCalled();
  });

  test.each([
    ['an unknown output', { sparsity: { z: { a: 'zero' } } }, 'E_SPARSITY', 'sparsity'],
    ['an unknown input', { sparsity: { u: { z: 'zero' } } }, 'E_SPARSITY', 'sparsity["u"]'],
    ['a block that is no pattern', { sparsity: { u: { a: 'round' } } }, 'E_SPARSITY', 'sparsity["u"]["a"]'],
    ['a pattern that is none', { sparsity: 'round' }, 'E_SPARSITY', 'sparsity'],
    ['half a check', { verify: 0.5 }, 'E_OPTION', 'verify'],
    ['a batch of none', { batch: 0 }, 'E_OPTION', 'batch'],
    ['a negative tolerance', { tolerance: -1 }, 'E_OPTION', 'tolerance'],
  ])('%s is refused when the class is defined', (_name, options, code, path) => {
    let error: unknown;
    try {
      mixed(options as PlanOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ComponentError);
    expect(error).toMatchObject({ code, path });
  });
});

describe('plans that were saved', () => {
  test('spare the detection, and are refused where they no longer fit', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ sparsity: 'detect' }));
    const { plan } = await one.handle.explain('jacobian', { inputs: inputs(200) });
    const text = savePlan(plan!);
    expect(loadPlan(text).columns).toMatchObject({ groups: 3 });

    const again = made(Forward, DeriveJacobianFromJvp({ sparsity: 'detect', plan: text }));
    expect(await explained(again, inputs(200))).toMatchObject({ patternSource: 'saved', calls: { apply: 1, jvp: 4 } });
    expect(warned).not.toHaveBeenCalled();
    // Another size: the plan does not fit, and is made anew.
    expect(await explained(again, inputs(90))).toMatchObject({ patternSource: 'detected' });
    expect(warned).toHaveBeenCalledTimes(1);
  });

  test('are about their own paths and shapes', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ sparsity: { band: [1, 1] } }));
    const plan = loadPlan(savePlan((await one.handle.explain('jacobian', { inputs: inputs(6) })).plan!));
    const [y, x] = [[{ path: 'y', shape: [6] }], [{ path: 'x', shape: [6] }]];
    expect(fits(plan, y, x)).toBe(true);
    expect(fits(plan, [{ path: 'z', shape: [6] }], x)).toBe(false);
    expect(fits(plan, y, [{ path: 'x', shape: [2, 3] }])).toBe(false);
    expect(fits(plan, y, [{ path: 'x', shape: [7] }])).toBe(false);
  });

  test('that were damaged are not believed', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ sparsity: { band: [1, 1] } }));
    const { plan } = await one.handle.explain('jacobian', { inputs: inputs(20) });
    const text = savePlan(plan!);
    for (const damage of [
      text.replace('"columnIndex":[0,1', '"columnIndex":[0,2'),
      text.slice(1),
      '{}',
      text.replace('plan/1', 'plan/9'),
    ]) {
      expect(() => loadPlan(damage)).toThrow(expect.objectContaining({ code: 'E_PLAN' }));
      const again = made(Forward, DeriveJacobianFromJvp({ plan: damage }));
      expect(await explained(again, inputs(20))).toMatchObject({
        patternSource: 'dense',
        calls: { apply: 1, jvp: 20 },
      });
    }
    expect(warned).toHaveBeenCalledTimes(4);
  });

  test('whose pattern is not the one declared now are made anew', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ sparsity: { band: [1, 1] } }));
    const text = savePlan((await one.handle.explain('jacobian', { inputs: inputs(20) })).plan!);
    const same = made(Forward, DeriveJacobianFromJvp({ sparsity: { band: [1, 1] }, plan: text }));
    expect(await explained(same, inputs(20))).toMatchObject({ patternSource: 'saved' });
    const other = made(Forward, DeriveJacobianFromJvp({ sparsity: { band: [2, 2] }, plan: text }));
    expect(await explained(other, inputs(20))).toMatchObject({ patternSource: 'declared', groups: 5 });
    expect(warned).toHaveBeenCalledTimes(1);
  });
});

describe('a limit of memory', () => {
  test('refuses a Jacobian written out before anything is called, and says what it would take and what to do', async () => {
    const one = made(Forward, DeriveJacobianFromJvp({ sparsity: { band: [1, 1] }, memoryBytes: 10_000 }));
    await expect(one.handle.jacobian({ inputs: inputs(100) })).rejects.toMatchObject({
      code: 'E_MEMORY_LIMIT',
      fields: { received: '80000', expected: '10000' },
    });
    expect(one.calls.jvp).toBe(0);
    await one.handle.jacobian({ inputs: inputs(20) });
    const dense = made(Forward, DeriveJacobianFromJvp({ memoryBytes: 10_000 }));
    await expect(dense.handle.jacobian({ inputs: inputs(100) })).rejects.toMatchObject({ code: 'E_MEMORY_LIMIT' });
  });
});
