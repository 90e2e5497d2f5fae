/** From a place in the Jacobian to a fault: what each endpoint says there, what differences say, and who is wrong. */
import { unravel } from '../../array/fault.js';
import { ComponentError } from '../../errors.js';
import type { DerivativeName } from '../../operators/endpoints.js';
import { type Bench, slackOf } from './bench.js';
import { type Layout, slotAt } from './layout.js';
import type { Place, Purse } from './locate.js';
import { confidence } from './precision.js';
import { type Manner, referenceAlong } from './reference.js';
import type { Fault, Verdict } from './report.js';
import type { Session } from './session.js';

/** What is known of one element: of a complex one, of the part in which the sources differ most. */
export interface Element {
  readonly values: { readonly [source in DerivativeName | 'differences']?: number };
  readonly error: number;
  readonly part: 'real' | 'imaginary';
}

/** What each source says of an element: its real part and, if it is complex, its imaginary part. */
export type Said = { readonly [source in DerivativeName | 'differences']?: readonly number[] };

/** The entries of element `k` of a vector, divided by `scale`. */
export function entriesAt(vector: Float64Array, k: number, parts: 1 | 2, scale = 1): readonly number[] {
  return Array.from(vector.subarray(k * parts, (k + 1) * parts), (entry) => entry / scale);
}

/** The element of which `said` speaks, where differences are off by up to `errors`. */
export function elementOf(said: Said, errors: readonly number[]): Element {
  const spread = (part: number) => {
    const values = Object.values(said).map((entries) => entries[part]!);
    const found = Math.max(...values) - Math.min(...values);
    return Number.isNaN(found) ? Number.POSITIVE_INFINITY : found;
  };
  const part = errors.length === 2 && spread(1) > spread(0) ? 1 : 0;
  const values = Object.fromEntries(Object.entries(said).map(([source, entries]) => [source, entries[part]!]));
  return { values, error: errors[part]!, part: part === 0 ? 'real' : 'imaginary' };
}

/** Ask `endpoints` and differences about element (row, column), as far as the calls go. */
export async function askElement(
  session: Session,
  endpoints: readonly DerivativeName[],
  { row, column }: { readonly row: number; readonly column: number },
  jacobian: Float64Array | undefined,
  purse: Purse,
  manner: Manner,
): Promise<Element> {
  const { of, subject } = session;
  const { parts } = of;
  const { wrt, scales } = subject;
  const said: { -readonly [source in keyof Said]: Said[source] } = {};
  if (jacobian) said.jacobian = entriesAt(jacobian, row * (wrt.length / parts) + column, parts);
  const spend = (cost: number) => {
    if (purse.left < cost) return false;
    purse.left -= cost;
    return true;
  };
  if (endpoints.includes('jvp') && spend(1)) {
    const pushed = await session.jvp(probe(wrt, column));
    if (pushed) said.jvp = probedAt(pushed, row, parts);
  }
  if (endpoints.includes('vjp') && spend(1)) {
    const pulled = await session.vjp(probe(of, row));
    if (pulled) said.vjp = probedAt(pulled, column, parts);
  }
  const cost = purse.left >= 6 ? 6 : 4;
  const blind = Array.from({ length: parts }, () => Number.POSITIVE_INFINITY);
  if (!spend(cost)) return elementOf(said, blind);
  const scale = scales[column * parts]!;
  const found = await referenceAlong(session, unit(wrt, column, scale), { ...manner, thorough: cost === 6 });
  said.differences = entriesAt(found.values, row, parts, scale);
  return elementOf(said, entriesAt(found.errors, row, parts, scale));
}

/** The one-hot seed of an element. */
export function unit({ length, parts }: Layout, element: number, size = 1): Float64Array {
  const seed = new Float64Array(length);
  seed[element * parts] = size;
  return seed;
}

/** The seed that asks an endpoint about an element. Of a complex one it has both parts, as a method may mistake either. */
export function probe(layout: Layout, element: number): Float64Array {
  const seed = unit(layout, element);
  if (layout.parts === 2) seed[element * 2 + 1] = turn;
  return seed;
}

const turn = 0.5;

/** What came of a `probe`, per unit of its seed: divided by 1 + i/2 where it is complex. */
export function probedAt(vector: Float64Array, k: number, parts: 1 | 2): readonly number[] {
  const entries = entriesAt(vector, k, parts);
  if (parts === 1) return entries;
  const [re, im] = entries as [number, number];
  const size = 1 + turn * turn;
  return [(re + turn * im) / size, (im - turn * re) / size];
}

/** The endpoints whose value at the element is not that of differences, as far as those can tell. */
export function blamed(bench: Bench, { values, error }: Element, tolerance = 0): readonly DerivativeName[] {
  const { differences } = values;
  if (differences === undefined || !Number.isFinite(error)) return [];
  return (['jacobian', 'jvp', 'vjp'] as const).filter((endpoint) => {
    const value = values[endpoint];
    if (value === undefined) return false;
    if (!Number.isFinite(value)) return Number.isFinite(differences);
    const size = Math.max(Math.abs(value), Math.abs(differences));
    const relative = Math.max(bench.allowance.differences, tolerance, slackOf(bench, [endpoint], []));
    return !(Math.abs(value - differences) <= relative * size + confidence * error);
  });
}

/** A fault as data, with its message. */
export function faultOf(
  session: Session,
  place: Place,
  verdict: Verdict,
  endpoints: readonly DerivativeName[],
  element: Element | undefined,
): Fault {
  const { of, subject } = session;
  const output = indexIn(of, place.rows.from);
  const input = indexIn(subject.wrt, place.columns.from);
  const among = (place.rows.to - place.rows.from) * (place.columns.to - place.columns.from);
  const values = element?.values ?? {};
  const said = Object.entries(values)
    .map(([source, value]) => `${source} ${value}`)
    .join(', ');
  const fields = {
    component: subject.handle.name,
    verdict,
    endpoints: endpoints.join(' and '),
    of: `${output.path}${show(output.index)}`,
    wrt: `${input.path}${show(input.index)}${element?.part === 'imaginary' ? ' (imaginary part)' : ''}`,
    values: said === '' ? `among ${among} elements from there on` : said,
  };
  const { message } = new ComponentError('E_GRADIENT_MISMATCH', fields);
  const error = element && Number.isFinite(element.error) ? { error: element.error } : {};
  return {
    code: 'E_GRADIENT_MISMATCH',
    verdict,
    endpoints,
    of: output.path,
    wrt: input.path,
    ofIndex: output.index,
    wrtIndex: input.index,
    among,
    values,
    ...error,
    message,
  };
}

function indexIn(layout: Layout, element: number): { readonly path: string; readonly index: readonly number[] } {
  const slot = slotAt(layout, element * layout.parts);
  return { path: slot.path, index: unravel(element - slot.start / layout.parts, slot.shape) };
}

function show(index: readonly number[]): string {
  return index.length === 0 ? '' : `[${index.join(', ')}]`;
}
