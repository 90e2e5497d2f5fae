/** Checked inputs as they travel: every array an array, and what was left out left out. */
import { asArray } from '../runtime/wireArray.js';
import type { Field, Schema } from '../schema/schema.js';

/**
 * The tree of checked inputs. What is undefined is left to the server's own default, but for an optional field whose
 * default is something else: there null was given, and is said. Abstract inputs hold no arrays: they go as they are.
 */
export function inputsForm(
  schema: Schema,
  inputs: Readonly<Record<string, unknown>>,
  abstract: boolean,
): Map<string, unknown> {
  const form = new Map<string, unknown>();
  for (const field of schema.fields) {
    const value = inputs[field.name];
    if (value !== undefined && value !== null) form.set(field.name, valueForm(field, value, abstract));
    else if (field.spec.optional && field.hasDefault) form.set(field.name, null);
  }
  return form;
}

function valueForm({ name, spec, model }: Field, value: unknown, abstract: boolean): unknown {
  const one = (item: unknown): unknown => {
    if (model) return inputsForm(model, item as Record<string, unknown>, abstract);
    if (spec.kind !== 'array' || abstract) return item;
    return asArray(item, spec.dtype, `inputs.${name}`);
  };
  if (spec.each === 'list' && Array.isArray(value)) return value.map(one);
  if (spec.each === 'map' && value instanceof Map) return new Map([...value].map(([key, item]) => [key, one(item)]));
  return one(value);
}
