/** What the derivatives of a component would cost for a request, as data and as lines for people. */
import { parseBody } from '../codec/body.js';
import { decodeTree } from '../codec/decode.js';
import { dispatch } from '../component/dispatch.js';
import type { Explanation } from '../component/explain.js';
import { derivativeNames, type EndpointName } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { explain } from '../runtime/explain.js';
import type { Target } from '../runtime/invoke.js';

/** What a derivative would cost: what `explain` tells, without the plan itself. */
export type CostReport = Omit<Explanation, 'plan'>;

type Body = Readonly<Record<string, unknown>>;

/**
 * The costs of the derivatives that are offered, at the point of a request to any of them: its inputs and, where they are
 * given, its paths. Seeds do not matter.
 */
export async function costsOf(
  { compiled, instance, endpoints }: Target,
  bytes: Uint8Array,
): Promise<readonly CostReport[]> {
  const body = decodeTree(parseBody(bytes), { path: 'request' }) as Body;
  const target = { compiled, endpoints: endpoints ?? dispatch(compiled, instance) };
  const [of, wrt] = [named(body, 'of'), named(body, 'wrt')];
  const reports: CostReport[] = [];
  for (const endpoint of derivativeNames.filter((name) => compiled.plan.has(name))) {
    const { plan: _, ...report } = await explain(target, endpoint, { inputs: body['inputs'], of, wrt });
    reports.push(report);
  }
  return reports;
}

/** The paths of one side, under whatever name an operator has for them. */
function named(body: Body, side: 'of' | 'wrt'): unknown {
  const names = derivativeNames.map((endpoint) => operators[endpoint].wire?.[side] ?? side);
  return [side, ...names].map((name) => body[name]).find((paths) => paths !== undefined);
}

/** A cost as cells of a table. */
export function costRow({
  endpoint,
  method,
  calls,
  atMost,
  verification,
  patternSource,
  exact,
  bytes,
}: CostReport): string[] {
  const counts = Object.entries(calls) as [EndpointName, number][];
  const made = counts.map(([name, count]) => `${count} ${name}`).join(' + ') || 'no call';
  const check = verification === 0 ? '' : ` (${verification} to check)`;
  return [
    operators[endpoint].route,
    method,
    `${atMost ? 'at most ' : ''}${made}${check}`,
    patternSource ?? '',
    exact ? 'exact' : 'approximate',
    bytes === 0 ? '' : `${bytes} bytes`,
  ];
}
