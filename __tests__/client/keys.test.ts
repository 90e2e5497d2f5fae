/** Maps with keys of any characters, and choices on integers, in this process and as our own client sends them. */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IsIn, Min } from 'class-validator';
import {
  Apply,
  Component,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  Float64,
  Int32,
  Int64,
  Jacobian,
  type JacobianRequest,
  type NdArray,
  openComponent,
} from 'cotangent';
import fc from 'fast-check';
import { connect } from '../../src/client/index.js';
import { formatPath, readPath } from '../../src/schema/path.js';
import { type Served, served } from '../interchange/served.js';

class In {
  @Float64({ each: 'map', differentiable: true }) d: ReadonlyMap<string, number> = new Map();
  @Int32() @IsIn([1, 2, 4]) order = 2;
  @Int64() @Min(1) n = 2n;
  @Float64({ shape: [null] }) @Min(0) t!: NdArray;
}
class Out {
  @Float64({ differentiable: true }) y!: number;
  @Float64({ each: 'map', differentiable: true }) e!: ReadonlyMap<string, number>;
}

/** y = order · Σ (k + 1) d_k, e = 2 d; a derivative for every path asked for. */
@Component({ inputs: In, outputs: Out })
@DeriveVjpFromJacobian()
@DeriveJvpFromJacobian()
class Weighs extends DifferentiableComponent<In, Out> {
  @Apply() evaluate({ d, order }: In) {
    const y = order * [...d.values()].reduce((sum, one, k) => sum + (k + 1) * one, 0);
    return { y, e: new Map([...d].map(([key, one]) => [key, 2 * one])) };
  }
  @Jacobian() blocks({ inputs, of, wrt }: JacobianRequest<In>) {
    const keys = [...inputs.d.keys()];
    const keyOf = (path: string) => {
      const last = readPath(path)!.at(-1)!;
      return last.kind === 'key' ? last.key! : '';
    };
    const block = (row: string, column: string) => {
      if (row === 'y') return inputs.order * (keys.indexOf(keyOf(column)) + 1);
      return keyOf(row) === keyOf(column) ? 2 : 0;
    };
    return Object.fromEntries(
      of.map((row) => [row, Object.fromEntries(wrt.map((column) => [column, block(row, column)]))]),
    );
  }
}

const odd = [
  'ok',
  'a}b',
  'a{b',
  'a\\b',
  '',
  'a.b',
  '{}',
  '[0]',
  '"',
  "'",
  '*',
  '__proto__',
  'toString',
  '\n',
  '🔑',
  '}.{',
  '\\',
];
const pathOf = (key: string) =>
  formatPath([
    { kind: 'field', name: 'd' },
    { kind: 'key', key },
  ]);

let server: Served;
let remote: Awaited<ReturnType<typeof connect<In, Out>>>;
beforeAll(async () => {
  server = await served(Weighs);
  remote = await connect<In, Out>(server.url);
});
afterAll(() => server.close());
const handles = () => [openComponent(Weighs), remote] as const;

describe('a map with keys of any characters', () => {
  test('has every entry among the default paths, in this process and through the client', async () => {
    const anyKey = fc.oneof(fc.constantFrom(...odd), fc.string({ unit: 'grapheme' }));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyKey, { minLength: 1, maxLength: 12 }), async (keys) => {
        const inputs = { d: new Map(keys.map((key, k) => [key, k])), t: [1] };
        const wanted = Object.fromEntries(keys.map((key, k) => [pathOf(key), 2 * (k + 1)]));
        for (const handle of handles()) {
          expect(await handle.vjp({ inputs, cotangent: { y: 1 } })).toEqual(wanted);
          const { y } = await handle.jacobian({ inputs, of: ['y'] });
          expect(y).toEqual(wanted);
          const tangent = Object.fromEntries(keys.map((key) => [pathOf(key), 1]));
          const pushed = await handle.jvp({ inputs, of: ['y'], tangent });
          expect(pushed['y']).toBe(keys.length * (keys.length + 1));
          expect([...(await handle.apply(inputs)).e]).toEqual(keys.map((key, k) => [key, 2 * k]));
        }
      }),
      { seed: 2, numRuns: Number(process.env['COTANGENT_CASES'] ?? 12) },
    );
  }, 60_000);

  test('has each of the keys that are odd on the way', async () => {
    const inputs = { d: new Map(odd.map((key) => [key, 1])), t: [1] };
    for (const handle of handles()) {
      const found = await handle.vjp({ inputs, cotangent: { y: 1 } });
      expect(Object.keys(found).sort()).toEqual(odd.map(pathOf).sort());
    }
    expect(['a}b', 'a{b', 'a\\b', '', 'a.b'].map(pathOf)).toEqual([
      'd.{a\\}b}',
      'd.{a\\{b}',
      'd.{a\\\\b}',
      'd.{}',
      'd.{a.b}',
    ]);
  });

  test('refuses a key that is written otherwise', async () => {
    const inputs = { d: { 'a{b': 1 }, t: [1] };
    for (const handle of handles())
      await expect(
        handle.vjp({ inputs: inputs as never, wrt: ['d.{a{b}'], cotangent: { y: 1 } }),
      ).rejects.toMatchObject({
        code: 'E_PATH_UNKNOWN',
      });
  });
});

describe('constraints on numbers', () => {
  test('let our own client call, and are told by the server alike', async () => {
    for (const handle of handles()) {
      expect((await handle.apply({ t: [1], order: 4 })).y).toBe(0);
      expect((await handle.apply({ t: [1] })).y).toBe(0);
      await expect(handle.apply({ t: [1], order: 3 })).rejects.toMatchObject({
        code: 'E_CONSTRAINT',
        path: 'inputs.order',
      });
      await expect(handle.apply({ t: [1, -1] })).rejects.toMatchObject({ code: 'E_CONSTRAINT', path: 'inputs.t.[1]' });
      await expect(handle.apply({ t: [], n: 0n })).rejects.toMatchObject({ code: 'E_CONSTRAINT', path: 'inputs.n' });
    }
  });
});
