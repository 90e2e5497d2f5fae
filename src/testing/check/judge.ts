/** Judging the evidence: one function for each check, from what was seen to a verdict. */
import type { DerivativeName } from '../../operators/endpoints.js';
import type { Evidence, ProductEvidence } from './evidence.js';
import type { Layout } from './layout.js';
import type { CheckOptions } from './options.js';
import { type Allowance, allowanceOf, confidence, largestTolerance, toleranceAt } from './precision.js';
import type { Reference } from './reference.js';
import type { CheckResult, Verdict } from './report.js';
import type { Session } from './session.js';
import { combine, gap, identical, minus, norm, pair, rootMeanSquare } from './vectors.js';

/** Where two vectors differ most, and whether by more than is allowed. */
export interface Comparison {
  readonly verdict: 'ok' | 'wrong derivative' | 'not finite' | 'finite differences cannot tell';
  /** The entry that is furthest off, in units of what is allowed there. */
  readonly worst: number;
  /** The largest difference and what was allowed there, both relative to the size there. */
  readonly deviation: number;
  readonly allowed: number;
  /** The output paths that are off. */
  readonly paths: readonly string[];
}

/** A session and what is allowed in it. */
export interface Bench {
  readonly session: Session;
  readonly options: CheckOptions;
  readonly allowance: Allowance;
}

/** The bench of a session. */
export function benchOf(session: Session, options: CheckOptions): Bench {
  return { session, options, allowance: allowanceOf(session) };
}

/** What each entry of J·u may be off by beside differences. */
export function allowedAt(
  { session: { of, subject }, options, allowance }: Bench,
  candidate: Float64Array,
  { values, errors }: Pick<Reference, 'values' | 'errors'>,
): Float64Array {
  const fromInputs = largestTolerance(options, subject.wrt.slots);
  const allowed = new Float64Array(values.length);
  for (const slot of of.slots) {
    const relative = Math.max(allowance.differences, fromInputs, toleranceAt(options, slot));
    const whole = rootMeanSquare(
      values.map((value) => (Number.isFinite(value) ? value : 0)),
      slot.start,
      slot.end,
    );
    for (let i = slot.start; i < slot.end; i++) {
      const size = Math.max(Math.abs(candidate[i]!), Math.abs(values[i]!));
      allowed[i] =
        relative * size + Math.max(allowance.cancellation, relative * 1e-3) * whole + confidence * errors[i]!;
    }
  }
  return allowed;
}

/** J·u of an endpoint against differences along u, entry by entry. */
export function againstDifferences(bench: Bench, candidate: Float64Array, reference: Reference): Comparison {
  const { slots } = bench.session.of;
  const allowed = allowedAt(bench, candidate, reference);
  const { values, errors } = reference;
  let [worst, excess] = [-1, 0];
  const paths: string[] = [];
  let unsure = false;
  let finite = true;
  for (const { path, start, end } of slots) {
    let off = false;
    for (let i = start; i < end; i++) {
      if (!Number.isFinite(values[i]!) || errors[i] === Number.POSITIVE_INFINITY) continue;
      if (!Number.isFinite(candidate[i]!)) finite = false;
      const distance = Math.abs(candidate[i]! - values[i]!);
      const ratio = Number.isFinite(candidate[i]!) ? distance / allowed[i]! : Number.POSITIVE_INFINITY;
      if (ratio > excess) [worst, excess] = [i, ratio];
      if (ratio > 1) off = true;
    }
    if (off) paths.push(path);
    unsure ||= !isDecisive(errors, values, candidate, start, end);
  }
  const size = worst < 0 ? 1 : Math.max(Math.abs(values[worst]!), Math.abs(candidate[worst]!)) || 1;
  const deviation = excess === Number.POSITIVE_INFINITY ? excess : worst < 0 ? 0 : off(candidate, values, worst) / size;
  const verdict = !finite
    ? 'not finite'
    : paths.length > 0
      ? 'wrong derivative'
      : unsure
        ? 'finite differences cannot tell'
        : 'ok';
  return { verdict, worst, deviation, allowed: worst < 0 ? 0 : allowed[worst]! / size, paths };
}

function off(a: Float64Array, b: Float64Array, i: number): number {
  return Math.abs(a[i]! - b[i]!);
}

// Differences decide nothing where their own error is as large as what they are to be compared with.
function isDecisive(
  errors: Float64Array,
  values: Float64Array,
  candidate: Float64Array,
  start: number,
  end: number,
): boolean {
  let usable = start === end;
  const whole = Math.max(rootMeanSquare(candidate, start, end), 1e-300);
  for (let i = start; i < end; i++) {
    const size = Math.max(Math.abs(values[i]!), Math.abs(candidate[i]!));
    if (!Number.isFinite(errors[i]!)) return false;
    if (confidence * errors[i]! <= 0.03 * Math.max(size, whole) || (size === 0 && errors[i]! < 1e-6)) usable = true;
  }
  return usable || norm(candidate, start, end) === 0;
}

/** Whether the products of zero seeds are zero. */
export function judgeZero({ allowance }: Bench, product: ProductEvidence): CheckResult | undefined {
  const { endpoint, atZero, values } = product;
  if (!atZero) return undefined;
  const size = norm(values[0] ?? atZero);
  const found = norm(atZero);
  const base = {
    name: 'zero seed',
    endpoints: [endpoint],
    deviation: size > 0 ? found / size : found,
    allowed: allowance.linear,
  } as const;
  if (Number.isNaN(atZero.find((value) => !Number.isFinite(value)) ?? 0)) {
    return { ...base, verdict: 'not finite', message: `${endpoint} of a zero seed is not finite.` };
  }
  if (found > allowance.linear * size) {
    return {
      ...base,
      verdict: 'nonzero at zero',
      message: `${endpoint} of a zero seed is not zero: its norm is ${show(found)}.`,
    };
  }
  return { ...base, verdict: 'ok', message: `${endpoint} of a zero seed is zero.` };
}

/**
 * How far E(αa + βb) is from αE(a) + βE(b), what stays at zero taken off, path by path. Entries that are not finite say
 * nothing of it.
 */
export function nonlinearity(product: ProductEvidence, layout: Layout): number {
  const { values, combined, atZero, factors } = product;
  const [a, b] = values;
  if (!a || !b || !combined) return 0;
  const rest = atZero ?? new Float64Array(combined.length);
  const [alpha, beta] = factors;
  const expected = combine(alpha, minus(a, rest), beta, minus(b, rest));
  const residual = minus(minus(combined, rest), expected).map((value) => (Number.isFinite(value) ? value : 0));
  let worst = 0;
  for (const { start, end } of layout.slots) {
    const size = Math.abs(alpha) * norm(clean(a), start, end) + Math.abs(beta) * norm(clean(b), start, end);
    const off = norm(residual, start, end);
    if (off > 0) worst = Math.max(worst, size > 0 ? off / size : Number.POSITIVE_INFINITY);
  }
  return worst;
}

function clean(values: Float64Array): Float64Array {
  return values.every(Number.isFinite) ? values : values.map((value) => (Number.isFinite(value) ? value : 0));
}

/** Whether a product is linear in its seed; where it is not, the same call again tells noise from nonlinearity. */
export async function judgeLinearity(
  { session, allowance, options }: Bench,
  product: ProductEvidence,
): Promise<CheckResult | undefined> {
  const { endpoint, values, seeds } = product;
  const layout = endpoint === 'jvp' ? session.of : session.subject.wrt;
  if (!values[0] || !values[1] || !product.combined) return undefined;
  const deviation = nonlinearity(product, layout);
  const allowed = Math.max(allowance.linear, largestTolerance(options, layout.slots));
  const base = { name: 'linearity', endpoints: [endpoint], deviation, allowed } as const;
  if (deviation <= allowed)
    return { ...base, verdict: 'ok', message: `${endpoint} is linear in its seed, up to ${show(deviation)}.` };
  session.stage = 'search';
  const again = await session[endpoint](seeds[0]);
  session.stage = 'check';
  if (again && !identical(again, values[0])) {
    return { ...base, verdict: 'not deterministic', message: `${endpoint} gives another result for the same request.` };
  }
  const message = `${endpoint}(αa + βb) differs from α·${endpoint}(a) + β·${endpoint}(b) by ${show(deviation)} of its norm.`;
  return { ...base, verdict: 'not linear', message };
}

/** ⟨w, J·u⟩ against ⟨Jᵀ·w, u⟩ for all pairs of directions. Rounding is judged by how linear the products are. */
export function judgeAdjoint({ session, allowance, options }: Bench, { jvp, vjp }: Evidence): CheckResult | undefined {
  if (!jvp || !vjp) return undefined;
  const { parts } = session.of;
  const [wrt, of] = [session.subject.wrt, session.of];
  let deviation = 0;
  for (const [k, pushed] of jvp.values.entries()) {
    for (const [l, pulled] of vjp.values.entries()) {
      if (!pushed || !pulled) return undefined;
      const left = pair(vjp.seeds[l]!, pushed, parts);
      const right = pair(pulled, jvp.seeds[k]!, parts);
      const size = Math.max(left.size, right.size);
      const off = gap(left, right);
      // Differences tell whether an infinite derivative is right.
      if (!Number.isFinite(left.size) && !Number.isFinite(right.size)) continue;
      if (off > 0 || Number.isNaN(off))
        deviation = Math.max(deviation, size > 0 && size < Infinity ? off / size : Number.POSITIVE_INFINITY);
    }
  }
  const rounding = 20 * Math.max(nonlinearity(jvp, of), nonlinearity(vjp, wrt));
  const tolerance = largestTolerance(options, [...wrt.slots, ...of.slots]);
  const allowed = Math.max(allowance.adjoint, tolerance, Math.min(rounding, allowance.linear));
  const verdict: Verdict = deviation <= allowed ? 'ok' : 'not adjoint';
  const sides = '⟨w, jvp(u)⟩ and ⟨vjp(w), u⟩';
  const message =
    verdict === 'ok'
      ? `${sides} agree up to ${show(deviation)}.`
      : `${sides} differ by ${show(deviation)} of their size.`;
  return { name: 'adjoint', endpoints: ['jvp', 'vjp'], verdict, deviation, allowed, message };
}

/** The jacobian's products against those of an endpoint, entry by entry. */
export function judgeConsistency(bench: Bench, evidence: Evidence, endpoint: 'jvp' | 'vjp'): CheckResult | undefined {
  const product = evidence[endpoint];
  const { jacobian } = evidence;
  if (!product || !jacobian) return undefined;
  const { session, allowance, options } = bench;
  const layout = endpoint === 'jvp' ? session.of : session.subject.wrt;
  const allowed = Math.max(
    allowance.linear,
    largestTolerance(options, [...session.of.slots, ...session.subject.wrt.slots]),
  );
  let deviation = 0;
  for (const [k, value] of product.values.entries()) {
    if (!value) return undefined;
    const expected = contraction(session, jacobian, endpoint, product.seeds[k]!);
    deviation = Math.max(deviation, furthest(layout, value, expected));
  }
  const verdict: Verdict = deviation <= allowed ? 'ok' : 'inconsistent';
  const message =
    verdict === 'ok'
      ? `${endpoint} and the jacobian agree up to ${show(deviation)}.`
      : `${endpoint} differs from the product with the jacobian by ${show(deviation)} of its size.`;
  return { name: 'consistency', endpoints: ['jacobian', endpoint], verdict, deviation, allowed, message };
}

function furthest({ slots }: Layout, a: Float64Array, b: Float64Array): number {
  let worst = 0;
  for (const { start, end } of slots) {
    const whole = Math.max(rootMeanSquare(clean(a), start, end), rootMeanSquare(clean(b), start, end));
    for (let i = start; i < end; i++) {
      const off = Object.is(a[i], b[i]) ? 0 : Math.abs(a[i]! - b[i]!);
      if (!Number.isFinite(off)) worst = Number.POSITIVE_INFINITY;
      else if (off > 0) worst = Math.max(worst, off / Math.max(whole, Math.abs(a[i]!), Math.abs(b[i]!)));
    }
  }
  return worst;
}

/** J·u or wᵀ·J from a full Jacobian. */
export function contraction(
  { of, subject: { wrt } }: Pick<Session, 'of' | 'subject'>,
  jacobian: Float64Array,
  endpoint: 'jvp' | 'vjp',
  seed: Float64Array,
): Float64Array {
  const { parts } = of;
  const [rows, columns] = [of.length / parts, wrt.length / parts];
  const result = new Float64Array(endpoint === 'jvp' ? of.length : wrt.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = (i * columns + j) * parts;
      const [to, from] = endpoint === 'jvp' ? [i * parts, j * parts] : [j * parts, i * parts];
      const [p, q] = [jacobian[at]!, parts === 2 ? jacobian[at + 1]! : 0];
      const [r, s] = [seed[from]!, parts === 2 ? seed[from + 1]! : 0];
      if (r === 0 && s === 0) continue;
      result[to]! += p * r - q * s;
      if (parts === 2) result[to + 1]! += p * s + q * r;
    }
  }
  return result;
}

/** A pullback against differences: ⟨w, FD(u)⟩ against ⟨vjp(w), u⟩. */
export interface ScalarComparison {
  readonly off: number;
  readonly allowed: number;
  /** The part of what is allowed that differences themselves may be off by. */
  readonly doubt: number;
  readonly size: number;
}

/** Compare one pullback with one reference. */
export function pullbackAgainst(
  { session, options, allowance }: Bench,
  cotangent: Float64Array,
  pulled: Float64Array,
  { direction, values, errors }: Reference,
): ScalarComparison {
  const { of, subject } = session;
  const clean = values.map((value) => (Number.isFinite(value) ? value : 0));
  const left = pair(cotangent, clean, of.parts);
  const right = pair(pulled, direction, of.parts);
  const doubt = confidence * cotangent.reduce((sum, w, i) => (w === 0 ? sum : sum + Math.abs(w) * errors[i]!), 0);
  const relative = Math.max(allowance.differences, largestTolerance(options, [...of.slots, ...subject.wrt.slots]));
  const size = Math.max(left.size, right.size);
  return { off: gap(left, right), allowed: relative * size + doubt, doubt, size };
}

/** An endpoint against differences. */
export function judgeDifferences(bench: Bench, evidence: Evidence, endpoint: DerivativeName): CheckResult | undefined {
  const found = endpoint === 'vjp' ? scalarsOf(bench, evidence) : vectorsOf(bench, evidence, endpoint);
  if (!found) return undefined;
  const { verdict, deviation, allowed } = found;
  const what = endpoint === 'vjp' ? '⟨vjp(w), u⟩' : endpoint === 'jvp' ? 'jvp(u)' : 'jacobian·u';
  const texts: Partial<Record<Verdict, string>> = {
    ok: `${what} agrees with differences of apply up to ${show(deviation)}.`,
    'wrong derivative': `${what} differs from differences of apply by ${show(deviation)} of its size; ${show(allowed)} is allowed.`,
    'not finite': `${what} is not finite, and differences of apply are.`,
  };
  const message =
    texts[verdict] ?? `${what} cannot be held to differences of apply: they are noisy, or apply is not smooth here.`;
  return { name: 'differences', endpoints: [endpoint], verdict, deviation, allowed, message };
}

function vectorsOf(bench: Bench, { references, jvp, jacobian }: Evidence, endpoint: 'jvp' | 'jacobian') {
  const found = references.flatMap((reference, k) => {
    const value =
      endpoint === 'jvp'
        ? jvp?.values[k]
        : jacobian && contraction(bench.session, jacobian, 'jvp', reference.direction);
    return value ? [againstDifferences(bench, value, reference)] : [];
  });
  const telling = found.find(({ verdict }) => verdict === 'wrong derivative' || verdict === 'not finite');
  return telling ?? found.find(({ verdict }) => verdict === 'ok') ?? found[0];
}

function scalarsOf(bench: Bench, { references, vjp }: Evidence) {
  const found = references.flatMap((reference) =>
    (vjp?.values ?? []).flatMap((pulled, l) =>
      pulled ? [pullbackAgainst(bench, vjp!.seeds[l]!, pulled, reference)] : [],
    ),
  );
  if (found.length === 0) return undefined;
  const ratio = ({ off, allowed }: ScalarComparison) => (off === 0 ? 0 : off / allowed);
  const worst = found.reduce((a, b) => (ratio(b) > ratio(a) || Number.isNaN(ratio(b)) ? b : a));
  const decisive = found.some(({ doubt, size }) => doubt <= 0.03 * size || size === 0 || Number.isNaN(size));
  const finite = vjp!.values.every((value) => value?.every(Number.isFinite) ?? true);
  const off = worst.off > worst.allowed;
  const verdict: Verdict = !finite
    ? decisive
      ? 'not finite'
      : 'finite differences cannot tell'
    : off
      ? 'wrong derivative'
      : decisive
        ? 'ok'
        : 'finite differences cannot tell';
  return {
    verdict,
    deviation: worst.size > 0 ? worst.off / worst.size : 0,
    allowed: worst.size > 0 ? worst.allowed / worst.size : 0,
  };
}

/** A number for messages. */
export function show(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : String(value);
}
