/** The check of a component's derivatives. */
import type { Provenance } from '../../component/compile.js';
import { type DerivativeName, derivativeNames } from '../../operators/endpoints.js';
import type { ComponentHandle } from '../../runtime/handle.js';
import { type Evidence, gather, type ProductEvidence } from './evidence.js';
import { exhaust } from './exhaustive.js';
import {
  againstDifferences,
  type Bench,
  benchOf,
  contraction,
  judgeAdjoint,
  judgeConsistency,
  judgeDifferences,
  judgeLinearity,
  judgeZero,
} from './judge.js';
import { type CheckOptions, mustBeSound } from './options.js';
import { deviationOf, drawPictures, verdictOf } from './pictures.js';
import {
  type BlockResult,
  type CheckResult,
  type EndpointResult,
  type Fault,
  type GradientReport,
  isWrong,
  type Verdict,
} from './report.js';
import { search } from './search.js';
import { type Session, startSession } from './session.js';
import { type Checkable, subjectOf } from './subject.js';
import { judgeTaylor, remainders, slopeOf } from './taylor.js';
import { identical } from './vectors.js';

/**
 * Check the derivatives of `component` at `inputs`: against each other, and against apply.
 *
 * It takes at most 20 calls, whatever the sizes; where something is wrong, up to `searchCalls` (32) more find the
 * element. `component` is a class, an instance, or a handle of a local or remote component. What is wrong with the
 * component is in the report; raised is only what is wrong with the inputs or options, and what apply raises at the
 * inputs themselves.
 */
export async function checkGradients(
  component: Checkable,
  inputs: object,
  options: CheckOptions = {},
): Promise<GradientReport> {
  mustBeSound(options);
  const subject = subjectOf(component, inputs, options);
  const endpoints = endpointsOf(subject.handle, options);
  const session = await startSession(subject, options);
  const listed = sized(endpoints, session, options);
  const asked = listed.filter(({ checked }) => checked).map(({ endpoint }) => endpoint);
  const bench = benchOf(session, options);
  const empty = subject.wrt.length === 0 || session.of.length === 0;
  const findings = empty || asked.length === 0 ? nothing(asked) : await examine(bench, asked);
  if (options.pictures && findings.evidence) {
    session.stage = 'pictures';
    const pictures = await drawPictures(bench, findings.evidence, suspectsOf(findings));
    return reportOf(bench, listed, { ...findings, pictures });
  }
  return reportOf(bench, listed, findings);
}

interface Findings {
  readonly evidence: Evidence | undefined;
  readonly checks: readonly CheckResult[];
  readonly faults: readonly Fault[];
  readonly slope: number | undefined;
  readonly pictures?: NonNullable<GradientReport['pictures']>;
}

function suspectsOf({ checks, faults }: Findings): readonly string[] {
  const wrong = [...faults, ...checks.filter(({ verdict }) => isWrong(verdict))];
  return wrong[0]?.endpoints ?? [];
}

function nothing(endpoints: readonly DerivativeName[]): Findings {
  const message = 'There is nothing to check: no derivative endpoint, or no elements.';
  const checks: CheckResult[] = [{ name: 'contract', endpoints, verdict: 'skipped', message }];
  return { evidence: undefined, checks, faults: [], slope: undefined };
}

function sourceOf(provenance: Provenance): string {
  return provenance.kind === 'own' ? `${provenance.method}()` : provenance.rule;
}

function endpointsOf({ provenance }: ComponentHandle, options: CheckOptions): readonly EndpointResult[] {
  return derivativeNames.flatMap((endpoint): EndpointResult[] => {
    const origin = provenance[endpoint];
    if (!origin) return [];
    const base = { endpoint, source: sourceOf(origin) };
    if (options.endpoints && !options.endpoints.includes(endpoint))
      return [{ ...base, checked: false, reason: 'not asked for' }];
    const exact = origin.kind === 'own' || origin.exact || options.endpoints !== undefined;
    return [exact ? { ...base, checked: true } : { ...base, checked: false, reason: 'made of differences itself' }];
  });
}

const largestJacobian = 4e6;

function sized(
  endpoints: readonly EndpointResult[],
  { of, subject }: Session,
  options: CheckOptions,
): readonly EndpointResult[] {
  const size = (of.length / of.parts) * (subject.wrt.length / of.parts);
  const limit = options.jacobianSize ?? largestJacobian;
  return endpoints.map((one) =>
    one.endpoint === 'jacobian' && one.checked && size > limit
      ? { ...one, checked: false, reason: `${size} elements are more than jacobianSize = ${limit}` }
      : one,
  );
}

async function examine(bench: Bench, endpoints: readonly DerivativeName[]): Promise<Findings> {
  const { session, options } = bench;
  const evidence = await gather(session, endpoints, options);
  const checks: CheckResult[] = [evaluation(bench, evidence)];
  const sound = await judgeProducts(bench, evidence, checks);
  const trusted: Evidence = { ...evidence, jvp: sound.jvp, vjp: sound.vjp };
  const push = (result: CheckResult | undefined) => result && checks.push(result);
  push(judgeAdjoint(bench, trusted));
  push(judgeConsistency(bench, trusted, 'jvp'));
  push(judgeConsistency(bench, trusted, 'vjp'));
  const steady = checks[0]!.verdict !== 'not deterministic';
  for (const endpoint of endpoints) push(softened(judgeDifferences(bench, trusted, endpoint), steady));
  const slope = slopeAlong(bench, trusted);
  if (slope !== undefined) push(judgeTaylor(slope, worst(checks.filter(({ name }) => name === 'differences'))));
  const faults: Fault[] = [];
  const purse = { left: options.searchCalls ?? 32 };
  if (options.exhaustive) faults.push(...(await exhaust(bench, trusted)));
  else if (checks.some(({ verdict }) => isWrong(verdict))) {
    const { fault, withdrawn, forgetful } = await search(bench, trusted, checks, purse);
    if (fault) faults.push(fault);
    for (const one of withdrawn)
      checks[checks.indexOf(one)] =
        forgetful && one.endpoints.includes(forgetful) ? restless(one, forgetful) : unsure(one);
  }
  checks.push(...contracts(session, endpoints));
  return { evidence: trusted, checks, faults, slope };
}

// Where apply itself wavers, differences prove nothing.
function softened(result: CheckResult | undefined, steady: boolean): CheckResult | undefined {
  return result && !steady && result.verdict === 'wrong derivative' ? unsure(result) : result;
}

function unsure(result: CheckResult): CheckResult {
  const message = `${result.message} Element by element that is not confirmed: apply is noisy or not smooth here.`;
  return { ...result, verdict: 'finite differences cannot tell', message };
}

function restless(result: CheckResult, endpoint: DerivativeName): CheckResult {
  const message = `${endpoint} gives another result for the same request after other calls: it uses what they left behind.`;
  return { ...result, verdict: 'not deterministic', message };
}

function evaluation({ session }: Bench, { again }: Evidence): CheckResult {
  const base = { name: 'evaluation', endpoints: ['apply'] } as const;
  const incident = session.incidents.find(({ endpoint }) => endpoint === 'apply');
  if (incident) return { ...base, verdict: incident.verdict, message: incident.message };
  if (!session.y.every(Number.isFinite))
    return { ...base, verdict: 'finite differences cannot tell', message: 'apply is not finite here.' };
  if (!again || !identical(again, session.y)) {
    return { ...base, verdict: 'not deterministic', message: 'apply gives another result for the same inputs.' };
  }
  return { ...base, verdict: 'ok', message: 'apply gives the same result again, and leaves its inputs alone.' };
}

// A product that is no linear map, or not even a function, has no Jacobian to compare.
async function judgeProducts(
  bench: Bench,
  evidence: Evidence,
  checks: CheckResult[],
): Promise<Pick<Evidence, 'jvp' | 'vjp'>> {
  const sound = async (product: ProductEvidence | undefined): Promise<ProductEvidence | undefined> => {
    if (!product) return undefined;
    const results = [judgeZero(bench, product), await judgeLinearity(bench, product)];
    checks.push(...results.filter((one) => one !== undefined));
    return product.values.every(Boolean) && results.every((one) => !one || !isWrong(one.verdict)) ? product : undefined;
  };
  return { jvp: await sound(evidence.jvp), vjp: await sound(evidence.vjp) };
}

function contracts({ incidents }: Session, endpoints: readonly DerivativeName[]): readonly CheckResult[] {
  return endpoints.flatMap((endpoint): CheckResult[] => {
    const own = incidents.filter((one) => one.endpoint === endpoint);
    const seen = new Map(own.map((one) => [one.verdict, one]));
    const base = { name: 'contract', endpoints: [endpoint] } as const;
    if (seen.size > 0) return [...seen.values()].map(({ verdict, message }) => ({ ...base, verdict, message }));
    return [{ ...base, verdict: 'ok', message: `${endpoint} gives what is asked for, and leaves its request alone.` }];
  });
}

function slopeAlong(bench: Bench, { references, jvp, jacobian }: Evidence): number | undefined {
  const [reference] = references;
  const pushed = jvp?.values[0] ?? (jacobian && contraction(bench.session, jacobian, 'jvp', reference!.direction));
  return reference && pushed ? slopeOf(remainders(bench, reference.samples, pushed)) : undefined;
}

function worst(checks: readonly CheckResult[]): Verdict {
  const wrong = checks.find(({ verdict }) => isWrong(verdict));
  return (wrong ?? checks.find(({ verdict }) => verdict === 'finite differences cannot tell'))?.verdict ?? 'ok';
}

function blocksOf(bench: Bench, { evidence, checks, faults, pictures }: Findings): readonly BlockResult[] {
  const { session } = bench;
  const overall = worst(checks);
  const off = evidence ? offPaths(bench, evidence) : undefined;
  const single = session.subject.wrt.slots.length === 1;
  return session.of.slots.flatMap((output) =>
    session.subject.wrt.slots.map((input): BlockResult => {
      const fault = faults.find(({ of, wrt }) => of === output.path && wrt === input.path);
      const clear = isWrong(overall) ? (off?.has(output.path) === false ? 'ok' : 'skipped') : overall;
      const picture = pictures?.blocks.find(({ of, wrt }) => of === output.path && wrt === input.path);
      const shown = clear === 'skipped' && picture ? verdictOf(picture) : clear;
      const verdict = fault?.verdict ?? (single && off?.has(output.path) ? 'wrong derivative' : shown);
      const deviation = picture && deviationOf(picture);
      const block = { of: output.path, wrt: input.path, shape: { of: output.shape, wrt: input.shape }, verdict };
      return deviation === undefined ? block : { ...block, deviation };
    }),
  );
}

// The outputs that are off along some direction, for endpoints that go forward; unknown where there are none.
function offPaths(bench: Bench, { references, jvp, vjp, jacobian }: Evidence): ReadonlySet<string> | undefined {
  if (vjp || (!jvp && !jacobian)) return undefined;
  const found = references.map((reference, k) => {
    const pushed = jvp?.values[k] ?? (jacobian && contraction(bench.session, jacobian, 'jvp', reference.direction));
    return pushed ? againstDifferences(bench, pushed, reference).paths : [];
  });
  return new Set(found.flat());
}

// JSON has no numbers that are not finite.
function finite({ deviation, allowed, ...rest }: CheckResult): CheckResult {
  return {
    ...rest,
    ...(Number.isFinite(deviation) ? { deviation: deviation! } : {}),
    ...(Number.isFinite(allowed) ? { allowed: allowed! } : {}),
  };
}

function reportOf(bench: Bench, endpoints: readonly EndpointResult[], findings: Findings): GradientReport {
  const { session, options } = bench;
  const { checks, faults, slope, pictures } = findings;
  const overall = faults[0]?.verdict ?? worst(checks);
  const wrong = faults.length > 0 || isWrong(overall);
  return {
    component: session.subject.handle.name,
    ok: !wrong,
    certain: !checks.some(({ verdict }) => verdict === 'finite differences cannot tell'),
    verdict: overall,
    seed: options.seed ?? 0,
    endpoints,
    checks: checks.map(finite),
    blocks: blocksOf(bench, findings),
    faults,
    calls: session.counts,
    ...(slope === undefined || Number.isNaN(slope) ? {} : { slope }),
    ...(pictures ? { pictures } : {}),
  };
}
