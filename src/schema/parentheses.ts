/** Telling a decorator written without parentheses from a call of its factory. */
import { fail } from '../errors.js';
import { abandon } from './pending.js';

/** Raise `E_DEFINE_PARENTHESES` when the factory `decorator` was itself applied as a decorator. */
export function refuseBare(decorator: string, args: readonly unknown[]): void {
  if (isBareMember(args) || (decorator !== 'Field' && typeof args[0] === 'function')) {
    abandon();
    fail('E_DEFINE_PARENTHESES', { decorator });
  }
}

// A member decorator is applied with a key (legacy) or a context (standard) in second place.
function isBareMember(args: readonly unknown[]): boolean {
  const second = args[1];
  if (typeof second === 'string' || typeof second === 'symbol') return args.length > 1 && typeof args[0] !== 'string';
  return typeof second === 'object' && second !== null && 'kind' in second && 'name' in second;
}
