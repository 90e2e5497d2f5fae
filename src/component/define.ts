/** The moment a class is complete: when the last of its class decorators has been applied. */
import type { AnyClass } from '../schema/metadata.js';
import { type Ticket, wasLast } from '../schema/pending.js';
import { checkDefinition } from './compile.js';
import { DifferentiableComponent } from './component.js';

/** Say that a class decorator was applied. The class is checked when it was the last. Raises `E_DEFINE_…` and `E_DERIVE_…`. */
export function decoratorApplied(ticket: Ticket, type: AnyClass): void {
  if (wasLast(ticket)) checkDefinition(type, DifferentiableComponent);
}
