/** Results as a table: for the terminal, and for the documentation. */
import { duration, factor, megabytes, type Result, ratio, spread } from './results.js';

const columns: readonly { readonly title: string; readonly width: number; readonly text: (one: Result) => string }[] = [
  { title: 'id', width: -38, text: ({ id }) => id },
  { title: 'ours', width: 9, text: ({ ours }) => duration(ours.median) },
  { title: '±', width: 5, text: ({ ours }) => `${Math.round(100 * spread(ours))} %` },
  { title: 'theirs', width: 9, text: ({ theirs }) => (theirs ? duration(theirs.median) : '') },
  { title: '±', width: 5, text: ({ theirs }) => (theirs ? `${Math.round(100 * spread(theirs))} %` : '') },
  { title: '/theirs', width: 8, text: ({ ours, theirs }) => factor(ratio(ours, theirs)) },
  { title: '/limit', width: 8, text: ({ ours, limit }) => factor(ratio(ours, limit)) },
  { title: 'MB', width: 6, text: ({ peak }) => megabytes(peak?.ours) },
  { title: 'their MB', width: 8, text: ({ peak }) => megabytes(peak?.theirs) },
  { title: ' limit, others', width: -1, text: remarks },
];

function remarks({ ours, limitName, others = {} }: Result): string {
  const rest = Object.entries(others).map(
    ([name, timing]) => `${name} ${factor(timing.median / ours.median)}× as long`,
  );
  return ` ${[limitName ?? '', ...rest].filter(Boolean).join('; ')}`;
}

const cell = (text: string, width: number) => (width < 0 ? text.padEnd(-width) : text.padStart(width));

/** The head of the table. */
export const tableHead: string = columns.map(({ title, width }) => cell(title, width)).join(' ');

/** One row of it. */
export function tableRow(result: Result): string {
  return columns
    .map(({ text, width }) => cell(text(result), width))
    .join(' ')
    .trimEnd();
}

/** The head of the same table where the columns find their widths themselves. */
export const figureHead: readonly string[] = columns.map(({ title }) => title.trim());

/** One row of that. */
export function figures(result: Result): string[] {
  return columns.map(({ text }) => text(result).trim());
}
