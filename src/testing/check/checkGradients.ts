/** The check of a component's derivatives. */
import type { Provenance } from '../../component/compile.js';
import { type DerivativeName, derivativeNames } from '../../operators/endpoints.js';
import type { ComponentHandle } from '../../runtime/handle.js';
import { type Bench, benchOf, contraction } from './bench.js';
import { confront } from './confront.js';
import { evaluation, evaluationAlone, reachedByDifferences } from './estimated.js';
import { type Evidence, gather, type ProductEvidence } from './evidence.js';
import { exhaust } from './exhaustive.js';
import { judgeAdjoint, judgeConsistency, judgeLinearity, judgeZero } from './judge.js';
import { type CheckOptions, mustBeSound } from './options.js';
import { drawPictures } from './pictures.js';
import { type CheckResult, type EndpointResult, type Fault, type GradientReport, isWrong } from './report.js';
import { search } from './search.js';
import { duringStage, type Session, startSession } from './session.js';
import { type Checkable, subjectOf } from './subject.js';
import { type Findings, reportOf, worst } from './summary.js';
import { judgeTaylor, remainders, slopeOf } from './taylor.js';

/**
 * Check the derivatives of `component` at `inputs`: against each other, and against apply.
 *
 * It takes at most 20 calls, whatever the sizes, where differences at their usual steps settle it; up to 110 more where
 * they do not; and where something is wrong, up to `searchCalls` (32) more find the element. `component` is a class, an instance, or a handle of a local or remote component. What is wrong with the
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
  const empty = subject.wrt.slots.length === 0 || session.of.slots.length === 0;
  const sizeless = session.of.length * subject.wrt.length === 0;
  const findings = sizeless || asked.length === 0 ? await nothing(bench, listed, empty) : await examine(bench, asked);
  if (options.pictures && findings.evidence) {
    session.stage = 'pictures';
    const pictures = await drawPictures(bench, findings.evidence, suspectsOf(findings));
    return reportOf(bench, listed, { ...findings, pictures });
  }
  return reportOf(bench, listed, findings);
}

function suspectsOf({ checks, faults }: Findings): readonly string[] {
  const wrong = [...faults, ...checks.filter(({ verdict }) => isWrong(verdict))];
  return wrong[0]?.endpoints ?? [];
}

// Without a derivative apply can still be held to itself, and what is made of differences to better ones.
async function nothing(bench: Bench, endpoints: readonly EndpointResult[], empty: boolean): Promise<Findings> {
  const { of, subject } = bench.session;
  if (!empty && of.length * subject.wrt.length === 0 && endpoints.some(({ checked }) => checked)) return ofNoElements;
  const checks: CheckResult[] = [await evaluationAlone(bench)];
  const none = { evidence: undefined, agreements: [], faults: [], slope: undefined };
  const made = endpoints.filter(({ reason }) => reason === madeOfDifferences).map(({ endpoint }) => endpoint);
  if (!empty && made.length > 0) {
    const { check, reached } = await reachedByDifferences(bench, made);
    return { ...none, checks: [...checks, check], reached };
  }
  const what = empty ? 'no elements: "of" or "wrt" is empty' : 'no derivative endpoint that is asked for';
  const message = `There is nothing to check: ${what}.`;
  return { ...none, checks: [...checks, { name: 'contract', endpoints: [], verdict: 'skipped', message }] };
}

// The derivatives of arrays of size zero are right, whatever they are.
const ofNoElements: Findings = {
  evidence: undefined,
  complete: true,
  agreements: [],
  checks: [{ name: 'contract', endpoints: [], verdict: 'skipped', message: 'There is nothing to check: no elements.' }],
  faults: [],
  slope: undefined,
};

const madeOfDifferences = 'made of differences itself';

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
    return [exact ? { ...base, checked: true } : { ...base, checked: false, reason: madeOfDifferences }];
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
  const gathered = await gather(session, endpoints, options);
  const checks: CheckResult[] = [evaluation(session, gathered.again)];
  const sound = await judgeProducts(bench, gathered, checks);
  const push = (result: CheckResult | undefined) => result && checks.push(result);
  const trusted: Evidence = { ...gathered, jvp: sound.jvp, vjp: sound.vjp };
  push(await judgeAdjoint(bench, trusted));
  push(await judgeConsistency(bench, trusted, 'jvp'));
  push(await judgeConsistency(bench, trusted, 'vjp'));
  const { evidence, agreements, checks: held } = await confront(bench, trusted, endpoints, checks);
  // What comes around by turns may have come to the same result once.
  if (checks[0]!.verdict === 'ok') checks[0] = await duringStage(session, 'steps', () => evaluationAlone(bench));
  const steady = checks[0]!.verdict !== 'not deterministic';
  for (const one of held) push(softened(one, steady));
  const slope = slopeAlong(bench, evidence);
  if (slope !== undefined) push(judgeTaylor(slope, worst(checks.filter(({ name }) => name === 'differences'))));
  const faults: Fault[] = [];
  const purse = { left: options.searchCalls ?? 32 };
  if (options.exhaustive) faults.push(...(await exhaust(bench, evidence)));
  else if (checks.some(({ verdict }) => isWrong(verdict))) {
    const { fault, withdrawn, forgetful } = await search(bench, evidence, checks, purse);
    if (fault) faults.push(fault);
    for (const one of withdrawn)
      checks[checks.indexOf(one)] =
        forgetful && one.endpoints.includes(forgetful) ? restless(one, forgetful) : unsure(one);
    if (withdrawn.length > 0 && slope !== undefined) rejudgeTaylor(checks, slope);
  }
  checks.push(...contracts(session, endpoints));
  return { evidence, agreements, checks, faults, slope };
}

// The exponent blames nobody where differences do not.
function rejudgeTaylor(checks: CheckResult[], slope: number): void {
  const at = checks.findIndex(({ name }) => name === 'taylor');
  if (at >= 0) checks[at] = judgeTaylor(slope, worst(checks.filter(({ name }) => name === 'differences')));
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

// A product that is no linear map, or not even a function, has no Jacobian to compare.
async function judgeProducts(
  bench: Bench,
  evidence: Evidence,
  checks: CheckResult[],
): Promise<Pick<Evidence, 'jvp' | 'vjp'>> {
  const sound = async (product: ProductEvidence | undefined): Promise<ProductEvidence | undefined> => {
    if (!product) return undefined;
    const results = [judgeZero(bench, product), await judgeLinearity(bench, evidence, product)];
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
