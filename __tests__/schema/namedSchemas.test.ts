/** What a document says of arrays on either side, and of models that have one name. */
import { expect, test } from '@jest/globals';
import { Field, Float32, Float64, Int16, type NdArray } from 'cotangent';
import { arraySchema } from '../../src/schema/arraySchema.js';
import type { ArraySpec } from '../../src/schema/field.js';
import { NamedSchemas } from '../../src/schema/jsonSchema.js';
import { schemaOf } from '../../src/schema/schema.js';

const style = { prefix: '', arrays: 'values' } as const;
const namesake = (declared: typeof Float64 | typeof Float32) => {
  class Model {
    @declared() x = 1;
  }
  return schemaOf(Model);
};

test('models of one name are told apart, and one model has one schema for each side', () => {
  const named = new NamedSchemas();
  const [one, other] = [namesake(Float64), namesake(Float32)];
  const names = [one, other, one, other].map((schema) => named.describe(schema, 'input', style));
  expect(names).toEqual(['Model', 'Model_2', 'Model', 'Model_2']);
  expect(['output', 'input', 'output'].map((side) => named.describe(one, side as 'input', style))).toEqual([
    'Model_3',
    'Model',
    'Model_3',
  ]);
  expect(Object.keys(named.all)).toEqual(['Model', 'Model_2', 'Model_3']);
  const dtypesIn = (name: string) => JSON.stringify(named.all[name]).match(/EncodedArrayModel__scalar__(\w+?)__/)?.[1];
  expect(Object.keys(named.all).map(dtypesIn)).toEqual(['float64', 'float32', 'float64']);
});

class Two {
  @Int16({ shape: [3, null] }) a!: NdArray<'int16'>;
  @Field(() => String) t!: string;
}

test('an input has every dtype that casts, and repeats an extent of 1; an output has its own', () => {
  const spec = schemaOf(Two).byName.get('a')!.spec as ArraySpec;
  const said = (side: 'input' | 'output') => {
    const { dtype, shape } = (arraySchema(spec, side) as { properties: Record<string, Record<string, unknown>> })
      .properties;
    return [dtype!['enum'], (shape!['prefixItems'] as object[])[0]];
  };
  expect(said('output')).toEqual([['int16'], { type: 'integer', const: 3 }]);
  const [dtypes, extent] = said('input');
  expect([...(dtypes as string[])].sort()).toEqual(
    ['bool', 'int16', 'int32', 'int64', 'int8', 'uint16', 'uint32', 'uint64', 'uint8'].sort(),
  );
  expect(extent).toEqual({ type: 'integer', enum: [1, 3] });
});

test('what has a default may be left out of inputs, and is among the outputs always', () => {
  const named = new NamedSchemas();
  const model = namesake(Float64);
  const required = (side: 'input' | 'output') => {
    const name = named.describe(model, side, style);
    return named.all[name]!['required'];
  };
  expect([required('input'), required('output')]).toEqual([undefined, ['x']]);
});

test('a model that cannot be one is refused for the same reason each time', () => {
  class Broken {
    @Field(() => Date) d!: Date;
  }
  for (let i = 0; i < 3; i++) {
    expect(() => schemaOf(Broken)).toThrow(expect.objectContaining({ code: 'E_DEFINE_FIELD_TYPE' }));
  }
});
