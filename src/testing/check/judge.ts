/** Judging what derivatives say of each other: one function for each check, from what was seen to a verdict. */
import type { DerivativeName } from '../../operators/endpoints.js';
import { doubted } from './advice.js';
import { type Bench, contraction, patience, show, slackOf } from './bench.js';
import type { Evidence, ProductEvidence } from './evidence.js';
import type { Layout, Slot } from './layout.js';
import { ownNoise } from './ownNoise.js';
import type { CheckResult } from './report.js';
import { combine, gap, identical, minus, norm, pair, rootMeanSquare } from './vectors.js';

// Rounding, what the options allow, what apply was declared to be off by, and what the derivatives were measured to be.
function limitOf(bench: Bench, endpoints: readonly DerivativeName[], slots: readonly Slot[]): number {
  return Math.max(bench.allowance.linear, noiseOf(bench), slackOf(bench, endpoints, slots));
}

function noiseOf({ options }: Bench): number {
  return patience * (options.noise ?? 0);
}

/** Whether the products of zero seeds are zero. */
export function judgeZero(bench: Bench, product: ProductEvidence): CheckResult | undefined {
  const { endpoint, atZero, values } = product;
  if (!atZero) return undefined;
  const size = norm(values[0] ?? atZero);
  const found = norm(atZero);
  const allowed = limitOf(bench, [endpoint], []);
  const base = {
    name: 'zero seed',
    endpoints: [endpoint],
    deviation: size > 0 ? found / size : found,
    allowed,
  } as const;
  if (Number.isNaN(atZero.find((value) => !Number.isFinite(value)) ?? 0)) {
    return { ...base, verdict: 'not finite', message: `${endpoint} of a zero seed is not finite.` };
  }
  if (found > allowed * size) {
    const message = `${endpoint} of a zero seed is not zero: its norm is ${show(found)}.`;
    return doubted(bench, { ...base, verdict: 'nonzero at zero', message });
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

/**
 * Whether a product is linear in its seed; where it is not, the same call again tells what wavers, and calls that hardly
 * differ tell its rounding.
 */
export async function judgeLinearity(
  bench: Bench,
  evidence: Evidence,
  product: ProductEvidence,
): Promise<CheckResult | undefined> {
  const { session } = bench;
  const { endpoint, values, seeds } = product;
  const layout = endpoint === 'jvp' ? session.of : session.subject.wrt;
  if (!values[0] || !values[1] || !product.combined) return undefined;
  const deviation = nonlinearity(product, layout);
  const base = { name: 'linearity', endpoints: [endpoint], deviation } as const;
  const ok = `${endpoint} is linear in its seed, up to ${show(deviation)}.`;
  const first = limitOf(bench, [endpoint], layout.slots);
  if (deviation <= first) return { ...base, allowed: first, verdict: 'ok', message: ok };
  session.stage = 'search';
  const again = await session[endpoint](seeds[0]);
  session.stage = 'check';
  if (again && !identical(again, values[0])) {
    const message = `${endpoint} gives another result for the same request.`;
    return { ...base, allowed: first, verdict: 'not deterministic', message };
  }
  const noise = await ownNoise(bench, evidence, endpoint);
  const allowed = limitOf(bench, [endpoint], layout.slots);
  if (deviation <= allowed) {
    const message = `${ok} That is its rounding: it changes by ${show(noise)} where its seed changes by as good as nothing.`;
    return { ...base, allowed, verdict: 'ok', message };
  }
  const message = `${endpoint}(αa + βb) differs from α·${endpoint}(a) + β·${endpoint}(b) by ${show(deviation)} of its norm.`;
  return doubted(bench, { ...base, allowed, verdict: 'not linear', message });
}

/** ⟨w, J·u⟩ against ⟨Jᵀ·w, u⟩ for all pairs of directions. Rounding is judged by how linear the products are. */
export async function judgeAdjoint(bench: Bench, evidence: Evidence): Promise<CheckResult | undefined> {
  const { session, allowance } = bench;
  const { jvp, vjp } = evidence;
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
  const slots = [...wrt.slots, ...of.slots];
  const limit = () =>
    Math.max(
      allowance.adjoint,
      noiseOf(bench),
      slackOf(bench, ['jvp', 'vjp'], slots),
      Math.min(rounding, allowance.linear),
    );
  if (deviation > limit()) await measureBoth(bench, evidence, ['jvp', 'vjp']);
  const allowed = limit();
  const sides = '⟨w, jvp(u)⟩ and ⟨vjp(w), u⟩';
  const base = { name: 'adjoint', endpoints: ['jvp', 'vjp'], deviation, allowed } as const;
  if (deviation <= allowed) return { ...base, verdict: 'ok', message: `${sides} agree up to ${show(deviation)}.` };
  return { ...base, verdict: 'not adjoint', message: `${sides} differ by ${show(deviation)} of their size.` };
}

async function measureBoth(bench: Bench, evidence: Evidence, endpoints: readonly DerivativeName[]): Promise<void> {
  for (const endpoint of endpoints) await ownNoise(bench, evidence, endpoint);
}

/** The jacobian's products against those of an endpoint, entry by entry. */
export async function judgeConsistency(
  bench: Bench,
  evidence: Evidence,
  endpoint: 'jvp' | 'vjp',
): Promise<CheckResult | undefined> {
  const product = evidence[endpoint];
  const { jacobian } = evidence;
  if (!product || !jacobian) return undefined;
  const { session } = bench;
  const layout = endpoint === 'jvp' ? session.of : session.subject.wrt;
  let deviation = 0;
  for (const [k, value] of product.values.entries()) {
    if (!value) return undefined;
    const expected = contraction(session, jacobian, endpoint, product.seeds[k]!);
    deviation = Math.max(deviation, furthest(layout, value, expected));
  }
  const limit = () => limitOf(bench, ['jacobian', endpoint], [...session.of.slots, ...session.subject.wrt.slots]);
  if (deviation > limit()) await measureBoth(bench, evidence, ['jacobian', endpoint]);
  const allowed = limit();
  const base = { name: 'consistency', endpoints: ['jacobian', endpoint], deviation, allowed } as const;
  if (deviation <= allowed)
    return { ...base, verdict: 'ok', message: `${endpoint} and the jacobian agree up to ${show(deviation)}.` };
  const message = `${endpoint} differs from the product with the jacobian by ${show(deviation)} of its size.`;
  return { ...base, verdict: 'inconsistent', message };
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
