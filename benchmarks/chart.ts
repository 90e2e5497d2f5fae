/**
 * Results as a drawing: how many times as fast as the original, on a logarithmic scale, and how far it is to the limit.
 *
 * What is drawn is the table `panels`: a line has one bar for each of the sizes that its ids end with. The rest of the
 * results is left to tables.
 */
import { coordinate, element, text } from '../src/testing/page/markup.js';
import { factor, type Result, type Results, ratio } from './results.js';

interface Panel {
  readonly title: string;
  /** Names of lines, with what the ids begin with. */
  readonly lines: Readonly<Record<string, string>>;
}

const panels: readonly Panel[] = [
  { title: 'A call in process', lines: { 'no-op': 'api/apply_' } },
  {
    title: 'Writing an array',
    lines: { json: 'encoding/json_', base64: 'encoding/base64_', binref: 'encoding/binref_' },
  },
  {
    title: 'Reading and checking it',
    lines: { json: 'decoding/json_', base64: 'decoding/base64_', binref: 'decoding/binref_' },
  },
  {
    title: 'A request over HTTP',
    lines: { 'same client': 'http/apply_', 'own client': 'http-client/apply_', '16 at once': 'http-load/apply_' },
  },
  { title: 'The command line', lines: { JavaScript: 'cli/apply_', TypeScript: 'cli/apply-ts_' } },
  {
    title: 'Products with a Jacobian (NumPy)',
    lines: {
      v·J: 'contraction/vjp_',
      'v·J, kept': 'contraction/kept_vjp_',
      J·t: 'contraction/jvp_',
      'J·t, kept': 'contraction/kept_jvp_',
    },
  },
  {
    title: 'A Jacobian from products',
    lines: { 'from jvp': 'jacobianFromJvp/', 'from vjp': 'jacobianFromVjp/' },
  },
];

// Sizes, and shapes that are about square.
const drawn = /^(?:[\d,]+|3x4|(\d+)x\1)$/;

interface Bar {
  readonly name: string;
  readonly size: string;
  readonly result: Result;
}

/** The bars of a panel; those without the original are left out. */
function barsOf({ lines }: Panel, results: readonly Result[]): Bar[] {
  return Object.entries(lines).flatMap(([line, start]) =>
    results
      .filter(({ id, theirs }) => theirs && id.startsWith(start) && drawn.test(id.slice(start.length)))
      .map((result, k) => ({
        name: k === 0 ? line : '',
        size: result.id.slice(start.length).replace('x', '×'),
        result,
      })),
  );
}

const COLUMN = 432;
const NAME = 84;
const SIZE = 154;
const VALUE = 378;
const ROW = 14;
const GAP = 5;
const HEAD = 40;
const TOP = 92;
const DECADES = { from: -0.6, to: 3.2 };

const x = (times: number) => {
  const decade = Math.max(DECADES.from, Math.min(DECADES.to, Math.log10(times)));
  return SIZE + 8 + ((VALUE - SIZE - 14) * (decade - DECADES.from)) / (DECADES.to - DECADES.from);
};

const style = `
text { font: 12px system-ui, sans-serif; fill: #1b1f24 }
.title { font-size: 17px; font-weight: 600 } .head { font-size: 13px; font-weight: 600 }
.soft { font-size: 11px; fill: #57606c } .value { font-size: 11px; font-weight: 600 }
.ground { fill: #fff } .grid { stroke: #dfe3e8 } .one { stroke: #57606c }
.faster { fill: #2a78d6 } .slower { fill: #d9722b } .limit { stroke: #8250df; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e7eaed } .soft { fill: #9aa4af } .ground { fill: #14171a } .grid { stroke: #30363d } .one { stroke: #9aa4af }
  .faster { fill: #4c9bf0 } .slower { fill: #ec8f4a } .limit { stroke: #b392f0 }
}`;

const upright = (kind: string, at: number, from: number, to: number) =>
  element('line', { class: kind, x1: at, x2: at, y1: from, y2: to });

/** One bar, from where the original is to where we are, with its words; its upper edge is at `y`. */
function drawBar({ name, size, result: { id, ours, theirs, limit } }: Bar, y: number): string {
  const times = ratio(theirs, ours)!;
  const [from, to] = [x(Math.min(1, times)), x(Math.max(1, times))];
  const middle = y + ROW / 2 + 4;
  const box = { x: from, y: y + 3, width: Math.max(1, to - from), height: ROW - 6, rx: 2 };
  return element(
    'g',
    { 'data-id': id },
    text('title', {}, `${id}: ${factor(times)} times as fast as the original`),
    text('text', { x: NAME, y: middle, 'text-anchor': 'end' }, name),
    text('text', { class: 'soft', x: SIZE, y: middle, 'text-anchor': 'end' }, size),
    element('rect', { class: times < 1 ? 'slower' : 'faster', ...box }),
    limit ? upright('limit', x(ratio(theirs, limit)!), y + 1, y + ROW - 1) : '',
    text('text', { class: 'value', x: VALUE + 42, y: middle, 'text-anchor': 'end' }, `${factor(times)}×`),
  );
}

interface Drawing {
  readonly markup: string;
  readonly height: number;
}

function drawPanel(panel: Panel, bars: readonly Bar[]): Drawing {
  let y = HEAD;
  const rows = bars.map((bar, k) => {
    if (k > 0 && bar.name !== '') y += GAP;
    y += ROW;
    return drawBar(bar, y - ROW);
  });
  const ticks = [1, 10, 100, 1000].map((times) => {
    const label = text('text', { class: 'soft', x: x(times), y: HEAD - 7, 'text-anchor': 'middle' }, `${times}×`);
    return label + upright(times === 1 ? 'one' : 'grid', x(times), HEAD - 2, y + 2);
  });
  const head = text('text', { class: 'head', x: 12, y: 16 }, panel.title);
  return { markup: [head, ...ticks, ...rows].join('\n'), height: y + 16 };
}

/** Two columns, as equally high as they can be in this order. */
function inColumns(drawings: readonly Drawing[]): Drawing {
  const heightOf = (some: readonly Drawing[]) => some.reduce((sum, { height }) => sum + height, 0);
  const splits = drawings.map((_, k) => [drawings.slice(0, k + 1), drawings.slice(k + 1)] as const);
  const highest = (columns: readonly (readonly Drawing[])[]) => Math.max(...columns.map(heightOf));
  const [best = []] = splits.toSorted((a, b) => highest(a) - highest(b));
  const placed = best.flatMap((column, k) =>
    column.map(({ markup }, i) =>
      element('g', { transform: `translate(${k * COLUMN} ${TOP + heightOf(column.slice(0, i))})` }, '\n', markup, '\n'),
    ),
  );
  return { markup: placed.join('\n'), height: TOP + Math.max(0, highest(best)) };
}

function legend(): string {
  const entries = [
    ['faster', 'faster than the original'],
    ['slower', 'slower'],
    ['limit', 'the limit, measured beside them: a copy of the bytes, a sum over them, a bare server, a bare node'],
  ] as const;
  let at = 14;
  const drawn = entries.map(([kind, words]) => {
    const mark =
      kind === 'limit'
        ? upright(kind, at + 5, 57, 69)
        : element('rect', { class: kind, x: at, y: 59, width: 10, height: 8, rx: 2 });
    const label = text('text', { class: 'soft', x: at + 16, y: 67 }, words);
    at += 34 + 5.6 * words.length;
    return mark + label;
  });
  return drawn.join('');
}

/** The drawing, as SVG. */
export function chart({ machine, node, original, date, results }: Results): string {
  const drawings = panels.flatMap((panel) => {
    const bars = barsOf(panel, results);
    return bars.length > 0 ? [drawPanel(panel, bars)] : [];
  });
  const { markup, height } = inColumns(drawings);
  const [width, title] = [2 * COLUMN, 'How many times as fast as the original'];
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${coordinate(height + 24)}` };
  const lines = [
    element('style', {}, style),
    element('rect', { class: 'ground', width, height: height + 24, rx: 10 }),
    text('text', { class: 'title', x: 12, y: 26 }, title),
    text(
      'text',
      { class: 'soft', x: 12, y: 45 },
      `Cotangent on Node ${node}, beside ${original}; medians, logarithmic`,
    ),
    legend(),
    markup,
    text('text', { class: 'soft', x: 12, y: height + 10 }, `${machine}; ${date}`),
  ];
  return `${element('svg', { ...frame, role: 'img', 'aria-label': title }, '\n', lines.join('\n'), '\n')}\n`;
}
