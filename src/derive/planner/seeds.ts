/**
 * The seeds of the products that check a recovered Jacobian. What a pattern lacks shows as h·(v_c − v_j), where c is the
 * column of the same group that took it for its own: so the members of a group have seeds that lie apart, which normal
 * numbers do not. And it has to show beside the largest entry of its row, whatever the units are.
 */
import { type Seeded, seeded } from '../random.js';
import { partsOf } from '../sparsity/parts.js';
import { isDense, type Pattern } from '../sparsity/pattern.js';
import { type Scales, scalesOf } from '../sparsity/scaling.js';
import type { SparseMatrix } from '../sparsity/sparseMatrix.js';
import { noGroup } from '../sparsity/validity.js';
import { range, shuffle } from '../sparsity/vectors.js';
import type { Learned } from './behind.js';
import { isDouble, seedRange } from './exactness.js';
import type { Job } from './job.js';
import type { Plan } from './plan.js';
import type { Side } from './probes.js';

/** Columns whose sizes differ by fewer powers of two than this are seen beside one another in one product. */
const narrow = { single: 2, double: 16 } as const;

/** Turns of scaling that show units, but no slope that small steps add up to from one end of a matrix to the other. */
const fewTurns = 4;

/**
 * Which of a matrix' parts take part in which product: every part is asked without every other one, in as many products
 * as the entry has digits. Of more than six parts some share a row.
 */
const turns: readonly (readonly string[])[] = [
  ['10', '01'],
  ['100', '010', '001'],
  ['1100', '1010', '1001', '0110', '0101', '0011'],
];

/** As many seeds as the plan says; more where columns turn out to differ much in size, and nobody said how many. */
export function checkingSeeds(
  job: Job,
  plan: Plan,
  side: Side,
  matrix: SparseMatrix,
  learned: Learned,
  round: number,
): Float64Array[] {
  if (plan.verification === 0) return [];
  const random = seeded(0x9e3779b9 + 7919 * round);
  const powersAfter = (turns?: number) =>
    powersFor(
      scalesOf(matrix, side.product === 'jvp' ? 'columns' : 'rows', turns),
      matrix.pattern,
      side,
      seedRange(job),
    );
  const rough = powersAfter(fewTurns);
  const wide = rangeOf(rough) > (isDouble(job) ? narrow.double : narrow.single);
  const powers = wide ? powersAfter() : rough;
  const isFree = wide && job.options.verify === undefined;
  const masks = isFree ? masksFor(matrix, side) : [];
  const count = Math.max(plan.verification, isFree ? Math.max(2, 1 + masks.length) : 1);
  if (isFree) learned.checks = Math.max(learned.checks, count);
  const colors = colorsOf(plan, side);
  // Where each product looks at other sizes, each has to tell all members of a group apart by itself.
  const spread = wide ? Array.from({ length: count }, () => apart(colors, 1, random)[0]) : apart(colors, count, random);
  const scaled = masks.length > 0 ? 1 : 0;
  const share = (k: number) =>
    !wide || count === 1 ? 0.5 : k < masks.length || (k - masks.length) % 2 === scaled ? 1 : 0;
  // Powers of four keep apart what lies between 1 and 2.
  const sized = (code: number, j: number, k: number) => code * 4 ** Math.round((share(k) * powers[j]) / 2);
  return spread.map((codes, k) => codes.map((code, j) => ((masks[k]?.[j] ?? 1) === 0 ? 0 : sized(code, j, k))));
}

/** For each product which seeds take part, where the matrix falls into parts that nothing ties together. */
function masksFor(matrix: SparseMatrix, { product }: Side): Uint8Array[] {
  const { count, ...parts } = partsOf(matrix);
  if (count < 2) return [];
  const codes = turns.find((some) => some.length >= count) ?? turns[turns.length - 1];
  const part = product === 'jvp' ? parts.columns : parts.rows;
  // What is in no part is always asked.
  return Array.from(codes[0], (_, digit) =>
    Uint8Array.from(part, (one) => (one < 0 ? 1 : Number(codes[one % codes.length][digit]))),
  );
}

/** The group of each seed; of a dense pattern every one is its own. */
export function colorsOf({ columns, rows, both, pattern }: Plan, { product, seeds }: Side): Uint32Array {
  if (isDense(pattern)) return range(seeds.size);
  if (both) return product === 'jvp' ? both.columnColors : both.rowColors;
  return (product === 'jvp' ? columns : rows)?.colors ?? range(seeds.size);
}

/**
 * Numbers of ±[1, 2], `count` for each seed: the members of a group are told apart by at least one of them, as the digits
 * of a number tell it from others. What is in no group is a group, too.
 */
function apart(colors: Uint32Array, count: number, random: Seeded): Float64Array[] {
  const groupOf = (j: number) => (colors[j] === noGroup ? 0 : colors[j] + 1);
  const groups = colors.reduce((most, _, j) => Math.max(most, groupOf(j) + 1), 1);
  const members = new Uint32Array(groups);
  for (let j = 0; j < colors.length; j++) members[groupOf(j)]++;
  const turn = Float64Array.from({ length: groups * count }, () => random.uniform());
  const found = Array.from({ length: count }, () => new Float64Array(colors.length));
  const next = new Uint32Array(groups);
  for (const j of shuffle(range(colors.length), random)) {
    const group = groupOf(j);
    const levels = Math.max(2, Math.ceil(members[group] ** (1 / count) - 1e-9));
    const half = Math.ceil(levels / 2);
    let rest = next[group]++;
    for (let k = 0; k < count; k++) {
      const digit = rest % levels;
      rest = Math.floor(rest / levels);
      const start = turn[group * count + k];
      const place = (((digit >> 1) + 0.5 * random.uniform()) / half + start) % 1;
      found[k][j] = (1 + place) * ((digit & 1) === (start < 0.5 ? 1 : 0) ? -1 : 1);
    }
  }
  return found;
}

/** The powers of two that make all columns alike, in the middle of what the dtypes hold. */
function powersFor(scales: Scales, pattern: Pattern, { product }: Side, limit: number): Float64Array {
  const [own, other] = product === 'jvp' ? [scales.columns, scales.rows] : [scales.rows, scales.columns];
  const known = own.filter((power) => !Number.isNaN(power));
  if (known.length === 0) return new Float64Array(own.length);
  const bounds = [...extent(known), ...extent(other.map((power) => -power))].filter(Number.isFinite);
  const middle = (Math.min(...bounds) + Math.max(...bounds)) / 2;
  const most = extent(known)[1];
  const mean = known.reduce((sum, power) => sum + power, 0) / known.length;
  const absent = absentIn(pattern, product);
  return own.map((power, j) => {
    // A column of zeros counts as a usual one. One that is not in the pattern costs no roundoff, however it is scaled.
    const placed = Number.isNaN(power) ? (absent[j] ? most : mean) : power;
    return Math.max(-limit, Math.min(limit, placed - middle));
  });
}

function absentIn({ rows, columns, rowStart, columnIndex, structure }: Pattern, product: 'jvp' | 'vjp'): Uint8Array {
  const absent = new Uint8Array(product === 'jvp' ? columns : rows).fill(structure?.kind === 'dense' ? 0 : 1);
  if (product === 'jvp') for (let e = 0; e < columnIndex.length; e++) absent[columnIndex[e]] = 0;
  else for (let i = 0; i + 1 < rowStart.length; i++) if (rowStart[i + 1] > rowStart[i]) absent[i] = 0;
  return absent;
}

function extent(powers: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const power of powers) {
    if (power < low) low = power;
    if (power > high) high = power;
  }
  return [low, high];
}

function rangeOf(powers: Float64Array): number {
  const [low, high] = extent(powers);
  return high > low ? high - low : 0;
}
