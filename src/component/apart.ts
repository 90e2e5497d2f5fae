/**
 * Instances of a component that nobody else uses: what detection asks with NaN. A solver that starts where it ended last
 * would be spoiled by that for ever, and everybody who calls it.
 */
import type { Apart } from '../derive/planner/apart.js';
import type { MaybePromise } from '../operators/endpoints.js';
import type { CompiledComponent } from './compile.js';

const owners = new WeakMap<object, object>();

/** Say that a dispatch table calls the methods of `instance`. */
export function speaksFor(table: object, instance: object | undefined): void {
  if (instance) owners.set(table, instance);
}

/** The instance whose methods a dispatch table calls, where they are in this process. */
export function ownerOf(table: object): object | undefined {
  return owners.get(table);
}

/** Gives an instance of its own that is like the one of a table, or says why there is none. */
export function apartFrom({ plan }: Pick<CompiledComponent, 'plan'>, table: object): () => Apart {
  return () => {
    const apply = plan.get('apply');
    const live = ownerOf(table);
    if (!live || apply?.kind !== 'own') return { reason: 'it is answered elsewhere, by an instance that others use' };
    try {
      const like = likeness(live);
      const { method } = apply;
      return {
        evaluate: (inputs) => (like as Record<string, (given: object) => MaybePromise<unknown>>)[method]!(inputs),
      };
    } catch (cause) {
      return {
        reason: `no instance of its own can be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      };
    }
  };
}

// A constructor without arguments makes one. Else what the instance holds is copied, where it is data and nothing else.
function likeness(live: object): object {
  const type = live.constructor as (new () => object) & { readonly length: number };
  const fresh = type.length === 0 ? new type() : (Object.create(Object.getPrototypeOf(live)) as object);
  for (const key of Reflect.ownKeys(live)) {
    const { value } = Object.getOwnPropertyDescriptor(live, key)!;
    // What the constructor makes itself is left as it is, where it is not plain data.
    if (!isData(value) && Object.hasOwn(fresh, key)) continue;
    if (!isData(value)) throw new Error(`its field ${String(key)} cannot be copied`);
    Object.defineProperty(fresh, key, {
      value: structuredClone(value),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return fresh;
}

const plain = new Set<unknown>([Object.prototype, Array.prototype, Map.prototype, Set.prototype, Date.prototype, null]);

function isData(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true;
  if (!plain.has(Object.getPrototypeOf(value))) return false;
  const inside = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
  return inside.every(isData);
}
