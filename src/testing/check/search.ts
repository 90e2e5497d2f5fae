/** After a check has failed: which element it is, who is wrong about it, and what kind of wrong its block is. */
import type { DerivativeName } from '../../operators/endpoints.js';
import { allowedAt, entriesAgainst } from './agreement.js';
import { type Bench, contraction } from './bench.js';
import { diagnose } from './diagnose.js';
import type { Evidence } from './evidence.js';
import { askElement, blamed, type Element, faultOf } from './faults.js';
import { slotAt } from './layout.js';
import { type Difference, type LinearMap, locate, type Place, type Purse } from './locate.js';
import { type Reference, referenceAlong } from './reference.js';
import type { CheckResult, Fault, Verdict } from './report.js';
import { identical } from './vectors.js';

/** What a search found: the fault, or that differences cannot tell after all. */
export interface Found {
  readonly fault: Fault | undefined;
  /** The checks whose verdict did not stand. */
  readonly withdrawn: readonly CheckResult[];
  /** An endpoint whose answer depends on the calls before it. */
  readonly forgetful?: DerivativeName;
}

/** Search for the element behind the failed checks. */
export async function search(
  bench: Bench,
  evidence: Evidence,
  checks: readonly CheckResult[],
  purse: Purse,
): Promise<Found> {
  const { session } = bench;
  const difference = toLocate(bench, evidence, checks);
  if (!difference) return { fault: undefined, withdrawn: [] };
  session.stage = 'search';
  const { of, subject } = session;
  const names = [difference.a.name, difference.b.name];
  const pair = endpointsOf(names);
  let place = await locate(difference, of, subject.wrt, purse);
  let seen = place && (await examine(bench, evidence, place, purse));
  if (place?.decoded && seen && seen.guilty.length === 0) {
    place = await locate({ ...difference, halving: true }, of, subject.wrt, purse);
    seen = place && (await examine(bench, evidence, place, purse));
  }
  if (!place) return { fault: undefined, withdrawn: [] };
  if (!seen) return { fault: faultOf(session, place, 'wrong derivative', pair, undefined), withdrawn: [] };
  const { element, guilty } = seen;
  if (names.includes('differences') && guilty.length === 0 && element.values.differences !== undefined) {
    const withdrawn = checks.filter(({ name, verdict }) => name === 'differences' && isOff(verdict));
    const forgetful = await forgetfulOf(bench, evidence, pair);
    return { fault: undefined, withdrawn, ...(forgetful ? { forgetful } : {}) };
  }
  const verdict = await verdictOf(bench, evidence, element, place, guilty, purse, names);
  return {
    fault: faultOf(session, place, verdict, guilty.length > 0 ? guilty : pair, element),
    withdrawn: [],
  };
}

// A derivative may be that of the point at which apply was called last: then it is another one after apply here.
async function forgetfulOf(
  { session }: Bench,
  { jvp, vjp, jacobian }: Evidence,
  endpoints: readonly DerivativeName[],
): Promise<DerivativeName | undefined> {
  for (const endpoint of endpoints) {
    await session.apply();
    const product = endpoint === 'jvp' ? jvp : vjp;
    const known = endpoint === 'jacobian' ? jacobian : product?.values[0];
    const again =
      endpoint === 'jacobian' ? await session.jacobian() : product && (await session[endpoint](product.seeds[0]));
    if (known && again && !identical(known, again)) return endpoint;
  }
  return undefined;
}

interface Seen {
  readonly element: Element;
  readonly guilty: readonly DerivativeName[];
}

// A range of elements cannot be asked about.
async function examine(bench: Bench, evidence: Evidence, place: Place, purse: Purse): Promise<Seen | undefined> {
  const { rows, columns } = place;
  if (rows.to - rows.from > 1 || columns.to - columns.from > 1) return undefined;
  const { session, options } = bench;
  const at = { row: rows.from, column: columns.from };
  const manner = { noise: options.noise, pace: evidence.references[0]?.pace ?? 1 };
  const element = await askElement(session, evidence.endpoints, at, evidence.jacobian, purse, manner);
  return { element, guilty: blame(bench, evidence, element, place) };
}

function endpointsOf(names: readonly string[]): readonly DerivativeName[] {
  return names.filter((name): name is DerivativeName => name !== 'differences');
}

async function verdictOf(
  bench: Bench,
  evidence: Evidence,
  element: Element,
  place: Place,
  guilty: readonly DerivativeName[],
  purse: Purse,
  names: readonly string[],
): Promise<Verdict> {
  const { of, subject } = bench.session;
  const [first] = guilty;
  if (!first && names.includes('differences')) return 'wrong derivative';
  if (!first) return names.includes('jacobian') ? 'inconsistent' : 'not adjoint';
  if (!Number.isFinite(element.values[first]!)) return 'not finite';
  const output = slotAt(of, place.rows.from * of.parts);
  const input = slotAt(subject.wrt, place.columns.from * subject.wrt.parts);
  return diagnose(first, { bench, evidence, output, input, element, purse });
}

// By the element itself; else by the whole row along the first direction, where that is fine enough to show it.
function blame(
  bench: Bench,
  evidence: Evidence,
  element: Element,
  { rows, columns }: Place,
): readonly DerivativeName[] {
  const direct = blamed(bench, element);
  const { jvp, vjp } = element.values;
  if (direct.length > 0 || element.values.differences !== undefined || jvp === undefined || vjp === undefined)
    return direct;
  const [reference] = evidence.references;
  const pushed = evidence.jvp?.values[0];
  if (!reference || !pushed) return [];
  const { parts } = bench.session.of;
  const row = rows.from * parts;
  const allowed = allowedAt(bench, pushed, reference)[row]!;
  const weight = Math.abs(reference.direction[columns.from * parts]!);
  if (!(allowed < 0.3 * Math.abs(jvp - vjp) * weight)) return [];
  return Math.abs(pushed[row]! - reference.values[row]!) > allowed ? ['jvp'] : ['vjp'];
}

// The cheapest pair of maps that were seen to differ: exact ones first.
function toLocate(bench: Bench, evidence: Evidence, checks: readonly CheckResult[]): Difference | undefined {
  const failed = (name: string, endpoint: string) =>
    checks.some((one) => one.name === name && one.endpoints.includes(endpoint as never) && isOff(one.verdict));
  const { jvp, vjp, jacobian, tangents, cotangents, references } = evidence;
  const u = tangents[0];
  const maps = mapsOf(bench, evidence);
  if (failed('consistency', 'jvp') && jvp && jacobian) return worstRow(bench, evidence, maps.jacobian, maps.jvp);
  if (failed('consistency', 'vjp') && vjp && jacobian) {
    const l = pick(vjp.values, (value, k) =>
      furthestRatio(contraction(bench.session, jacobian, 'vjp', cotangents[k]!), value),
    );
    const seen = { a: contraction(bench.session, jacobian, 'vjp', cotangents[l]!), b: vjp.values[l]! };
    return { a: maps.jacobian, b: maps.vjp, u, w: cotangents[l]!, seen };
  }
  if (failed('adjoint', 'jvp') && jvp && vjp) return clearestPair(bench, evidence, maps);
  if (failed('differences', 'jacobian') && jacobian) return worstRow(bench, evidence, maps.jacobian, maps.differences);
  if (failed('differences', 'jvp') && jvp) return worstRow(bench, evidence, maps.jvp, maps.differences);
  if (!failed('differences', 'vjp') || !vjp) return undefined;
  const [k, l] = clearestScalar(bench, evidence);
  const reference = references[k]!;
  const seen = { a: reference.values, b: vjp.values[l]! };
  return { a: maps.differences, b: maps.vjp, u: reference.direction, w: cotangents[l]!, seen };
}

function isOff(verdict: Verdict): boolean {
  return (
    verdict === 'wrong derivative' ||
    verdict === 'not adjoint' ||
    verdict === 'inconsistent' ||
    verdict === 'not finite'
  );
}

type Maps = Readonly<Record<'jvp' | 'vjp' | 'jacobian' | 'differences', LinearMap>>;

function mapsOf({ session, options }: Bench, { jacobian, references }: Evidence): Maps {
  const pace = references[0]?.pace ?? 1;
  const contracted = (endpoint: 'jvp' | 'vjp') => async (seed: Float64Array) =>
    jacobian && contraction(session, jacobian, endpoint, seed);
  return {
    jvp: { name: 'jvp', cost: 1, forward: (u) => session.jvp(u) },
    vjp: { name: 'vjp', cost: 1, backward: (w) => session.vjp(w) },
    jacobian: { name: 'jacobian', cost: 0, forward: contracted('jvp'), backward: contracted('vjp') },
    differences: {
      name: 'differences',
      cost: 4,
      forward: async (u) => (await referenceAlong(session, u, { noise: options.noise, thorough: false, pace })).values,
    },
  };
}

// Both forward: of the directions, the one that shows the difference most, and the row where it does.
function worstRow(bench: Bench, evidence: Evidence, a: LinearMap, b: LinearMap): Difference | undefined {
  const { session } = bench;
  const { jvp, jacobian, references, tangents, cotangents } = evidence;
  const along = (name: string, k: number, u: Float64Array) => {
    if (name === 'jvp') return jvp?.values[k];
    if (name === 'differences') return references[k]?.values;
    return jacobian && contraction(session, jacobian, 'jvp', u);
  };
  let best: (Difference & { readonly ratio: number }) | undefined;
  for (const [k, u] of tangents.entries()) {
    const [left, right] = [along(a.name, k, u), along(b.name, k, u)];
    if (!left || !right) continue;
    const exact = b.name !== 'differences';
    // What is compared with may not be finite where the other one is: then the two change places.
    const [found, base] = exact && !right.every(Number.isFinite) ? [right, left] : [left, right];
    const reference = exact ? exactly(u, base, session.of.parts) : references[k]!;
    const { entry, ratio } = worstOf(entriesAgainst(bench, found, reference).map((one) => one.ratio));
    if (ratio > (best?.ratio ?? 0)) best = { a, b, u, w: cotangents[0], seen: { a: left, b: right }, entry, ratio };
  }
  return best;
}

function worstOf(ratios: readonly number[]): { readonly entry: number; readonly ratio: number } {
  let [entry, ratio] = [-1, 0];
  for (const [i, one] of ratios.entries()) if (one > ratio) [entry, ratio] = [i, one];
  return { entry, ratio };
}

function exactly(direction: Float64Array, values: Float64Array, parts: 1 | 2): Reference {
  const zeros = new Float64Array(values.length);
  const none: ReadonlySet<number> = new Set();
  return {
    direction,
    parts,
    values,
    errors: zeros,
    signals: zeros,
    samples: [],
    pace: 1,
    stepped: none,
    constant: none,
    torn: none,
    restless: false,
  };
}

function clearestPair({ session }: Bench, { jvp, vjp }: Evidence, maps: Maps): Difference | undefined {
  let best: (Difference & { readonly ratio: number }) | undefined;
  for (const [k, a] of jvp!.values.entries()) {
    for (const [l, b] of vjp!.values.entries()) {
      if (!a || !b) continue;
      const [u, w] = [jvp!.seeds[k]!, vjp!.seeds[l]!];
      const [left, right] = [scalar(w, a, session.of.parts), scalar(u, b, session.of.parts)];
      const ratio = Math.abs(left.sum - right.sum) / Math.max(left.size, right.size);
      if (!best || ratio > best.ratio) best = { a: maps.jvp, b: maps.vjp, u, w, seen: { a, b }, ratio };
    }
  }
  return best;
}

function clearestScalar({ session }: Bench, { references, vjp }: Evidence): readonly [number, number] {
  let [best, ratio] = [[0, 0] as readonly [number, number], -1];
  for (const [k, { values, direction }] of references.entries()) {
    for (const [l, pulled] of vjp!.values.entries()) {
      if (!pulled) continue;
      const left = scalar(vjp!.seeds[l]!, values, session.of.parts);
      const right = scalar(direction, pulled, session.of.parts);
      const own = Math.abs(left.sum - right.sum) / Math.max(left.size, right.size);
      if (own > ratio) [best, ratio] = [[k, l], own];
    }
  }
  return best;
}

function scalar(a: Float64Array, b: Float64Array, parts: 1 | 2): { readonly sum: number; readonly size: number } {
  let [sum, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const term = (parts === 2 && i % 2 === 1 ? -1 : 1) * a[i]! * b[i]!;
    if (!Number.isFinite(term)) continue;
    sum += term;
    size += Math.abs(term);
  }
  return { sum, size };
}

function furthestRatio(a: Float64Array, b: Float64Array | undefined): number {
  let [off, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    off = Math.max(off, Math.abs(a[i]! - b![i]!));
    size = Math.max(size, Math.abs(a[i]!));
  }
  return size > 0 ? off / size : off;
}

function pick<T>(values: readonly T[], weight: (value: T, index: number) => number): number {
  const weights = values.map((value, k) => {
    const found = weight(value, k);
    return Number.isNaN(found) ? Number.POSITIVE_INFINITY : found;
  });
  return weights.indexOf(Math.max(...weights));
}
