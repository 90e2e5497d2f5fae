/** Every row of the corpus. To add a function, add a row to the table of its kind; to add a kind, add its table here. */
import type { Row } from './row.js';
import { chemistry } from './rows/chemistry.js';
import { edges } from './rows/edges.js';
import { extremes } from './rows/extremes.js';
import { finance } from './rows/finance.js';
import { frequency } from './rows/frequency.js';
import { illScaled } from './rows/illScaled.js';
import { interpolation } from './rows/interpolation.js';
import { kinks } from './rows/kinks.js';
import { large } from './rows/large.js';
import { noisy } from './rows/noisy.js';
import { physics } from './rows/physics.js';
import { rounding } from './rows/rounding.js';
import { solvers } from './rows/solvers.js';
import { spectra } from './rows/spectra.js';
import { systems } from './rows/systems.js';
import { wellScaled } from './rows/wellScaled.js';

/** The corpus. */
export const corpus: readonly Row[] = [
  ...wellScaled,
  ...illScaled,
  ...frequency,
  ...edges,
  ...kinks,
  ...interpolation,
  ...solvers,
  ...systems,
  ...spectra,
  ...noisy,
  ...rounding,
  ...extremes,
  ...finance,
  ...chemistry,
  ...physics,
  ...large,
];
