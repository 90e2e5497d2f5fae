/** Results as a drawing: one bar for each case, on a logarithmic scale, that starts where the original is. */
import { factor, type Result, type Results, ratio } from './results.js';

const WIDTH = 820;
const LABEL = 290;
const ROW = 18;
const TOP = 64;
const DECADES = { from: -4, to: 1 };

// The colours are read on white and on black; text takes the reader's own.
const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .head { font-size: 14px; font-weight: 600 } .small { font-size: 11px; fill: #57606a }
  .grid { stroke: #8b949e; stroke-opacity: .35 } .one { stroke: #8b949e; stroke-width: 1.5 }
  .faster { fill: #2f81f7 } .slower { fill: #d9822b } .limit { stroke: #8957e5; stroke-width: 2.5 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9198a1 } }`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const x = (value: number) => {
  const decade = Math.max(DECADES.from, Math.min(DECADES.to, Math.log10(value)));
  return LABEL + ((WIDTH - LABEL - 60) * (decade - DECADES.from)) / (DECADES.to - DECADES.from);
};

function bar({ id, ours, theirs, limit }: Result, at: number): string {
  const value = ratio(ours, theirs)!;
  const [from, to] = value < 1 ? [x(value), x(1)] : [x(1), x(value)];
  const y = TOP + at * ROW;
  const mark = limit && x(limit.median / theirs!.median);
  return [
    `<text x="${LABEL - 8}" y="${y + 12}" text-anchor="end">${escaped(id)}</text>`,
    `<rect class="${value < 1 ? 'faster' : 'slower'}" x="${from.toFixed(1)}" y="${y + 3}" width="${Math.max(1, to - from).toFixed(1)}" height="${ROW - 6}" rx="2"/>`,
    mark === undefined
      ? ''
      : `<line class="limit" x1="${mark.toFixed(1)}" x2="${mark.toFixed(1)}" y1="${y + 1}" y2="${y + ROW - 1}"/>`,
    `<text class="small" x="${WIDTH - 4}" y="${y + 12}" text-anchor="end">${factor(value)}</text>`,
  ].join('');
}

function grid(height: number): string {
  const lines = [];
  for (let decade = DECADES.from; decade <= DECADES.to; decade++) {
    const at = x(10 ** decade).toFixed(1);
    const label = decade < 0 ? `1/${10 ** -decade}` : String(10 ** decade);
    lines.push(
      `<line class="${decade === 0 ? 'one' : 'grid'}" x1="${at}" x2="${at}" y1="${TOP - 6}" y2="${height - 24}"/>`,
      `<text class="small" x="${at}" y="${TOP - 12}" text-anchor="middle">${label}</text>`,
    );
  }
  return lines.join('\n');
}

/** The drawing, as SVG. Cases without the original are left out. */
export function chart({ machine, node, original, results }: Results): string {
  const shown = results.filter(({ theirs }) => theirs);
  const height = TOP + shown.length * ROW + 44;
  const title = 'Time of a call, as a part of the time the original takes (less is faster)';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
<style>${style}</style>
<text class="head" x="8" y="20">${title}</text>
<text class="small" x="8" y="37">Cotangent on Node ${node}; ${escaped(original)}. The violet mark is the limit: see docs/benchmarks.md.</text>
${grid(height)}
${shown.map(bar).join('\n')}
<text class="small" x="8" y="${height - 6}">${escaped(machine)}</text>
</svg>
`;
}
