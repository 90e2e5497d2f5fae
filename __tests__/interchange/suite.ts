/**
 * What every handle on the twin does, whatever is behind it: this process, our server, or Tesseract Core's in Python.
 *
 * Expected values are worked out by hand.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isNdArray } from 'cotangent';
import { withDerived } from '../../src/client/index.js';
import type { ComponentHandle } from '../../src/runtime/handle.js';
import type { TwinInputs, TwinOutputs } from './twin.js';

/** A handle on the twin. */
export type TwinHandle = ComponentHandle<TwinInputs, TwinOutputs>;

/** Values with arrays as lists and maps as entries, so that they can be compared whatever made them. */
function plain(value: unknown): unknown {
  if (isNdArray(value)) return [value.dtype, value.toNested()];
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [key, plain(item)]) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}

const inputs = {
  x: [1, 2, -3],
  scale: 0.5,
  matrix: [
    [1, 2],
    [3, 4],
  ],
  offset: [10, 20, 30],
  named: { b: [1, 2], 'a c': [] },
  parts: [{ weight: 0.25 }, { label: 'second' }],
  times: 4,
};

const paths = ['x', 'scale', 'matrix', 'offset', 'named.{a c}', 'named.{b}', 'parts.[0].weight', 'parts.[1].weight'];

async function failure(promise: Promise<unknown>): Promise<unknown> {
  const error = (await promise.catch((thrown: unknown) => thrown)) as { code?: string; path?: string };
  return [error.code, error.path];
}

/** The suite: `title` says what is behind the handle. */
export function interchangeSuite(title: string, open: () => Promise<TwinHandle>): void {
  describe(title, () => {
    let twin: TwinHandle;
    beforeAll(async () => {
      twin = await open();
    });

    test('a handle says its name, its version, and that every endpoint is its own', () => {
      expect([twin.name, twin.version]).toEqual(['Twin', '2.1.0']);
      const kinds = Object.entries(twin.provenance).map(([endpoint, one]) => [endpoint, one.kind]);
      expect(kinds).toEqual(['apply', 'abstractEval', 'jacobian', 'jvp', 'vjp'].map((name) => [name, 'own']));
    });

    test('apply gives scalars as numbers, arrays of the declared dtype, maps, lists, and 64-bit integers as bigints', async () => {
      const outputs = await twin.apply({ ...inputs, count: 9007199254740993n, mode: 'fast' });
      expect(plain(outputs)).toEqual({
        y: ['float64', [12, 24, 24]],
        total: 61.25,
        sums: {
          map: [
            ['b', 3],
            ['a c', 0],
          ],
        },
        trace: 5,
        offset: ['float64', [10, 20, 30]],
        count: 9007199254740994n,
        labels: ['part', 'second'],
        times: 4,
        mode: 'fast',
      });
      expect(outputs.sums).toBeInstanceOf(Map);
    });

    test('fields that are left out have their defaults', async () => {
      const outputs = await twin.apply({ x: [] });
      expect(plain(outputs)).toEqual({
        y: ['float64', []],
        total: 0,
        sums: { map: [] },
        trace: 2,
        count: 4n,
        labels: [],
        times: 1,
        mode: 'plain',
      });
    });

    test('null for an optional field is no value, even where it has a default', async () => {
      const outputs = await twin.apply({ x: [1], mode: null as never, offset: null as never });
      expect([outputs.mode, outputs.offset]).toEqual([undefined, undefined]);
    });

    test('typed arrays, numbers and nested lists are the same input', async () => {
      const [a, b] = await Promise.all([twin.apply({ x: Float64Array.of(1, 2) }), twin.apply({ x: [1, 2] })]);
      expect(plain(a)).toEqual(plain(b));
    });

    test('NaN, infinities, -0 and subnormal numbers arrive as they are', async () => {
      const x = [Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324];
      const { y } = await twin.apply({ x, scale: 1 });
      expect([...y.data]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, 5e-324]);
    });

    test('abstractEval gives a shape and a dtype for each array', async () => {
      const outline = await twin.abstractEval({ x: [1, 2, 3], named: { k: [1] } });
      expect(plain(outline)).toMatchObject({
        y: { shape: [3], dtype: 'float64' },
        total: { shape: [], dtype: 'float64' },
        sums: { map: [['k', { shape: [], dtype: 'float64' }]] },
        trace: { shape: [], dtype: 'float32' },
        count: { shape: [], dtype: 'int64' },
      });
    });

    test('a Jacobian has a block for each pair of paths, in schema order', async () => {
      const of = ['trace', 'y', 'sums.{b}', 'total'];
      const J = await twin.jacobian({ inputs, of, wrt: [...paths].reverse() });
      expect(Object.keys(J)).toEqual(['y', 'total', 'sums.{b}', 'trace']);
      expect(Object.keys(J['y']!)).toEqual(paths);
      const at = (output: string, input: string) => plain(J[output]![input]);
      expect(at('y', 'x')).toEqual([
        'float64',
        [
          [2, 0, 0],
          [0, 2, 0],
          [0, 0, 2],
        ],
      ]);
      expect(at('y', 'scale')).toEqual(['float64', [4, 8, -12]]);
      expect(at('total', 'x')).toEqual(['float64', [2, 2, 2]]);
      expect(at('total', 'scale')).toBe(0);
      expect(at('total', 'parts.[1].weight')).toBe(1);
      expect(at('sums.{b}', 'named.{b}')).toEqual(['float64', [1, 1]]);
      expect(at('sums.{b}', 'named.{a c}')).toEqual(['float64', []]);
      expect(at('trace', 'matrix')).toEqual([
        'float32',
        [
          [1, 0],
          [0, 1],
        ],
      ]);
    });

    test('without wrt, a Jacobian is that of every differentiable input there is', async () => {
      const J = await twin.jacobian({ inputs: { x: [1] }, of: ['total'] });
      expect(Object.keys(J['total']!)).toEqual(['x', 'scale', 'matrix']);
    });

    test('a jvp has the shapes of the outputs, and those of the tangent are its wrt', async () => {
      const tangent = { x: [1, 0, 2], offset: [1, 1, 1] };
      const product = await twin.jvp({ inputs, of: ['y', 'total', 'trace'], tangent });
      expect(plain(product)).toEqual({ y: ['float64', [3, 1, 5]], total: 9, trace: 0 });
    });

    test('a vjp has the shapes and dtypes of the inputs, and those of the cotangent are its of', async () => {
      const cotangent = { y: [1, 0, 2], total: 10, 'sums.{b}': 3, trace: 7 };
      const product = await twin.vjp({ inputs, wrt: paths, cotangent });
      expect(plain(product)).toEqual({
        x: ['float64', [22, 20, 24]],
        scale: -20,
        matrix: [
          'float32',
          [
            [7, 0],
            [0, 7],
          ],
        ],
        offset: ['float64', [11, 10, 12]],
        'named.{a c}': ['float64', []],
        'named.{b}': ['float64', [3, 3]],
        'parts.[0].weight': 10,
        'parts.[1].weight': 10,
      });
    });

    test.each([
      ['a rank', { x: [[1]] }, 'E_ARRAY_RANK', 'inputs.x'],
      ['a shape', { x: [1], matrix: [[1, 2, 3]] }, 'E_ARRAY_SHAPE', 'inputs.matrix'],
      ['a text for an array', { x: 'one' }, 'E_ARRAY_NUMERIC', 'inputs.x'],
      ['a fraction for an integer', { x: [1], count: 1.5 }, 'E_ARRAY_INTEGER', 'inputs.count'],
      ['a missing field', {}, 'E_MISSING', 'inputs.x'],
      ['an unknown field', { x: [1], scael: 1 }, 'E_EXTRA', 'inputs.scael'],
      ['a type', { x: [1], mode: 3 }, 'E_TYPE', 'inputs.mode'],
      ['a place in a list', { x: [1], parts: [{}, { label: 4 }] }, 'E_TYPE', 'inputs.parts.[1].label'],
      ['a place in a map', { x: [1], named: { 'k l': [[1]] } }, 'E_ARRAY_RANK', 'inputs.named.{k l}'],
      ['a constraint', { x: [1], times: -2 }, 'E_CONSTRAINT', 'inputs.times'],
    ])('%s that does not fit is an error with its code and its path', async (_case, wrong, code, path) => {
      expect(await failure(twin.apply(wrong as never))).toEqual([code, path]);
    });

    test('every problem of a request is in one error', async () => {
      const error = await twin.apply({ x: [[1]], mode: 3 } as never).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'E_INVALID' });
      const { problems } = error as { problems: readonly { code: string; path: string }[] };
      expect(problems.map(({ code, path }) => [code, path])).toEqual([
        ['E_ARRAY_RANK', 'inputs.x'],
        ['E_TYPE', 'inputs.mode'],
      ]);
    });

    test.each([
      ['an unknown path', { of: ['z'], cotangent: { z: 1 } }, 'E_PATH_UNKNOWN', 'vjp_outputs'],
      [
        'a path that is not differentiable',
        { wrt: ['count'], cotangent: { total: 1 } },
        'E_PATH_NOT_DIFFERENTIABLE',
        'vjp_inputs',
      ],
      ['a path that is not there', { wrt: ['named.{no}'], cotangent: { total: 1 } }, 'E_PATH_ABSENT', 'vjp_inputs'],
      [
        'a cotangent without its path',
        { of: ['y', 'total'], cotangent: { total: 1 } },
        'E_SEED_KEYS',
        'cotangent_vector',
      ],
      ['a cotangent of another rank', { cotangent: { total: [1] } }, 'E_COTANGENT_SHAPE', 'cotangent_vector["total"]'],
    ])('%s is an error with its code and its path', async (_case, request, code, path) => {
      expect(await failure(twin.vjp({ inputs, ...request } as never))).toEqual([code, path]);
    });

    test('an aborted signal stops a call with its reason', async () => {
      const signal = AbortSignal.abort(new Error('no need'));
      const call = twin.jacobian({ inputs, of: ['y'] }, { signal });
      // In this process, a call that needs no sweep is not waited for, so it may as well be answered.
      await expect(call.then(() => 'answered').catch((error: Error) => error.message)).resolves.toMatch(
        /^answered|no need$/,
      );
    });

    test('what the handle has cannot be derived over it', () => {
      expect(() => withDerived(twin, 'vjpFromJacobian')).toThrow(
        expect.objectContaining({ code: 'E_DERIVE_OWN_EXISTS' }),
      );
    });
  });
}
