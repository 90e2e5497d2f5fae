/** Derivations over handles, in this process and over a connection: what they give, what they cost, what they refuse. */
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  AbstractEval,
  Apply,
  array,
  Component,
  DifferentiableComponent,
  Float64,
  Jvp,
  type JvpRequest,
  type NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { connect, withDerived } from '../../src/client/index.js';
import type { ComponentHandle } from '../../src/runtime/handle.js';
import { type Served, served } from '../interchange/served.js';

class Inputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}

class Outputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

/** y = S·sin(x), S_ij = 1 / (i + j + 1); its derivative by products only, and it counts its calls. */
@Component({ inputs: Inputs, outputs: Outputs })
class Hilbert extends DifferentiableComponent<Inputs, Outputs> {
  calls = 0;

  @Apply()
  apply({ x }: Inputs) {
    return { y: array(times(x.data.map(Math.sin))) };
  }

  @AbstractEval()
  abstractEval({ x }: { x: { shape: readonly number[] } }) {
    return { y: { shape: x.shape, dtype: 'float64' } } as const;
  }

  @Vjp()
  async vjp({ inputs: { x }, cotangent }: VjpRequest<Inputs, Outputs>) {
    this.calls++;
    const pulled = times(cotangent.y!.data);
    return { x: array(pulled.map((value, i) => value * Math.cos(x.data[i]!))) };
  }

  @Jvp()
  async jvp({ inputs: { x }, tangent }: JvpRequest<Inputs>) {
    this.calls++;
    return { y: array(times(tangent.x!.data.map((value, i) => value * Math.cos(x.data[i]!)))) };
  }
}

const times = (v: Float64Array): Float64Array =>
  v.map((_, i) => v.reduce((total, value, j) => total + value / (i + j + 1), 0));

type Handle = ComponentHandle<Inputs, Outputs>;

const servers: Served[] = [];
afterAll(() => Promise.all(servers.map(({ close }) => close())));

/** The component, and handles on it: in this process, and over HTTP. */
async function both(): Promise<{
  readonly component: Hilbert;
  readonly handles: readonly (readonly [string, Handle])[];
}> {
  const component = new Hilbert();
  const server = await served(component);
  servers.push(server);
  const remote = await connect<Inputs, Outputs>(server.url);
  return { component, handles: [['here', openComponent(component)] as const, ['there', remote] as const] };
}

const x = [0.3, -1.2, 2.5, 0.7];

describe('endpoints added to a handle', () => {
  test('the same Jacobian from rows and from columns, here and there', async () => {
    const { component, handles } = await both();
    for (const [, handle] of handles) {
      for (const rule of ['jacobianFromVjp', 'jacobianFromJvp'] as const) {
        component.calls = 0;
        const { y } = await withDerived(handle, rule).jacobian({ inputs: { x } });
        expect(component.calls).toBe(4);
        x.forEach((value, j) => {
          const column = (y!['x'] as NdArray).data.filter((_, at) => at % 4 === j);
          for (const [i, entry] of column.entries()) expect(entry).toBeCloseTo(Math.cos(value) / (i + j + 1), 12);
        });
      }
    }
  });

  test('the results are the same bits whatever runs at once', async () => {
    const { handles } = await both();
    const [, remote] = handles[1]!;
    const results = await Promise.all(
      [1, 2, 3, 8].map((concurrency) =>
        withDerived(remote, 'jacobianFromVjp', { concurrency }).jacobian({ inputs: { x } }),
      ),
    );
    for (const one of results) expect(one).toEqual(results[0]);
  });

  test('provenance keeps what was there, and tells the rule and the cost of what was added', async () => {
    const { handles } = await both();
    for (const [, handle] of handles) {
      const derived = withDerived(handle, 'jacobianFromVjp');
      expect(derived.provenance.vjp).toEqual({ kind: 'own', method: 'vjp' });
      expect(derived.provenance.jacobian).toMatchObject({ kind: 'derived', rule: 'jacobianFromVjp', from: ['vjp'] });
      expect(handle.provenance.jacobian).toBeUndefined();
      expect(derived.name).toBe(handle.name);
    }
  });

  test('rules build on one another, and a derived handle can be derived from again', async () => {
    const { handles } = await both();
    for (const [, handle] of handles) {
      const once = withDerived(handle, 'jacobianFromVjp');
      const twice = withDerived(once, 'jacobianFromVjp');
      const [a, b] = await Promise.all([once.jacobian({ inputs: { x } }), twice.jacobian({ inputs: { x } })]);
      expect(a).toEqual(b);
    }
  });

  test('a sweep tells its progress, and stops between probes', async () => {
    const { component, handles } = await both();
    const [, remote] = handles[1]!;
    const stop = new AbortController();
    const done: number[] = [];
    component.calls = 0;
    const sweep = withDerived(remote, 'jacobianFromVjp', { concurrency: 1 }).jacobian(
      { inputs: { x } },
      {
        signal: stop.signal,
        onProgress: (count) => {
          done.push(count);
          if (count === 2) stop.abort(new Error('that will do'));
        },
      },
    );
    await expect(sweep).rejects.toThrow('that will do');
    expect(done).toEqual([1, 2]);
    expect(component.calls).toBe(2);
  });

  test('inputs are checked before a rule sees them', async () => {
    const { handles } = await both();
    for (const [, handle] of handles) {
      const call = withDerived(handle, 'jacobianFromVjp').jacobian({ inputs: { x: [[1]] as never } });
      await expect(call).rejects.toMatchObject({ code: 'E_ARRAY_RANK', path: 'inputs.x' });
    }
  });
});

describe('what cannot be added', () => {
  test('refusals are those of a class', async () => {
    const { handles } = await both();
    const code = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return (error as { code?: unknown }).code;
      }
    };
    for (const [, handle] of handles) {
      expect(code(() => withDerived(handle, 'jvpFromVjp'))).toBe('E_DERIVE_OWN_EXISTS');
      expect(code(() => withDerived(handle, 'vjpFromHope' as never))).toBe('E_DERIVE_UNKNOWN');
      expect(code(() => withDerived(handle, 'jacobianFromVjp', 'jacobianFromJvp'))).toBe('E_DERIVE_TWICE');
    }
  });

  test('a missing base is named, and how the rule was written', async () => {
    @Component({ inputs: Inputs, outputs: Outputs })
    class Plain extends DifferentiableComponent<Inputs, Outputs> {
      @Apply()
      apply(inputs: Inputs) {
        return { y: inputs.x };
      }
    }
    expect(() => withDerived(openComponent(Plain), 'vjpFromJacobian')).toThrow(
      expect.objectContaining({
        code: 'E_DERIVE_BASE_MISSING',
        message: expect.stringContaining("withDerived(…, 'vjpFromJacobian') on Plain needs jacobian"),
      }),
    );
  });

  test('what is no handle of ours is refused', () => {
    const fake = { name: 'fake', version: '1', provenance: {} };
    expect(() => withDerived(fake, 'vjpFromJvp')).toThrow(expect.objectContaining({ code: 'E_HANDLE' }));
  });
});
