/** Looking into what was thrown. */

/** What `value` has under `key`. Not by class: an error may come from another realm. */
export function entryOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? value[key as never] : undefined;
}
