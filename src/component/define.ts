/** The moment a class is complete: when the last of its class decorators has been applied. */
import { fail } from '../errors.js';
import type { AnyClass } from '../schema/metadata.js';
import { type Ticket, wasLast } from '../schema/pending.js';
import { checkDefinition } from './compile.js';
import { DifferentiableComponent } from './component.js';

/** Say that a class decorator was applied. The class is checked when it was the last. Raises `E_DEFINE_…` and `E_DERIVE_…`. */
export function decoratorApplied(ticket: Ticket, type: AnyClass): void {
  if (wasLast(ticket)) classDefined(type);
}

/** Say that a class is whole. Raises `E_DEFINE_…` and `E_DERIVE_…`. */
export function classDefined(type: AnyClass): void {
  checkDefinition(type, DifferentiableComponent);
}

/** Raise `E_DEFINE_NOT_CLASS` where a class decorator was applied to `member`, or to anything else that is no class. */
export function requireClass(decorator: string, target: unknown, member: unknown): void {
  if (typeof target === 'function' && member === undefined) return;
  const received = member === undefined ? 'what is no class' : `the member ${String(member)}`;
  fail('E_DEFINE_NOT_CLASS', { decorator, received });
}
