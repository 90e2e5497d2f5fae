/**
 * Class decorators of the legacy dialect that were written but not applied yet: they tell when a class is complete.
 *
 * All factories of a class are called before its first decorator is applied, and nothing comes between. So whatever is still
 * waiting when one is applied belongs to the same class, but for what a class that failed has left behind: that is dropped
 * when another class begins.
 */

/** A class decorator that was written but not applied yet. */
export type Ticket = object;

const waiting = new Set<Ticket>();
let applying = false;

/** Say that a class decorator was written. */
export function awaitDecorator(): Ticket {
  const ticket: Ticket = {};
  if (applying) abandon();
  if (waiting.size === 0) queueMicrotask(abandon);
  waiting.add(ticket);
  return ticket;
}

/** Say that it was applied; true if it was the last of its class. */
export function wasLast(ticket: Ticket): boolean {
  const known = waiting.delete(ticket);
  applying = waiting.size > 0;
  return known && !applying;
}

/** Say that whatever decorators wait will not be applied: their class will not come to be. */
export function abandon(): void {
  waiting.clear();
  applying = false;
}
