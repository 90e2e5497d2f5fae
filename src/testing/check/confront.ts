/**
 * Every derivative against differences, with as many steps as it takes: more of them where differences cannot judge or
 * seem to contradict, and before anybody is blamed for little, the noise of the derivative and the evenness of apply.
 */
import type { DerivativeName } from '../../operators/endpoints.js';
import { nearEnough, option, tenAbove, whyOpen } from './advice.js';
import { type Agreement, agreementOf, asShare, coarsestOf } from './agreement.js';
import { type Bench, show } from './bench.js';
import type { Evidence } from './evidence.js';
import { slotAt } from './layout.js';
import { ownNoise } from './ownNoise.js';
import type { Reference } from './reference.js';
import { refined } from './refine.js';
import type { CheckResult } from './report.js';
import { unevenness } from './uneven.js';

/** What came of it. */
export interface Confrontation {
  /** The evidence with the references that settled it. */
  readonly evidence: Evidence;
  readonly agreements: readonly Agreement[];
  readonly checks: readonly CheckResult[];
}

/** A deviation above this is no matter of tolerances. */
const little = 5e-3;

/** Hold the endpoints to differences. */
export async function confront(
  bench: Bench,
  given: Evidence,
  endpoints: readonly DerivativeName[],
  others: readonly CheckResult[],
): Promise<Confrontation> {
  const evidence = await sharpened(bench, given, endpoints);
  const found: (readonly [agreement: Agreement, uneven: number])[] = [];
  for (const endpoint of endpoints) {
    let agreement = agreementOf(bench, evidence, endpoint);
    if (!agreement) continue;
    let uneven = 0;
    if (isOff(agreement) && agreement.deviation < little) {
      await ownNoise(bench, evidence, endpoint);
      agreement = agreementOf(bench, evidence, endpoint)!;
      if (isOff(agreement)) uneven = await unevenness(bench, evidence, agreement);
      // A solver of many short steps is even, and off by its tolerance all the same; a mistake is not as small as that.
      if (agreement.deviation < agreement.least) uneven ||= agreement.deviation;
    }
    found.push([agreement, uneven]);
  }
  const agreements = vouched(
    found.map(([agreement]) => agreement),
    others,
  );
  const checks = agreements.map((agreement, k) => judged(bench, evidence, agreement, found[k]![1]));
  return { evidence, agreements, checks };
}

// Endpoints that were found to have one Jacobian see what any of them sees.
function vouched(agreements: readonly Agreement[], others: readonly CheckResult[]): readonly Agreement[] {
  if (agreements.some(isOff)) return agreements;
  const same = (a: DerivativeName, b: DerivativeName) =>
    others.some(({ name, verdict, endpoints }) => {
      const compares = name === 'adjoint' || name === 'consistency';
      return compares && verdict === 'ok' && endpoints.includes(a) && endpoints.includes(b);
    });
  return agreements.map((one) => {
    const partners = agreements.filter((other) => other === one || same(one.endpoint, other.endpoint));
    const resolution = one.resolution.map((_, i) => Math.min(...partners.map((other) => other.resolution[i]!)));
    return { ...one, resolution, open: one.open.filter((i) => resolution[i] === Number.POSITIVE_INFINITY) };
  });
}

function isOff({ excess }: Agreement): boolean {
  return excess > 1;
}

// What more steps would not change: it is off, and by so much that there is no doubt.
function isSolid({ deviation, allowed, finite, open }: Agreement): boolean {
  return finite ? deviation > little && allowed < 0.01 * deviation : open.length === 0;
}

// No reference stands that accuses, or leaves something open that no other one settles, before more steps were tried.
async function sharpened(bench: Bench, given: Evidence, endpoints: readonly DerivativeName[]): Promise<Evidence> {
  let evidence = given;
  const left = new Set([...given.references.keys()].filter((k) => given.references[k]!.samples.length <= usualSamples));
  for (;;) {
    const agreements = endpoints.flatMap((endpoint) => agreementOf(bench, evidence, endpoint) ?? []);
    const k = [...left].find(
      (one) =>
        endpoints.some((endpoint) => isOffAlone(bench, evidence, endpoint, one)) ||
        agreements.some(({ open }) => open.length > 0),
    );
    if (k === undefined) return evidence;
    left.delete(k);
    const settled = (reference: Reference) => {
      const better = replaced(evidence, k, reference);
      return endpoints.every((endpoint) => {
        const alone = agreementOf(bench, only(better, k), endpoint);
        if (!alone) return true;
        return isOff(alone) ? isSolid(alone) : agreementOf(bench, better, endpoint)!.open.length === 0;
      });
    };
    evidence = replaced(
      evidence,
      k,
      await refined(bench.session, evidence.references[k]!, bench.options.noise, settled),
    );
  }
}

/** A reference without more steps has no more samples than this. */
const usualSamples = 14;

function isOffAlone(bench: Bench, evidence: Evidence, endpoint: DerivativeName, k: number): boolean {
  const alone = agreementOf(bench, only(evidence, k), endpoint);
  return alone !== undefined && isOff(alone);
}

function replaced(evidence: Evidence, k: number, reference: Reference): Evidence {
  return { ...evidence, references: evidence.references.map((one, other) => (other === k ? reference : one)) };
}

function only(evidence: Evidence, k: number): Evidence {
  const { jvp } = evidence;
  const pushed = jvp && { ...jvp, values: [jvp.values[k], undefined] as const };
  return { ...evidence, references: [evidence.references[k]!], jvp: pushed };
}

const names = { jacobian: 'jacobian·u', jvp: 'jvp(u)', vjp: '⟨vjp(w), u⟩' } as const;

function judged(bench: Bench, evidence: Evidence, agreement: Agreement, uneven: number): CheckResult {
  const { endpoint, deviation, allowed, finite, open } = agreement;
  const base = { name: 'differences', endpoints: [endpoint], deviation, allowed } as const;
  const what = names[endpoint];
  if (!finite && (isOff(agreement) || open.length === 0)) {
    return { ...base, verdict: 'not finite', message: `${what} is not finite, and differences of apply are.` };
  }
  if (isOff(agreement)) {
    if (uneven > 0)
      return { ...base, verdict: 'finite differences cannot tell', message: tolerant(what, deviation, uneven) };
    const message = `${what} differs from differences of apply by ${show(deviation)} of its size; ${show(allowed)} is allowed.`;
    return { ...base, verdict: 'wrong derivative', message: `${message}${nearEnough(deviation)}` };
  }
  const resolution = coarsestOf(agreement);
  const seen = resolution === undefined ? {} : { resolution };
  const said = `agrees with differences of apply up to ${show(deviation)}`;
  const unseen = resolution === undefined ? '' : `; an error below ${asShare(resolution)} of it would not be seen`;
  if (open.length === 0) return { ...base, ...seen, verdict: 'ok', message: `${what} ${said}${unseen}.` };
  const message = `${what} cannot be held to differences of apply ${placesOf(bench, open)}: ${whyOpen(bench, evidence, open)}`;
  return { ...base, ...seen, verdict: 'finite differences cannot tell', message };
}

function tolerant(what: string, deviation: number, uneven: number): string {
  return (
    `${what} agrees with differences of apply to ${show(deviation)}` +
    `${uneven === deviation ? '' : `, and apply itself is uneven by ${show(uneven)}`}: a tolerance inside apply? Say ${option('noise', tenAbove(uneven))}, or tighten the solver.`
  );
}

function placesOf({ session: { of } }: Bench, open: readonly number[]): string {
  const counts = new Map<string, number>();
  for (const i of open) counts.set(slotAt(of, i).path, (counts.get(slotAt(of, i).path) ?? 0) + 1);
  const parts = [...counts].map(([path, count]) => {
    const { start, end } = of.slots.find((slot) => slot.path === path)!;
    return end - start === count ? path : `${path} (${count / of.parts} of ${(end - start) / of.parts} elements)`;
  });
  return `in ${parts.join(', ')}`;
}
