/**
 * A report as a page: one file of HTML with its style and pictures in it. It has no script, asks nothing of any server,
 * and is the same, byte for byte, for the same report.
 *
 * To add a section, write it in `sections.ts` and name it in `gradientPage`.
 */
import { type GradientReport, totalCalls, verdicts } from '../check/report.js';
import { type BlockView, blockCard, isZero } from './blockCard.js';
import { element, escaped, text } from './markup.js';
import { count } from './numbers.js';
import { overview, overviewText } from './overview.js';
import {
  blockSection,
  callSection,
  checkSection,
  faultSection,
  section,
  worstSection,
  wrongFirst,
} from './sections.js';
import { pageStyle } from './style.js';
import { kindOf, sign } from './verdict.js';

/** What the page says beside the report. */
export interface PageOptions {
  /** How to make the report again: a command, or some code. */
  readonly rerun?: string;
}

// An empty icon: a browser would ask for one otherwise.
const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><text y='13' font-size='14'>∂</text></svg>";

// More pictures than this make a page that no browser scrolls through smoothly.
const mostDrawn = 24;

/** The page of a report. Without `pictures` in the report it is tables alone. */
export function gradientPage(given: GradientReport, { rerun }: PageOptions = {}): string {
  const report = revived(given);
  const views = viewsOf(report);
  const drawn = wrongFirst(views)
    .filter((view) => (view.picture ?? view.taylor) && !isZero(view))
    .slice(0, mostDrawn);
  const title = `${report.component}: ${report.verdict === 'ok' ? 'derivatives are right' : report.verdict}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(title)}</title>
<link rel="icon" href="${icon}">
<style>${pageStyle}</style>
</head>
<body>
${headerOf(report)}
<main>
${[
  faultSection(report),
  jacobianSection(views, drawn),
  ...(drawn.length > 0 ? [section('blocks', 'Block by block', ...drawn.map(blockCard))] : []),
  worstSection(views),
  checkSection(report),
  callSection(report),
  rerun === undefined ? '' : section('rerun', 'Again', text('pre', {}, rerun)),
]
  .filter((part) => part !== '')
  .join('\n')}
</main>
</body>
</html>
`;
}

// JSON has no word for what is not a number, and writes null.
function revived<T>(value: T): T {
  if (value === null) return Number.NaN as T;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(revived) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revived(item)])) as T;
}

function viewsOf({ blocks, pictures }: GradientReport): readonly BlockView[] {
  return blocks.map((result, k): BlockView => {
    const same = (one: { readonly of: string; readonly wrt: string }) => one.of === result.of && one.wrt === result.wrt;
    return {
      id: `block-${k}`,
      result,
      picture: pictures?.blocks.find(same),
      taylor: pictures?.taylor.find(same),
      steps: pictures?.steps.find(same),
    };
  });
}

function headerOf(report: GradientReport): string {
  const { component, verdict, seed, slope, calls, endpoints } = report;
  const checked = endpoints.filter((one) => one.checked);
  const facts: readonly (readonly [string, string])[] = [
    ['checked', checked.map(({ endpoint }) => endpoint).join(', ') || 'nothing'],
    ['calls', callText(calls)],
    ...(slope === undefined || Number.isNaN(slope)
      ? []
      : [['Taylor slope', `${slope.toFixed(2)} (2 is right)`] as const]),
    ['seed', String(seed)],
  ];
  const list = facts.map(([name, value]) => element('div', {}, text('dt', {}, name), text('dd', {}, value)));
  const sentence = element('p', {}, text('strong', {}, headline(report)), ` ${escaped(remark(report))}`);
  return element(
    'header',
    { class: `top ${kindOf(verdict)}` },
    text('p', { class: 'eyebrow' }, 'Gradient check'),
    text('h1', {}, component),
    element('div', { class: 'verdict' }, sign(verdict), sentence),
    element('dl', {}, ...list),
  );
}

function headline({ verdict, endpoints }: GradientReport): string {
  if (!endpoints.some(({ checked }) => checked)) return 'Nothing was checked.';
  return verdict === 'ok' ? 'The derivatives are right.' : `${verdict[0]?.toUpperCase()}${verdict.slice(1)}.`;
}

function remark({ verdict, certain, checks, faults }: GradientReport): string {
  const held = checks.filter((one) => one.verdict === 'ok').length;
  if (verdict === 'ok') return `${held} of ${count(checks.length, 'check')} passed.`;
  const message = faults.length > 0 ? undefined : checks.find((one) => one.verdict === verdict)?.message;
  const doubt = certain || verdict === 'finite differences cannot tell' ? '' : ' Some checks could not tell.';
  return `${message ?? verdicts[verdict].text}${doubt}`;
}

function callText({ check, steps = {}, search, pictures }: GradientReport['calls']): string {
  const more = [
    [totalCalls(steps), 'at more steps'],
    [totalCalls(search), 'to find the fault'],
    [totalCalls(pictures), 'for the pictures'],
  ] as const;
  const parts = more.flatMap(([calls, purpose]) => (calls > 0 ? [`${calls} ${purpose}`] : []));
  return [String(totalCalls(check)), ...parts].join(' + ');
}

function jacobianSection(views: readonly BlockView[], drawn: readonly BlockView[]): string {
  if (views.length === 0) return '';
  const shown = views.filter(({ picture }) => picture);
  const whole = shown.length > 0 ? [text('p', { class: 'lead' }, overviewText(views)), overview(views)] : [];
  const missing = shown.filter((view) => !isZero(view)).length - drawn.length;
  const note =
    missing > 0 ? [text('p', { class: 'lead' }, `${count(missing, 'more block')} are not drawn below.`)] : [];
  const list = blockSection(views, new Set(drawn.map(({ id }) => id)));
  return section('whole', 'The Jacobian', ...whole, list, ...note);
}
