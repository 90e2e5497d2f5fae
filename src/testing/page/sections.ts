/** The sections of the page that are tables: faults, checks, blocks, worst entries, endpoints and calls. */
import { type BlockPicture, type Fault, type GradientReport, isWrong } from '../check/report.js';
import { type BlockView, blockName, isZero } from './blockCard.js';
import { entryAt, excess, isOff, relativeError } from './entry.js';
import { index } from './heatMap.js';
import { element, escaped, table, text } from './markup.js';
import { full, short } from './numbers.js';
import { badge } from './verdict.js';

/** A titled section. */
export function section(id: string, title: string, ...content: readonly string[]): string {
  return element('section', { id }, text('h2', {}, title), ...content);
}

/** The faults that were found, with all values. */
export function faultSection({ faults }: GradientReport): string {
  if (faults.length === 0) return '';
  return section('faults', faults.length === 1 ? 'The fault' : 'The faults', ...faults.map(faultCard));
}

function faultCard(fault: Fault): string {
  const { of, wrt, ofIndex, wrtIndex, verdict, endpoints, values, error, among } = fault;
  const place = `${blockName({ of: `${of}${bracketed(ofIndex)}`, wrt: `${wrt}${bracketed(wrtIndex)}` })}`;
  const rows = Object.entries(values).map(([source, value]) => {
    const blamed = endpoints.some((endpoint) => endpoint === source);
    const note = source === 'differences' && error !== undefined ? `± ${short(error, 2)}` : blamed ? 'wrong' : '';
    return [escaped(source), `<code>${full(value)}</code>`, escaped(note)];
  });
  const near = among > 1 ? text('p', {}, `The element is one of ${among} from there on; more calls would tell.`) : '';
  return element(
    'div',
    { class: 'card fault' },
    element('header', {}, element('h3', {}, place), badge(verdict)),
    near,
    rows.length > 0 ? table(['according to', 'the value is', ''], rows) : '',
  );
}

function bracketed(place: readonly number[]): string {
  return place.length === 0 ? '' : `[${place.join(', ')}]`;
}

/** Every check, with what was found and what is allowed. */
export function checkSection({ checks, endpoints }: GradientReport): string {
  const rows = checks.map(({ name, endpoints: concerned, verdict, deviation, allowed, message }) => [
    escaped(name),
    escaped(concerned.join(', ')),
    badge(verdict),
    escaped(message),
    deviation === undefined ? '' : short(deviation, 2),
    allowed === undefined ? '' : short(allowed, 2),
  ]);
  const left = endpoints
    .filter(({ checked }) => !checked)
    .map(({ endpoint, source, reason }) => [
      endpoint,
      escaped(source),
      badge('skipped'),
      escaped(reason ?? ''),
      '',
      '',
    ]);
  return section(
    'checks',
    'Checks',
    table(['check', 'of', 'verdict', 'what is so', 'deviation', 'allowed'], [...rows, ...left]),
  );
}

/** A line for each block. */
export function blockSection(views: readonly BlockView[], drawn: ReadonlySet<string>): string {
  const rows = views.map((view) => {
    const { id, result, taylor } = view;
    const name = drawn.has(id) ? `<a href="#${id}">${blockName(result)}</a>` : blockName(result);
    const slope = taylor && !Number.isNaN(taylor.slope) ? taylor.slope.toFixed(2) : '';
    const deviation = result.deviation === undefined ? '' : short(result.deviation, 2);
    return [name, badge(result.verdict), isZero(view) ? 'zero' : '', slope, deviation];
  });
  return table(['block', 'verdict', '', 'Taylor slope', 'deviation'], rows);
}

const listed = 12;

/** The entries that are furthest from differences, beside what is allowed. */
export function worstSection(views: readonly BlockView[]): string {
  const all = views.flatMap(({ picture, result }) => (picture ? placed(picture, result.shape) : []));
  const worst = all.sort((a, b) => excess(b.entry) - excess(a.entry)).slice(0, listed);
  if (worst.length === 0) return '';
  const rows = worst.map(({ name, source, entry }) => [
    name,
    `<code>${full(entry.value)}</code>`,
    `<code>${full(entry.differences)}</code>`,
    short(relativeError(entry), 2),
    Number.isFinite(entry.allowed)
      ? short(entry.allowed / Math.max(Math.abs(entry.value), Math.abs(entry.differences), Number.MIN_VALUE), 2)
      : '–',
    badge(excess(entry) < 0 ? 'finite differences cannot tell' : isOff(entry) ? 'wrong derivative' : 'ok'),
    source,
  ]);
  const head = ['entry', 'value', 'by differences', 'relative error', 'allowed', 'verdict', 'from'];
  return section('worst', 'Worst entries', table(head, rows));
}

function placed(picture: BlockPicture, shape: BlockView['result']['shape']) {
  const { of, wrt, rows, columns, source } = picture;
  return rows.flatMap((row, r) =>
    columns.map((column, c) => ({
      name: blockName({ of: `${of}${index(row, shape.of)}`, wrt: `${wrt}${index(column, shape.wrt)}` }),
      source,
      entry: entryAt(picture, r, c),
    })),
  );
}

/** Who answered, and how often each was called. */
export function callSection({ calls, endpoints }: GradientReport): string {
  const names = ['apply', ...endpoints.map(({ endpoint }) => endpoint)] as const;
  const rows = names.map((name) => {
    const source = endpoints.find(({ endpoint }) => endpoint === name)?.source ?? '';
    const counts = [calls.check, calls.steps ?? {}, calls.search, calls.pictures].map((stage) =>
      String(stage[name as keyof typeof stage] ?? 0),
    );
    return [name, escaped(source), ...counts];
  });
  return section(
    'calls',
    'Endpoints and calls',
    table(['endpoint', 'answered by', 'check', 'steps', 'search', 'pictures'], rows),
  );
}

/** Whether any block is wrong; those are drawn first. */
export function wrongFirst(views: readonly BlockView[]): readonly BlockView[] {
  const wrong = views.filter(({ result }) => isWrong(result.verdict));
  return [...wrong, ...views.filter((view) => !wrong.includes(view))];
}
