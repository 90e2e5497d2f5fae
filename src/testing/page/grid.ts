/** A field of shaded cells: one path for each shade, so that a picture of thousands of cells stays small. */
import { coordinate, element, text } from './markup.js';
import type { Shading } from './shades.js';

/** Where a field of cells is, and how large one of them. */
export interface Field {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  readonly rows: number;
  readonly columns: number;
}

// With more cells than this, what each one holds is in no pop-up.
const named = 600;

/** The cells of `values`. `name` says what a cell holds. */
export function cells(
  field: Field,
  values: readonly (readonly number[])[],
  shading: Shading,
  name?: (row: number, column: number) => string,
): string {
  const paths = new Map<string, string[]>();
  const gap = field.cell >= 8 ? 1 : 0;
  const side = coordinate(field.cell - gap);
  for (const [r, row] of values.entries()) {
    for (const [c, value] of row.entries()) {
      const shade = shading.of(value);
      if (shade === undefined) continue;
      const start = `M${coordinate(field.x + c * field.cell)} ${coordinate(field.y + r * field.cell)}`;
      const path = paths.get(shade) ?? [];
      path.push(`${start}h${side}v${side}h-${side}z`);
      paths.set(shade, path);
    }
  }
  const shaded = [...paths].map(([shade, path]) => element('path', { class: shade, d: path.join('') }));
  return shaded.join('') + (name && field.rows * field.columns <= named ? popUps(field, name) : '');
}

function popUps({ x, y, cell, rows, columns }: Field, name: (row: number, column: number) => string): string {
  const all: string[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const place = { class: 'touch', x: x + c * cell, y: y + r * cell, width: cell, height: cell };
      all.push(element('rect', place, text('title', {}, name(r, c))));
    }
  }
  return all.join('');
}

/** The frame around a field. */
export function border({ x, y, cell, rows, columns }: Field, className: string): string {
  const gap = cell >= 8 ? 1 : 0;
  const size = { width: columns * cell - gap + 2, height: rows * cell - gap + 2 };
  return element('rect', { class: className, x: x - 1, y: y - 1, ...size });
}

/** A cross over a cell: a mark that needs no color. */
export function cross({ x, y, cell }: Field, row: number, column: number): string {
  const [left, top] = [x + column * cell, y + row * cell];
  const reach = Math.max(cell, 7);
  const offset = (cell - reach) / 2;
  const [a, b, c, d] = [left + offset, top + offset, left + offset + reach, top + offset + reach].map(coordinate);
  const lines = `M${a} ${b}L${c} ${d}M${c} ${b}L${a} ${d}`;
  return element('path', { class: 'halo', d: lines }) + element('path', { class: 'cross', d: lines });
}

/** The shades from left to right, with what they stand for. */
export function legend(shading: Shading, x: number, y: number, width: number): string {
  const step = width / shading.legend.length;
  const swatches = shading.legend.map((shade, k) =>
    element('rect', { class: shade, x: x + k * step, y, width: step - 1, height: 9 }),
  );
  const anchors = ['start', 'middle', 'end'] as const;
  const labels = shading.labels.map((label, k) =>
    text('text', { x: x + (k * width) / 2, y: y + 23, 'text-anchor': anchors[k] }, label),
  );
  return element('g', { class: 'legend' }, ...swatches, ...labels);
}
