/** The OpenAPI document: what Tesseract Core's clients find a component by, and what only this project says. */
import { describe, expect, test } from '@jest/globals';
import { IsEmail, IsInt, Length, Max, Min } from 'class-validator';
import {
  AnyArray,
  Apply,
  Component,
  DifferentiableComponent,
  type DType,
  Field,
  Float32,
  Float64,
  type NdArray,
} from '../../src/index.js';
import { inlineExecutor } from '../../src/server/inline.js';
import { targetOf } from '../../src/server/open.js';
import { type AnswerOptions, type ComponentValue, settingsOf } from '../../src/server/options.js';
import { Sampler } from '../fixtures/server/sampler.js';
import type { Json } from './client.js';

function documentOf(component: ComponentValue, options: AnswerOptions = {}): Json {
  const settings = settingsOf(options);
  const { description } = inlineExecutor(targetOf(component, settings.derive), settings);
  return JSON.parse(JSON.stringify(description.document));
}

const sampler = documentOf(Sampler);
const schemas = sampler.components.schemas;

describe('the document of a component', () => {
  test('is OpenAPI 3.1 with the name, version and description of the class', () => {
    expect([sampler.openapi, sampler.info]).toEqual([
      '3.1.0',
      { title: 'Sampler', version: '2.1.0', description: 'A field of every kind.' },
    ]);
    expect(sampler.paths['/apply'].post.description).toBe('A field of every kind.');
  });

  test('lists exactly what is offered, in the order of Tesseract Core', () => {
    expect(Object.keys(sampler.paths)).toEqual([
      '/apply',
      '/jacobian',
      '/jacobian_vector_product',
      '/vector_jacobian_product',
      '/health',
      '/abstract_eval',
    ]);
  });

  test('lists the formats that answers may have, the default first', () => {
    expect(sampler['x-supported-output-formats']).toEqual(['json', 'json+base64']);
    const binary = documentOf(Sampler, { outputPath: '/tmp', format: 'json+binref' });
    expect(binary['x-supported-output-formats']).toEqual(['json+binref', 'json', 'json+base64']);
  });

  test('says of a derived endpoint the rule, its base, whether it is exact, and its cost; of an own one nothing', () => {
    expect(sampler.paths['/jacobian'].post['x-derived-from']).toEqual({
      rule: 'jacobianFromVjp',
      base: ['vector_jacobian_product'],
      exact: true,
      cost: '1 vjp call for each element of the outputs',
    });
    expect(sampler.paths['/vector_jacobian_product'].post).not.toHaveProperty('x-derived-from');
  });

  test('refers only to schemas that are there', () => {
    const references = Array.from(
      JSON.stringify(sampler).matchAll(/"#\/components\/schemas\/([^"]+)"/g),
      ([, name]) => name,
    );
    expect(new Set(references).size).toBeGreaterThan(10);
    expect(references.filter((name) => !Object.hasOwn(schemas, name ?? ''))).toEqual([]);
  });

  test('calls the schemas what the clients look for', () => {
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        ...['ApplyInputSchema', 'ApplyOutputSchema', 'Apply_InputSchema', 'Apply_OutputSchema', 'Apply_Part'],
        ...['JacobianInputSchema', 'JacobianOutputSchema', 'Jacobian_InputSchema'],
        ...['JVPInputSchema', 'JVPOutputSchema', 'Jvp_InputSchema'],
        ...['VJPInputSchema', 'VJPOutputSchema', 'Vjp_InputSchema'],
        ...['AbstractInputSchema', 'AbstractOutputSchema', 'AbstractEval_InputSchema', 'AbstractEval_OutputSchema'],
        ...[
          'ShapeDType',
          'Base64ArrayData',
          'BinrefArrayData',
          'JsonArrayData',
          'HTTPValidationError',
          'ValidationError',
        ],
      ]),
    );
    expect(schemas.ApplyInputSchema.properties.inputs.$ref).toBe('#/components/schemas/Apply_InputSchema');
    expect(schemas.ApplyOutputSchema.$ref).toBe('#/components/schemas/Apply_OutputSchema');
  });

  test('has differentiable_arrays and field_order on the schemas of apply, sorted', () => {
    expect(schemas.ApplyInputSchema.differentiable_arrays).toEqual({
      'd.{}': { shape: [null], dtype: 'float64' },
      'l.[].w': { shape: [], dtype: 'float64' },
      s: { shape: [], dtype: 'float32' },
      x: { shape: [null], dtype: 'float64' },
    });
    expect(Object.keys(schemas.ApplyInputSchema.differentiable_arrays)).toEqual(['d.{}', 'l.[].w', 's', 'x']);
    expect(Object.keys(schemas.ApplyOutputSchema.differentiable_arrays)).toEqual(['total', 'y']);
    expect(schemas.ApplyInputSchema.field_order['l.[]']).toEqual(['w', 'tag']);
    expect(schemas.ApplyInputSchema.field_order[''].slice(0, 3)).toEqual(['x', 's', 'm']);
  });

  test('describes an array as Tesseract Core does, so that a client knows it for one', () => {
    const { x } = schemas.Apply_InputSchema.properties;
    expect(x).toMatchObject({
      type: 'object',
      title: 'EncodedArrayModel__any__float64__DIFFERENTIABLE',
      array_flags: ['DIFFERENTIABLE'],
      description: 'The points.',
      required: ['shape', 'dtype', 'data'],
      additionalProperties: false,
    });
    expect(x.properties.object_type.const).toBe('array');
    expect(x.properties.shape).toMatchObject({ minItems: 1, maxItems: 1 });
    expect(x.properties.dtype.enum).toHaveLength(12);
    expect(schemas.Apply_OutputSchema.properties.y.properties.dtype.enum).toEqual(['float64']);
  });

  test('says which paths may be asked for: constants, and patterns where a list or map is on the way', () => {
    const { anyOf } = schemas.VJPInputSchema.properties.vjp_inputs.items;
    const matches = (path: string) =>
      anyOf.some((one: Json) => (one.const === undefined ? new RegExp(one.pattern).test(path) : one.const === path));
    expect(['x', 's', 'l.[0].w', 'd.{a b}'].map(matches)).toEqual([true, true, true, true]);
    expect(['m', 'l.[].w', 'l.[0].tag', 'd.a', 'xx'].map(matches)).toEqual([false, false, false, false, false]);
  });

  test('has defaults, and requires what has none', () => {
    const { properties, required } = schemas.Apply_InputSchema;
    expect([properties.s.default, properties.kind.default, properties.n.default]).toEqual([1, 'fast', 1]);
    expect(required).toEqual(['x']);
    expect(schemas.Apply_OutputSchema.required).toEqual(['y', 'total', 'n', 'kind']);
  });

  test('gives for each endpoint a request that the component answers', async () => {
    const settings = settingsOf({});
    const executor = inlineExecutor(targetOf(Sampler, []), settings);
    const routes = {
      apply: 'apply',
      jacobian: 'jacobian',
      jacobian_vector_product: 'jvp',
      vector_jacobian_product: 'vjp',
      abstract_eval: 'abstractEval',
    } as const;
    for (const [route, endpoint] of Object.entries(routes)) {
      const { example } = sampler.paths[`/${route}`].post.requestBody.content['application/json'];
      const call = { endpoint, body: Buffer.from(JSON.stringify(example)), format: 'json', run: 'a' } as const;
      const bytes = await executor.run(call, { hasLeft: false, watch: () => () => undefined });
      expect(JSON.parse(Buffer.from(bytes).toString())).toBeInstanceOf(Object);
    }
  });
});

class Inner {
  @Float64() v = 0;
}

class OddInputs {
  @AnyArray({ differentiable: true }) a!: NdArray<DType>;
  @AnyArray({ optional: true }) b?: NdArray<DType>;
  @Float32({ shape: [1, 3, null], optional: true }) c?: NdArray<'float32'>;
  @Float64() @Min(-1) @Max(5) bounded = 0;
  @Field(() => Number) @IsInt() whole = 3;
  @Field(() => String) @Length(2, 8) @IsEmail() mail = 'a@b.example';
  @Field(() => String, { optional: true }) note?: string;
  @Field(() => String, { each: 'list' }) @Length(1, 3, { each: true }) tags: string[] = ['a'];
  @Field(() => Inner, { optional: true }) inner?: Inner;
  @Field(() => Inner, { each: 'map' }) named: ReadonlyMap<string, Inner> = new Map();
  @Float64() never = Number.NaN;
}

class InputSchema {
  @AnyArray({ optional: true, differentiable: true }) a?: NdArray<DType>;
  @Field(() => Inner) inner!: Inner;
}

@Component({ inputs: OddInputs, outputs: InputSchema })
class Odd extends DifferentiableComponent<OddInputs, InputSchema> {
  @Apply()
  override apply({ a }: OddInputs): InputSchema {
    return { a, inner: new Inner() };
  }
}

describe('the document of an odd component', () => {
  const odd = documentOf(Odd).components.schemas;
  const { properties } = odd.Apply_InputSchema;

  test('leaves out the shape and dtype of an array of any: a client reads their absence', () => {
    expect(odd.ApplyInputSchema.differentiable_arrays).toEqual({ a: {} });
  });

  test('bounds the number of axes of an array of any rank, which a client that fills in forms reads', () => {
    expect(properties.a.properties.shape).toMatchObject({ minItems: 0, maxItems: 32 });
  });

  test('has the type of an optional field beside anyOf, and among outputs null with it', () => {
    expect([properties.b.type, properties.note.type]).toEqual(['object', 'string']);
    expect(properties.b.properties.shape).toBeDefined();
    expect(properties.note.anyOf).toEqual([{ type: 'string' }, { type: 'null' }]);
    expect(odd.Apply_OutputSchema.properties.a.type).toEqual(['object', 'null']);
  });

  test('says of a fixed extent that 1 is broadcast to it', () => {
    expect(properties.c.properties.shape.prefixItems).toEqual([
      { type: 'integer', const: 1 },
      { type: 'integer', enum: [1, 3] },
      { type: 'integer', minimum: 0 },
    ]);
  });

  test('says the constraints of class-validator in its own keywords, those on each value with the values', () => {
    expect(properties.bounded).toMatchObject({ minimum: -1, maximum: 5, default: 0 });
    expect(properties.whole).toMatchObject({ type: 'number', multipleOf: 1, default: 3 });
    expect(properties.mail).toMatchObject({ minLength: 2, maxLength: 8, format: 'email' });
    expect(properties.tags).toMatchObject({
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 3 },
      default: ['a'],
    });
  });

  test('leaves out a default that JSON cannot say', () => {
    expect(properties.never).not.toHaveProperty('default');
  });

  test('tells a model called InputSchema from the inputs', () => {
    expect(odd.Apply_InputSchema.title).toBe('OddInputs');
    expect(odd.Apply_OutputSchema.title).toBe('InputSchema');
  });

  test('lists apply and health only, where nothing else is offered', () => {
    expect(Object.keys(documentOf(Odd).paths)).toEqual(['/apply', '/health']);
  });
});
