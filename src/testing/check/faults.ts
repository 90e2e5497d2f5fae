/** From a place in the Jacobian to a fault: what each endpoint says there, what differences say, and who is wrong. */
import { unravel } from '../../array/fault.js';
import { ComponentError } from '../../errors.js';
import type { DerivativeName } from '../../operators/endpoints.js';
import type { Bench } from './judge.js';
import { type Layout, slotAt } from './layout.js';
import type { Place, Purse } from './locate.js';
import { confidence } from './precision.js';
import { referenceAlong } from './reference.js';
import type { Fault, Verdict } from './report.js';
import type { Session } from './session.js';

/** What is known of one element. */
export interface Element {
  readonly values: { readonly [source in DerivativeName | 'differences']?: number };
  readonly error: number;
}

/** Ask `endpoints` and differences about element (row, column), as far as the calls go. */
export async function askElement(
  session: Session,
  endpoints: readonly DerivativeName[],
  { row, column }: { readonly row: number; readonly column: number },
  jacobian: Float64Array | undefined,
  purse: Purse,
  noise: number | undefined,
): Promise<Element> {
  const { of, subject } = session;
  const { parts } = of;
  const { wrt, scales } = subject;
  const values: { [source in DerivativeName | 'differences']?: number } = {};
  if (jacobian) values.jacobian = jacobian[(row * (wrt.length / parts) + column) * parts]!;
  const spend = (cost: number) => {
    if (purse.left < cost) return false;
    purse.left -= cost;
    return true;
  };
  if (endpoints.includes('jvp') && spend(1)) {
    const pushed = await session.jvp(unit(wrt, column));
    if (pushed) values.jvp = pushed[row * parts]!;
  }
  if (endpoints.includes('vjp') && spend(1)) {
    const pulled = await session.vjp(unit(of, row));
    if (pulled) values.vjp = pulled[column * parts]!;
  }
  const cost = purse.left >= 6 ? 6 : 4;
  if (!spend(cost)) return { values, error: Number.POSITIVE_INFINITY };
  const scale = scales[column * parts]!;
  const found = await referenceAlong(session, unit(wrt, column, scale), noise, cost === 6);
  values.differences = found.values[row * parts]! / scale;
  return { values, error: found.errors[row * parts]! / scale };
}

/** The one-hot seed of an element. */
export function unit({ length, parts }: Layout, element: number, size = 1): Float64Array {
  const seed = new Float64Array(length);
  seed[element * parts] = size;
  return seed;
}

/** The endpoints whose value at the element is not that of differences, as far as those can tell. */
export function blamed({ allowance }: Bench, { values, error }: Element): readonly DerivativeName[] {
  const { differences } = values;
  if (differences === undefined || !Number.isFinite(error)) return [];
  return (['jacobian', 'jvp', 'vjp'] as const).filter((endpoint) => {
    const value = values[endpoint];
    if (value === undefined) return false;
    const size = Math.max(Math.abs(value), Math.abs(differences));
    return !(Math.abs(value - differences) <= allowance.differences * size + confidence * error);
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
    wrt: `${input.path}${show(input.index)}`,
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
