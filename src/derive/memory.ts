/** The one guard against arrays that would not fit: a dense Jacobian, or a Hessian, is refused before it is allocated. */
import { fail } from '../errors.js';

/** How many bytes a derivation may take for one Jacobian where no limit is set: what one array can hold. */
export const mostBytes: number = 2 ** 32;

/** What is to be written out. */
export interface Dense {
  /** What messages call it: a rule. */
  readonly rule: string;
  readonly rows: number;
  readonly columns: number;
  /** 8 for each entry, unless said otherwise. */
  readonly bytes?: number;
  readonly advice?: string;
}

const alternatives = 'Ask for fewer paths, for products (jvp, vjp), or for the operator (jacobianOperator).';

/** Raise `E_MEMORY_LIMIT` where a dense matrix takes more bytes than `limit`. */
export function refuseBeyond(
  { rule, rows, columns, bytes = 8 * rows * columns, advice = alternatives }: Dense,
  limit: number = mostBytes,
): void {
  if (bytes <= limit) return;
  const size = `That is a matrix of ${rows} by ${columns}, written out.`;
  fail('E_MEMORY_LIMIT', { rule, received: String(bytes), expected: String(limit), advice: `${size} ${advice}` });
}
