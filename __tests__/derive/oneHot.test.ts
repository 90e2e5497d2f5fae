/** The probes of a sweep: what is in them, whose they are, and what stays behind. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { DType } from '../../src/array/dtype.js';
import { NdArray, zeros } from '../../src/array/ndarray.js';
import { jacobianFromJvp } from '../../src/derive/functions.js';
import { basis, probesOf } from '../../src/derive/oneHot.js';
import type { CallOptions, Variable } from '../../src/operators/endpoints.js';

const variable = (path: string, shape: readonly number[], dtype: DType = 'float64'): Variable => ({
  path,
  steps: [{ kind: 'field', name: path }],
  dtype,
  pattern: shape,
  shape,
});

const y = variable('y', [3]);

/** The seeds of all probes of these variables. */
function seedsOf(variables: readonly Variable[], total: number, options: CallOptions = {}): NdArray<DType>[] {
  const probe = probesOf({ inputs: {}, of: [y], wrt: variables, options }, 'wrt', variables, [y]);
  return Array.from({ length: total }, (_, i) => Object.values(probe(i).seed)[0]!);
}

describe.each([1, 3, 40, 1000, 3000])('the seeds of %d elements', (size) => {
  const total = Math.min(size, 100);
  const hot = (i: number) => Array.from({ length: size }, (_, k) => (k === i ? 1 : 0));

  test('are one at their element and zero elsewhere', () => {
    const seeds = seedsOf([variable('x', [size])], total);
    for (const [i, seed] of seeds.entries()) expect([...(seed.data as Float64Array)]).toEqual(hot(i));
  });

  test('keep what a method does to one from all others', () => {
    const seeds = seedsOf([variable('x', [size])], total);
    for (const [i, seed] of seeds.entries()) (seed.data as Float64Array).fill(i + 2);
    for (const [i, seed] of seeds.entries())
      expect([...(seed.data as Float64Array)]).toEqual(new Array(size).fill(i + 2));
  });

  test('have a memory each where they may go to several threads', () => {
    const seeds = seedsOf([variable('x', [size])], total, { concurrency: 4 });
    expect(new Set(seeds.map(({ data }) => data.buffer)).size).toBe(total);
  });
});

test('a probe carries the seed of the one variable whose turn it is, and all of the other side', () => {
  const inputs = [variable('a', [2]), variable('empty', [0]), variable('s', []), variable('b', [2, 20], 'float32')];
  const point = { inputs: { a: 1 }, of: [y], wrt: inputs };
  const probe = probesOf(point, 'wrt', inputs, [y]);
  const found = [0, 1, 2, 3, 42].map((i) => {
    const { seed, of, wrt, inputs: given } = probe(i);
    const [[path, array]] = Object.entries(seed) as [[string, NdArray]];
    return [path, array.dtype, array.shape, array.data.indexOf(1), of, wrt.map((one) => one.path), given];
  });
  const common = (path: string) => [[y], [path], point.inputs];
  expect(found).toEqual([
    ['a', 'float64', [2], 0, ...common('a')],
    ['a', 'float64', [2], 1, ...common('a')],
    ['s', 'float64', [], 0, ...common('s')],
    ['b', 'float32', [2, 20], 0, ...common('b')],
    ['b', 'float32', [2, 20], 39, ...common('b')],
  ]);
});

test.each([
  ['complex128', 'complex128', 4],
  ['complex64', 'complex64', 4],
  ['int32', 'float64', 2],
  ['any', 'float64', 2],
] as const)('a variable of dtype %s has seeds of %s', (dtype, expected, place) => {
  const seed = basis([5], dtype, 2);
  expect([seed.dtype, Array.from(seed.data as Float64Array).indexOf(1)]).toEqual([expected, place]);
});

describe('sweeps of very many names', () => {
  const columns = (name: string, size: number) => {
    const inputs = { [name]: zeros([size]) };
    const jvp = ({ tangent }: { tangent: Readonly<Record<string, unknown>> }) => ({ y: tangent[name] as NdArray });
    const blocks = jacobianFromJvp<typeof inputs>(jvp as never, { inputs, of: ['y'], wrt: [name] });
    return (blocks as Record<string, Record<string, NdArray>>)['y']![name]!;
  };

  test.each([8, 40])('of %d elements are answered like any other', (size) => {
    for (let k = 0; k < 150; k++) {
      const { data } = columns(`x${k}`, size);
      expect(data.every((value, i) => value === (i % (size + 1) === 0 ? 1 : 0))).toBe(true);
    }
  });

  test('keep nothing of what a caller gave alive', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const given = () => {
      const x = new NdArray('float64', [64], new Float64Array(64));
      jacobianFromJvp<{ x: NdArray }>(() => ({ y: x }), { inputs: { x }, of: ['y'], wrt: ['x'] });
      return new WeakRef(x);
    };
    const references = Array.from({ length: 4 }, given);
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    // The last one may still lie on the stack.
    expect(references.filter((one) => one.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });
});
