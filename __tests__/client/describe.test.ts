/** What a client reads off an OpenAPI document, as Tesseract Core and as our server write it. */
import { describe, expect, test } from '@jest/globals';
import { describeRemote } from '../../src/client/describe.js';
import { compile } from '../../src/component/compile.js';
import { DifferentiableComponent } from '../../src/component/component.js';
import type { Schema } from '../../src/schema/schema.js';
import { openApiDocument } from '../../src/server/openapi/document.js';
import { Twin } from '../interchange/twin.js';
import { arrayNode, documentOf } from './document.js';

const floats = [
  'float16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'bool',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
];
const all = [...floats, 'complex64', 'complex128'];

const inputsOf = (inputs: Record<string, unknown>, required: readonly string[] = [], schemas = {}): Schema =>
  describeRemote(documentOf({ inputs: inputs as never, required, outputs: {}, schemas }), 'u').compiled.signature
    .inputs;

describe('array fields', () => {
  test.each([
    [arrayNode([], 'float32', [], floats), 'float32', []],
    [arrayNode([null, 3, 1], 'float64', [], floats), 'float64', [null, 3, 1]],
    [arrayNode('any', 'int64', [], ['int64']), 'int64', 'any'],
    [arrayNode('any', 'complex128', [], all), 'complex128', 'any'],
    [arrayNode('any', 'float64', [], all), 'any', 'any'],
    [{ ...arrayNode([2], 'float64', [], floats), title: 'EncodedArrayModel__2__float16__noflags' }, 'float16', [2]],
    [{ ...arrayNode('any', 'float64', [], all), title: 'EncodedArrayModel__anyrank__None__noflags' }, 'any', 'any'],
    [{ ...arrayNode([null, 2], 'int8'), title: 'EncodedArrayModel__any_2__int8__DIFFERENTIABLE' }, 'int8', [null, 2]],
  ])('%#: dtype and shape', (node, dtype, shape) => {
    expect(inputsOf({ x: node }).byName.get('x')!.spec).toMatchObject({ kind: 'array', dtype, shape });
  });

  test('flags tell what is differentiable, however deep', () => {
    const leaf = arrayNode([null], 'float64', ['DIFFERENTIABLE']);
    const schema = inputsOf({
      a: leaf,
      b: arrayNode([null], 'float64'),
      l: { type: 'array', items: leaf },
      d: { type: 'object', additionalProperties: leaf },
      m: { type: 'object', properties: { p: leaf } },
    });
    const patterns = [...schema.leaves.values()]
      .filter(({ spec }) => spec.differentiable)
      .map(({ pattern }) => pattern);
    expect(patterns).toEqual(['a', 'l.[]', 'd.{}', 'm.p']);
  });
});

describe('other fields', () => {
  test.each([
    ['string', { type: 'string' }, { kind: 'plain', type: 'string' }],
    ['integer', { type: 'integer' }, { kind: 'plain', type: 'integer' }],
    ['an enum', { type: 'string', enum: ['a', 'b'] }, { kind: 'plain', type: 'choice', values: ['a', 'b'] }],
    ['a constant', { const: 3 }, { kind: 'plain', type: 'choice', values: [3] }],
    ['a list of texts', { type: 'array', items: { type: 'string' } }, { kind: 'plain', type: 'string', each: 'list' }],
    ['a union', { anyOf: [{ type: 'string' }, { type: 'integer' }] }, { kind: 'plain', type: 'json', optional: false }],
    [
      'text or null',
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { kind: 'plain', type: 'string', optional: true },
    ],
    [
      'a list of maps',
      { type: 'array', items: { additionalProperties: {} } },
      { kind: 'plain', type: 'json', each: 'list' },
    ],
    [
      'a list with nulls',
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      { type: 'json', each: 'list' },
    ],
    ['a tuple', { type: 'array', prefixItems: [{}] }, { kind: 'plain', type: 'json' }],
    ['anything', {}, { kind: 'plain', type: 'json' }],
  ])('%s', (_case, node, spec) => {
    expect(inputsOf({ x: node }, ['x']).byName.get('x')!.spec).toMatchObject(spec);
  });

  test('what has no default and need not be given is left to the server', () => {
    const schema = inputsOf({ a: { type: 'string' }, b: { type: 'string', default: 'x' }, c: { type: 'string' } }, [
      'c',
    ]);
    const said = schema.fields.map(({ name, spec, hasDefault }) => [name, spec.optional, hasDefault]);
    expect(said).toEqual([
      ['a', true, false],
      ['b', false, true],
      ['c', false, false],
    ]);
  });

  test('an encoded default is the array it encodes', () => {
    const data = { buffer: [[1], [2]], encoding: 'json' };
    const node = {
      ...arrayNode([2, 1], 'float64'),
      default: { object_type: 'array', shape: [2, 1], dtype: 'float64', data },
    };
    expect(inputsOf({ x: node }).create()['x']).toMatchObject({ dtype: 'float64', shape: [2, 1] });
  });

  test('a document that refers to itself is read to an end', () => {
    const node = { properties: { next: { $ref: '#/components/schemas/Apply_Node' } } };
    expect(inputsOf({ x: { $ref: '#/components/schemas/Apply_Node' } }, [], { Apply_Node: node }).fields).toHaveLength(
      1,
    );
  });
});

describe('our own document', () => {
  test('tells the client every field as the class declares it', () => {
    const compiled = compile(Twin, DifferentiableComponent);
    const document = openApiDocument(compiled, { name: 'Twin', version: '1', description: '', formats: ['json'] });
    const { compiled: remote } = describeRemote(document, 'u');
    for (const side of ['inputs', 'outputs'] as const) {
      const [own, read] = [compiled.signature[side], remote.signature[side]];
      expect([...read.leaves.keys()]).toEqual([...own.leaves.keys()]);
      for (const [pattern, { spec }] of own.leaves) {
        const { dtype, shape, differentiable } = spec;
        expect(read.leaves.get(pattern)!.spec).toMatchObject({ dtype, shape, differentiable });
      }
      const facts = ({ fields }: Schema) =>
        fields.map(({ name, spec }) => [name, spec.kind, spec.each, spec.optional ?? false]);
      expect(facts(read)).toEqual(facts(own));
    }
    expect(remote.provenance).toEqual(compiled.provenance);
  });

  test('a rule that this client does not know is shown under its name', () => {
    const mark = { 'x-derived-from': { rule: 'vjpFromOracle', base: ['apply'], exact: false, cost: 'none' } };
    const { compiled } = describeRemote(
      documentOf({ inputs: {}, outputs: {}, routes: { vector_jacobian_product: mark } }),
      'u',
    );
    expect(compiled.provenance.vjp).toEqual({
      kind: 'derived',
      rule: 'vjpFromOracle',
      from: ['apply'],
      exact: false,
      cost: 'none',
    });
  });
});
