/** Several seeds to a call, and several calls at once: fewer calls, the same bits. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  type ComponentHandle,
  DeriveJacobianFromJvp,
  DeriveJacobianFromProducts,
  DeriveJacobianFromVjp,
  DeriveVjpFromJvp,
  DifferentiableComponent,
  Float32,
  Float64,
  type JacobianValue,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  type PlanOptions,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';

const data = (value: unknown): Float64Array => (value as NdArray).data;

class Inputs {
  @Float64({ shape: [null], differentiable: true }) x = zeros([0]);
  @Float64({ differentiable: true }) s = 1;
}
class Outputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
  @Float32({ differentiable: true }) total!: number;
}

/** y_i = s·sin(x_i) + x_{i+1}², total = Σ x_i·s. */
class Chain extends DifferentiableComponent<Inputs, Outputs> {
  readonly seen: (number | undefined)[] = [];
  running = 0;
  most = 0;

  @Apply()
  apply({ x, s }: Inputs): Outputs {
    const y = x.data.map((one, i) => s * Math.sin(one) + (x.data[i + 1] ?? 0) ** 2);
    return { y: new NdArray('float64', x.shape, y), total: x.data.reduce((sum, one) => sum + one * s, 0) };
  }

  push({ x, s }: Inputs, dx: Float64Array, ds: number) {
    const y = dx.map(
      (one, i) =>
        s * Math.cos(x.data[i]) * one + 2 * (x.data[i + 1] ?? 0) * (dx[i + 1] ?? 0) + ds * Math.sin(x.data[i]),
    );
    return { y, total: dx.reduce((sum, one, i) => sum + one * s + x.data[i] * ds, 0) };
  }

  pull({ x, s }: Inputs, cy: Float64Array, ct: number) {
    const dx = x.data.map(
      (one, j) => s * Math.cos(one) * cy[j] + 2 * one * (cy[j - 1] ?? 0) * (j > 0 ? 1 : 0) + ct * s,
    );
    return { x: dx, s: cy.reduce((sum, one, i) => sum + one * Math.sin(x.data[i]) + x.data[i] * ct, 0) };
  }
}

/** One seed of a batch, or the only one. */
function part(value: unknown, batch: number | undefined, k: number, size: number): Float64Array {
  if (value === undefined) return new Float64Array(size);
  const flat = typeof value === 'number' ? Float64Array.of(value) : Float64Array.from(data(value));
  return batch === undefined ? flat : flat.subarray(k * size, (k + 1) * size);
}

function stacked(rows: readonly (ArrayLike<number> | number)[], batch: number | undefined) {
  if (batch === undefined)
    return typeof rows[0] === 'number' ? rows[0] : Float64Array.from(rows[0] as ArrayLike<number>);
  const flat = rows.flatMap((row) => (typeof row === 'number' ? [row] : Array.from(row)));
  const shape = typeof rows[0] === 'number' ? [batch] : [batch, flat.length / batch];
  return new NdArray('float64', shape, Float64Array.from(flat));
}

type Options = { batch?: number; concurrency?: number };

/** A component whose products take several seeds, or are asynchronous. */
function chain(options: Options, isAsync: boolean, ...decorators: readonly unknown[]) {
  class Made extends Chain {
    @Jvp(options)
    jvp({ inputs, tangent, batch }: JvpRequest<Inputs>) {
      const n = inputs.x.data.length;
      const all = [...Array(batch ?? 1).keys()].map((k) =>
        this.push(inputs, part(tangent.x, batch, k, n), part(tangent.s, batch, k, 1)[0]),
      );
      return this.answer(batch, {
        y: stacked(
          all.map(({ y }) => y),
          batch,
        ),
        total: stacked(
          all.map(({ total }) => total),
          batch,
        ),
      });
    }

    @Vjp(options)
    vjp({ inputs, cotangent, batch }: VjpRequest<Inputs, Outputs>) {
      const n = inputs.x.data.length;
      const all = [...Array(batch ?? 1).keys()].map((k) =>
        this.pull(inputs, part(cotangent.y, batch, k, n), part(cotangent.total, batch, k, 1)[0]),
      );
      return this.answer(batch, {
        x: stacked(
          all.map(({ x }) => x),
          batch,
        ),
        s: stacked(
          all.map(({ s }) => s),
          batch,
        ),
      });
    }

    answer<T>(batch: number | undefined, result: T): T {
      this.seen.push(batch);
      if (!isAsync) return result;
      this.most = Math.max(this.most, ++this.running);
      const later = async () => {
        await new Promise((resolve) => setTimeout(resolve, 3 * (this.seen.length % 3)));
        this.running--;
        return result;
      };
      return later() as unknown as T;
    }
  }
  for (const decorator of decorators) (decorator as (target: unknown) => void)(Made);
  (Component({ inputs: Inputs, outputs: Outputs, cache: false }) as (target: unknown) => void)(Made);
  const instance = new Made();
  return { handle: openComponent(instance) as unknown as ComponentHandle<Inputs, Outputs>, instance };
}

const at = (n: number) => ({ x: Float64Array.from({ length: n }, (_, k) => Math.sin(3 * k) + 0.1), s: 1.25 });

const bits = (value: JacobianValue) =>
  Object.values(value).flatMap((row) =>
    Object.values(row).map((block) => (typeof block === 'number' ? block : [...data(block)])),
  );

const rules = {
  jacobianFromJvp: DeriveJacobianFromJvp,
  jacobianFromVjp: DeriveJacobianFromVjp,
  jacobianFromProducts: DeriveJacobianFromProducts,
} as const;

describe('a batch', () => {
  test('of up to 64 seeds takes a Jacobian of 1,000 columns in 16 calls, of equal size', async () => {
    const { handle, instance } = chain({ batch: 64 }, false, DeriveJacobianFromJvp());
    const request = { inputs: at(1000), of: ['total'], wrt: ['x'] };
    const { calls, groups } = await handle.explain('jacobian', request);
    expect({ calls, groups }).toEqual({ calls: { jvp: 16 }, groups: 1000 });
    await handle.jacobian(request);
    expect(instance.seen).toHaveLength(16);
    expect(Math.min(...instance.seen.map((one) => one ?? 1))).toBeGreaterThanOrEqual(55);
    expect(instance.seen.reduce((sum: number, one) => sum + (one ?? 1), 0)).toBe(1000);
  });

  const blocks: PlanOptions = { sparsity: { y: { x: { band: [0, 1] } } } };
  const cases = Object.keys(rules).flatMap((rule) =>
    [2, 5, 64].flatMap((batch) =>
      [{}, blocks].map((options) => [rule, batch, options === blocks ? 'a band' : 'dense', options] as const),
    ),
  );

  test.each(cases)('gives %s the bits of single seeds: up to %i, %s', async (rule, batch, _kind, options) => {
    const decorate = rules[rule as keyof typeof rules];
    const single = chain({}, false, decorate(options));
    const several = chain({ batch }, false, decorate(options));
    const request = { inputs: at(23) };
    const { calls } = await several.handle.explain('jacobian', request);
    const value = await several.handle.jacobian(request);
    expect(bits(value)).toEqual(bits(await single.handle.jacobian(request)));
    const { apply: _, ...products } = calls;
    expect(several.instance.seen).toHaveLength(Object.values(products).reduce((sum, count) => sum + count, 0));
    expect(several.instance.seen.length).toBeLessThan(single.instance.seen.length);
    expect(Math.max(...several.instance.seen.map((one) => one ?? 1))).toBeLessThanOrEqual(batch);
  });

  test('serves a product from the other one, in fewer calls and with the bits of single seeds', async () => {
    /** The same component with only one of its products written. */
    const only = (batch: number | undefined, decorator: unknown) => {
      class One extends Chain {
        @Jvp(batch === undefined ? {} : { batch })
        jvp({ inputs, tangent, batch: count }: JvpRequest<Inputs>) {
          this.seen.push(count);
          const n = inputs.x.data.length;
          const all = [...Array(count ?? 1).keys()].map((k) =>
            this.push(inputs, part(tangent.x, count, k, n), part(tangent.s, count, k, 1)[0]),
          );
          return {
            y: stacked(
              all.map(({ y }) => y),
              count,
            ),
            total: stacked(
              all.map(({ total }) => total),
              count,
            ),
          };
        }
      }
      (decorator as (target: unknown) => void)(One);
      (Component({ inputs: Inputs, outputs: Outputs, cache: false }) as (target: unknown) => void)(One);
      const instance = new One();
      return { handle: openComponent(instance) as unknown as ComponentHandle<Inputs, Outputs>, instance };
    };
    const request = {
      inputs: at(200),
      cotangent: { y: Float64Array.from({ length: 200 }, (_, k) => Math.cos(k) / 3), total: 0.5 },
    };
    const [single, several] = [only(undefined, DeriveVjpFromJvp()), only(8, DeriveVjpFromJvp())];
    const value = await several.handle.vjp(request);
    expect(bits({ value })).toEqual(bits({ value: await single.handle.vjp(request) }));
    expect([single.instance.seen.length, several.instance.seen.length]).toEqual([201, 26]);
  });

  test('is no larger than the rule says, and than the memory allows', async () => {
    const capped = chain({ batch: 64 }, false, DeriveJacobianFromJvp({ batch: 10 }));
    await capped.handle.jacobian({ inputs: at(100), of: ['y'], wrt: ['x'] });
    expect(capped.instance.seen).toEqual(new Array(10).fill(10));
    // 90,000 bytes hold the Jacobian of 100 by 100, and 56 seeds of 100 with their answers.
    const tight = chain({ batch: 64 }, false, DeriveJacobianFromJvp({ memoryBytes: 90_000 }));
    await tight.handle.jacobian({ inputs: at(100), of: ['y'], wrt: ['x'] });
    expect(tight.instance.seen).toEqual([50, 50]);
  });

  test('that is answered in the shape of a single seed is the fault of the method', async () => {
    class Wrong extends Chain {
      @Jvp({ batch: 4 })
      jvp({ inputs }: JvpRequest<Inputs>) {
        return { y: new Float64Array(inputs.x.data.length), total: 0 };
      }
    }
    (DeriveJacobianFromJvp() as unknown as (target: unknown) => void)(Wrong);
    (Component({ inputs: Inputs, outputs: Outputs }) as (target: unknown) => void)(Wrong);
    const handle = openComponent(new Wrong()) as unknown as ComponentHandle<Inputs, Outputs>;
    await expect(handle.jacobian({ inputs: at(8) })).rejects.toMatchObject({ code: 'E_RESULT' });
  });

  test('of none is refused when the class is defined', () => {
    expect(() => chain({ batch: 0 }, false)).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
  });
});

describe('calls at once', () => {
  const request = { inputs: at(12), of: ['y'] };

  test.each(Object.keys(rules))(
    'of an asynchronous base keep to the declared limit, and give %s the same bits',
    async (rule) => {
      const decorate = rules[rule as keyof typeof rules];
      const one = chain({}, true, decorate());
      const four = chain({ concurrency: 4 }, true, decorate());
      expect(bits(await four.handle.jacobian(request))).toEqual(bits(await one.handle.jacobian(request)));
      expect([one.instance.most, four.instance.most]).toEqual([1, 4]);
    },
  );

  test('are no more than the caller asks for', async () => {
    const four = chain({ concurrency: 4 }, true, DeriveJacobianFromJvp());
    await four.handle.jacobian(request, { concurrency: 2 });
    expect(four.instance.most).toBe(2);
    await four.handle.jacobian(request, { concurrency: 50 });
    expect(four.instance.most).toBe(4);
  });

  test('may be batches, whose progress is told in calls, and which stop at a signal', async () => {
    const several = chain({ concurrency: 2, batch: 3 }, true, DeriveJacobianFromJvp());
    const done: [number, number][] = [];
    const stop = new AbortController();
    await several.handle.jacobian(request, { onProgress: (count, total) => done.push([count, total]) });
    expect(done).toEqual([1, 2, 3, 4, 5].map((count) => [count, 5]));
    several.instance.seen.length = 0;
    const stopped = several.handle.jacobian(request, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(several.instance.seen.length).toBeLessThanOrEqual(3);
  });
});
