/**
 * Where decorators leave what they say: one metadata object per class, the standard one (`Symbol.metadata`), which
 * inherits from its parent class's. Keys are registered symbols, so two copies of this package see each other's.
 */
(Symbol as { metadata?: symbol }).metadata ??= Symbol.for('Symbol.metadata');

/** A class, abstract or not, whose instances are `T`. */
export type AnyClass<T extends object = object> = abstract new (...args: never) => T;

/** What decorators have said of one class; its prototype is that of the parent class. */
export type Metadata = Record<PropertyKey, unknown>;

const key: symbol = Symbol.metadata;

/** The metadata of a class, made on first use: what `context.metadata` is under standard decorators. */
export function metadataOf(target: AnyClass): Metadata {
  const holder = target as unknown as Record<symbol, Metadata | undefined>;
  if (Object.hasOwn(target, key)) return holder[key]!;
  const metadata = Object.create(holder[key] ?? null) as Metadata;
  Object.defineProperty(target, key, { value: metadata, configurable: true, writable: true });
  return metadata;
}

/** Append to the list under `name` that belongs to this very class. */
export function push<T>(metadata: Metadata, name: symbol, entry: T): void {
  if (!Object.hasOwn(metadata, name)) metadata[name] = [];
  (metadata[name] as T[]).push(entry);
}

/** What one class of a chain says under `name`, and which class it is. */
export interface Level<T> {
  readonly owner: AnyClass;
  readonly entries: readonly T[];
}

/** The lists under `name` along the class chain, the most distant ancestor first. */
export function levels<T>(target: AnyClass, name: symbol): readonly Level<T>[] {
  const chain: Level<T>[] = [];
  for (
    let owner: AnyClass | null = target;
    owner && owner !== Function.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    const metadata = Object.hasOwn(owner, key) ? metadataOf(owner) : undefined;
    const entries = metadata && Object.hasOwn(metadata, name) ? (metadata[name] as readonly T[]) : [];
    chain.unshift({ owner, entries });
  }
  return chain;
}
