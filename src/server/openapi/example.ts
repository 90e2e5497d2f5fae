/** A request that a component answers, made of its schema: what the documentation page starts with. */
import { dtypes } from '../../array/dtype.js';
import { type Shape, sizeOf } from '../../array/shape.js';
import type { CompiledComponent } from '../../component/compile.js';
import type { EndpointName } from '../../operators/endpoints.js';
import { operators } from '../../operators/index.js';
import { isScalar } from '../../schema/check.js';
import type { ArraySpec, PlainSpec } from '../../schema/field.js';
import { jsonDefault } from '../../schema/jsonSchema.js';
import { expand, formatPath, valueAt } from '../../schema/path.js';
import { differentiable, type Field, type Leaf, type Schema } from '../../schema/schema.js';

// An example that does not fit on a page is none.
const MOST_ELEMENTS = 1000;
const MOST_PATHS = 5;

/** The body of an example request, or undefined where none is short enough. */
export function exampleBody({ signature }: CompiledComponent, endpoint: EndpointName): unknown {
  const inputs = modelExample(signature.inputs);
  if (endpoint === 'abstractEval') return { inputs: modelExample(signature.inputs, abstractExample) };
  const { wire } = operators[endpoint];
  if (!wire) return { inputs };
  const wrt = pathsIn(signature.inputs, inputs);
  const of = pathsIn(signature.outputs, modelExample(signature.outputs));
  const request = { inputs, [wire.wrt]: Object.keys(wrt), [wire.of]: Object.keys(of) };
  if (wire.seed === undefined) return request;
  const seeds = endpoint === 'jvp' ? wrt : of;
  return Object.values(seeds).includes(undefined) ? undefined : { ...request, [wire.seed]: seeds };
}

/** How an array among example inputs is written. */
type ArrayExample = (spec: ArraySpec, byDefault: unknown) => unknown;

function modelExample(schema: Schema, array: ArrayExample = arrayExample): Record<string, unknown> {
  const defaults = schema.create();
  const fields = schema.fields.filter(({ spec }) => !spec.optional || spec.kind === 'array');
  return Object.fromEntries(fields.map((field) => [field.name, fieldExample(field, defaults[field.name], array)]));
}

function fieldExample(field: Field, byDefault: unknown, array: ArrayExample): unknown {
  const { spec, model } = field;
  const given = jsonDefault(byDefault);
  if (spec.each === undefined) return one(field, given, array);
  if (given !== undefined && spec.kind !== 'array') return given;
  const value = model ? modelExample(model, array) : one(field, undefined, array);
  return spec.each === 'list' ? [value] : { key: value };
}

function one({ spec, model }: Field, byDefault: unknown, array: ArrayExample): unknown {
  if (model) return modelExample(model, array);
  if (spec.kind === 'array') return array(spec, byDefault);
  return byDefault ?? plainExample(spec as PlainSpec);
}

const plainExamples: Readonly<Record<PlainSpec['type'], unknown>> = {
  string: 'text',
  number: 1,
  integer: 1,
  boolean: true,
  choice: undefined,
  json: {},
};

function plainExample(spec: PlainSpec): unknown {
  return spec.type === 'choice' ? spec.values?.[0] : plainExamples[spec.type];
}

/** The extents of an example: those that are declared, and 2 where they are free. */
function extentsOf({ shape }: ArraySpec): Shape {
  return shape === 'any' ? [] : shape.map((extent) => extent ?? 2);
}

function arrayExample(spec: ArraySpec, byDefault: unknown): unknown {
  if (byDefault !== undefined) return byDefault;
  const extents = extentsOf(spec);
  // An axis of extent 1 is broadcast.
  return nested(sizeOf(extents) > MOST_ELEMENTS ? extents.map(() => 1) : extents, elementOf(spec));
}

function abstractExample(spec: ArraySpec): unknown {
  return { shape: extentsOf(spec), dtype: spec.dtype === 'any' ? 'float64' : spec.dtype };
}

function elementOf({ dtype }: ArraySpec): unknown {
  return dtype !== 'any' && dtypes[dtype].kind === 'bool' ? true : 1;
}

function nested(extents: Shape, element: unknown): unknown {
  const [first, ...rest] = extents;
  return first === undefined ? element : Array.from({ length: first }, () => nested(rest, element));
}

/** Some differentiable paths, each with a seed of its shape; undefined where that is too large to write. */
function pathsIn(schema: Schema, values: object): Readonly<Record<string, unknown>> {
  const paths = differentiable(schema).flatMap((leaf) =>
    expand(values, leaf.steps).map((steps): [string, unknown] => [
      formatPath(steps),
      seedOf(leaf, valueAt(values, steps)),
    ]),
  );
  return Object.fromEntries(paths.slice(0, MOST_PATHS));
}

function seedOf({ spec }: Leaf, value: unknown): unknown {
  if (isScalar(spec)) return 1;
  const shape = shapeOf(value);
  const declared =
    spec.shape !== 'any' && spec.shape.every((extent, axis) => extent === null || extent === shape[axis]);
  return spec.shape === 'any' || declared ? nested(shape, 1) : undefined;
}

function shapeOf(value: unknown): Shape {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}
