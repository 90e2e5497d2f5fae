/** The moment a class is complete: when the last of its class decorators has been applied. */
import type { AnyClass } from '../schema/metadata.js';
import { checkDefinition } from './compile.js';
import { DifferentiableComponent } from './component.js';

/** A class decorator that was written but not applied yet. */
export type Ticket = object;

// Both dialects call every decorator factory of a class before they apply the first decorator: whatever is still
// waiting when one is applied belongs to the same class. What a failed class leaves behind is dropped after the tick.
const waiting = new Set<Ticket>();

/** Say that a class decorator was written. */
export function awaitDecorator(): Ticket {
  const ticket: Ticket = {};
  if (waiting.size === 0) queueMicrotask(() => waiting.clear());
  waiting.add(ticket);
  return ticket;
}

/** Say that it was applied. The class is checked when it was the last. Raises `E_DEFINE_…` and `E_DERIVE_…`. */
export function decoratorApplied(ticket: Ticket, type: AnyClass): void {
  if (!waiting.delete(ticket) || waiting.size > 0) return;
  checkDefinition(type, DifferentiableComponent);
}
