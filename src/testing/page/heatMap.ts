/** The pictures of one block of the Jacobian: its entries, and how far they are from differences of apply. */
import { unravel } from '../../array/fault.js';
import type { BlockPicture, BlockResult } from '../check/report.js';
import { entryAt, isOff, relativeError } from './entry.js';
import { border, cells, cross, type Field, legend } from './grid.js';
import { picture, text } from './markup.js';
import { count, short } from './numbers.js';
import { errorShading, type Shading, signedShading } from './shades.js';

/** The entries, signed and on a logarithmic scale; those that are wrong are crossed out. */
export function heatMap(id: string, block: BlockPicture, { shape }: BlockResult): string {
  return drawing(id, block, shape, {
    title: `Entries of ∂${block.of}/∂${block.wrt}`,
    values: block.values,
    shading: signedShading(block.values.flat()),
    description: entriesText(block),
  });
}

/** The deviations from differences, relative to the entries; those that are too large are crossed out. */
export function deviationMap(id: string, block: BlockPicture, { shape }: BlockResult): string {
  const values = block.values.map((row, r) => row.map((_, c) => relativeError(entryAt(block, r, c))));
  return drawing(id, block, shape, {
    title: `Deviation of ∂${block.of}/∂${block.wrt} from differences`,
    values,
    shading: errorShading,
    description: deviationText(block),
  });
}

/** What the entries are, in a sentence. */
export function entriesText({ rows, columns, values }: BlockPicture): string {
  const nonzero = values.flat().filter((value) => value !== 0).length;
  return `${count(rows.length, 'row')} by ${count(columns.length, 'column')}; ${nonzero} of ${entries(rows.length * columns.length)} are not zero.`;
}

/** What the deviations are, in a sentence. */
export function deviationText(block: BlockPicture): string {
  const all = block.values.flatMap((row, r) => row.map((_, c) => entryAt(block, r, c)));
  const off = all.filter(isOff).length;
  if (off > 0) return `Crossed out: ${off} of ${entries(all.length)}, where differences say something else.`;
  const largest = all.map(relativeError).reduce((a, b) => (b > a ? b : a), 0);
  return `Every entry agrees with differences: the largest deviation is ${short(largest, 2)} of its entry.`;
}

function entries(number: number): string {
  return number === 1 ? '1 entry' : `${number} entries`;
}

interface Content {
  readonly title: string;
  readonly description: string;
  readonly values: BlockPicture['values'];
  readonly shading: Shading;
}

const margin = { left: 62, top: 26, right: 14 } as const;
const narrowest = 300;

function drawing(id: string, block: BlockPicture, shape: BlockResult['shape'], content: Content): string {
  const { rows, columns } = block;
  const cell = Math.max(5, Math.min(30, 330 / columns.length, 300 / rows.length));
  const width = Math.max(narrowest, margin.left + columns.length * cell + margin.right);
  const x = margin.left + Math.max(0, (width - margin.left - margin.right - columns.length * cell) / 2);
  const field: Field = { x, y: margin.top, cell, rows: rows.length, columns: columns.length };
  const foot = field.y + field.rows * cell;
  const name = (r: number, c: number) => {
    const { value, differences } = entryAt(block, r, c);
    const place = `∂${block.of}${index(rows[r], shape.of)}/∂${block.wrt}${index(columns[c], shape.wrt)}`;
    return `${place} = ${short(value, 6)}, by differences ${short(differences, 6)}`;
  };
  const crosses = rows.flatMap((_, r) =>
    columns.flatMap((__, c) => (isOff(entryAt(block, r, c)) ? [cross(field, r, c)] : [])),
  );
  return picture(
    { id, title: content.title, description: content.description, width, height: foot + 50 },
    border(field, 'border'),
    cells(field, content.values, content.shading, name),
    ...crosses,
    ...edges(field, block, shape),
    legend(content.shading, margin.left, foot + 20, width - margin.left - margin.right),
  );
}

// The first and the last element of each side.
function edges(field: Field, { rows, columns }: BlockPicture, shape: BlockResult['shape']): readonly string[] {
  const { x, y, cell } = field;
  const ends = (list: readonly number[]) => (list.length > 1 ? [0, list.length - 1] : [0]);
  const middle = (k: number) => (k + 0.5) * cell;
  const across = ends(columns).map((k) =>
    text('text', { x: x + middle(k), y: y - 8, 'text-anchor': 'middle' }, index(columns[k], shape.wrt)),
  );
  const down = ends(rows).map((k) =>
    text('text', { x: x - 6, y: y + middle(k) + 4, 'text-anchor': 'end' }, index(rows[k], shape.of)),
  );
  return [...across, ...down];
}

/** Where an element is: `[0, 2]`, or nothing for a scalar. */
export function index(flat: number | undefined, shape: readonly number[]): string {
  return flat === undefined || shape.length === 0 ? '' : `[${unravel(flat, shape).join(', ')}]`;
}
