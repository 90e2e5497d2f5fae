/** What is wrong with a value, said without raising: the caller knows the path, and raises or gathers it. */
import type { ErrorCode } from '../errors.js';

/** Why a value is not the array it is declared to be: the code and the facts of an error, without its path. */
export interface ArrayFault {
  readonly code: ErrorCode;
  readonly received: string;
  readonly expected: string;
}

/** Whether a conversion ended in a fault. */
export function isFault(result: object): result is ArrayFault {
  return 'code' in result;
}
