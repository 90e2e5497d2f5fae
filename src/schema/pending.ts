/**
 * Class decorators that were written but not applied yet: they tell when a class is complete.
 *
 * Both dialects call every decorator factory of a class before they apply the first decorator, so whatever is still
 * waiting when one is applied belongs to the same class.
 */

/** A class decorator that was written but not applied yet. */
export type Ticket = object;

const waiting = new Set<Ticket>();

/** Say that a class decorator was written. What a class that failed leaves behind is dropped after the tick. */
export function awaitDecorator(): Ticket {
  const ticket: Ticket = {};
  if (waiting.size === 0) queueMicrotask(() => waiting.clear());
  waiting.add(ticket);
  return ticket;
}

/** Say that it was applied; true if it was the last of its class. */
export function wasLast(ticket: Ticket): boolean {
  return waiting.delete(ticket) && waiting.size === 0;
}

/** Say that the class whose decorators wait will not come to be. */
export function abandon(): void {
  waiting.clear();
}
