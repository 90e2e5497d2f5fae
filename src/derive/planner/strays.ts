/**
 * Answers where there should be none. A probe of a group answers 0 in every line that has no entry in the group; what it
 * answers else is an entry that the pattern lacks, however small it is beside the others of its line.
 */
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import { forEachEntry } from '../sparsity/sparseMatrix.js';
import type { Exactness } from '../sparsity/verify.js';
import type { ProductName } from './costs.js';
import { dustOf } from './exactness.js';
import type { Side } from './probes.js';

/** The largest answers that have no entry to go to, line by line, of each product. */
export class Strays {
  readonly #largest: { readonly [P in ProductName]: Float64Array };

  /** The lines of a jvp are rows, those of a vjp columns. */
  constructor(rows: number, columns: number) {
    this.#largest = { jvp: new Float64Array(rows), vjp: new Float64Array(columns) };
  }

  /** Take the answers of one probe into account, but for the lines that are marked. */
  note(product: ProductName, answer: Float64Array, marked: Int32Array, mark: number): void {
    const largest = this.#largest[product];
    for (let line = 0; line < answer.length; line++) {
      if (answer[line] === 0 || marked[line] === mark) continue;
      // NaN is no answer, and is less than nothing here.
      const size = Math.abs(answer[line]);
      if (size > largest[line]) largest[line] = size;
    }
  }

  /** The lines that answered more than roundoff makes of their entries, ascending. */
  places({ product }: Side, { pattern, values }: SparseMatrix, exactness: Exactness): number[] {
    const strays = this.#largest[product];
    if (strays.every((size) => size === 0)) return [];
    const entries = new Float64Array(strays.length);
    forEachEntry(pattern, (i, j, e) => {
      const line = product === 'jvp' ? i : j;
      const size = Math.abs(values[e]);
      if (Number.isFinite(size) && size > entries[line]) entries[line] = size;
    });
    return [...strays.keys()].filter((line) => strays[line] > dustOf(entries[line], exactness, line));
  }
}
