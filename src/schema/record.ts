/**
 * What an object holds: its own entries, and those it has from a class or from another object, such as accessors. What
 * every object inherits from `Object.prototype` is no entry.
 */

/** Whether `value` has an entry called `name`. */
export function holds(value: object, name: string): boolean {
  if (Object.hasOwn(value, name)) return true;
  if (!(name in value) || name === 'constructor') return false;
  const holder = chainOf(value).find((one) => Object.hasOwn(one, name));
  // What a proxy says it has may stand nowhere along its chain.
  return holder === undefined ? !(name in Object.prototype) : !isRoot(holder);
}

/** The entry called `name`, or undefined where there is none. */
export function entryAt(value: object, name: string): unknown {
  return holds(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** The names of the entries that hold data: what a loop over them would give, own ones first. */
export function namesIn(value: object): readonly string[] {
  const own = Object.keys(value);
  const above = chainOf(value).filter((one) => !isRoot(one));
  return above.length === 0 ? own : [...new Set([own, ...above.map((one) => Object.keys(one))].flat())];
}

/** An accessor of a class: how its value is read, and whether it can be written. */
interface Accessor {
  readonly name: string;
  readonly writable: boolean;
}

function accessorsOf(value: object): readonly Accessor[] {
  return chainOf(value).flatMap((one) => (isRoot(one) ? [] : accessorsOn(one)));
}

/** Whether a field called `name` with underscores about it is what an accessor of `value` keeps its value in. */
export function isBacking(value: object, name: string): boolean {
  const bare = name.replace(/^_+|_+$/g, '');
  return bare !== name && accessorsOf(value).some((one) => one.name === bare);
}

/** Every entry with its name, those that accessors give included. */
export function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  const names = [...namesIn(value), ...accessorsOf(value).map(({ name }) => name)];
  return [...new Set(names)].map((name) => [name, (value as Record<string, unknown>)[name]]);
}

/**
 * A copy that shares its entries with `value`, or holds what `change` makes of each. Where accessors give some of them it is
 * constructed, as models are: what is behind an accessor may be private.
 */
export function copyOf<T extends object>(value: T, change: (entry: unknown) => unknown = (entry) => entry): T {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const written = accessorsOf(value).flatMap(({ name, writable }) => (writable ? [name] : []));
  const copy: T = written.length > 0 ? new (value.constructor as new () => T)() : Object.create(prototype);
  for (const name of [...Object.keys(value), ...written])
    put(copy, name, change((value as Record<string, unknown>)[name]));
  return copy;
}

/** Write an entry, whatever its name. */
export function put(value: object, name: string, entry: unknown): void {
  if (name !== '__proto__') (value as Record<string, unknown>)[name] = entry;
  else Object.defineProperty(value, name, { value: entry, enumerable: true, configurable: true, writable: true });
}

/** Whether an object is a plain one: of no class. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || isRoot(prototype);
}

function chainOf(value: object): readonly object[] {
  const chain: object[] = [];
  for (let one = Object.getPrototypeOf(value); one !== null; one = Object.getPrototypeOf(one)) chain.push(one);
  return chain;
}

// `Object.prototype`, of this realm or another.
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty');
}

const known = new WeakMap<object, readonly Accessor[]>();

function accessorsOn(prototype: object): readonly Accessor[] {
  const found = known.get(prototype);
  if (found) return found;
  const all = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  const names = all.flatMap(([name, { get, set }]) => (get ? [{ name, writable: set !== undefined }] : []));
  known.set(prototype, names);
  return names;
}
