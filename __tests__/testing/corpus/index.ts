/** Every row of the corpus. To add a function, add a row to the table of its kind; to add a kind, add its table here. */
import type { Row } from './row.js';
import { edges } from './rows/edges.js';
import { frequency } from './rows/frequency.js';
import { illScaled } from './rows/illScaled.js';
import { kinks } from './rows/kinks.js';
import { solvers } from './rows/solvers.js';
import { wellScaled } from './rows/wellScaled.js';

/** The corpus. */
export const corpus: readonly Row[] = [...wellScaled, ...illScaled, ...frequency, ...edges, ...kinks, ...solvers];
