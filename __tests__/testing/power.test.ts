/** What a check costs and what it finds: the numbers that it promises, on maps of up to 10,000 × 10,000. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  DifferentiableComponent,
  Float64,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { checkGradients, totalCalls } from 'cotangent/testing';

class Vec {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}
class Out {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

/** A small generator, so that nothing here comes from src. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 31 - 1;
  };
}
const vector = (n: number, next: () => number) => Float64Array.from({ length: n }, next);
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

interface Flaw {
  readonly row: number;
  readonly column: number;
  readonly size: number;
  readonly inJvp: boolean;
  readonly inVjp: boolean;
}

/** y = p·sin(q·x) + x³ + r·(s·x), with n inputs and outputs; J is dense, ‖J‖ about √(‖p‖²‖q‖² + ‖r‖²‖s‖²). */
function smooth(n: number, own: 'jvp' | 'vjp' | 'both', flaw?: Flaw) {
  const next = numbers(7);
  const [p, q, r, s, x] = [vector(n, next), vector(n, next), vector(n, next), vector(n, next), vector(n, next)];
  const norm = Math.sqrt(dot(p, p) * dot(q, q) * Math.cos(dot(q, x)) ** 2 + dot(r, r) * dot(s, s));
  const off = flaw ? flaw.size * norm : 0;
  class Smooth extends DifferentiableComponent<Vec, Out> {
    @Apply()
    evaluate({ x: { data } }: Vec) {
      const [wave, line] = [Math.sin(dot(q, data)), dot(s, data)];
      return { y: data.map((v, i) => p[i]! * wave + v ** 3 + r[i]! * line) };
    }
    push({
      inputs: {
        x: { data },
      },
      tangent,
    }: JvpRequest<Vec>) {
      const t = tangent.x!.data;
      const [wave, line] = [Math.cos(dot(q, data)) * dot(q, t), dot(s, t)];
      const y = t.map((v, i) => p[i]! * wave + 3 * data[i]! ** 2 * v + r[i]! * line);
      if (flaw?.inJvp) y[flaw.row]! += off * t[flaw.column]!;
      return { y };
    }
    pull({
      inputs: {
        x: { data },
      },
      cotangent,
    }: VjpRequest<Vec, Out>) {
      const c = cotangent.y!.data;
      const [wave, line] = [Math.cos(dot(q, data)) * dot(p, c), dot(r, c)];
      const g = c.map((v, j) => q[j]! * wave + 3 * data[j]! ** 2 * v + s[j]! * line);
      if (flaw?.inVjp) g[flaw.column]! += off * c[flaw.row]!;
      return { x: g };
    }
  }
  const decorate = (decorator: unknown, key: string) =>
    (decorator as (target: object, key: string) => void)(Smooth.prototype, key);
  if (own !== 'vjp') decorate(Jvp(), 'push');
  if (own !== 'jvp') decorate(Vjp(), 'pull');
  (Component({ inputs: Vec, outputs: Out }) as (target: unknown) => void)(Smooth);
  return { type: Smooth, inputs: { x: new NdArray('float64', [n], x) }, size: off };
}

describe('the cost of a check', () => {
  test.each([
    [10, 'both'],
    [10000, 'jvp'],
    [10000, 'vjp'],
    [10000, 'both'],
  ] as const)('at n = m = %d with %s is at most 20 calls, and the correct component passes', async (n, own) => {
    const { type, inputs } = smooth(n, own);
    for (const seed of n === 10 ? [0, 1, 2] : [3]) {
      const report = await checkGradients(type, inputs, { seed });
      expect(report).toMatchObject({ ok: true, certain: true });
      expect(totalCalls(report.calls.check)).toBeLessThanOrEqual(20);
      expect(totalCalls(report.calls.search)).toBe(0);
    }
  });
});

const sites = numbers(99);
const site = (n: number) => Math.floor(((sites() + 1) / 2) * n);
const rows = [64, 1000, 10000].flatMap((n) =>
  (
    [
      ['both', 1e-8, 'jvp', { inJvp: true, inVjp: false }],
      ['both', 1e-8, 'vjp', { inJvp: false, inVjp: true }],
      ['both', 1e-6, 'both alike', { inJvp: true, inVjp: true }],
      ['jvp', 1e-6, 'jvp', { inJvp: true, inVjp: false }],
      ['vjp', 1e-6, 'vjp', { inJvp: false, inVjp: true }],
    ] as const
  ).flatMap(([own, size, where, flaw]) =>
    Array.from(
      { length: n === 10000 ? 1 : 4 },
      (_, trial) => [size, where, own, n, trial, { ...flaw, size, row: site(n), column: site(n) }] as const,
    ),
  ),
);

describe('a single wrong entry', () => {
  test.each(rows)(
    'of %d‖J‖ in %s, where there is %s, is named at n = m = %d in at most 32 further calls (%d)',
    async (_size, where, own, n, trial, flaw) => {
      const { type, inputs, size } = smooth(n, own, flaw);
      const report = await checkGradients(type, inputs, { seed: trial });
      expect(report.ok).toBe(false);
      expect(totalCalls(report.calls.check)).toBeLessThanOrEqual(20);
      expect(totalCalls(report.calls.search)).toBeLessThanOrEqual(32);
      const [fault] = report.faults;
      expect(fault).toMatchObject({ of: 'y', wrt: 'x', ofIndex: [flaw.row], wrtIndex: [flaw.column], among: 1 });
      const { jvp, vjp, differences } = fault!.values;
      const reference =
        where === 'jvp' ? (vjp ?? differences!) : where === 'vjp' ? (jvp ?? differences!) : differences!;
      const wrong = where === 'vjp' ? vjp! : jvp!;
      expect(Math.abs(wrong - reference) / size).toBeCloseTo(1, 1);
    },
  );
});

describe('many wrong entries', () => {
  /** y = x² with a derivative that is off wherever `isOff` says, and what stands there besides. */
  function spotted(n: number, own: 'jvp' | 'vjp', isOff: (row: number, column: number) => boolean) {
    const x = vector(n, numbers(3)).map((v) => v + 2);
    const off = (row: number, column: number) => (isOff(row, column) ? 1e-3 * (1 + ((row + column) % 5)) : 0);
    class Spotted extends DifferentiableComponent<Vec, Out> {
      @Apply()
      evaluate({ x: { data } }: Vec) {
        return { y: data.map((v) => v * v) };
      }
      push({
        inputs: {
          x: { data },
        },
        tangent,
      }: JvpRequest<Vec>) {
        const t = tangent.x!.data;
        return { y: t.map((v, i) => 2 * data[i]! * v + t.reduce((sum, one, j) => sum + off(i, j) * one, 0)) };
      }
      pull({
        inputs: {
          x: { data },
        },
        cotangent,
      }: VjpRequest<Vec, Out>) {
        const c = cotangent.y!.data;
        return { x: c.map((v, j) => 2 * data[j]! * v + c.reduce((sum, one, i) => sum + off(i, j) * one, 0)) };
      }
    }
    const decorate = own === 'jvp' ? Jvp() : Vjp();
    (decorate as unknown as (target: object, key: string) => void)(Spotted.prototype, own === 'jvp' ? 'push' : 'pull');
    (Component({ inputs: Vec, outputs: Out }) as (target: unknown) => void)(Spotted);
    return { type: Spotted, inputs: { x: new NdArray('float64', [n], x) } };
  }

  const patterns: readonly [string, (row: number, column: number) => boolean][] = [
    ['two columns of one row', (i, j) => i === 17 && (j === 40 || j === 97)],
    ['every third column of one row', (i, j) => i === 17 && j % 3 === 0],
    ['a block', (i, j) => i >= 30 && i < 50 && j >= 60 && j < 90],
    ['two far columns', (_, j) => j === 5 || j === 110],
  ];

  test.each(patterns.flatMap(([name, isOff]) => (['jvp', 'vjp'] as const).map((own) => [name, own, isOff] as const)))(
    '%s, in %s: the check fails, whatever the seed, and a place that it names is among them',
    async (_name, own, isOff) => {
      for (const seed of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const { type, inputs } = spotted(128, own, isOff);
        const report = await checkGradients(type, inputs, { seed });
        expect(report).toMatchObject({ ok: false });
        expect(totalCalls(report.calls.search)).toBeLessThanOrEqual(32);
        const [{ among, ofIndex, wrtIndex } = { among: 0, ofIndex: [], wrtIndex: [] }] = report.faults;
        if (among === 1) expect(isOff(ofIndex[0]!, wrtIndex[0]!)).toBe(true);
        expect(among).toBeGreaterThanOrEqual(1);
      }
    },
  );
});

describe('a check through a handle', () => {
  test('needs only the methods of the handle, and the paths where it knows no schema', async () => {
    const { type, inputs } = smooth(20, 'both');
    const { name, version, provenance, apply, abstractEval, jacobian, jvp, vjp } = openComponent(type);
    const foreign = { name, version, provenance, apply, abstractEval, jacobian, jvp, vjp };
    const report = await checkGradients(foreign, inputs, { of: ['y'], wrt: ['x'] });
    expect(report).toMatchObject({ ok: true, certain: true, verdict: 'ok' });
    await expect(checkGradients(foreign, inputs)).rejects.toMatchObject({ code: 'E_PATHS' });
  });

  test('tells of each call before it is made, and stops when it is told to', async () => {
    const { type, inputs } = smooth(20, 'both');
    const stop = new AbortController();
    const told: string[] = [];
    const onCall = (made: number, endpoint: string) => {
      told.push(endpoint);
      if (made === 9) stop.abort(new Error('enough'));
    };
    await expect(checkGradients(type, inputs, { onCall, signal: stop.signal })).rejects.toThrow('enough');
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told.length).toBeLessThanOrEqual(11);
  });
});
