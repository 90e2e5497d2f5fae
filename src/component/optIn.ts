/** Opting a class in to derivations from outside, when it is served or called: the class itself stays as it is. */
import { type AnyClass, metadataOf } from '../schema/metadata.js';
import { note } from './annotations.js';
import { compile } from './compile.js';
import { DifferentiableComponent } from './component.js';
import { isNew } from './extend.js';

/** How the opt-in is written, for messages. */
const written = (rule: string) => `--derive ${rule}`;

/**
 * A subclass of `type`, with its name, that also derives by `names`. A rule that the class opted in to itself is left out.
 * Raises `E_DERIVE_…`: an unknown rule, an endpoint that the class already answers otherwise, a missing base, a cycle.
 */
export function withDerivations(type: AnyClass, names: readonly string[]): AnyClass {
  const { plan } = compile(type, DifferentiableComponent);
  const added = [...new Set(names)].filter((name) => isNew(type.name, plan, name, written(name)));
  if (added.length === 0) return type;
  const derived = class extends (type as new () => object) {};
  Object.defineProperty(derived, 'name', { value: type.name, configurable: true });
  for (const rule of added) note(metadataOf(derived), 'derivation', { rule, decorator: written(rule) });
  return derived;
}
