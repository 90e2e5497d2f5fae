/** The JSON Schema of a model against an independent validator: what it takes, our check takes, and nothing else. */
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayNotEmpty,
  ArrayUnique,
  Equals,
  IsAlpha,
  IsAlphanumeric,
  IsDateString,
  IsDivisibleBy,
  IsHexadecimal,
  IsIn,
  IsInt,
  IsISO8601,
  IsLowercase,
  IsNegative,
  IsNotEmpty,
  IsPositive,
  IsUppercase,
  IsUrl,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import {
  AnyArray,
  Apply,
  Component,
  DifferentiableComponent,
  Field,
  Float32,
  Float64,
  Int8,
  type NdArray,
} from 'cotangent';
import fc from 'fast-check';
import { compile } from '../../src/component/compile.js';
import { answer } from '../../src/runtime/wire.js';
import { openApiDocument } from '../../src/server/openapi/document.js';
import { Sampler } from '../fixtures/server/sampler.js';

class Out {
  @Float64() y = 1;
}

type Class = new () => object;

/** How a model is checked: by its JSON Schema, and by us. */
function judges(inputs: Class) {
  @Component({ inputs, outputs: Out })
  class Echo extends DifferentiableComponent<object, Out> {
    @Apply() apply() {
      return { y: 1 };
    }
  }
  const target = { compiled: compile(Echo, DifferentiableComponent), instance: new Echo() };
  const document = JSON.parse(
    JSON.stringify(openApiDocument(target.compiled, { name: 'e', version: '1', description: '', formats: ['json'] })),
  );
  const schema = validatorOf(document, 'ApplyInputSchema');
  const ours = async (body: unknown) => {
    try {
      await answer(target, 'apply', new TextEncoder().encode(JSON.stringify(body)));
      return true;
    } catch (error) {
      expect(error).toMatchObject({ status: 422 });
      return false;
    }
  };
  return { schema, ours, document };
}

function validatorOf(document: object, name: string): (body: unknown) => boolean {
  // Strict mode would refuse the marks for other clients; formats are annotations.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'doc');
  const validate = ajv.compile({ $ref: `doc#/components/schemas/${name}` });
  return (body) => validate(body) === true;
}

const texts = [
  '',
  'a',
  'ab',
  'abc',
  'A',
  'aB',
  'a1',
  '1',
  '0xFF',
  '0XFF',
  '0hff',
  '0Hff',
  'é',
  '😀',
  '😀😀',
  ' ',
  'a b',
  'a\nb',
  'x-y',
];
const moreTexts = [
  'example.com',
  'https://example.com/a',
  '2020-01-01',
  '2020-01-01T00:00:00Z',
  'toString',
  '__proto__',
];
const numbers = [0, -0, 1, -1, 2, 3, 4, 6, 2.5, 1e-300, -1e300, 1e21, 7];
const odd = [true, {}, [], ['a'], { a: 1 }, null];
const candidates = [...texts, ...moreTexts, ...numbers, ...odd];
const lists = [[], [1], [1, 1], [1, 2], [1, 2, 3], [1, 'a'], [2, 4], [-1], 'no list', { 0: 1 }, [null], [[1]]];

const plain = (type: () => unknown, ...constraints: PropertyDecorator[]): Class => {
  class In {}
  const define = Field(type as never) as unknown as PropertyDecorator;
  for (const decorate of [define, ...constraints]) decorate(In.prototype, 'v');
  return In;
};
const list = (type: () => unknown, ...constraints: PropertyDecorator[]): Class => {
  class In {}
  const define = Field(type as never, { each: 'list' }) as unknown as PropertyDecorator;
  for (const decorate of [define, ...constraints]) decorate(In.prototype, 'v');
  return In;
};
const [text, number] = [() => String, () => Number];

describe('a value is valid by the schema exactly where our check takes it', () => {
  const rows: readonly (readonly [string, Class, readonly unknown[]])[] = [
    ['a string', plain(text), candidates],
    ['a number', plain(number), candidates],
    ['a boolean', plain(() => Boolean), candidates],
    ['any JSON', plain(() => Object), candidates.filter((one) => one !== null)],
    ['a choice of texts', plain(() => ['a', 'A', '']), candidates],
    ['a choice of numbers', plain(() => [1, 2.5]), candidates],
    ['a choice of both', plain(() => ['a', 1]), candidates],
    ['Min', plain(number, Min(2)), numbers],
    ['Max', plain(number, Max(2)), numbers],
    ['IsPositive', plain(number, IsPositive()), numbers],
    ['IsNegative', plain(number, IsNegative()), numbers],
    ['IsInt', plain(number, IsInt()), numbers.filter((one) => Math.abs(one) < 1e9)],
    ['IsDivisibleBy', plain(number, IsDivisibleBy(2)), [0, 1, 2, 3, 4, -2]],
    ['Equals', plain(number, Equals(3)), numbers],
    ['IsIn', plain(text, IsIn(['a', 'x-y'])), texts],
    ['IsNotEmpty', plain(text, IsNotEmpty()), texts],
    ['MinLength', plain(text, MinLength(2)), texts],
    ['MaxLength', plain(text, MaxLength(1)), texts],
    ['Length', plain(text, Length(1, 2)), texts],
    ['Matches', plain(text, Matches(/^a/)), texts],
    ['Matches with an escape that only old expressions have', plain(text, Matches(/^x-y$/)), texts],
    ['IsAlpha', plain(text, IsAlpha()), texts],
    ['IsAlphanumeric', plain(text, IsAlphanumeric()), texts],
    ['IsHexadecimal', plain(text, IsHexadecimal()), texts],
    ['IsLowercase', plain(text, IsLowercase()), texts],
    ['IsUppercase', plain(text, IsUppercase()), texts.filter((one) => one !== 'é')],
    ['a list of numbers', list(number), lists],
    ['ArrayMinSize', list(number, ArrayMinSize(2)), lists],
    ['ArrayMaxSize', list(number, ArrayMaxSize(1)), lists],
    ['ArrayNotEmpty', list(number, ArrayNotEmpty()), lists],
    ['ArrayUnique', list(number, ArrayUnique()), lists],
    ['Min of each', list(number, Min(2, { each: true })), lists],
    ['Max of each, and so many', list(number, Max(2, { each: true }), ArrayMaxSize(2)), lists],
  ];
  test.each(rows)('%s', async (_, inputs, values) => {
    const { schema, ours } = judges(inputs);
    for (const v of values) expect([v, schema({ inputs: { v } })]).toEqual([v, await ours({ inputs: { v } })]);
    for (const body of [{}, { inputs: {} }, { inputs: { v: values[1], w: 1 } }, [], null]) {
      expect([body, schema(body)]).toEqual([body, await ours(body)]);
    }
  });

  // JSON Schema has no flags of expressions: then it says less, and never refuses what is taken.
  test.each([
    ['in any case', Matches(/^a/i)],
    ['a text in any case', Matches('^a', 'i')],
    ['on every line', Matches(/^b$/m)],
    ['any character', Matches(/^a.b$/s)],
  ])('or is valid by the schema at least, where it matches %s', async (_, constraint) => {
    const { schema, ours } = judges(plain(text, constraint));
    const taken: string[] = [];
    for (const v of texts) if (await ours({ inputs: { v } })) taken.push(v);
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.filter((v) => !schema({ inputs: { v } }))).toEqual([]);
  });

  // What a format of JSON Schema says is narrower than these checks: then nothing is said.
  test.each([
    ['IsUrl', IsUrl()],
    ['IsISO8601', IsISO8601()],
    ['IsDateString', IsDateString()],
  ])('%s names no format that refuses what it takes', (_, constraint) => {
    const { document } = judges(plain(text, constraint));
    expect(document.components.schemas.Apply_InputSchema.properties.v.format).toBeUndefined();
  });
});

class Arrays {
  @Float32({ shape: [2, null] }) fixed!: NdArray<'float32'>;
  @Float64() scalar = 0;
  @Int8({ shape: [3] }) bytes: NdArray<'int8'> = [1, 2, 3] as never;
  @AnyArray() any: NdArray = 1 as never;
}

describe('an encoded array is valid by the schema exactly where our check takes it', () => {
  const { schema, ours } = judges(Arrays);
  const fill = (shape: readonly number[]): unknown =>
    shape.length === 0 ? 1 : Array.from({ length: shape[0] ?? 0 }, () => fill(shape.slice(1)));
  const dtype = fc.constantFrom(
    'float16',
    'float32',
    'float64',
    'int8',
    'int64',
    'uint8',
    'bool',
    'float128',
    'toString',
  );
  const array = fc
    .record({ shape: fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 3 }), dtype })
    .map(({ shape, dtype: name }) => ({
      object_type: 'array',
      shape,
      dtype: name,
      data: { buffer: fill(shape.includes(0) ? shape.slice(0, shape.indexOf(0) + 1) : shape), encoding: 'json' },
    }));

  test.each(['fixed', 'scalar', 'bytes', 'any'])('in the field %s', async (name) => {
    const base = { fixed: { shape: [2, 1], dtype: 'float32', data: { buffer: [[1], [1]], encoding: 'json' } } };
    await fc.assert(
      fc.asyncProperty(array, async (value) => {
        const body = { inputs: { ...base, [name]: value } };
        // True and false are written as such: a buffer of numbers is refused by its values, which no schema looks at.
        if (value.dtype !== 'bool') expect([value, schema(body)]).toEqual([value, await ours(body)]);
      }),
      { seed: 17, numRuns: 150 },
    );
  });
});

test('an optional choice of texts and numbers has each of its types once among outputs, and null', () => {
  class Chosen {
    @Field(() => ['a', 1], { optional: true }) v?: string | number;
  }
  @Component({ inputs: Out, outputs: Chosen })
  class Choose extends DifferentiableComponent<Out, Chosen> {
    @Apply() apply(): Chosen {
      return {};
    }
  }
  const options = { name: 'c', version: '1', description: '', formats: ['json'] as const };
  const document = JSON.parse(JSON.stringify(openApiDocument(compile(Choose, DifferentiableComponent), options)));
  expect(document.components.schemas.Apply_OutputSchema.properties.v.type).toEqual(['string', 'number', 'null']);
  const valid = validatorOf(document, 'Apply_OutputSchema');
  expect(['a', 1, null, 'b', 2, true].map((v) => valid({ v }))).toEqual([true, true, true, false, false, false]);
});

test('every default in the document of a component with a field of every kind are valid by it', () => {
  const compiled = compile(Sampler, DifferentiableComponent);
  const options = { name: 's', version: '1', description: '', formats: ['json'] as const };
  const document = JSON.parse(JSON.stringify(openApiDocument(compiled, options)));
  const { schemas } = document.components;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'doc');
  let count = 0;
  for (const [model, { properties = {} }] of Object.entries<{
    properties?: Record<string, { default?: unknown; title?: string; array_flags?: unknown }>;
  }>(schemas)) {
    for (const [name, property] of Object.entries(properties)) {
      // Arrays are described in their encoded form, and have their defaults bare.
      if (property.default === undefined || JSON.stringify(property).includes('array_flags')) continue;
      const validate = ajv.compile({ $ref: `doc#/components/schemas/${model}/properties/${name}` });
      expect([model, name, validate(property.default)]).toEqual([model, name, true]);
      count++;
    }
  }
  expect(count).toBeGreaterThan(3);
});
