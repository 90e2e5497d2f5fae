/** The operator `abstractEval`: the shapes and dtypes of outputs, from those of inputs. */
import { dtypes } from '../array/dtype.js';
import { shapeOfLiteral } from '../array/literal.js';
import { type NdArray, zeros } from '../array/ndarray.js';
import { isFixed, sameShape, sizeOf } from '../array/shape.js';
import { type ComponentError, fail } from '../errors.js';
import { readAbstract, type ShapeDType } from '../schema/abstract.js';
import { asFieldValue, check, isScalar, readLeaf, unshared } from '../schema/check.js';
import type { ArraySpec } from '../schema/field.js';
import { readPath, valueAt } from '../schema/path.js';
import type { Schema } from '../schema/schema.js';
import type { Operator } from './operator.js';
import { raiseResult } from './result.js';

/** The outputs' shapes and dtypes: `{ shape, dtype }` wherever an output has an array. */
export const abstractEval: Operator<'abstractEval'> = {
  name: 'abstractEval',
  route: 'abstract_eval',
  decorator: 'AbstractEval',
  summary: 'The shapes and dtypes of the outputs, from those of the inputs.',
  wire: undefined,
  seed: undefined,
  read: (signature, _raw, inputs = {}, _problems, options) => ({
    inputs,
    options,
    sample: () => sampleOf(signature.inputs, inputs, options?.memoryLimit ?? Infinity),
    fixed: fixedOutputs(signature.outputs),
  }),
  write: (request) => request.inputs,
  accept: (signature, method, _request, raw) => {
    const { value, problems } = check(signature.outputs, raw, 'outputs', { array: readAbstract, partial: true });
    raiseResult({ method, problems: problems as ComponentError[] }, 'abstractEval');
    return value;
  },
  present: (_method, _request, result) => result,
};

/** The outputs without values, where the schema fixes every shape, dtype and length. */
export function fixedOutputs(schema: Schema): object | undefined {
  const outputs: Record<string, unknown> = {};
  for (const { name, spec, model } of schema.fields) {
    if (spec.each || spec.optional || spec.kind === 'plain') return undefined;
    const value = model ? fixedOutputs(model) : fixedArray(spec as ArraySpec);
    if (!value) return undefined;
    outputs[name] = value;
  }
  return outputs;
}

function fixedArray({ dtype, shape }: ArraySpec): ShapeDType | undefined {
  return dtype !== 'any' && isFixed(shape) ? Object.freeze({ shape, dtype }) : undefined;
}

/** Concrete inputs of the given shapes: the default where it fits, else ones for floats and zeros for the rest. */
function sampleOf(schema: Schema, inputs: object, limit: number): object {
  const defaults = schema.create();
  let left = limit;
  const { value } = check(schema, inputs, 'inputs', {
    array: (spec, abstract, at) => {
      const steps = readPath(at.slice('inputs.'.length)) ?? [];
      const { shape, dtype } = abstract as ShapeDType;
      const bytes = sizeOf(shape) * dtypes[dtype].bytes;
      left -= bytes;
      if (left < 0) refuseSample(at, bytes, limit);
      return sample(spec, { shape, dtype }, valueAt(defaults, steps));
    },
  });
  return value;
}

function refuseSample(path: string, bytes: number, limit: number): never {
  const facts = { rule: `abstractEvalFromApply on ${path}`, received: String(bytes), expected: String(limit) };
  return fail('E_MEMORY_LIMIT', { ...facts, advice: 'Write abstractEval by hand: it needs no arrays.' });
}

function sample(spec: ArraySpec, { shape, dtype }: ShapeDType, byDefault: unknown): unknown {
  const known = byDefault === null || byDefault === undefined ? undefined : shapeOfLiteral(byDefault);
  const found = known && sameShape(known, shape) ? readLeaf({ dtype, shape }, byDefault) : undefined;
  if (found && !('code' in found)) return asFieldValue(unshared(found), isScalar(spec));
  const array = zeros(shape, dtype) as NdArray;
  if (dtypes[dtype].kind === 'float') array.data.fill(1);
  return asFieldValue(array, isScalar(spec));
}
