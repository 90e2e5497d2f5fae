/** How exact the products of a job are, by the dtypes of its outputs and inputs. */
import type { Variable } from '../../operators/endpoints.js';
import type { Precision } from '../difference/precision.js';
import { coarsest } from '../evaluation.js';
import { maxRowCount, type Pattern } from '../sparsity/pattern.js';
import type { Exactness } from '../sparsity/verify.js';
import type { Space } from './flat.js';
import type { Job } from './job.js';
import type { Side } from './probes.js';

interface Format {
  readonly roundoff: number;
  readonly smallest: number;
  readonly largest: number;
}

const formats: { readonly [P in Precision]: Format } = {
  float64: { roundoff: 2 ** -53, smallest: 2 ** -1074, largest: Number.MAX_VALUE },
  float32: { roundoff: 2 ** -24, smallest: 2 ** -149, largest: (2 - 2 ** -23) * 2 ** 127 },
  float16: { roundoff: 2 ** -11, smallest: 2 ** -24, largest: 65504 },
};

/** Roundoffs that a row may differ by; a row of very many entries has the roundoffs of its sum besides. */
const usual = 64;

type Sides = Pick<Job, 'of' | 'wrt' | 'options'>;

const precision = ({ of, wrt }: Pick<Job, 'of' | 'wrt'>): Precision => coarsest([...of.variables, ...wrt.variables]);

/** Whether all outputs and inputs are in double precision. */
export function isDouble(job: Pick<Job, 'of' | 'wrt'>): boolean {
  return precision(job) === 'float64';
}

/** How far the lines of a matrix of `pattern` may be from a product of `side`. */
export function exactnessFor(job: Sides, { answers }: Side, pattern: Pattern, noise: number): Exactness {
  const unitRoundoff = formats[precision(job)].roundoff;
  const { tolerance } = job.options;
  return {
    unitRoundoff,
    factor: tolerance === undefined ? Math.max(usual, 4 * Math.sqrt(maxRowCount(pattern))) : tolerance / unitRoundoff,
    declared: tolerance !== undefined,
    noise,
    weight: tolerance === undefined ? weightFor(job, unitRoundoff) : undefined,
    smallest: spread(answers, (one) => formats[coarsest([one])].smallest),
    largest: spread(answers, (one) => formats[coarsest([one])].largest),
  };
}

function spread({ variables, starts, size }: Space, value: (one: Variable) => number): Float64Array {
  const each = new Float64Array(size);
  for (const [k, one] of variables.entries()) each.fill(value(one), starts[k], starts[k + 1]);
  return each;
}

// An entry is as exact as the coarser of its output and its input: what is coarse elsewhere excuses nothing here.
function weightFor({ of, wrt }: Pick<Job, 'of' | 'wrt'>, coarse: number): Exactness['weight'] {
  const [rows, columns] = [of, wrt].map((space) => spread(space, (one) => formats[coarsest([one])].roundoff / coarse));
  if (rows.every((one) => one === 1) || columns.every((one) => one === 1)) return undefined;
  return (row, column) => Math.max(rows[row], columns[column]);
}

/** The powers of two between which seeds may lie: products with them neither overflow nor vanish. */
export function seedRange({ of, wrt }: Pick<Job, 'of' | 'wrt'>): number {
  return { float64: 900, float32: 100, float16: 8 }[precision({ of, wrt })];
}

/** What an answer that should be 0 may be, next to the largest that the line answers. */
export function dustOf(
  largest: number,
  { unitRoundoff, factor, declared, noise, smallest }: Exactness,
  line: number,
): number {
  return (declared ? factor : 4 * noise) * unitRoundoff * largest + smallest[line];
}
