/** The values that a list, an object or an enum allows. */

/**
 * Each value once, or undefined where there are none, or others than texts and numbers. An enum of numbers also maps each
 * number to the name of its member: that name is no value.
 */
export function choicesOf(type: object): readonly (string | number)[] | undefined {
  const all = Array.isArray(type)
    ? type
    : Object.keys(type).flatMap((name) => (isReverse(type, name) ? [] : entryOf(type, name)));
  const values = [...new Set<unknown>(all)];
  const known = values.length > 0 && values.every((value) => typeof value === 'string' || typeof value === 'number');
  return known ? (values as (string | number)[]) : undefined;
}

function entryOf(type: object, name: string): unknown {
  return (type as Record<string, unknown>)[name];
}

function isReverse(type: object, name: string): boolean {
  const member = entryOf(type, name);
  const value = typeof member === 'string' && Object.hasOwn(type, member) ? entryOf(type, member) : undefined;
  return typeof value === 'number' && String(value) === name;
}
