/** The matchers and the conformance suite, as an author uses them. */

import { describe, expect, test } from '@jest/globals';
import { Apply, Component, DifferentiableComponent, Float64, openComponent } from 'cotangent';
import { describeComponent, type GradientMatchers, gradientMatchers, type Runner } from 'cotangent/testing';
import { blocks, type Parts, plane, point } from './plane.js';

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T> extends GradientMatchers<R> {
    /** Keeps the parameter of the interface that this one is merged with. */
    readonly matched?: T;
  }
}
expect.extend(gradientMatchers);

const right = plane(['jvp', 'vjp', 'jacobian']);
const doubled = plane(['jvp', 'vjp'], {
  vjp: ({ a, b }: Parts) => ({ a: (a as number[]).map((v) => 2 * v), b: b as number[] }),
});

const failureOf = async (run: () => Promise<unknown>): Promise<string> =>
  run().then(
    () => 'passed',
    (error: Error) => error.message,
  );

describe('toHaveCorrectGradients', () => {
  test('takes a class, an instance or a handle', async () => {
    await expect(right).toHaveCorrectGradients(point);
    await expect(new right()).toHaveCorrectGradients(point, { seed: 3 });
    await expect(openComponent(right)).toHaveCorrectGradients(point);
    await expect(doubled).not.toHaveCorrectGradients(point);
  });

  test('says which element is wrong, with what each side says of it', async () => {
    const message = await failureOf(() => expect(doubled).toHaveCorrectGradients(point));
    expect(message).toMatch(/E_GRADIENT_MISMATCH: Plane: d\((y\[\d\]|z)\)\/d\(a\[\d\]\) is wrong factor \(vjp\)/);
    expect(message).toMatch(/jvp -?[\d.e-]+, vjp -?[\d.e-]+, differences -?[\d.e-]+/);
  });

  test('does not pass where there is no derivative to check', async () => {
    class In {
      @Float64({ differentiable: true }) x = 1;
    }
    class Out {
      @Float64({ differentiable: true }) y!: number;
    }
    @Component({ inputs: In, outputs: Out })
    class Bare extends DifferentiableComponent<In, Out> {
      @Apply()
      evaluate({ x }: In): Out {
        return { y: x };
      }
    }
    await expect(Bare).not.toHaveCorrectGradients({});
    expect(await failureOf(() => expect(Bare).toHaveCorrectGradients({}))).toContain('offers no derivative');
  });
});

describe('toBeAdjointConsistent', () => {
  test('compares jvp and vjp, and needs both', async () => {
    await expect(right).toBeAdjointConsistent(point);
    await expect(doubled).not.toBeAdjointConsistent(point);
    await expect(plane(['jvp'])).not.toBeAdjointConsistent(point);
  });
});

describe('toMatchJacobian', () => {
  const expected = blocks(point.a, point.b);

  test('compares the blocks that are given', async () => {
    await expect(right).toMatchJacobian(point, expected);
    await expect(right).toMatchJacobian(point, { z: { b: expected.z.b } });
    await expect(openComponent(right)).toMatchJacobian(point, { z: { b: expected.z.b } });
  });

  test('allows as much as it is told to', async () => {
    const near = { z: { b: expected.z.b.map((v) => v + 1e-6) } };
    await expect(right).not.toMatchJacobian(point, near);
    await expect(right).toMatchJacobian(point, near, { absolute: 2e-6 });
    await expect(right).toMatchJacobian(point, near, { relative: 1e-4 });
  });

  test('names the entries that differ', async () => {
    const off = { z: { b: expected.z.b.map((v, i) => (i === 2 ? 7 : v)) } };
    expect(await failureOf(() => expect(right).toMatchJacobian(point, off))).toContain(
      `d(z)/d(b), entry 2: ${point.a[2]}, and 7 is expected`,
    );
    const short = { z: { b: [1, 2] } };
    expect(await failureOf(() => expect(right).toMatchJacobian(point, short))).toContain(
      '4 entries, and 2 are expected',
    );
  });
});

/** Runs what a suite registers, and keeps the results. */
async function runSuite(register: (runner: Runner) => void): Promise<Record<string, string>> {
  const tests: [string, () => Promise<void>][] = [];
  const trail: string[] = [];
  register({
    describe: (name, body) => {
      trail.push(name);
      body();
      trail.pop();
    },
    test: (name, body) => tests.push([[...trail, name].join(' › '), body]),
  });
  const results: Record<string, string> = {};
  for (const [name, body] of tests) results[name] = await failureOf(body);
  return results;
}

describe('the conformance suite', () => {
  test('passes in every promise for a correct component, at every point', async () => {
    const points = { 'the origin': { a: [0, 0, 0, 0], b: [0, 0, 0, 0] } };
    const results = await runSuite((runner) => describeComponent(right, { inputs: point, points, runner }));
    expect(Object.keys(results)).toHaveLength(18);
    expect(Object.keys(results)[0]).toMatch(/^Plane › at its inputs › /);
    expect(new Set(Object.values(results))).toEqual(new Set(['passed']));
  });

  test('fails in the promises that are broken', async () => {
    const results = await runSuite((runner) => describeComponent(doubled, { inputs: point, runner }));
    const failed = Object.keys(results).filter((name) => results[name] !== 'passed');
    expect(failed.map((name) => name.split(' › ').at(-1))).toEqual([
      '⟨w, jvp(u)⟩ = ⟨vjp(w), u⟩',
      'every derivative agrees with differences of apply',
    ]);
  });

  test('asks for a runner where none is global: E_CHECK_RUNNER', () => {
    const globals = globalThis as { describe?: unknown };
    const { describe: kept } = globals;
    delete globals.describe;
    try {
      expect(() => describeComponent(right, { inputs: point })).toThrow(
        expect.objectContaining({ code: 'E_CHECK_RUNNER' }),
      );
    } finally {
      globals.describe = kept;
    }
  });
});

// What an author writes, beside two imports: the suite registers itself with the runner's globals.
describeComponent(right, { inputs: point });
