/** The style of the page and of its pictures, light and dark. */

const lightNegative = ['#e3edf7', '#c6dbee', '#9fc4e2', '#71a8d3', '#478abf', '#2769a3', '#114a7f'];
const lightPositive = ['#fdeadb', '#fbd3b3', '#f7b482', '#ef9150', '#dd6f26', '#b85311', '#86390a'];
const lightError = ['#ece8f4', '#d6cce8', '#bba9d8', '#9d82c5', '#8060ae', '#643f94', '#472472'];
const darkNegative = ['#1a2938', '#1f3a53', '#265174', '#316a97', '#4487ba', '#68a9da', '#9fd0f7'];
const darkPositive = ['#33261c', '#4d331f', '#6c4322', '#8f5627', '#b56f33', '#dc9150', '#ffc08a'];
const darkError = ['#2f2840', '#403558', '#524273', '#634f8b', '#7f68ae', '#a188d1', '#cbb6f3'];

function shades(prefix: string, colors: readonly string[]): string {
  return colors.map((color, k) => `--${prefix}${k + 1}: ${color};`).join(' ');
}

const fills = ['n', 'p', 'e'].flatMap((prefix) =>
  lightError.map((_, k) => `.${prefix}${k + 1} { fill: var(--${prefix}${k + 1}); }`),
);

/** The style sheet. */
export const pageStyle: string = `
:root {
  color-scheme: light dark;
  --ground: #fff; --card: #f7f8fa; --ink: #1b1f24; --soft: #57606c; --line: #dfe3e8; --accent: #0b62c4; --field: #fff;
  --good: #0a6e52; --bad: #b3300f; --unsure: #8a5a00; --none: #57606c;
  --good-ground: #e6f4ef; --bad-ground: #fcebe5; --unsure-ground: #fbf2dc; --none-ground: #eef0f3; --on: #fff;
  --curve: #0b62c4; --one: #b3300f; --two: #0a6e52; --band: #eceff3;
  ${shades('n', lightNegative)} ${shades('p', lightPositive)} ${shades('e', lightError)}
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --card: #1b1f23; --ink: #e7eaed; --soft: #9aa4af; --line: #30363d; --accent: #6cb0ff; --field: #14171a;
    --good: #58c9a0; --bad: #ff8f73; --unsure: #e3b341; --none: #9aa4af;
    --good-ground: #142b24; --bad-ground: #361d16; --unsure-ground: #322913; --none-ground: #22272c; --on: #14171a;
    --curve: #6cb0ff; --one: #ff8f73; --two: #58c9a0; --band: #22272c;
    ${shades('n', darkNegative)} ${shades('p', darkPositive)} ${shades('e', darkError)}
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header.top, main { max-width: 66rem; margin: 0 auto; padding: 0 1.5rem; }
header.top { padding-top: 2.5rem; }
.eyebrow { margin: 0; color: var(--soft); font-size: 0.9rem; }
h1 { margin: 0; font-size: 2.1rem; line-height: 1.2; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 0.75rem; font-size: 1.3rem; letter-spacing: -0.01em; }
h3 { margin: 0; font: 600 1.05rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
h4 { margin: 0 0 0.4rem; font-size: 0.92rem; font-weight: 600; }
.d { color: var(--soft); font-weight: 400; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.verdict { display: flex; gap: 0.9rem; align-items: center; margin: 1.25rem 0; padding: 0.9rem 1.1rem; border-radius: 10px; }
.verdict p { margin: 0; }
.verdict .sign { flex: none; width: 2.1rem; height: 2.1rem; font-size: 1.2rem; }
.good .verdict, .badge.good { background: var(--good-ground); }
.bad .verdict, .badge.bad { background: var(--bad-ground); }
.unsure .verdict, .badge.unsure { background: var(--unsure-ground); }
.none .verdict, .badge.none { background: var(--none-ground); }
.sign { display: inline-grid; place-items: center; width: 1.15rem; height: 1.15rem; border-radius: 50%; color: var(--on);
  font: 700 0.75rem/1 system-ui, sans-serif; }
.sign.good { background: var(--good); } .sign.bad { background: var(--bad); }
.sign.unsure { background: var(--unsure); } .sign.none { background: var(--none); }
.badge { display: inline-flex; gap: 0.4rem; align-items: center; padding: 0.1rem 0.6rem 0.1rem 0.3rem; border-radius: 99px;
  font-size: 0.85rem; white-space: nowrap; }
dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2.2rem; margin: 0; }
dt { color: var(--soft); font-size: 0.85rem; }
dd { margin: 0; }
.lead { margin: 0 0 0.75rem; color: var(--soft); }
.card { margin-bottom: 1rem; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.card header { display: flex; flex-wrap: wrap; gap: 0.3rem 0.9rem; align-items: center; margin-bottom: 0.9rem; }
.card .facts { width: 100%; margin: 0; color: var(--soft); font-size: 0.9rem; }
.card > .table { margin-bottom: 1.5rem; }
.block { scroll-margin-top: 1rem; }
.block:target { border-color: var(--accent); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.75rem 2rem; align-items: start; }
figure { min-width: 0; margin: 0; }
figcaption { margin-top: 0.3rem; font-size: 0.9rem; }
details { margin-top: 0.3rem; font-size: 0.9rem; }
summary { color: var(--soft); cursor: pointer; }
.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
th, td { padding: 0.4rem 0.9rem 0.4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 500; }
thead th { color: var(--soft); }
tbody th { overflow-wrap: break-word; }
#checks table, #worst table { min-width: 46rem; }
td { font-variant-numeric: tabular-nums; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { margin: 0; padding: 0.9rem 1.1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
main { padding-bottom: 5rem; }
.picture { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.picture text { fill: var(--soft); }
.picture .label { fill: var(--ink); }
.picture .path { fill: var(--ink); font-family: ui-monospace, monospace; }
.picture .note { font-size: 11.5px; }
.picture .strong { fill: var(--ink); font-weight: 600; }
.grid { stroke: var(--line); stroke-width: 1; }
.rounding { fill: var(--band); }
.curve { fill: none; stroke: var(--curve); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--curve); }
.ring { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.guide { fill: none; stroke-width: 1.5; }
.guide.slope-1 { stroke: var(--one); stroke-dasharray: 2 4; }
.guide.slope-2 { stroke: var(--two); stroke-dasharray: 8 4; }
.picture .guide-label { font-weight: 600; font-size: 13px; stroke: var(--card); stroke-width: 4; paint-order: stroke; }
.picture .strong { stroke: var(--card); stroke-width: 4; paint-order: stroke; }
.picture .guide-label.slope-1 { fill: var(--one); }
.picture .guide-label.slope-2 { fill: var(--two); }
.border { fill: var(--field); stroke: var(--line); }
.border.wrong { stroke: var(--bad); stroke-width: 2; }
.zero { fill: var(--field); stroke: var(--line); }
.unknown { fill: var(--unsure); }
.halo, .cross { fill: none; stroke: var(--field); stroke-width: 5; stroke-linecap: round; }
.cross { stroke: var(--bad); stroke-width: 2.4; }
.touch { fill: transparent; }
.touch:hover { stroke: var(--ink); stroke-width: 1.5; }
${fills.join(' ')}
@media print { .card { break-inside: avoid; } }
`;
