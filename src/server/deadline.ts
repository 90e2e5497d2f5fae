/** The end of a request before its answer: the client has gone, or the time is up. */
import { ComponentError } from '../errors.js';

/** When and why a request is given up. */
export interface Deadline {
  /** Aborted with a `ComponentError` as its reason. */
  readonly signal: AbortSignal;
  /** Stop waiting for it. */
  readonly clear: () => void;
}

/** A deadline after `timeout` milliseconds (0: never), or when `gone` is aborted. */
export function deadlineOf(gone: AbortSignal, timeout: number): Deadline {
  const controller = new AbortController();
  const leave = () => controller.abort(new ComponentError('E_CANCELLED', { reason: 'the client has gone' }));
  const expire = () => controller.abort(new ComponentError('E_TIMEOUT', { expected: String(timeout) }));
  const timer = timeout > 0 ? setTimeout(expire, timeout) : undefined;
  gone.addEventListener('abort', leave);
  if (gone.aborted) leave();
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      gone.removeEventListener('abort', leave);
    },
  };
}
