/**
 * Derivatives against differences of apply: how far they are apart, how far they may be, and how small an error would
 * show at all. What cannot be seen to be wrong is not said to be right.
 */
import type { DerivativeName } from '../../operators/endpoints.js';
import { type Bench, contraction, slackOf } from './bench.js';
import { isFlat, isNegligible, isStill, ownResolution, resolutionOf, signalAt, sizeAt } from './decisive.js';
import type { Evidence } from './evidence.js';
import { isRather } from './ladder.js';
import { slotAt } from './layout.js';
import { confidence, toleranceAt } from './precision.js';
import type { Reference } from './reference.js';
import { roundingOf } from './refine.js';
import { gap, pair, rootMeanSquare } from './vectors.js';

/** A derivative against differences along the directions that there are. */
export interface Agreement {
  readonly endpoint: DerivativeName;
  /** Whether all entries are finite that have to be. */
  readonly finite: boolean;
  /** The largest deviation in units of what is allowed; above 1 something is off. */
  readonly excess: number;
  /** That deviation and what was allowed there, relative to the size there. */
  readonly deviation: number;
  readonly allowed: number;
  /** The reference, and the entry of J·u or the seed of a pullback where that was; the other one is −1. */
  readonly where: { readonly reference: number; readonly entry: number; readonly seed: number };
  /** A deviation below this may be the tolerance of a solver, which lands in all entries; a mistake in one of many is diluted. */
  readonly least: number;
  /** The output paths that are off. */
  readonly paths: readonly string[];
  /** The entries of the outputs of which differences say nothing. */
  readonly open: readonly number[];
  /** For each entry of the outputs the relative error of J·u that would not be seen; infinite where it is open. */
  readonly resolution: Float64Array;
}

/** What each entry of J·u may be off by; without the options' tolerance, what limits how much can be seen. */
export function allowedAt(
  bench: Bench,
  candidate: Float64Array,
  { values, errors }: Pick<Reference, 'values' | 'errors'>,
  endpoints: readonly DerivativeName[] = [],
  tolerant = true,
): Float64Array {
  const { session, allowance, options } = bench;
  const { of, subject } = session;
  const slack = tolerant ? slackOf(bench, endpoints, subject.wrt.slots) : slackOf(bench, endpoints, []);
  const allowed = new Float64Array(values.length);
  const clean = values.map((value) => (Number.isFinite(value) ? value : 0));
  for (const slot of of.slots) {
    const relative = Math.max(allowance.differences, slack, tolerant ? toleranceAt(options, slot) : 0);
    const whole = rootMeanSquare(clean, slot.start, slot.end);
    const least = Math.max(allowance.cancellation, relative * 1e-3) * whole;
    for (let i = slot.start; i < slot.end; i++) {
      const size = Math.max(Math.abs(candidate[i]!), Math.abs(values[i]!));
      allowed[i] = relative * size + least + confidence * errors[i]!;
    }
  }
  return allowed;
}

/**
 * How many times its estimated error a reference may well be off. Where that is to the other side, an error of a
 * derivative of so much more than what is allowed is not seen.
 */
const astray = 4;

/** One entry of J·u against one reference. */
export interface EntryComparison {
  /** The deviation in units of what is allowed. */
  readonly ratio: number;
  /** The relative error that would not be seen; infinite where the reference is of no use. */
  readonly resolution: number;
}

/** J·u of an endpoint against differences along u, entry by entry. */
export function entriesAgainst(
  bench: Bench,
  candidate: Float64Array,
  reference: Reference,
  endpoints: readonly DerivativeName[] = [],
): readonly EntryComparison[] {
  const allowed = allowedAt(bench, candidate, reference, endpoints);
  const blur = allowedAt(bench, candidate, reference, endpoints, false).map(
    (own, i) => own + astray * reference.errors[i]!,
  );
  const rounding = roundingOf(bench.session, bench.options.noise);
  return Array.from(reference.values, (value, i): EntryComparison => {
    const own = candidate[i]!;
    if (!Number.isFinite(value) || !Number.isFinite(reference.errors[i]!)) return { ratio: 0, resolution: Infinity };
    if (!Number.isFinite(own)) return { ratio: Infinity, resolution: 0 };
    // What is rounded is flat at short steps: that agrees with a derivative of zero, and proves nothing.
    if (reference.stepped.has(i) && isFlat(own, value)) return { ratio: 0, resolution: Infinity };
    const off = Math.abs(own - value);
    // What did not move at the steps so far may be rounded to more than they are long.
    if (isStill(reference, i) && off > 0 && !isNegligible(own, reference, i)) return { ratio: 0, resolution: Infinity };
    // Beside a derivative of zero a constant output is certain; beside another one its rounding counts.
    const [said, seen] = [sizeAt(candidate, i, reference.parts), sizeAt(reference.values, i, reference.parts)];
    const size = Math.max(isNegligible(said, reference, i) ? 0 : said, seen <= blur[i]! ? 0 : seen);
    const resolution = resolutionOf(blur[i]!, size, signalAt(reference, i));
    if (off <= allowed[i]!) return { ratio: off === 0 ? 0 : off / allowed[i]!, resolution };
    const entry = { of: (at: Float64Array) => at[i]!, size: (at: Float64Array) => Math.abs(at[i]!) };
    const rather = isRather([own, value], reference.samples, entry, rounding);
    return rather ? { ratio: 0, resolution: Infinity } : { ratio: off / allowed[i]!, resolution };
  });
}

/** A deviation of all entries below this is none of mistakes, and one of some of them below that. */
const [least, leastOfSome] = [6e-6, 1e-9];

/** An endpoint against all references; nothing where it gave nothing. */
export function agreementOf(bench: Bench, evidence: Evidence, endpoint: DerivativeName): Agreement | undefined {
  return endpoint === 'vjp' ? pulledAgreement(bench, evidence) : pushedAgreement(bench, evidence, endpoint);
}

/** J·u of an endpoint for the k-th direction. */
export function pushedAlong(
  { session }: Bench,
  { jvp, jacobian }: Evidence,
  endpoint: DerivativeName,
  { direction }: Pick<Reference, 'direction'>,
  k: number,
): Float64Array | undefined {
  if (endpoint === 'jvp') return jvp?.values[k];
  return jacobian && contraction(session, jacobian, 'jvp', direction);
}

function pushedAgreement(bench: Bench, evidence: Evidence, endpoint: 'jvp' | 'jacobian'): Agreement | undefined {
  const { of } = bench.session;
  const resolution = new Float64Array(of.length).fill(Number.POSITIVE_INFINITY);
  let [finite, excess, found] = [true, 0, false];
  let [deviation, limit, where] = [0, 0, { reference: 0, entry: -1, seed: -1 }];
  const paths = new Set<string>();
  const off = new Set<number>();
  const torn = tornIn(evidence);
  for (const [k, reference] of evidence.references.entries()) {
    const candidate = pushedAlong(bench, evidence, endpoint, reference, k);
    if (!candidate) continue;
    found = true;
    for (const [i, { ratio, resolution: seen }] of entriesAgainst(bench, candidate, reference, [endpoint]).entries()) {
      if (torn.has(i)) continue;
      resolution[i] = Math.min(resolution[i]!, seen);
      if (ratio > 1) paths.add(slotAt(of, i).path);
      if (ratio > 1) off.add(i);
      if (ratio === Number.POSITIVE_INFINITY && !Number.isFinite(candidate[i]!)) finite = false;
      if (ratio <= excess) continue;
      const size = Math.max(Math.abs(reference.values[i]!), Math.abs(candidate[i]!)) || 1;
      deviation = Math.abs(reference.values[i]! - candidate[i]!) / size;
      [excess, limit, where] = [ratio, deviation / ratio, { reference: k, entry: i, seed: -1 }];
    }
  }
  const open = [...resolution.keys()].filter((i) => resolution[i] === Number.POSITIVE_INFINITY);
  if (!found) return undefined;
  const small = off.size >= 0.9 * of.length ? least : leastOfSome;
  const measured = { finite, excess, deviation, allowed: limit, least: small, where };
  return { endpoint, ...measured, paths: [...paths], open, resolution };
}

/** A pullback against differences: ⟨w, FD(u)⟩ against ⟨vjp(w), u⟩. */
export interface ScalarComparison {
  readonly off: number;
  readonly allowed: number;
  /** What is allowed without the options' tolerance: an error below it is not seen. */
  readonly blur: number;
  readonly size: number;
}

/** Compare one pullback with one reference. */
export function pullbackAgainst(
  bench: Bench,
  cotangent: Float64Array,
  pulled: Float64Array,
  { direction, values, errors }: Reference,
): ScalarComparison {
  const { session, allowance } = bench;
  const { of, subject } = session;
  const clean = values.map((value) => (Number.isFinite(value) ? value : 0));
  const left = pair(cotangent, clean, of.parts);
  const right = pair(pulled, direction, of.parts);
  // The signs of the cotangent are random, so errors add up like the steps of a random walk.
  const doubt =
    confidence * Math.sqrt(cotangent.reduce((sum, w, i) => (w === 0 ? sum : sum + (w * errors[i]!) ** 2), 0));
  const slots = [...of.slots, ...subject.wrt.slots];
  const size = Math.max(left.size, right.size);
  const allowed = Math.max(allowance.differences, slackOf(bench, ['vjp'], slots)) * size + doubt;
  const blur = Math.max(allowance.differences, slackOf(bench, ['vjp'], [])) * size + (1 + astray / confidence) * doubt;
  return { off: gap(left, right), allowed, blur, size };
}

// What jumps nearby along one direction is not settled by another one that happens to miss it.
function tornIn({ references }: Evidence): ReadonlySet<number> {
  return new Set(references.flatMap(({ torn }) => [...torn]));
}

// Whether the shortest steps rather say what the pullback says.
function isRippled(
  { session, options }: Bench,
  { samples, direction, values }: Reference,
  seed: Float64Array,
  pulled: Float64Array,
): boolean {
  const { of, subject } = session;
  const said = [pair(pulled, direction, subject.wrt.parts).re, pair(seed, values, of.parts).re] as const;
  const weighed = {
    of: (at: Float64Array) => pair(seed, at, of.parts).re,
    size: (at: Float64Array) => pair(seed, at, of.parts).size,
  };
  return isRather(said, samples, weighed, roundingOf(session, options.noise));
}

function pulledAgreement(bench: Bench, evidence: Evidence): Agreement | undefined {
  const { references, vjp } = evidence;
  const torn = tornIn(evidence);
  if (!vjp?.values.some(Boolean)) return undefined;
  const { of } = bench.session;
  const resolution = new Float64Array(of.length).fill(Number.POSITIVE_INFINITY);
  let [excess, deviation, limit] = [0, 0, 0];
  let where = { reference: 0, entry: -1, seed: 0 };
  let unclear = false;
  for (const [k, one] of references.entries()) {
    for (const [l, pulled] of vjp.values.entries()) {
      if (!pulled) continue;
      const seed = vjp.seeds[l]!;
      const { off, allowed, blur, size } = pullbackAgainst(bench, seed, pulled, one);
      const ratio = off === 0 ? 0 : off / allowed;
      const unsteady = [...one.stepped, ...torn].some((i) => seed[i] !== 0);
      if (ratio > 1 && (unsteady || isRippled(bench, one, seed, pulled))) unclear = true;
      else if (ratio > excess) {
        [excess, deviation, limit] = [ratio, off / (size || 1), allowed / (size || 1)];
        where = { reference: k, entry: -1, seed: l };
      }
      for (const i of resolution.keys()) {
        const weight = Math.abs(seed[i]!);
        const seen = weight > 0 && Number.isFinite(blur) ? ownResolution(one, i, blur / weight) : Infinity;
        resolution[i] = Math.min(resolution[i]!, seen);
      }
    }
  }
  for (const i of torn) resolution[i] = Number.POSITIVE_INFINITY;
  if (unclear) resolution.fill(Number.POSITIVE_INFINITY);
  const finite = vjp.values.every((value) => value?.every(Number.isFinite) ?? true);
  if (!finite && references.some(({ errors }) => errors.every(Number.isFinite))) excess = Number.POSITIVE_INFINITY;
  const open = [...resolution.keys()].filter((i) => resolution[i] === Number.POSITIVE_INFINITY);
  const small = of.length * bench.session.subject.wrt.length === 1 ? least : leastOfSome;
  const measured = { finite, excess, deviation, allowed: limit, least: small, where };
  return { endpoint: 'vjp', ...measured, paths: [], open, resolution };
}

/** The coarsest resolution of the outputs that were judged; nothing where none was. */
export function coarsestOf({ resolution }: Pick<Agreement, 'resolution'>): number | undefined {
  let worst: number | undefined;
  for (const one of resolution) if (Number.isFinite(one)) worst = Math.max(worst ?? 0, one);
  return worst;
}

/** A relative size as people say it. */
export function asShare(value: number): string {
  return value >= 1e-3 ? `${Number((100 * value).toPrecision(1))} %` : value.toExponential(0);
}
