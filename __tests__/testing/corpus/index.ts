/**
 * The corpus: functions whose derivatives are known in closed form, put to `checkGradients`, right and with each of eight
 * faults. Nothing here is shared with `src/`; of the package a row needs only the decorators, and the checker that is
 * judged. `node scripts/corpus.mjs` runs it, or a part of it, and prints the table of figures and a line for each case
 * that fails; `COTANGENT_CORPUS=all npm test -- __tests__/testing/corpus` holds the whole to the limits of `tally.ts`.
 *
 * A row is a line of a table in `rows/`: its name, whether `apply` is smooth as it is computed, its fields ('x:3
 * rates.{k}', a number unless a shape is given; a flat vector in the order of the fields goes in and out), `apply`, the
 * derivative (rows of numbers, or sparse), the points, and `exact`, the mathematical function, where `apply` is it only to
 * a tolerance. To add a function, add a row to the table of its kind; to add a kind, add its table here.
 *
 * In float32 every point is rounded first, and the derivative is that at the rounded point; points and values beyond the
 * range of float32 are left out. A row counts as smooth where it says so and there is a step at which, and at the next one,
 * differences of its rounded `apply` are within a hundredth of the derivative, column by column: where float32 has rounded
 * the derivative away, no checker can know it.
 *
 * The closed forms are verified twice. `reference.tsv` has those of 108 functions at 273 points by mpmath with sixty digits, from
 * formulas written anew in `reference.py`. `differences.ts` takes differences of sixth order of `exact` (or `apply`) with 73 steps
 * from 1e-16 to 1e2 of each input: two in succession have to reproduce each entry to 1e-6, or to what the row says in
 * `verified`; it is infinite for the few that no difference shows. At kinks an entry lies between the slopes of both sides.
 */
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
