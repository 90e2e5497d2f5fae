/** Arrays as JSON Schema: the encoded form, with the marks that Tesseract Core's clients look for. */
import { castableTo, dtypeNames } from '../array/dtype.js';
import type { ArraySpec } from './field.js';

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Whether a schema describes what is taken or what is given. */
export type Direction = 'input' | 'output';

/** Where the named schemas of a document are. */
export const componentPath = '#/components/schemas/';

// No array has more axes.
const MOST_AXES = 32;

/**
 * An encoded array of `spec`. Clients find arrays by `array_flags`; one of them reads `minItems` and `maxItems` of the
 * shape, so they are there for any rank too.
 */
export function arraySchema(spec: ArraySpec, direction: Direction): JsonSchema {
  return {
    type: 'object',
    title: titleOf(spec),
    array_flags: spec.differentiable ? ['DIFFERENTIABLE'] : [],
    properties: {
      object_type: { type: 'string', const: 'array', default: 'array' },
      shape: shapeSchema(spec.shape, direction),
      dtype: { type: 'string', enum: spec.dtype === 'any' ? dtypeNames : dtypesOf(spec.dtype, direction) },
      data: {
        oneOf: ['BinrefArrayData', 'Base64ArrayData', 'JsonArrayData'].map(refTo),
        discriminator: {
          propertyName: 'encoding',
          mapping: {
            base64: `${componentPath}Base64ArrayData`,
            binref: `${componentPath}BinrefArrayData`,
            json: `${componentPath}JsonArrayData`,
          },
        },
      },
    },
    required: ['shape', 'dtype', 'data'],
    additionalProperties: false,
  };
}

/** A reference to the schema called `name`. */
export function refTo(name: string): { readonly $ref: string } {
  return { $ref: `${componentPath}${name}` };
}

function dtypesOf(dtype: Exclude<ArraySpec['dtype'], 'any'>, direction: Direction): readonly string[] {
  return direction === 'input' ? castableTo(dtype) : [dtype];
}

function titleOf({ shape, dtype, differentiable }: ArraySpec): string {
  const extents = shape === 'any' ? 'anyrank' : shape.map((extent) => extent ?? 'any').join('_') || 'scalar';
  return `EncodedArrayModel__${extents}__${dtype === 'any' ? 'None' : dtype}__${differentiable ? 'DIFFERENTIABLE' : 'noflags'}`;
}

function shapeSchema(shape: ArraySpec['shape'], direction: Direction): JsonSchema {
  if (shape === 'any') {
    return { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 0, maxItems: MOST_AXES };
  }
  const extent = (size: number | null): JsonSchema => {
    if (size === null) return { type: 'integer', minimum: 0 };
    // An axis of extent 1 is broadcast.
    return size === 1 || direction === 'output'
      ? { type: 'integer', const: size }
      : { type: 'integer', enum: [1, size] };
  };
  const axes = shape.length === 0 ? {} : { prefixItems: shape.map(extent), examples: [shape.map((size) => size ?? 2)] };
  return { type: 'array', ...axes, minItems: shape.length, maxItems: shape.length };
}

const compression = { anyOf: [{ type: 'string', const: 'lz4' }, { type: 'null' }], default: null };

/** The forms of the data of an array, by their names in a document. */
export const arrayComponents: Readonly<Record<string, JsonSchema>> = {
  Base64ArrayData: {
    type: 'object',
    description: 'The bytes in C order, little-endian, as base64.',
    properties: {
      buffer: { type: 'string', contentEncoding: 'base64' },
      encoding: { type: 'string', const: 'base64' },
      compression,
    },
    required: ['buffer', 'encoding'],
    additionalProperties: false,
  },
  BinrefArrayData: {
    type: 'object',
    description: 'A reference to bytes in a file: path[:offset[:compressed size]].',
    properties: {
      buffer: { type: 'string', pattern: '^.+?(:\\d+(:\\d+)?)?$' },
      encoding: { type: 'string', const: 'binref' },
      compression,
    },
    required: ['buffer', 'encoding'],
    additionalProperties: false,
  },
  JsonArrayData: {
    type: 'object',
    description: 'The elements in nested lists.',
    properties: { buffer: refTo('JsonValue'), encoding: { type: 'string', const: 'json' } },
    required: ['buffer', 'encoding'],
    additionalProperties: false,
  },
  JsonValue: {},
  ShapeDType: {
    type: 'object',
    description: 'An array without its values.',
    properties: {
      shape: { type: 'array', items: { type: 'integer', minimum: 0 }, maxItems: MOST_AXES },
      dtype: { type: 'string', enum: dtypeNames },
    },
    required: ['shape', 'dtype'],
  },
};
