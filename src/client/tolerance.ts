/** Answers of servers that say more, or less, than their schema: read as far as it goes. */
import { isRecord } from '../codec/describe.js';
import type { Field, Schema } from '../schema/schema.js';

/** Reads one value; `at` is its place, for messages. */
export type LeafReader = (value: unknown, at: string) => unknown;

/** How array fields, and fields of any JSON value, are read: as they are, unless said otherwise. */
export interface LeafReaders {
  readonly array?: LeafReader;
  readonly json?: LeafReader;
}

/**
 * A model's value without what its schema does not know (a newer server's fields, computed fields), and with NaN where
 * a number is null: JSON has no other way to say it.
 */
export function tolerant(schema: Schema, value: unknown, readers: LeafReaders = {}, at = 'outputs'): unknown {
  if (!isRecord(value)) return value;
  const known = schema.fields.filter(({ name }) => Object.hasOwn(value, name));
  return Object.fromEntries(
    known.map((field) => [field.name, fieldValue(field, value[field.name], readers, `${at}.${field.name}`)]),
  );
}

function fieldValue({ spec, model }: Field, value: unknown, readers: LeafReaders, at: string): unknown {
  const one = (item: unknown): unknown => {
    if (model) return tolerant(model, item, readers, at);
    if (spec.kind === 'array') return readers.array?.(item, at) ?? item;
    if (spec.kind !== 'plain') return item;
    if (spec.type === 'json') return readers.json?.(item, at) ?? item;
    return spec.type === 'number' && item === null ? Number.NaN : item;
  };
  // Of a number that may be left out, null says that it was.
  if (value === null && spec.optional) return value;
  if (spec.each === 'list' && Array.isArray(value)) return value.map(one);
  if (spec.each !== 'map' || !isRecord(value)) return one(value);
  return new Map(Object.entries(value).map(([key, item]) => [key, one(item)]));
}
