/** From what was found to a report. */
import { type Agreement, coarsestOf } from './agreement.js';
import type { Bench } from './bench.js';
import type { Evidence } from './evidence.js';
import { deviationOf, verdictOf } from './pictures.js';
import {
  type BlockResult,
  type CheckResult,
  type EndpointResult,
  type Fault,
  type GradientReport,
  isWrong,
  type Verdict,
} from './report.js';

/** What was found. */
export interface Findings {
  readonly evidence: Evidence | undefined;
  /** Whether there was nothing to examine, and that is all there is to say. */
  readonly complete?: boolean;
  readonly agreements: readonly Agreement[];
  readonly checks: readonly CheckResult[];
  readonly faults: readonly Fault[];
  readonly slope: number | undefined;
  readonly pictures?: NonNullable<GradientReport['pictures']>;
  /** How accurate derivatives by differences are, block by block. */
  readonly reached?: readonly Reached[];
}

/** How accurate the derivative of an output by an input is: infinite where nothing is known of it. */
export interface Reached {
  readonly of: string;
  readonly wrt: string;
  readonly accuracy: number;
}

/** The first verdict that says something is wrong, else the first that says it cannot tell, else ok. */
export function worst(checks: readonly CheckResult[]): Verdict {
  const wrong = checks.find(({ verdict }) => isWrong(verdict));
  return (wrong ?? checks.find(({ verdict }) => verdict === 'finite differences cannot tell'))?.verdict ?? 'ok';
}

function blocksOf(bench: Bench, findings: Findings): readonly BlockResult[] {
  const { session } = bench;
  const overall = worst(findings.checks);
  return session.of.slots.flatMap((output) => {
    const range = findings.agreements.map(({ resolution }) => resolution.subarray(output.start, output.end));
    const open = range.some((one) => one.includes(Number.POSITIVE_INFINITY));
    const coarsest = range.map((resolution) => coarsestOf({ resolution }) ?? 0);
    return session.subject.wrt.slots.map((input): BlockResult => {
      const shape = { of: output.shape, wrt: input.shape };
      const names = { of: output.path, wrt: input.path };
      const reached = findings.reached?.find(({ of, wrt }) => of === output.path && wrt === input.path);
      if (findings.reached) return { ...names, shape, verdict: 'skipped', ...numeric('deviation', reached?.accuracy) };
      const picture = findings.pictures?.blocks.find(({ of, wrt }) => of === output.path && wrt === input.path);
      const verdict = blockVerdict(bench, findings, names, overall, open);
      const shown = verdict === 'skipped' && picture ? verdictOf(picture) : verdict;
      const seen = open || range.length === 0 ? undefined : Math.max(...coarsest);
      const deviation = picture && deviationOf(picture);
      return { ...names, shape, verdict: shown, ...numeric('deviation', deviation), ...numeric('resolution', seen) };
    });
  });
}

function numeric<N extends string>(name: N, value: number | undefined): { readonly [K in N]?: number } {
  return (Number.isFinite(value) ? { [name]: value } : {}) as { readonly [K in N]?: number };
}

function blockVerdict(
  { session }: Bench,
  { agreements, checks, faults }: Findings,
  { of, wrt }: { readonly of: string; readonly wrt: string },
  overall: Verdict,
  open: boolean,
): Verdict {
  const fault = faults.find((one) => one.of === of && one.wrt === wrt);
  if (fault) return fault.verdict;
  // Only products that go forward tell which output is off.
  const forward = agreements.filter(({ endpoint }) => endpoint !== 'vjp');
  const known = forward.length > 0 && forward.length === agreements.length;
  const off = forward.some(({ paths }) => paths.includes(of));
  if (known && off && session.subject.wrt.slots.length === 1 && isWrong(overall)) return 'wrong derivative';
  if (isWrong(overall)) return known && !off && !open ? 'ok' : 'skipped';
  const general = checks.some(
    ({ name, verdict }) => name !== 'differences' && verdict === 'finite differences cannot tell',
  );
  if (checks.length > 0 && agreements.length === 0) return 'skipped';
  return open || off || general ? (overall === 'ok' && open ? 'finite differences cannot tell' : overall) : 'ok';
}

// JSON has no numbers that are not finite.
function finite({ deviation, allowed, resolution, ...rest }: CheckResult): CheckResult {
  return {
    ...rest,
    ...numeric('deviation', deviation),
    ...numeric('allowed', allowed),
    ...numeric('resolution', resolution),
  };
}

/** The report of what was found. */
export function reportOf(bench: Bench, endpoints: readonly EndpointResult[], findings: Findings): GradientReport {
  const { session, options } = bench;
  const { checks, faults, slope, pictures, reached } = findings;
  const found = faults[0]?.verdict ?? worst(checks);
  const wrong = faults.length > 0 || isWrong(found);
  const nothing = findings.evidence === undefined && !findings.complete;
  const blocks = blocksOf(bench, findings);
  const resolution = Math.max(0, ...blocks.map((one) => one.resolution ?? 0));
  const least = reached?.reduce<Reached | undefined>((a, b) => (a && !(b.accuracy > a.accuracy) ? a : b), undefined);
  return {
    component: session.subject.handle.name,
    ok: !wrong,
    certain: !nothing && !checks.some(({ verdict }) => verdict === 'finite differences cannot tell'),
    verdict: nothing && found === 'ok' ? 'skipped' : found,
    seed: options.seed ?? 0,
    endpoints,
    checks: checks.map(finite),
    blocks,
    faults,
    calls: session.counts,
    ...(resolution > 0 ? { resolution } : {}),
    ...(least ? { reached: { of: least.of, wrt: least.wrt, ...numeric('accuracy', least.accuracy) } } : {}),
    ...(slope === undefined || Number.isNaN(slope) ? {} : { slope }),
    ...(pictures ? { pictures } : {}),
  };
}
