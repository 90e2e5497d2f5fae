/** The JSON Schema of an array field: its shape, its dtype, and whether it is differentiable. */
import { type DType, isDType } from '../array/dtype.js';
import type { ShapePattern } from '../array/shape.js';
import { isRecord } from '../codec/describe.js';
import type { ArraySpec, FieldOptions } from '../schema/field.js';

type Node = Readonly<Record<string, unknown>>;

/** Whether `node` describes an encoded array. */
export function isArrayNode(node: Node): boolean {
  if ('array_flags' in node) return true;
  const { properties } = node;
  return isRecord(properties) && ['shape', 'dtype', 'data'].every((key) => key in properties);
}

/** What an array node says. */
export function arraySpec(node: Node, options: FieldOptions): ArraySpec {
  const properties = isRecord(node['properties']) ? node['properties'] : {};
  const flags = node['array_flags'];
  return {
    ...options,
    kind: 'array',
    dtype: dtypeOf(node, recordOf(properties['dtype'])),
    shape: shapeOf(recordOf(properties['shape'])),
    differentiable: Array.isArray(flags) && flags.includes('DIFFERENTIABLE'),
  };
}

function recordOf(value: unknown): Node {
  return isRecord(value) ? value : {};
}

// A list of extents, or of any length: then no extent is told.
function shapeOf({ prefixItems, minItems, maxItems }: Node): ShapePattern {
  if (Array.isArray(prefixItems)) return prefixItems.map((one) => extentOf(recordOf(one)));
  return minItems === 0 && maxItems === 0 ? [] : 'any';
}

// An extent above 1 is told with 1, which is broadcast to it.
function extentOf({ const: only, enum: several }: Node): number | null {
  if (typeof only === 'number') return only;
  if (!Array.isArray(several)) return null;
  const extents = several.filter((one) => typeof one === 'number');
  return extents.find((extent) => extent !== 1) ?? extents[0] ?? null;
}

/** The dtypes that may be given are more than the declared one, which the title tells, or the example. */
function dtypeOf({ title }: Node, { enum: allowed, examples, const: only }: Node): DType | 'any' {
  const named = typeof title === 'string' ? /^EncodedArrayModel__\w*?__(None|[a-z]+\d*)__/.exec(title)?.[1] : undefined;
  if (named === 'None') return 'any';
  if (isDType(named)) return named;
  const all = Array.isArray(allowed) ? allowed.filter(isDType) : [];
  const example = isDType(only) ? only : Array.isArray(examples) && isDType(examples[0]) ? examples[0] : undefined;
  // Everything may be cast to a complex dtype: with any other example, everything is kept as it is.
  if (all.length > 12 && example !== 'complex64' && example !== 'complex128') return 'any';
  return example ?? (all.length === 1 ? all[0]! : 'any');
}
