/** Values of synchronous components, for callers that cannot wait: most optimisers and solvers. */
import { fail } from '../errors.js';
import type { ValueOf } from './component.js';

/**
 * The value itself, where a call of an instance gave one at once: `sync(rosenbrock.vjp(request))`.
 *
 * Raises `E_ASYNC` where it gave a promise: the component, or the base of a derivation, is asynchronous.
 */
export function sync<T>(value: T, method = 'The call'): ValueOf<Exclude<T, Promise<unknown>>> {
  if (typeof value === 'object' && value !== null && 'then' in value) fail('E_ASYNC', { method });
  return value as ValueOf<Exclude<T, Promise<unknown>>>;
}
