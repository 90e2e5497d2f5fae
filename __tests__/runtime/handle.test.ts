/** Handles on local components: what they say of themselves, what may be left out, and how a call is watched and stopped. */

import { describe, expect, test } from '@jest/globals';
import {
  AbstractEval,
  Apply,
  Component,
  ComponentError,
  DeriveAbstractEvalFromApply,
  DeriveJacobianFromJvp,
  DeriveJacobianFromVjp,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  type EndpointName,
  Float32,
  Float64,
  Int32,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  type NdArray,
  openComponent,
  sync,
  Vjp,
} from 'cotangent';

class Inputs {
  @Float64({ differentiable: true }) x = 3;
  @Float64({ shape: [null], differentiable: true }) v!: NdArray;
  @Int32() k = 1;
}
class Outputs {
  @Float64({ differentiable: true }) a!: number;
  @Float64({ shape: [2], differentiable: true }) b!: NdArray;
  @Int32() n!: number;
}

let asked: { of: readonly string[]; wrt: readonly string[] } | undefined;

/** a = x, b = [Σ v, x]. */
@Component({ inputs: Inputs, outputs: Outputs, version: '1.2.3', description: 'A sum.' })
@DeriveVjpFromJacobian()
class Sum extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() override apply({ x, v }: Inputs): object & Outputs {
    return { a: x, b: [v.data.reduce((s, value) => s + value, 0), x], n: v.size } as never;
  }
  @Jacobian() blocks({ inputs: { v }, of, wrt }: JacobianRequest<Inputs>) {
    asked = { of, wrt };
    const ones = [...v.data].fill(1);
    const zeros = [...v.data].fill(0);
    return { a: { x: 1, v: zeros, k: 'dropped' as never }, b: { x: [0, 1], v: [ones, zeros] } };
  }
}

const inputs = { v: [1, 2, 3] };

async function refusal(attempt: Promise<unknown>): Promise<ComponentError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof ComponentError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

describe('a handle', () => {
  test('on a class and on an instance are alike', async () => {
    const handles = [openComponent(Sum), openComponent(new Sum())];
    for (const handle of handles) {
      expect(handle).toMatchObject({ name: 'Sum', version: '1.2.3' });
      expect(await handle.apply(inputs)).toMatchObject({ a: 3, n: 3, b: { data: Float64Array.of(6, 3) } });
    }
  });

  test('has the name of its class unless another is given', () => {
    @Component({ inputs: Inputs, outputs: Outputs, name: 'summation' })
    class Named extends Sum {}
    expect(openComponent(Named)).toMatchObject({ name: 'summation', version: '0.0.0' });
  });

  test('gives outputs as instances of their class, and inputs as instances of theirs', async () => {
    let given: unknown;
    class Spy extends Sum {
      @Apply({ keepsDerivatives: true }) override apply(x: Inputs) {
        given = x;
        return super.apply(x);
      }
    }
    expect(await openComponent(Spy).apply(inputs)).toBeInstanceOf(Outputs);
    expect(given).toBeInstanceOf(Inputs);
  });

  test('tells of each endpoint whether a method or a rule answers it, and what a call costs', () => {
    expect(openComponent(Sum).provenance).toEqual({
      apply: { kind: 'own', method: 'apply' },
      jacobian: { kind: 'own', method: 'blocks' },
      vjp: {
        kind: 'derived',
        rule: 'vjpFromJacobian',
        from: ['jacobian'],
        exact: true,
        cost: '1 jacobian call per request',
      },
    });
  });

  test('on a class that cannot be made without arguments asks for an instance', () => {
    class Picky extends Sum {
      constructor() {
        super();
        throw new Error('needs a mesh');
      }
    }
    const error = (() => {
      try {
        return openComponent(Picky);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({
      code: 'E_OPEN_CONSTRUCTOR',
      fields: { component: 'Picky', reason: 'Error: needs a mesh' },
    });
    expect((error as Error).cause).toMatchObject({ message: 'needs a mesh' });
  });

  test('passes on what a method throws, and rejects even where the method throws at once', async () => {
    const cause = new RangeError('diverged');
    class Failing extends Sum {
      @Apply({ keepsDerivatives: true }) override apply(): never {
        throw cause;
      }
    }
    await expect(openComponent(Failing).apply(inputs)).rejects.toBe(cause);
    class Late extends Sum {
      @Apply({ keepsDerivatives: true }) override apply(): never {
        return Promise.reject(cause) as never;
      }
    }
    await expect(openComponent(Late).apply(inputs)).rejects.toBe(cause);
  });

  test('cannot be changed', () => {
    const handle = openComponent(Sum);
    expect(() => Object.assign(handle, { apply: () => 1 })).toThrow(TypeError);
    expect(() => Object.assign(handle.provenance, { jvp: 1 })).toThrow(TypeError);
  });
});

describe('an endpoint that is not offered', () => {
  test.each<[EndpointName, string, string]>([
    ['jvp', 'jacobian_vector_product', 'Add @DeriveJvpFromJacobian() to derive it (1 jacobian call per request).'],
    ['abstractEval', 'abstract_eval', 'Add @DeriveAbstractEvalFromApply() to derive it (1 apply call per request).'],
  ])('%s is refused with the decorator that would offer it, and its cost', async (endpoint, route, advice) => {
    const request = { inputs, tangent: { x: 1 } } as never;
    for (const attempt of [() => openComponent(Sum)[endpoint](request), async () => new Sum()[endpoint](request)]) {
      const error = await refusal(attempt() as Promise<unknown>);
      expect(error).toMatchObject({
        code: 'E_NO_SUCH_ENDPOINT',
        status: 404,
        fields: { component: 'Sum', endpoint: route, offered: 'apply, jacobian, vector_jacobian_product' },
      });
      expect(error.fields['advice']).toContain(advice);
    }
  });

  test('and nothing exact leads to is refused with ways that do', async () => {
    @Component({ inputs: Inputs, outputs: Outputs })
    class Forward extends DifferentiableComponent<Inputs, Outputs> {
      @Apply() evaluate() {
        return { a: 1, b: [1, 2], n: 1 };
      }
    }
    const error = await refusal(openComponent(Forward).jacobian({ inputs }));
    expect(error.fields).toMatchObject({ component: 'Forward', endpoint: 'jacobian', offered: 'apply' });
    expect(error.fields['advice']).toMatch(/Jacobian/);
  });
});

describe('paths left out', () => {
  test('are all that is differentiable', async () => {
    const value = await openComponent(Sum).jacobian({ inputs });
    expect(asked).toEqual({ of: ['a', 'b'], wrt: ['x', 'v'] });
    expect(value).toMatchObject({ a: { x: 1, v: { shape: [3] } }, b: { x: { shape: [2] }, v: { shape: [2, 3] } } });
    expect(Object.keys(value['a']!)).toEqual(['x', 'v']);
  });

  test('are, of a product, those of its seed', async () => {
    expect(await openComponent(Sum).vjp({ inputs, cotangent: { a: 2 } })).toMatchObject({ x: 2 });
    expect(asked!.of).toEqual(['a']);
    @DeriveJvpFromJacobian()
    class Both extends Sum {}
    expect(await openComponent(Both).jvp({ inputs, tangent: { x: 5 } })).toMatchObject({ a: 5 });
    expect(asked).toEqual({ of: ['a', 'b'], wrt: ['x'] });
    expect(await openComponent(Both).jvp({ inputs, of: ['a'], tangent: { x: 5 } })).toEqual({ a: 5 });
  });

  test('may be sets, and seeds maps', async () => {
    const request = { inputs, wrt: new Set(['x']) as never, cotangent: new Map([['a', 3]]) as never };
    expect(await openComponent(Sum).vjp(request)).toEqual({ x: 3 });
  });
});

describe('seeds', () => {
  @DeriveJvpFromJacobian()
  class Both extends Sum {}
  const handle = openComponent(Both);

  test('have the shape of their array, unbroadcast', async () => {
    expect(await refusal(handle.jvp({ inputs, tangent: { v: [1] } }))).toMatchObject({
      code: 'E_TANGENT_SHAPE',
      status: 422,
      fields: { path: 'tangent_vector["v"]', received: '[1]', expected: '[3]', of: 'v' },
    });
    expect(await refusal(handle.vjp({ inputs, cotangent: { b: [1] } }))).toMatchObject({
      code: 'E_COTANGENT_SHAPE',
      fields: { path: 'cotangent_vector["b"]', received: '[1]', expected: '[2]', of: 'b' },
    });
    expect(await refusal(handle.jvp({ inputs, tangent: { x: [1] } }))).toMatchObject({ code: 'E_TANGENT_SHAPE' });
  });

  test('of whole numbers are taken as floats', async () => {
    const tangent = { v: Int32Array.of(1, 2, 3) };
    expect(await handle.jvp({ inputs, of: ['b'], tangent })).toMatchObject({ b: { data: Float64Array.of(6, 0) } });
  });
});

describe('results', () => {
  test('may hold more than was asked for, which is dropped', async () => {
    const value = await openComponent(Sum).jacobian({ inputs, of: ['a'], wrt: ['x'] });
    expect(value).toEqual({ a: { x: 1 } });
  });

  test('that do not fit the declared dtype are told by path', async () => {
    class Single {
      @Float32({ differentiable: true }) x = 1;
    }
    @Component({ inputs: Single, outputs: Single })
    class Huge extends DifferentiableComponent<Single, Single> {
      @Apply() evaluate() {
        return { x: 1 };
      }
      @Vjp() pull() {
        return { x: 1e300 };
      }
    }
    const error = await refusal(openComponent(Huge).vjp({ inputs: {}, cotangent: { x: 1 } }));
    expect(error).toMatchObject({ status: 500, fields: { path: 'Huge.pull()["x"]', expected: 'float32' } });
    expect(error.message).toContain('1e+300');
    expect(error.message).not.toContain('has dtype 1e+300');
  });

  test('of a synchronous component are there at once, of another they are promised', () => {
    const sum = new Sum();
    const request = { inputs: { x: 1, v: { size: 0, data: [] } as never, k: 1 }, of: ['a'], wrt: ['x'] };
    expect(sync(sum.vjp({ ...request, cotangent: { a: 4 } }))).toEqual({ x: 4 });
    expect(() => sync(Promise.resolve(1), 'Sum.vjp()')).toThrow(
      expect.objectContaining({ code: 'E_ASYNC', fields: { method: 'Sum.vjp()' } }),
    );
  });
});

describe('a sweep', () => {
  class Slow extends Sum {
    calls = 0;
    controller = new AbortController();
    @Jvp() async push({ signal, tangent }: JvpRequest<Inputs>) {
      if (++this.calls === 2) this.controller.abort(new Error('the caller left'));
      expect(signal).toBe(this.controller.signal);
      return { a: tangent.x ?? 0, b: [0, tangent.x ?? 0] };
    }
  }

  @DeriveJacobianFromJvp()
  class Swept extends Slow {}

  test('stops between two probes once its signal is aborted, with the reason', async () => {
    const swept = new Swept();
    const { signal } = swept.controller;
    await expect(openComponent(swept).jacobian({ inputs }, { signal })).rejects.toThrow('the caller left');
    expect(swept.calls).toBe(2);
  });

  test('does not start where its signal is aborted already', async () => {
    const swept = new Swept();
    swept.controller.abort(new Error('too late'));
    const { signal } = swept.controller;
    await expect(openComponent(swept).jacobian({ inputs }, { signal })).rejects.toThrow('too late');
    expect(swept.calls).toBe(0);
  });

  test('of a direct call heeds the signal of its request', async () => {
    const swept = new Swept();
    const { signal } = swept.controller;
    const request = { inputs: { x: 1, v: [1, 2] as never, k: 1 }, of: ['a'], wrt: ['x', 'v'], signal };
    await expect(swept.jacobian(request)).rejects.toThrow('the caller left');
    expect(swept.calls).toBe(2);
  });

  test('tells how far it is after each probe', async () => {
    @Component({ inputs: Inputs, outputs: Outputs })
    @DeriveJacobianFromVjp()
    @DeriveAbstractEvalFromApply()
    class Rows extends DifferentiableComponent<Inputs, Outputs> {
      @Apply() evaluate() {
        return { a: 1, b: [1, 2], n: 1 };
      }
      @Vjp() pull({ inputs: { v } }: { inputs: Inputs }) {
        return { x: 1, v: [...v.data] };
      }
    }
    const seen: [number, number][] = [];
    await openComponent(Rows).jacobian({ inputs }, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});

describe('abstractEval through a handle', () => {
  @Component({ inputs: Inputs, outputs: Outputs })
  class Shaped extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() evaluate() {
      return { a: 1, b: [1, 2], n: 1 };
    }
    @AbstractEval() shapes({ v }: { v: { shape: readonly number[] } }) {
      return {
        a: { shape: [], dtype: 'float64' as const },
        b: { shape: v.shape, dtype: 'float64' as const },
        n: { shape: [], dtype: 'int32' as const },
      };
    }
  }
  const handle = openComponent(Shaped);

  test('takes shapes and dtypes, or arrays of those', async () => {
    const outputs = { b: { shape: [2], dtype: 'float64' }, n: { shape: [], dtype: 'int32' } };
    expect(await handle.abstractEval({ v: { shape: [2], dtype: 'float64' } })).toMatchObject(outputs);
    expect(await handle.abstractEval({ v: [1, 2] })).toMatchObject(outputs);
    expect(await handle.abstractEval({ v: new Float32Array(2) })).toMatchObject(outputs);
  });

  test('refuses ranks and dtypes that the schema does not know', async () => {
    const attempt = (v: unknown) => refusal(handle.abstractEval({ v } as never));
    expect(await attempt({ shape: [2, 2], dtype: 'float64' })).toMatchObject({
      code: 'E_ARRAY_RANK',
      path: 'inputs.v',
    });
    expect(await attempt({ shape: [2], dtype: 'float65' })).toMatchObject({ code: 'E_ARRAY_UNKNOWN_DTYPE' });
    expect(await attempt({ shape: [-1], dtype: 'float64' })).toMatchObject({ path: 'inputs.v' });
    expect(await attempt({ shape: ['2'], dtype: 'float64' })).toMatchObject({ path: 'inputs.v' });
  });

  test('holds the method to the declared shapes', async () => {
    const error = await refusal(handle.abstractEval({ v: { shape: [3], dtype: 'float64' } }));
    expect(error).toMatchObject({ code: 'E_RESULT', fields: { method: 'Shaped.shapes()', endpoint: 'abstractEval' } });
    expect(error.problems.map(({ code, path }) => [code, path])).toEqual([['E_ARRAY_SHAPE', 'outputs.b']]);
  });
});
