/** The whole Jacobian, its blocks separated by lines: where it is zero, how large it is, and which blocks are wrong. */
import { type BlockPicture, type BlockResult, isWrong } from '../check/report.js';
import { entryAt, isOff } from './entry.js';
import { border, cells, cross, type Field, legend } from './grid.js';
import { coordinate, element, picture, text } from './markup.js';
import { count } from './numbers.js';
import { signedShading } from './shades.js';

/** A block of the report with its picture, and its name in the page. */
export interface PlacedBlock {
  readonly id: string;
  readonly result: BlockResult;
  readonly picture: BlockPicture | undefined;
}

const gap = 5;
const letter = 7.3;
const slant = { degrees: -24, rise: 0.41 } as const;
const longest = { of: 20, wrt: 26 } as const;
const most = { width: 620, height: 520 } as const;

/** The picture. */
export function overview(blocks: readonly PlacedBlock[]): string {
  const outputs = unique(blocks.map(({ result }) => result.of));
  const inputs = unique(blocks.map(({ result }) => result.wrt));
  const find = (of: string, wrt: string) => blocks.find(({ result }) => result.of === of && result.wrt === wrt);
  const heights = outputs.map((of) => find(of, inputs[0] ?? '')?.picture?.rows.length ?? 1);
  const widths = inputs.map((wrt) => find(outputs[0] ?? '', wrt)?.picture?.columns.length ?? 1);
  const room = { width: most.width - gap * inputs.length, height: most.height - gap * outputs.length };
  const label = labelSize(outputs, inputs);
  const cell = Math.max(3, Math.min(26, room.width / sum(widths), room.height / sum(heights)));
  const shading = signedShading(blocks.flatMap((block) => block.picture?.values.flat() ?? []));
  const left = positions(widths, cell, label.width);
  const top = positions(heights, cell, label.height);
  const drawn = outputs.flatMap((of, r) =>
    inputs.flatMap((wrt, c) => {
      const block = find(of, wrt);
      const field = { x: left[c] ?? 0, y: top[r] ?? 0, cell, rows: heights[r] ?? 1, columns: widths[c] ?? 1 };
      return block ? [blockIn(block, field, shading)] : [];
    }),
  );
  const right = (left.at(-1) ?? 0) + (widths.at(-1) ?? 1) * cell;
  const foot = (top.at(-1) ?? 0) + (heights.at(-1) ?? 1) * cell;
  const width = Math.max(right + 70, 460);
  return picture(
    {
      id: 'jacobian',
      title: 'The Jacobian',
      description: overviewText(blocks),
      width,
      height: foot + 54,
      role: 'group',
    },
    ...drawn,
    ...inputs.map((wrt, c) => inputLabel(wrt, (left[c] ?? 0) + ((widths[c] ?? 1) * cell) / 2, label.height - 10)),
    ...outputs.map((of, r) => outputLabel(of, label.width - 12, (top[r] ?? 0) + ((heights[r] ?? 1) * cell) / 2)),
    legend(shading, label.width, foot + 22, Math.max(220, Math.min(360, right - label.width))),
  );
}

/** What the picture shows, in words. */
export function overviewText(blocks: readonly PlacedBlock[]): string {
  const wrong = blocks.filter(({ result }) => isWrong(result.verdict));
  const zero = blocks.filter((block) => block.picture?.values.flat().every((value) => value === 0));
  const names = wrong.map(({ result }) => `∂${result.of}/∂${result.wrt}`).join(', ');
  return [
    `${count(blocks.length, 'block')}; ${zero.length} of them zero.`,
    wrong.length === 0 ? 'None of them is wrong.' : `Wrong: ${names}.`,
  ].join(' ');
}

function blockIn(
  { id, result, picture: block }: PlacedBlock,
  field: Field,
  shading: ReturnType<typeof signedShading>,
): string {
  const wrong = isWrong(result.verdict);
  const crosses = (block?.rows ?? []).flatMap((_, r) =>
    (block?.columns ?? []).flatMap((__, c) => (block && isOff(entryAt(block, r, c)) ? [cross(field, r, c)] : [])),
  );
  const name = text('title', {}, `∂${result.of}/∂${result.wrt}: ${result.verdict}`);
  const shaded = block ? cells(field, block.values, shading) : '';
  return element('a', { href: `#${id}` }, name, border(field, wrong ? 'border wrong' : 'border'), shaded, ...crosses);
}

function positions(sizes: readonly number[], cell: number, start: number): readonly number[] {
  return sizes.map((_, k) => start + sum(sizes.slice(0, k)) * cell + k * gap);
}

// As much room as the names take.
function labelSize(outputs: readonly string[], inputs: readonly string[]) {
  const length = (paths: readonly string[], most: number) =>
    Math.max(...paths.map((path) => Math.min(most, path.length)));
  return {
    width: 24 + letter * length(outputs, longest.of),
    height: 26 + slant.rise * letter * length(inputs, longest.wrt),
  };
}

function inputLabel(path: string, x: number, y: number): string {
  const place = { transform: `translate(${coordinate(x)} ${coordinate(y)}) rotate(${slant.degrees})` };
  return text('text', { class: 'path', ...place }, shortened(path, longest.wrt));
}

function outputLabel(path: string, x: number, y: number): string {
  return text('text', { class: 'path', x, y: y + 4, 'text-anchor': 'end' }, shortened(path, longest.of));
}

// The end of a path says more than its beginning.
function shortened(path: string, most: number): string {
  return path.length <= most ? path : `…${path.slice(1 - most)}`;
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
