/**
 * Plans as text: a pattern and its groups, so that neither is looked for again. The text carries a hash of its content,
 * and what is read from it is checked as if a stranger had written it.
 */
import { fail } from '../../errors.js';
import { type Bicoloring, isValidBicoloring } from '../sparsity/bicoloring.js';
import type { Coloring } from '../sparsity/coloring.js';
import { dense, isDense, type Pattern, patternHash, transpose } from '../sparsity/pattern.js';
import { isValidColoring, noGroup } from '../sparsity/validity.js';
import type { Extent, Plan } from './plan.js';

const format = 'cotangent-plan/1';

/** What of a plan is kept: the rest follows from it. */
export type StoredPlan = Pick<Plan, 'of' | 'wrt' | 'pattern' | 'columns' | 'rows' | 'both'>;

/** A plan as JSON, for the option `plan` of the rule that it was made for. */
export function savePlan(plan: StoredPlan): string {
  const { of, wrt, pattern, columns, rows, both } = plan;
  const plain = {
    of,
    wrt,
    rows: pattern.rows,
    columns: pattern.columns,
    pattern: isDense(pattern) ? 'dense' : { rowStart: [...pattern.rowStart], columnIndex: [...pattern.columnIndex] },
    byColumn: columns && plainColoring(columns),
    byRow: rows && plainColoring(rows),
    both: both && {
      ...both,
      columnColors: [...both.columnColors],
      rowColors: [...both.rowColors],
      byRow: [...both.byRow],
    },
  };
  const content = JSON.stringify(plain);
  return `{"format":"${format}","hash":"${textHash(content)}","plan":${content}}`;
}

function plainColoring({ colors, ...rest }: Coloring): object {
  return { ...rest, colors: [...colors] };
}

/** Two lanes of FNV-1a over the characters, 16 hexadecimal digits: against damage, not against an adversary. */
function textHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let k = 0; k < text.length; k++) {
    low = Math.imul(low ^ text.charCodeAt(k), 0x01000193);
    high = Math.imul(high ^ (text.charCodeAt(k) + 0x7f4a7c15), 0x85ebca6b);
    high ^= high >>> 15;
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

const damaged = (received: string): never =>
  fail('E_PLAN', { received, expected: 'the text that savePlan gave, as it gave it' });

/** The plan in a text of `savePlan`. Raises `E_PLAN` where the text is damaged, or its groups do not recover the pattern. */
export function loadPlan(text: string): StoredPlan {
  const { content, hash } = opened(text);
  if (textHash(JSON.stringify(content)) !== hash) damaged('changed: its hash is another');
  const pattern = patternIn(content);
  const { of, wrt } = content as { readonly of: readonly Extent[]; readonly wrt: readonly Extent[] };
  const columns = coloringIn(content['byColumn'], pattern);
  const rows = coloringIn(content['byRow'], transpose(pattern));
  const both = bicoloringIn(content['both'], pattern);
  return { of, wrt, pattern, ...(columns && { columns }), ...(rows && { rows }), ...(both && { both }) };
}

type Record_ = Readonly<Record<string, unknown>>;

function opened(text: string): { readonly content: Record_; readonly hash: unknown } {
  let outer: unknown;
  try {
    outer = JSON.parse(text);
  } catch {
    return damaged('no JSON');
  }
  if (!isRecord(outer) || outer['format'] !== format || !isRecord(outer['plan']))
    return damaged(`not of format ${format}`);
  return { content: outer['plan'], hash: outer['hash'] };
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function patternIn({ rows, columns, pattern }: Record_): Pattern {
  const size = (value: unknown): number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32
      ? value
      : damaged('of no size');
  if (pattern === 'dense') return dense(size(rows), size(columns));
  if (!isRecord(pattern)) return damaged('without a pattern');
  const found = {
    rows: size(rows),
    columns: size(columns),
    rowStart: numbers(pattern['rowStart']),
    columnIndex: numbers(pattern['columnIndex']),
  };
  return isWhole(found) ? found : damaged('with a pattern that is none');
}

function numbers(value: unknown): Uint32Array {
  return Array.isArray(value) ? Uint32Array.from(value as number[]) : damaged('without its indices');
}

function isWhole({ rows, columns, rowStart, columnIndex }: Pattern): boolean {
  if (rowStart.length !== rows + 1 || rowStart[0] !== 0 || rowStart[rows] !== columnIndex.length) return false;
  for (let i = 0; i < rows; i++) {
    if (rowStart[i] > rowStart[i + 1]) return false;
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      if (columnIndex[e] >= columns || (e > rowStart[i] && columnIndex[e] <= columnIndex[e - 1])) return false;
    }
  }
  return true;
}

function coloringIn(value: unknown, pattern: Pattern): Coloring | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) return damaged('with groups that are none');
  const coloring = { ...(value as unknown as Coloring), colors: numbers(value['colors']) };
  const { colors, groups } = coloring;
  // Of a dense pattern line k is in group k, or no line is in any: it is recovered without looking them up.
  const inOrder = !isDense(pattern) || groups === 0 || colors.every((group, k) => group === k);
  if (!inOrder || !areGroups(colors, groups) || !isValidColoring(pattern, colors, groups))
    damaged('with groups that do not recover its pattern');
  return coloring;
}

/** Whether lines are in groups below `groups`, of which there are no more than lines. */
function areGroups(colors: Uint32Array, groups: unknown): boolean {
  if (typeof groups !== 'number' || !Number.isInteger(groups) || groups < 0 || groups > colors.length) return false;
  return colors.every((group) => group === noGroup || group < groups);
}

function bicoloringIn(value: unknown, pattern: Pattern): Bicoloring | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value) || isDense(pattern)) return damaged('with groups that are none');
  const both: Bicoloring = {
    ...(value as unknown as Bicoloring),
    columnColors: numbers(value['columnColors']),
    rowColors: numbers(value['rowColors']),
    byRow: Uint8Array.from(numbers(value['byRow'])),
  };
  const { columnColors, columnGroups, rowColors, rowGroups, byRow } = both;
  const whole =
    columnColors.length === pattern.columns &&
    rowColors.length === pattern.rows &&
    byRow.length === pattern.columnIndex.length &&
    areGroups(columnColors, columnGroups) &&
    areGroups(rowColors, rowGroups);
  if (!whole || !isValidBicoloring(pattern, both)) damaged('with groups that do not recover its pattern');
  return both;
}

/** Whether a plan was made for these outputs and inputs, and for this pattern, where there is one. */
export function fits(plan: StoredPlan, of: readonly Extent[], wrt: readonly Extent[], pattern?: Pattern): boolean {
  const size = (extents: readonly Extent[]) =>
    extents.reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
  const same = (a: readonly Extent[], b: readonly Extent[]) => JSON.stringify(a) === JSON.stringify(b);
  if (!same(plan.of, of) || !same(plan.wrt, wrt)) return false;
  if (plan.pattern.rows !== size(of) || plan.pattern.columns !== size(wrt)) return false;
  return pattern === undefined || patternHash(pattern) === patternHash(plan.pattern);
}
