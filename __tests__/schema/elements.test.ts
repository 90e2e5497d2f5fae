/** Constraints on numbers wherever they stand: elements of arrays, lists and maps of them, 64-bit integers, subclasses. */

import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayNotEmpty,
  ArrayUnique,
  Equals,
  IsAlpha,
  IsDivisibleBy,
  IsEnum,
  IsIn,
  IsInt,
  IsNegative,
  IsNotIn,
  IsNumber,
  IsOptional,
  IsPositive,
  Max,
  Min,
  MinLength,
  NotEquals,
  registerDecorator,
  ValidateIf,
} from 'class-validator';
import {
  Apply,
  array,
  Component,
  ComponentError,
  DifferentiableComponent,
  type DType,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  NdArray,
  openComponent,
  UInt64,
  zeros,
} from 'cotangent';
import fc from 'fast-check';
import { compile } from '../../src/component/compile.js';
import { boundsOf } from '../../src/operators/bounds.js';
import { parsePath } from '../../src/schema/path.js';
import { openApiDocument } from '../../src/server/openapi/document.js';

class Out {
  @Float64({ differentiable: true }) y!: number;
}
type Model = new () => object;

const componentOf = (inputs: Model) => {
  @Component({ inputs, outputs: Out })
  class Takes extends DifferentiableComponent<object, Out> {
    @Apply() evaluate() {
      return { y: 1 };
    }
  }
  return Takes;
};

/** What is refused of inputs: path, constraint and what was received, in order. */
async function refusals(model: Model, inputs: object): Promise<readonly (readonly string[])[]> {
  try {
    await openComponent(componentOf(model)).apply(inputs as never);
    return [];
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    return error.problems.map(({ path, code, fields }) => [
      path,
      fields['constraint'] ?? code,
      fields['received'] ?? '',
    ]);
  }
}

/** Where inputs are refused, and by which constraint. */
const placesOf = async (model: Model, inputs: object): Promise<readonly string[]> =>
  (await refusals(model, inputs)).map(([path, constraint]) => `${path} ${constraint}`);

const schemaOf = (model: Model) => {
  const options = { name: 'd', version: '1', description: '', formats: ['json'] as const };
  return JSON.parse(JSON.stringify(openApiDocument(compile(componentOf(model), DifferentiableComponent), options)));
};
const propertiesOf = (model: Model) => schemaOf(model).components.schemas.Apply_InputSchema.properties;

/** A model of one field, decorated by hand. */
const modelOf = (field: unknown, ...constraints: readonly PropertyDecorator[]): Model => {
  class Made {}
  for (const decorate of [field as PropertyDecorator, ...constraints]) decorate(Made.prototype, 'v');
  return Made;
};

/** A constraint written on the spot. */
const Custom =
  (name: string, validate: (value: never) => boolean | Promise<boolean>, each = false): PropertyDecorator =>
  (target, propertyName) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(propertyName),
      options: { each, message: '$property has $value' },
      validator: { validate: (value) => validate(value as never) },
    });

const both = [undefined, { each: true }];

describe('a constraint on an array', () => {
  const vector = () => Float64({ shape: [null] });

  test.each(both)('judges every element, with or without each: %p', async (each) => {
    const rows: readonly (readonly [PropertyDecorator, number[], number[], string])[] = [
      [Min(1, each), [1, 2], [1, 5, 0.5], '.[2]'],
      [Max(1, each), [1, -2], [7, 1], '.[0]'],
      [IsPositive(each), [1e-300], [1, 0], '.[1]'],
      [IsNegative(each), [-1], [-1, 0], '.[1]'],
      [IsInt(each), [1, 2], [1, 2.5], '.[1]'],
      [IsNumber({}, each), [1, 2], [1, Number.NaN], '.[1]'],
      [IsNumber({ maxDecimalPlaces: 1 }, each), [0.1], [0.1, 0.25], '.[1]'],
      [IsDivisibleBy(2, each), [2, 4], [2, 3], '.[1]'],
      [IsIn([1, 2], each), [1, 2, 1], [1, 3], '.[1]'],
      [IsNotIn([3], each), [1, 2], [1, 3], '.[1]'],
      [Equals(2, each), [2, 2], [2, 1], '.[1]'],
      [NotEquals(0, each), [2], [2, 0], '.[1]'],
    ];
    for (const [constraint, good, bad, below] of rows) {
      const model = modelOf(vector(), constraint);
      expect(await placesOf(model, { v: good })).toEqual([]);
      expect(await refusals(model, { v: [] })).toEqual([]);
      expect((await refusals(model, { v: bad })).map(([path]) => path)).toEqual([`inputs.v${below}`]);
    }
  });

  test('names the element and its value', async () => {
    const model = modelOf(Float64({ shape: [null, null, 2] }), Min(0));
    const v = zeros([3, 4, 2]);
    v.data[2 * (4 * 2 + 3) + 1] = -5;
    await expect(openComponent(componentOf(model)).apply({ v } as never)).rejects.toMatchObject({
      code: 'E_CONSTRAINT',
      path: 'inputs.v.[2].[3].[1]',
      message: 'E_CONSTRAINT: inputs.v.[2].[3].[1] is -5: v must not be less than 0.',
    });
  });

  test('of sizes counts the values of its first axis, and of each row with each', async () => {
    const matrix = () => Float64({ shape: [null, null] });
    expect(await refusals(modelOf(matrix(), ArrayMinSize(2), ArrayMaxSize(3)), { v: zeros([2, 9]) })).toEqual([]);
    expect(await refusals(modelOf(matrix(), ArrayMinSize(2)), { v: zeros([1, 9]) })).toEqual([
      ['inputs.v', 'arrayMinSize', 'an array, float64 [1, 9]'],
    ]);
    expect(await refusals(modelOf(matrix(), ArrayMinSize(2, { each: true })), { v: zeros([1, 9]) })).toEqual([]);
    expect(await refusals(modelOf(vector(), ArrayNotEmpty()), { v: [0] })).toEqual([]);
    expect((await refusals(modelOf(vector(), ArrayNotEmpty()), { v: [] })).length).toBe(1);
    expect((await refusals(modelOf(vector(), ArrayUnique()), { v: [1, 1] })).length).toBe(1);
    expect(await refusals(modelOf(vector(), ArrayUnique()), { v: [1, 2] })).toEqual([]);
  });

  test('of an own kind is given the array, or with each every element, and may answer by a promise', async () => {
    const seen: unknown[] = [];
    const watch = (value: unknown) => seen.push(value) > 0;
    await refusals(modelOf(vector(), Custom('whole', watch)), { v: [1, 2] });
    expect(seen).toEqual([array([1, 2])]);
    const below = (value: number) => value < 3;
    const later = async (value: number) => value < 3;
    const found = [['inputs.v.[1]', 'own', '3']];
    expect(await refusals(modelOf(vector(), Custom('own', below as never, true)), { v: [1, 3, 4] })).toEqual(found);
    expect(await refusals(modelOf(vector(), Custom('own', later as never, true)), { v: [1, 3, 4] })).toEqual(found);
    expect(await refusals(modelOf(vector(), Custom('own', later as never, true)), { v: [1, 2] })).toEqual([]);
  });

  test('in lists and maps is judged in each of them', async () => {
    for (const each of both) {
      const list = modelOf(Float64({ shape: [null], each: 'list' }), Min(1, each));
      expect(await placesOf(list, { v: [[1], [2, 0], [0.5]] })).toEqual([
        'inputs.v.[1].[1] min',
        'inputs.v.[2].[0] min',
      ]);
      const map = modelOf(Float64({ shape: [null], each: 'map' }), Max(1, each));
      expect(await placesOf(map, { v: { 'a}b': [1, 2], c: [0] } })).toEqual(['inputs.v.{a\\}b}.[1] max']);
      const scalars = modelOf(Float64({ each: 'list' }), IsPositive(each));
      expect(await placesOf(scalars, { v: [1, -1] })).toEqual(['inputs.v.[1] isPositive']);
      const plain = modelOf(
        Field(() => Number, { each: 'list' }),
        Max(3, each),
      );
      expect(await placesOf(plain, { v: [1, 4] })).toEqual(['inputs.v.[1] max']);
    }
    const sized = modelOf(Float64({ shape: [null], each: 'list' }), ArrayMinSize(2), ArrayMaxSize(1, { each: true }));
    expect(await placesOf(sized, { v: [[1]] })).toEqual(['inputs.v arrayMinSize']);
    expect(await placesOf(sized, { v: [[1], [1, 2]] })).toEqual(['inputs.v.[1] arrayMaxSize']);
  });

  const dtypes: readonly DType[] = [
    'float16',
    'float32',
    'float64',
    'int8',
    'int16',
    'int32',
    'int64',
    'uint8',
    'uint16',
    'uint32',
    'uint64',
  ];

  test('finds the first element that breaks it, as a search does: any dtype, shape and limit', async () => {
    const cases = fc.record({
      dtype: fc.constantFrom(...dtypes),
      shape: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
      limit: fc.integer({ min: 0, max: 9 }),
      upper: fc.boolean(),
      seed: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 125, maxLength: 125 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ dtype, shape, limit, upper, seed }) => {
        const v = zeros(shape, dtype) as NdArray<DType>;
        for (let i = 0; i < v.size; i++) v.data[i] = dtype.endsWith('int64') ? BigInt(seed[i]!) : seed[i]!;
        const field = (target: object, key: string) => {
          const decorator = dtype === 'int64' ? Int64 : dtype === 'uint64' ? UInt64 : undefined;
          (decorator ?? fields[dtype])({ shape: 'any' })(target as never, key as never);
        };
        const model = modelOf(field, upper ? Max(limit) : Min(limit));
        const first = seed.slice(0, v.size).findIndex((one) => (upper ? one > limit : one < limit));
        const found = await refusals(model, { v });
        expect(found.length).toBe(first < 0 ? 0 : 1);
        if (first < 0) return;
        let place: unknown = v.toNested();
        for (const [, index] of found[0]![0]!.matchAll(/\[(\d+)\]/g)) place = (place as unknown[])[Number(index)];
        expect(Number(place)).toBe(seed[first]);
        const flat = [...found[0]![0]!.matchAll(/\[(\d+)\]/g)].reduce(
          (sum, [, i], axis) => sum * shape[axis]! + Number(i),
          0,
        );
        expect(flat).toBe(first);
      }),
      { seed: 5, numRuns: Number(process.env['COTANGENT_CASES'] ?? 200) },
    );
  });

  test('takes a million elements within a tenth of a second of the processor', async () => {
    const handle = openComponent(componentOf(modelOf(vector(), Min(1))));
    const v = zeros([1e6]);
    v.data.fill(2);
    await handle.apply({ v } as never);
    const times = [];
    for (let round = 0; round < 5; round++) {
      const start = process.cpuUsage();
      await handle.apply({ v } as never);
      times.push(process.cpuUsage(start).user / 1000);
    }
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

const fields: Readonly<Record<string, typeof Float64>> = Object.fromEntries(
  Object.entries(await import('cotangent')).flatMap(([name, one]) =>
    /^(Float|Int|UInt)\d+$/.test(name) ? [[name.toLowerCase(), one as typeof Float64]] : [],
  ),
);

describe('a constraint on 64-bit integers', () => {
  const big = 2n ** 53n + 1n;
  const rows: readonly (readonly [string, PropertyDecorator, bigint, bigint])[] = [
    ['Min', Min(1), 1n, 0n],
    ['Min of a bigint', Min(big as never), big, big - 1n],
    ['Max', Max(10), 10n, 11n],
    ['Max of a bigint', Max(big as never), big, big + 1n],
    ['Max of a fraction', Max(1.5), 1n, 2n],
    ['IsPositive', IsPositive(), 1n, 0n],
    ['IsNegative', IsNegative(), -1n, 0n],
    ['IsIn', IsIn([1n, 2n]), 2n, 3n],
    ['IsIn of numbers', IsIn([1, 2]), 2n, 3n],
    ['IsNotIn', IsNotIn([1n, 2n]), 3n, 2n],
    ['Equals', Equals(7n), 7n, 8n],
    ['Equals of a number', Equals(7), 7n, 8n],
    ['NotEquals', NotEquals(7n), 8n, 7n],
    ['IsDivisibleBy', IsDivisibleBy(3), 9n, 10n],
  ];
  test.each(rows)('compares what they are worth: %s', async (_, constraint, good, bad) => {
    const scalar = modelOf(Int64(), constraint);
    expect(await placesOf(scalar, { v: good })).toEqual([]);
    expect((await refusals(scalar, { v: bad })).map(([path]) => path)).toEqual(['inputs.v']);
    const vector = modelOf(Int64({ shape: [null] }), constraint);
    expect(await refusals(vector, { v: BigInt64Array.of(good, good) })).toEqual([]);
    expect((await refusals(vector, { v: [good, bad] })).map(([path]) => path)).toEqual(['inputs.v.[1]']);
    const list = modelOf(Int64({ each: 'list' }), constraint);
    expect((await refusals(list, { v: [good, bad] })).map(([path]) => path)).toEqual(['inputs.v.[1]']);
  });

  test.each([IsNumber(), IsInt()])('takes them for numbers: %#', async (constraint) => {
    expect(await refusals(modelOf(Int64(), constraint), { v: 5n })).toEqual([]);
  });

  test('by a bigint judges plain numbers too', async () => {
    expect(await refusals(modelOf(Int32(), Equals(7n)), { v: 7 })).toEqual([]);
    expect((await refusals(modelOf(Float64(), Min(2n as never)), { v: 1.5 })).length).toBe(1);
  });

  test('reaches the document: a number where one is it exactly, else its digits', () => {
    class Ints {
      @Int64() @Equals(7n) seven = 7n;
      @Int64({ shape: [null] }) @IsIn([1n, 2n ** 53n + 1n]) some!: NdArray<'int64'>;
      @Field(() => Number) @Min((2n ** 60n) as never) large = 2 ** 60;
    }
    const properties = propertiesOf(Ints);
    expect(properties.seven).toMatchObject({ array_elements: { const: 7 } });
    expect(properties.some).toMatchObject({ array_elements: { enum: [1, '9007199254740993'] } });
    expect(properties.large).toMatchObject({ minimum: 2 ** 60 });
  });
});

describe('a float32 field under a constraint', () => {
  test('takes the very numbers that the constraint names', async () => {
    expect(await refusals(modelOf(Float32(), IsIn([0.1, 0.7])), { v: 0.7 })).toEqual([]);
    expect(await refusals(modelOf(Float32({ shape: [null] }), Max(0.1)), { v: [0.1] })).toEqual([]);
    expect((await refusals(modelOf(Float32(), Equals(0.1)), { v: 0.2 })).length).toBe(1);
  });
});

class Base {
  @Float64() @Min(5) a = 6;
  @Field(() => String) @MinLength(3) s = 'abc';
  @Float64({ shape: [null], differentiable: true }) @Min(0) t: NdArray = array([1]);
  @Float64() @Min(1) tight = 7;
}
class Middle extends Base {
  @Float64() @Max(10) override a = 6;
  @Field(() => String) @IsAlpha() override s = 'abc';
  @Float64() @Min(3) override tight = 7;
}
class Sub extends Middle {
  @Float64() @IsDivisibleBy(2) override a = 6;
  @Float64({ shape: [null], differentiable: true }) @Max(1) override t: NdArray = array([1]);
  @Float64() @Min(2) override tight = 7;
}
class Holds {
  @Field(() => Sub) one = new Sub();
  @Field(() => Sub, { each: 'map' }) some = new Map<string, Sub>();
}

describe("a subclass's constraints", () => {
  test('add to those of its parents, several levels up, and in nested models', async () => {
    const rows: readonly (readonly [object, readonly string[]])[] = [
      [{}, []],
      [{ a: 4 }, ['a min']],
      [{ a: 12 }, ['a max']],
      [{ a: 7 }, ['a isDivisibleBy']],
      [{ a: 3 }, ['a isDivisibleBy', 'a min']],
      [{ s: 'a' }, ['s minLength']],
      [{ s: '123' }, ['s isAlpha']],
      [{ t: [0, -1, 0] }, ['t.[1] min']],
      [{ t: [0, 2] }, ['t.[1] max']],
      [{ tight: 2 }, ['tight min']],
      [{ tight: 3 }, []],
      [{ tight: 0 }, ['tight min', 'tight min', 'tight min']],
    ];
    for (const [inputs, wanted] of rows) {
      const below = (prefix: string) => wanted.map((one) => `${prefix}${one}`);
      const said = async (model: Model, given: object) =>
        (await refusals(model, given)).map(([path, name]) => `${path} ${name}`).sort();
      expect(await said(Sub, inputs)).toEqual(below('inputs.'));
      expect(await said(Holds, { one: inputs })).toEqual(below('inputs.one.'));
      expect(await said(Holds, { some: { k: inputs } })).toEqual(below('inputs.some.{k}.'));
    }
  });

  test('are what the document says, and the bounds of differences', () => {
    const properties = propertiesOf(Sub);
    expect(properties.a).toMatchObject({ minimum: 5, maximum: 10, multipleOf: 2 });
    expect(properties.s).toMatchObject({ minLength: 3, pattern: '^[A-Za-z]+$' });
    expect(properties.tight).toMatchObject({ minimum: 3 });
    expect(properties.t).toMatchObject({ array_elements: { minimum: 0, maximum: 1 } });
    expect(properties.t).not.toHaveProperty('minimum');
    const at = (path: string) => boundsOf(new Holds(), { steps: parsePath(path)! });
    expect(['one.a', 'one.t', 'one.tight'].map(at)).toEqual([
      [5, 10],
      [0, 1],
      [3, Infinity],
    ]);
  });

  test('hold only where its conditions and those of its parents do', async () => {
    class Parent {
      @Field(() => Boolean) strict = true;
      @Float64({ optional: true }) @ValidateIf(({ strict }: Parent) => strict) @Min(5) a?: number;
    }
    class Child extends Parent {
      @Float64({ optional: true }) @IsOptional() @Max(10) override a?: number = undefined as never;
    }
    const paths = async (inputs: object) => (await refusals(Child, inputs)).map(([, name]) => name);
    expect(await paths({ a: 1 })).toEqual(['min']);
    expect(await paths({ a: 11 })).toEqual(['max']);
    expect(await paths({ a: 1, strict: false })).toEqual([]);
    expect(await paths({})).toEqual([]);
    expect(propertiesOf(Child).a).not.toHaveProperty('minimum');
    const bounds = (strict: boolean) =>
      boundsOf(Object.assign(new Child(), { strict, a: 6 }), { steps: parsePath('a')! });
    expect([bounds(true), bounds(false)]).toEqual([
      [5, 10],
      [-Infinity, Infinity],
    ]);
  });

  test('hold where the model class was replaced by a proxy of it', async () => {
    const Stands = new Proxy(Sub, {}) as typeof Sub;
    expect(await placesOf(Stands, { a: 4 })).toEqual(['inputs.a min']);
  });
});

describe('the document of arrays under constraints', () => {
  class Numbers {
    @Int32() @IsIn([1, 2, 4]) order = 2;
    @Float64() @Equals(3) three = 3;
    @Float64({ shape: [null] }) @Min(1) @ArrayMinSize(2) v: NdArray = array([2, 3]);
    @Int32({ each: 'list' }) @IsIn([1, 2], { each: true }) list: readonly number[] = [1];
    @Field(() => Number) @Min(1) @Min(3) @IsIn([3, 4, 5]) @IsIn([4, 5, 6]) plain = 5;
  }

  test('is satisfied by what is taken', () => {
    const document = schemaOf(Numbers);
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(document, 'doc');
    const valid = ajv.compile({ $ref: 'doc#/components/schemas/Apply_InputSchema' });
    const encoded = (shape: number[], dtype: string, buffer: unknown) => ({
      object_type: 'array',
      shape,
      dtype,
      data: { buffer, encoding: 'json' },
    });
    const inputs = {
      order: encoded([], 'int32', 4),
      three: encoded([], 'float64', 3),
      v: encoded([2], 'float64', [2, 3]),
      list: [encoded([], 'int32', 2)],
      plain: 4,
    };
    expect([valid(inputs), valid.errors]).toEqual([true, null]);
    expect([3, 6, 2].map((plain) => valid({ ...inputs, plain }))).toEqual([false, false, false]);
    const { order, plain } = document.components.schemas.Apply_InputSchema.properties;
    expect(order).toMatchObject({ array_elements: { enum: [1, 2, 4] } });
    expect(plain).toMatchObject({ minimum: 3 });
  });
});

describe('an enum of numbers', () => {
  // What the compiler makes of enums.
  const Levels = { A: -1, '-1': 'A', B: 0.5, '0.5': 'B', C: 1e21, '1e+21': 'C', D: 2, '2': 'D', E: 2 };
  const Odd = { N: Number.NaN, NaN: 'N', I: Infinity, Infinity: 'I', Z: 0, '0': 'Z' };
  const Mixed = { A: 'B', B: 'A', Num: 3, '3': 'Num' };

  test('allows its values, and never the names of its members', async () => {
    const rows: readonly (readonly [object, readonly unknown[], readonly unknown[]])[] = [
      [Levels, [-1, 0.5, 1e21, 2], ['A', 'B', 'C', 'D', '-1', '0.5']],
      [Odd, [Number.NaN, Infinity, 0], ['N', 'I', 'Z']],
      [Mixed, ['A', 'B', 3], ['Num', '3']],
    ];
    for (const [type, good, bad] of rows) {
      const written = modelOf(Field(() => type));
      for (const v of good) expect(await placesOf(written, { v })).toEqual([]);
      for (const v of bad) expect((await refusals(written, { v })).length).toBe(1);
    }
    expect(propertiesOf(modelOf(Field(() => Levels))).v.enum).toEqual([-1, 0.5, 1e21, 2]);
    expect(propertiesOf(modelOf(Field(() => Odd))).v.enum).toEqual([0]);
  });

  test('does so under IsEnum too, on plain fields and arrays, and in the document', async () => {
    const json = modelOf(
      Field(() => Object),
      IsEnum(Levels),
    );
    expect(await refusals(json, { v: 0.5 })).toEqual([]);
    expect((await refusals(json, { v: 'B' })).length).toBe(1);
    const vector = modelOf(Float64({ shape: [null] }), IsEnum(Levels));
    expect(await refusals(vector, { v: [-1, 2] })).toEqual([]);
    expect(await placesOf(vector, { v: [-1, 3] })).toEqual(['inputs.v.[1] isEnum']);
    expect(
      propertiesOf(
        modelOf(
          Field(() => Number),
          IsEnum(Levels),
        ),
      ).v.enum,
    ).toEqual([-1, 0.5, 1e21, 2]);
  });
});
