/** What the page says of one block: its verdict, and its pictures with a sentence and a table for each. */
import type { BlockPicture, BlockResult, StepCurve, TaylorSeries } from '../check/report.js';
import { entryAt, isOff, relativeError } from './entry.js';
import { deviationMap, deviationText, entriesText, heatMap, index } from './heatMap.js';
import { details, element, escaped, table, text } from './markup.js';
import { full, short } from './numbers.js';
import { stepCurve, stepText } from './stepCurve.js';
import { taylorPlot, taylorText } from './taylorPlot.js';
import { badge } from './verdict.js';

/** A block with everything that is known of it. */
export interface BlockView {
  readonly id: string;
  readonly result: BlockResult;
  readonly picture: BlockPicture | undefined;
  readonly taylor: TaylorSeries | undefined;
  readonly steps: StepCurve | undefined;
}

/** ∂of/∂wrt as a formula. */
export function blockName({ of, wrt }: Pick<BlockResult, 'of' | 'wrt'>): string {
  return `<span class="d">∂</span>${escaped(of)} <span class="d">/ ∂</span>${escaped(wrt)}`;
}

/** Whether a block is zero according to its endpoint and to differences: there is nothing to draw. */
export function isZero({ picture, taylor, result }: BlockView): boolean {
  if (!picture || result.verdict !== 'ok') return false;
  const entries = [...picture.values.flat(), ...picture.differences.flat()];
  return entries.every((entry) => entry === 0) && (taylor?.points.every(({ change }) => change === 0) ?? true);
}

/** The section of one block. */
export function blockCard(view: BlockView): string {
  const { id, result, picture, taylor, steps } = view;
  const { of, wrt } = result.shape;
  const source = picture?.source ?? taylor?.source;
  const facts = [
    `${shapeName(of)} by ${shapeName(wrt)}`,
    ...(source ? [`entries from ${source}`] : []),
    ...(result.deviation === undefined ? [] : [`deviation ${short(result.deviation, 2)}`]),
  ];
  const head = element(
    'header',
    {},
    element('h3', {}, blockName(result)),
    badge(result.verdict),
    text('p', { class: 'facts' }, facts.join(' · ')),
  );
  const figures = [taylorFigure(id, taylor), stepFigure(id, steps), ...entryFigures(id, picture, result)];
  return element(
    'section',
    { class: 'card block', id },
    head,
    singleEntry(picture),
    element('div', { class: 'figures' }, ...figures),
  );
}

function shapeName(shape: readonly number[]): string {
  return shape.length === 0 ? 'a scalar' : shape.join(' × ');
}

function figure(title: string, content: string, caption: string, ...more: readonly string[]): string {
  return element('figure', {}, text('h4', {}, title), content, text('figcaption', {}, caption), ...more);
}

function taylorFigure(id: string, taylor: TaylorSeries | undefined): string {
  if (!taylor || taylor.points.length < 2) return '';
  const rows = taylor.points.map(({ t, remainder, change, floor }) =>
    [t, remainder, change, floor].map((value) => short(value)),
  );
  const numbers = table(['t', 'remainder', 'change', 'rounding'], rows);
  return figure(
    'Taylor remainder',
    taylorPlot(`${id}-taylor`, taylor),
    taylorText(taylor),
    details('As numbers', numbers),
  );
}

function stepFigure(id: string, steps: StepCurve | undefined): string {
  if (!steps || steps.points.length === 0) return '';
  const rows = steps.points.map(({ h, error }) => [short(h), short(error)]);
  const numbers = details('As numbers', table(['h', 'error'], rows));
  return figure('Differences against their step', stepCurve(`${id}-steps`, steps), stepText(steps), numbers);
}

function entryFigures(id: string, picture: BlockPicture | undefined, result: BlockResult): readonly string[] {
  if (!picture || picture.rows.length === 0 || picture.columns.length === 0) return [];
  if (picture.rows.length * picture.columns.length === 1) return [];
  return [
    figure('Entries', heatMap(`${id}-entries`, picture, result), entriesText(picture), numbersOf(picture, result)),
    figure('Deviation from differences', deviationMap(`${id}-deviation`, picture, result), deviationText(picture)),
  ];
}

// A single entry is a number, not a picture.
function singleEntry(picture: BlockPicture | undefined): string {
  if (picture?.rows.length !== 1 || picture.columns.length !== 1) return '';
  const entry = entryAt(picture, 0, 0);
  const off = isOff(entry) ? 'wrong' : 'agrees';
  const [value, differences] = [entry.value, entry.differences].map((one) => `<code>${full(one)}</code>`);
  return table(
    [picture.source, 'by differences', 'relative error', ''],
    [[value ?? '', differences ?? '', short(relativeError(entry), 2), off]],
  );
}

// A table of thousands of entries is read by nobody.
const readable = 400;

function numbersOf(picture: BlockPicture, { shape }: BlockResult): string {
  const { rows, columns, source } = picture;
  if (rows.length * columns.length > readable) return '';
  const lines = rows.flatMap((row, r) =>
    columns.map((column, c) => {
      const { value, differences } = entryAt(picture, r, c);
      return [
        `${index(row, shape.of)} ${index(column, shape.wrt)}`.trim() || 'the entry',
        full(value),
        full(differences),
      ];
    }),
  );
  return details('As numbers', table(['entry', source, 'differences'], lines));
}
