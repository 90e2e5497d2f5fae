/** Plain literals in, typed values out: ranks, extents, dtypes and defaults, by the rules of the wire protocol. */

import { describe, expect, test } from '@jest/globals';
import {
  AnyArray,
  Apply,
  array,
  Bool,
  Complex64,
  Complex128,
  Component,
  ComponentError,
  DifferentiableComponent,
  type DType,
  dtypeNames,
  Field,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  NdArray,
  openComponent,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  zeros,
} from 'cotangent';
import { Matrix } from 'ml-matrix';

class Done {
  @Bool() ok = true;
}

type Model = new () => object;
type MemberDecorator = (target: object, key: string) => void;

/** A model of one field `v`. */
function modelOf(decorator: unknown): Model {
  class Holder {
    declare v: unknown;
  }
  (decorator as MemberDecorator)(Holder.prototype, 'v');
  return Holder;
}

/** The value of field `v` as a component meets it. */
async function coerced(decorator: unknown, v: unknown): Promise<unknown> {
  return ((await given(modelOf(decorator), { v })) as { v: unknown }).v;
}

/** Inputs as a component meets them. */
async function given(inputs: Model, literal: unknown): Promise<object> {
  let seen: object = {};
  class Echo extends DifferentiableComponent<object, Done> {
    override apply(x: object) {
      seen = x;
      return { ok: true };
    }
  }
  (Apply() as unknown as MemberDecorator)(Echo.prototype, 'apply');
  (Component({ inputs, outputs: Done }) as (target: unknown) => void)(Echo);
  await openComponent(Echo).apply(literal as never);
  return seen;
}

async function refusal(attempt: Promise<unknown>): Promise<ComponentError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof ComponentError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

const decorators = {
  float16: Float16,
  float32: Float32,
  float64: Float64,
  int8: Int8,
  int16: Int16,
  int32: Int32,
  int64: Int64,
  bool: Bool,
  uint8: UInt8,
  uint16: UInt16,
  uint32: UInt32,
  uint64: UInt64,
  complex64: Complex64,
  complex128: Complex128,
} as const;

/** The table of section 2.5: what may be given for each declared dtype. */
const floats = ['float16', 'float32', 'float64'] as const;
const ints = ['int8', 'int16', 'int32', 'int64'] as const;
const uints = ['uint8', 'uint16', 'uint32', 'uint64'] as const;
const accepted: Readonly<Record<DType, readonly DType[]>> = {
  float16: [...floats, ...ints, ...uints, 'bool'],
  float32: [...floats, ...ints, ...uints, 'bool'],
  float64: [...floats, ...ints, ...uints, 'bool'],
  int8: [...ints, ...uints, 'bool'],
  int16: [...ints, ...uints, 'bool'],
  int32: [...ints, ...uints, 'bool'],
  int64: [...ints, ...uints, 'bool'],
  uint8: [...uints, 'bool'],
  uint16: [...uints, 'bool'],
  uint32: [...uints, 'bool'],
  uint64: [...uints, 'bool'],
  bool: ['bool'],
  complex64: [...dtypeNames],
  complex128: [...dtypeNames],
};

describe('an array of each dtype for a field of each dtype', () => {
  test.each(dtypeNames.flatMap((to) => dtypeNames.map((from) => [from, to] as const)))(
    '%s for %s',
    async (from, to) => {
      const value = zeros([2], from);
      const attempt = coerced(decorators[to]({ shape: [2] }), value);
      if (accepted[to].includes(from)) expect(await attempt).toMatchObject({ dtype: to, shape: [2] });
      else {
        expect(await refusal(attempt)).toMatchObject({
          code: 'E_ARRAY_DTYPE',
          fields: { path: 'inputs.v', received: from, expected: to },
        });
      }
    },
  );
});

describe('a shape', () => {
  const shapes: readonly [readonly (number | null)[] | 'any', unknown, readonly number[] | string][] = [
    [[3], [1, 2, 3], [3]],
    [[3], [7], [3]],
    [[3], [1, 2], 'E_ARRAY_SHAPE'],
    [[3], 1, 'E_ARRAY_RANK'],
    [[3], [[1, 2, 3]], 'E_ARRAY_RANK'],
    [[1], [1], [1]],
    [[1], [1, 2], 'E_ARRAY_SHAPE'],
    [[1], 5, 'E_ARRAY_RANK'],
    [[], 5, []],
    [[], [5], 'E_ARRAY_RANK'],
    [[null], [], [0]],
    [[null], [1, 2, 3, 4], [4]],
    [[null], 5, 'E_ARRAY_RANK'],
    [[0], [], [0]],
    [[0], [1], [0]],
    [[0], [1, 2], 'E_ARRAY_SHAPE'],
    [
      [2, 3],
      [[1], [2]],
      [2, 3],
    ],
    [[2, 3], [[1, 2, 3]], [2, 3]],
    [[2, 3], [[1]], [2, 3]],
    [
      [2, 3],
      [
        [1, 2],
        [3, 4],
      ],
      'E_ARRAY_SHAPE',
    ],
    [
      [null, 2],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
    ],
    [
      [null, 2],
      [[1], [2]],
      [2, 2],
    ],
    [
      [2, null],
      [[], []],
      [2, 0],
    ],
    ['any', 5, []],
    ['any', [[[1]]], [1, 1, 1]],
    ['any', [], [0]],
  ];

  test.each(shapes)('%j takes %j as %j', async (shape, value, wanted) => {
    const attempt = coerced(Float64({ shape }), value);
    if (typeof wanted === 'string') expect((await refusal(attempt)).code).toBe(wanted);
    else if (shape !== 'any' && shape.length === 0) expect(await attempt).toBe(value);
    else expect(await attempt).toMatchObject({ shape: wanted });
  });

  test('of which an extent of 1 is repeated holds the repeated values', async () => {
    expect(((await coerced(Float64({ shape: [2, 3] }), [[1], [2]])) as NdArray).toNested()).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(((await coerced(Float64({ shape: [2, 3] }), [[1, 2, 3]])) as NdArray).toNested()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });
});

describe('a value that does not fit its dtype is refused, not wrapped or cut', () => {
  test.each([
    [Int8, [300], 'E_ARRAY_RANGE'],
    [Int8, array([300], { dtype: 'int64' }), 'E_ARRAY_RANGE'],
    [UInt8, [-1], 'E_ARRAY_RANGE'],
    [UInt8, array([300], { dtype: 'uint16' }), 'E_ARRAY_RANGE'],
    [Int32, [1.5], 'E_ARRAY_INTEGER'],
    [Int32, [Number.NaN], 'E_ARRAY_INTEGER'],
    [Int64, [2 ** 63], 'E_ARRAY_RANGE'],
    [UInt64, [-1n], 'E_ARRAY_RANGE'],
    [Float32, [1e40], 'E_ARRAY_RANGE'],
    [Float32, array([1e40]), 'E_ARRAY_RANGE'],
    [Float16, [70000], 'E_ARRAY_RANGE'],
    [Bool, [1], 'E_ARRAY_DTYPE'],
    [Float64, ['1'], 'E_ARRAY_NUMERIC'],
    [Float64, [null], 'E_ARRAY_NUMERIC'],
    [Float64, [{ re: 1, im: 2 }], 'E_ARRAY_DTYPE'],
    [Float64, [1, [2]], 'E_ARRAY_RAGGED'],
    [Float64, [[1, 2], [3]], 'E_ARRAY_RAGGED'],
    [Float64, ['x'], 'E_ARRAY_NUMERIC'],
  ])('%# %p', async (field, value, code) => {
    const shape = Array.isArray((value as unknown[])[0]) ? [null, null] : [null];
    const error = await refusal(coerced(field({ shape }), value));
    expect(error.code).toBe(code);
    expect(error.path).toBe('inputs.v');
  });

  test('nor are the values that do fit', async () => {
    expect(await coerced(Int64(), 2n ** 62n)).toBe(2n ** 62n);
    expect(await coerced(Int64(), 3)).toBe(3n);
    expect(await coerced(Int8(), -128)).toBe(-128);
    expect(await coerced(Float32(), 0.1)).toBe(Math.fround(0.1));
    expect(await coerced(Float32(), Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(await coerced(Float64(), Number.NaN)).toBeNaN();
    expect(await coerced(Float64(), -0)).toBe(-0);
    expect(await coerced(Bool(), true)).toBe(true);
    expect(await coerced(Complex128(), 2)).toEqual({ re: 2, im: 0 });
    expect(await coerced(Complex128(), { re: 1, im: -1 })).toEqual({ re: 1, im: -1 });
    expect(await coerced(Int32({ shape: [2] }), [1, 2])).toMatchObject({ dtype: 'int32' });
  });
});

describe('an array is taken however it is written', () => {
  const wanted = { dtype: 'float64', shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) };

  test.each([
    [
      'nested lists',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['a list of typed arrays', [Float32Array.of(1, 2), Int8Array.of(3, 4)]],
    [
      'an NdArray',
      array([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'an ml-matrix matrix',
      new Matrix([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a transposed view of a matrix',
      new Matrix([
        [1, 3],
        [2, 4],
      ]).transpose(),
    ],
    [
      'nested booleans and bigints',
      [
        [true, 2n],
        [3, 4],
      ],
    ],
  ])('as %s', async (_name, value) => {
    expect(await coerced(Float64({ shape: [null, 2] }), value)).toMatchObject(wanted);
  });

  test('of any dtype, which it keeps', async () => {
    expect(await coerced(AnyArray(), array([1, 2], { dtype: 'int16' }))).toMatchObject({ dtype: 'int16' });
    expect(await coerced(AnyArray(), [true])).toMatchObject({ dtype: 'bool' });
    expect(await coerced(AnyArray(), [1])).toMatchObject({ dtype: 'float64' });
    expect(await coerced(AnyArray({ shape: [2] }), [5n])).toMatchObject({ dtype: 'int64', shape: [2] });
  });

  test('of a million elements without a copy', async () => {
    const data = new Float64Array(1_000_000);
    const view = (await coerced(Float64({ shape: [null] }), data)) as NdArray;
    expect(view.data.buffer).toBe(data.buffer);
    const ready = new NdArray('float64', [1000, 1000], data);
    expect(await coerced(Float64({ shape: [null, 1000] }), ready)).toBe(ready);
    const matrix = array(ready).toMatrix();
    expect(((await coerced(Float64({ shape: [1000, 1000] }), matrix)) as NdArray).data.buffer).toBe(data.buffer);
  });

  test('and refused where it is a promise, a set or a date', async () => {
    for (const value of [Promise.resolve([1]), new Set([1]), new Date(0), () => [1], Symbol('x')]) {
      expect((await refusal(coerced(Float64({ shape: [null] }), value))).code).toBe('E_ARRAY_NUMERIC');
    }
  });
});

describe('defaults', () => {
  class Defaults {
    @Float64() a = 1;
    @Float64({ shape: [2] }) v = array([1, 2]);
    @Field(() => String) name = 'wing';
    @Float64({ optional: true }) maybe?: number | undefined;
  }

  test('are the initialisers, where a value is left out or undefined', async () => {
    expect(await given(Defaults, {})).toEqual({ a: 1, v: array([1, 2]), name: 'wing', maybe: undefined });
    expect(await given(Defaults, { a: undefined, maybe: null })).toMatchObject({ a: 1, maybe: undefined });
  });

  test('are made afresh for every request', async () => {
    const first = (await given(Defaults, {})) as Defaults;
    first.v.data[0] = 99;
    expect(((await given(Defaults, {})) as Defaults).v.data[0]).toBe(1);
  });

  test('give way to null only where the field is optional', async () => {
    expect((await refusal(given(Defaults, { a: null }))).code).toBe('E_ARRAY_NUMERIC');
  });

  test('make an instance of the model, with its methods', async () => {
    class Segment {
      @Float64() from = 0;
      @Float64() to = 1;
      length() {
        return this.to - this.from;
      }
    }
    expect(((await given(Segment, { to: 5 })) as Segment).length()).toBe(5);
  });
});
