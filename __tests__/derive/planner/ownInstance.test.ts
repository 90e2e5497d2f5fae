/** Detection by NaN leaves the instance alone that everybody calls, and does not wait for a NaN to converge. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  Apply,
  Component,
  DeriveJacobianFromJvp,
  DifferentiableComponent,
  Float64,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  type PlanOptions,
  zeros,
} from 'cotangent';
import { serve } from 'cotangent/server';

class Inputs {
  @Float64({ shape: [null], differentiable: true }) x = zeros([0]);
}
class Outputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

type Decorate = (target: unknown) => void;
type Made = new (...given: never[]) => Roots;

/** y_i = √x_i by Newton's method, each subclass in its own way. */
abstract class Roots extends DifferentiableComponent<Inputs, Outputs> {
  @Apply()
  apply({ x }: Inputs): Outputs {
    return { y: this.solve(x.data) as never };
  }

  @Jvp()
  jvp({ inputs, tangent }: JvpRequest<Inputs>) {
    const t = (tangent.x as NdArray).data;
    return { y: inputs.x.data.map((value, i) => t[i] / (2 * Math.sqrt(value))) };
  }

  abstract solve(x: Float64Array): Float64Array;
}

function made<C extends Made>(type: C, options: PlanOptions = {}): C {
  (DeriveJacobianFromJvp({ sparsity: 'detect', ...options }) as unknown as Decorate)(type);
  (Component({ inputs: Inputs, outputs: Outputs, cache: false, version: '1.0.0' }) as unknown as Decorate)(type);
  return type;
}

const newton = (x: number, start: number) => {
  let q = start;
  for (let k = 0; k < 60; k++) q = (q + x / q) / 2;
  return q;
};

const n = 12;
const x = Array.from({ length: n }, (_, k) => (k + 1) ** 2);
const roots = x.map(Math.sqrt);
const slopes = (at: readonly number[]) =>
  at.flatMap((value, i) => at.map((_, j) => (i === j ? 1 / (2 * Math.sqrt(value)) : 0)));

let warned: jest.SpiedFunction<typeof process.emitWarning>;
beforeEach(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => {
  warned.mockRestore();
});

const warnings = () => warned.mock.calls.map(([message]) => String(message));

type Handle = ReturnType<typeof openComponent<Roots>>;

async function rootsOf(handle: Handle): Promise<number[]> {
  const { y } = (await handle.apply({ x } as never)) as Outputs;
  return [...y.data];
}

async function expectRight(handle: Handle): Promise<void> {
  expect(await rootsOf(handle)).toEqual(roots);
  const { y } = await handle.jacobian({ inputs: { x } } as never);
  expect([...(y.x as NdArray).data]).toEqual(slopes(x));
  expect(await rootsOf(handle)).toEqual(roots);
}

/** Starts where it ended last. */
const warm = () =>
  made(
    class Warm extends Roots {
      last: number[] | undefined;
      solve(at: Float64Array) {
        this.last = [...at].map((value, i) => newton(value, this.last?.[i] ?? 1));
        return Float64Array.from(this.last);
      }
    },
  );

describe('a solver that starts where it ended last', () => {
  test('has its numbers after the detection, where its class is opened', async () => {
    await expectRight(openComponent(warm()) as Handle);
    expect(warnings()).toEqual([]);
  });

  test('has its numbers after the detection, where an instance is opened that was used before', async () => {
    const instance = new (warm())();
    instance.solve(Float64Array.from(x));
    await expectRight(openComponent(instance) as Handle);
    expect(instance.last).toEqual(roots);
    expect(warnings()).toEqual([]);
  });

  test('has its numbers after the detection, where it needs what its constructor is given', async () => {
    const Given = made(
      class Given extends Roots {
        last: number[] | undefined;
        readonly start: number;
        constructor(start: number) {
          super();
          this.start = start;
        }
        solve(at: Float64Array) {
          this.last = [...at].map((value, i) => newton(value, this.last?.[i] ?? this.start));
          return Float64Array.from(this.last);
        }
      },
    );
    await expectRight(openComponent(new Given(2 as never)) as Handle);
    expect(warnings()).toEqual([]);
  });

  test('has its numbers after the detection, where it keeps them in a private field', async () => {
    const Private = made(
      class Private extends Roots {
        #last: number[] = [];
        solve(at: Float64Array) {
          this.#last = [...at].map((value, i) => newton(value, this.#last[i] ?? 1));
          return Float64Array.from(this.#last);
        }
      },
    );
    await expectRight(openComponent(new Private()) as Handle);
    expect(warnings()).toEqual([]);
  });

  test('answers later callers of a server', async () => {
    const server = await serve({ component: warm(), port: 0, workers: 0 } as never);
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${server.url}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).text();
    };
    try {
      const before = await post('apply', { inputs: { x } });
      expect(await post('jacobian', { inputs: { x }, jac_inputs: ['x'], jac_outputs: ['y'] })).not.toContain('NaN');
      expect(await post('apply', { inputs: { x } })).toBe(before);
    } finally {
      await server.close();
    }
  });
});

describe('an apply that cannot be asked with NaN', () => {
  test('because its instance holds what cannot be copied, is left alone, with a warning that says what to do', async () => {
    const Held = made(
      class Held extends Roots {
        seen: number[] = [];
        readonly root: (value: number) => number;
        constructor(root: (value: number) => number) {
          super();
          this.root = root;
        }
        solve(at: Float64Array) {
          this.seen.push(...at);
          return at.map(this.root);
        }
      },
    );
    const instance = new Held(Math.sqrt as never);
    await expectRight(openComponent(instance) as Handle);
    expect(instance.seen.some(Number.isNaN)).toBe(false);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('its field root cannot be copied');
    expect(warnings()[0]).toContain("say `detection: 'products'`");
  });

  test('because it keeps NaN outside of its instance, is an error that says so: E_DETECT_STATE', async () => {
    let last = 1;
    const Outside = made(
      class Outside extends Roots {
        solve(at: Float64Array) {
          return at.map((value) => {
            last = newton(value, last);
            return last;
          });
        }
      },
    );
    const handle = openComponent(Outside) as Handle;
    await expect(handle.jacobian({ inputs: { x } } as never)).rejects.toMatchObject({
      code: 'E_DETECT_STATE',
      fields: { rule: 'jacobianFromJvp' },
    });
  });

  test('is not, where its author says that products are to be asked', async () => {
    let isTouched = false;
    const Asked = made(
      class Asked extends Roots {
        solve(at: Float64Array) {
          isTouched ||= at.some(Number.isNaN);
          return at.map(Math.sqrt);
        }
      },
      { detection: 'products' },
    );
    await expectRight(openComponent(Asked) as Handle);
    expect(isTouched).toBe(false);
    expect(warnings()).toEqual([]);
  });

  test.each([
    ['a loop that never ends', Infinity, /it does not end with NaN/],
    ['a loop of a million turns', 4e6, /it takes far longer with NaN|it does not end with NaN/],
  ])(
    'is asked once and no more where a NaN keeps it busy: %s',
    async (_, most, reason) => {
      let calls = 0;
      const Busy = made(
        class Busy extends Roots {
          solve(at: Float64Array) {
            if (at.some(Number.isNaN)) calls++;
            return at.map((value) => {
              let [q, turns] = [1, 0];
              while (!(Math.abs(q * q - value) <= 1e-9 * value) && turns < most) {
                q = (q + value / q) / 2;
                turns++;
              }
              return newton(value, q);
            });
          }
        },
      );
      await expectRight(openComponent(Busy) as Handle);
      expect(calls).toBe(1);
      expect(warnings()).toHaveLength(1);
      expect(warnings()[0]).toMatch(reason);
    },
    60_000,
  );
});
