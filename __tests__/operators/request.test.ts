/** What an author's method is given of a request: each path once, in schema order, whatever order and however often it was asked for. */
import { expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  type ComponentError,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import fc from 'fast-check';

const names = ['a', 'b', 'c'] as const;

class Side {
  @Float64({ differentiable: true }) a = 1;
  @Float64({ differentiable: true }) b = 2;
  @Float64({ differentiable: true }) c = 3;
}

let met: readonly (readonly string[])[] = [];

/** The identity, which notes what it was asked for. */
@Component({ inputs: Side, outputs: Side })
class Noting extends DifferentiableComponent<Side, Side> {
  @Apply() apply(side: Side): Side {
    return side;
  }
  @Jacobian() jacobian({ of, wrt }: JacobianRequest<Side>) {
    met = [of, wrt];
    const row = (y: string) => Object.fromEntries(wrt.map((x) => [x, x === y ? 1 : 0]));
    return Object.fromEntries(of.map((y) => [y, row(y)]));
  }
  @Jvp() jvp({ of, wrt, tangent }: JvpRequest<Side>) {
    met = [of, wrt];
    return Object.fromEntries(of.map((y) => [y, Number(tangent[y] ?? 0)]));
  }
  @Vjp() vjp({ of, wrt, cotangent }: VjpRequest<Side, Side>) {
    met = [of, wrt];
    return Object.fromEntries(wrt.map((x) => [x, Number(cotangent[x] ?? 0)]));
  }
}

const some = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 12 });
const sorted = (list: readonly string[]) => names.filter((name) => list.includes(name));
const seed = (list: readonly string[]) => Object.fromEntries(list.map((name) => [name, 1]));
const handle = openComponent(Noting);
const inputs = {};

test.each(['jacobian', 'jvp', 'vjp'] as const)('%s is given each path once, in schema order', async (endpoint) => {
  await fc.assert(
    fc.asyncProperty(some, some, async (of, wrt) => {
      const request = { inputs, of, wrt, tangent: seed(wrt), cotangent: seed(of) };
      const answer = (await handle[endpoint](request)) as Readonly<Record<string, unknown>>;
      expect(met).toEqual([sorted(of), sorted(wrt)]);
      expect(Object.keys(answer)).toEqual(sorted(endpoint === 'vjp' ? wrt : of));
      if (endpoint === 'jacobian')
        for (const row of Object.values(answer)) expect(Object.keys(row as object)).toEqual(sorted(wrt));
    }),
    { seed: 4, numRuns: 60 },
  );
});

test.each(['jacobian', 'jvp', 'vjp'] as const)(
  'every problem of a request for %s is told at once',
  async (endpoint) => {
    const request = {
      inputs: { a: 'no', b: [1] },
      of: ['q', 'a'],
      wrt: ['z', 'b'],
      tangent: { z: 1, b: 1 },
      cotangent: { q: 1, a: 1 },
    };
    const error = await handle[endpoint](request as never).then(
      () => undefined,
      (thrown: ComponentError) => thrown,
    );
    expect(error?.code).toBe('E_INVALID');
    const codes = error?.problems.map(({ code }) => code) ?? [];
    expect(codes.filter((code) => code === 'E_PATH_UNKNOWN')).toHaveLength(2);
    expect(codes.length).toBeGreaterThanOrEqual(4);
    for (const { message } of error?.problems ?? []) expect(error?.message).toContain(message);
  },
);
