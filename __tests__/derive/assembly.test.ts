/** Jacobians put together from columns: what is held back to be written in pieces arrives where it belongs. */
import { describe, expect, test } from '@jest/globals';
import { type DType } from '../../src/array/dtype.js';
import { NdArray, zeros } from '../../src/array/ndarray.js';
import { jacobianFromJvp, jacobianFromVjp } from '../../src/derive/functions.js';
import type { JvpRequest, VjpRequest } from '../../src/operators/endpoints.js';

interface Inputs {
  readonly a: NdArray;
  readonly b: NdArray;
}

const outputs = { y: 4100, z: 3 };
const inputs: Inputs = { a: zeros([52, 10]), b: zeros([61]) };
const sizes = { a: 520, b: 61 };

/** ∂of[i]/∂wrt[j], another number for each. */
const entry = (of: string, wrt: string, i: number, j: number) =>
  (of === 'y' ? 1 : -1) * (1000 * i + j) + (wrt === 'a' ? 0.5 : 0.25);

/** Where the one of a probe stands. */
function hot(seed: object): [path: string, element: number] {
  const [path, array] = Object.entries(seed)[0] as [string, NdArray];
  return [path, array.data.indexOf(1)];
}

function column({ of, tangent }: JvpRequest<Inputs>, dtype: 'float64' | 'float32'): Record<string, NdArray<DType>> {
  const [wrt, j] = hot(tangent);
  const of1 = (path: string) => {
    const answer = zeros([outputs[path as 'y' | 'z']], dtype);
    for (let i = 0; i < answer.size; i++) answer.data[i] = entry(path, wrt, i, j);
    return answer;
  };
  return Object.fromEntries(of.map((path) => [path, of1(path)]));
}

function expected(of: 'y' | 'z', wrt: 'a' | 'b'): Float64Array {
  const columns = sizes[wrt];
  return Float64Array.from({ length: outputs[of] * columns }, (_, k) =>
    entry(of, wrt, Math.floor(k / columns), k % columns),
  );
}

/** The first place where two arrays of one length differ, or −1. */
function unequal(a: Float64Array, b: Float64Array): number {
  return a.length === b.length ? a.findIndex((value, k) => value !== b[k]) : 0;
}

const request = { inputs, of: ['y', 'z'], wrt: ['a', 'b'] };
type Result = Record<'y' | 'z', Record<'a' | 'b', NdArray>>;

describe('columns of several inputs and outputs, some in large blocks and some in small ones,', () => {
  const check = (blocks: Result) => {
    for (const output of ['y', 'z'] as const)
      for (const wrt of ['a', 'b'] as const)
        expect([output, wrt, unequal(blocks[output][wrt].data, expected(output, wrt))]).toEqual([output, wrt, -1]);
    expect(blocks.y.a.shape).toEqual([4100, 52, 10]);
  };

  test.each(['float64', 'float32'] as const)('arrive in %s', (dtype) => {
    check(jacobianFromJvp<Inputs>((asked) => column(asked, dtype), request) as Result);
  });

  test('arrive as promises', async () => {
    check((await jacobianFromJvp<Inputs>(async (asked) => column(asked, 'float64'), request)) as Result);
  });

  test('arrive where the first answers are there at once, and later ones as promises', async () => {
    let probe = 0;
    const jvp = (asked: JvpRequest<Inputs>) => {
      const answer = column(asked, 'float64');
      return probe++ < 40 ? answer : Promise.resolve(answer);
    };
    check((await jacobianFromJvp<Inputs>(jvp, request)) as Result);
  });

  test('arrive from one buffer that is used again', () => {
    const buffer = { y: zeros([4100]), z: zeros([3]) };
    const jvp = (asked: JvpRequest<Inputs>) => {
      const answer = column(asked, 'float64');
      buffer.y.data.set(answer['y']!.data as Float64Array);
      buffer.z.data.set(answer['z']!.data as Float64Array);
      return buffer;
    };
    check(jacobianFromJvp<Inputs>(jvp, request) as Result);
  });

  test('are the same as rows', () => {
    const vjp = ({ wrt, cotangent }: VjpRequest<Inputs>) => {
      const [of, i] = hot(cotangent);
      const row = (path: 'a' | 'b') => Float64Array.from({ length: sizes[path] }, (_, j) => entry(of, path, i, j));
      return Object.fromEntries(
        wrt.map((path) => [path, new NdArray('float64', inputs[path as 'a' | 'b'].shape, row(path as 'a' | 'b'))]),
      );
    };
    check(jacobianFromVjp<Inputs>(vjp, () => ({ y: zeros([4100]), z: zeros([3]) }), request) as Result);
  });
});

describe.each([
  [63, 512],
  [64, 127],
  [64, 128],
  [65, 300],
  [1000, 512],
  [2048, 1037],
  [8193, 160],
])('%d rows of %d columns', (rows, columns) => {
  const from = { inputs: { a: zeros([columns]) }, of: ['y'], wrt: ['a'] };
  const value = (i: number, j: number) => 3 * i - 2 * j + 0.5;

  test('arrive where they belong, whatever is held back', () => {
    const answer = zeros([rows]);
    const jvp = ({ tangent }: JvpRequest<{ a: NdArray }>) => {
      const j = tangent.a!.data.indexOf(1);
      for (let i = 0; i < rows; i++) answer.data[i] = value(i, j);
      return { y: answer };
    };
    const { data, shape } = (jacobianFromJvp<{ a: NdArray }>(jvp, from) as Result).y.a;
    expect(shape).toEqual([rows, columns]);
    expect(data.findIndex((found, k) => found !== value(Math.floor(k / columns), k % columns))).toBe(-1);
  });

  test('lie in memory that a caller may hand over to another thread', () => {
    const answer = zeros([rows]);
    answer.data.fill(3);
    const { y } = jacobianFromJvp<{ a: NdArray }>(() => ({ y: answer }), from) as Result;
    const moved = structuredClone(y.a.data, { transfer: [y.a.data.buffer as ArrayBuffer] });
    expect([moved.length, moved.every((one) => one === 3), y.a.data.length]).toEqual([rows * columns, true, 0]);
  });
});

describe.each([3, 4100])('answers of %d elements, and then of another number,', (rows) => {
  test.each([-1, 1])('are refused, with both shapes (%d)', (more) => {
    let probe = 0;
    const jvp = () => ({ y: zeros([rows + (probe++ < 20 ? 0 : more)]) });
    expect(() => jacobianFromJvp<Inputs>(jvp, { inputs, of: ['y'], wrt: ['a'] })).toThrow(
      expect.objectContaining({
        code: 'E_RESULT_SHAPE',
        fields: expect.objectContaining({ received: `[${rows + more}]`, expected: `[${rows}]` }),
      }),
    );
    expect(probe).toBe(21);
  });
});
