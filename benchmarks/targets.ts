/**
 * What we want to hold, and whether it does. A target is a row: to add one, add it to `targets`. Of the ids that it is about, the
 * worst one counts. To look at something else, add a row to `measures`.
 */
import { duration, factor, type Result, ratio } from './results.js';

interface Measure {
  readonly of: (result: Result) => number | undefined;
  readonly text: (value: number) => string;
}

const measures = {
  'ours / theirs': { of: ({ ours, theirs }) => ratio(ours, theirs), text: factor },
  'theirs / ours': { of: ({ ours, theirs }) => ratio(theirs, ours), text: factor },
  'ours / limit': { of: ({ ours, limit }) => ratio(ours, limit), text: factor },
  'limit / ours': { of: ({ ours, limit }) => ratio(limit, ours), text: factor },
  'ml-matrix / ours': { of: ({ ours, others }) => ratio(others?.['ml-matrix'], ours), text: factor },
  ours: { of: ({ ours }) => ours.median, text: duration },
  'ours − limit, per probe': {
    of: ({ ours, limit, probes = 1 }) => limit && (ours.median - limit.median) / probes,
    text: duration,
  },
  'peak / result and one probe': {
    of: ({ peak }) => (peak?.ours && peak.needed ? peak.ours / peak.needed : undefined),
    text: factor,
  },
} as const satisfies Record<string, Measure>;

/** One thing that is to hold for each of some ids. */
export interface Target {
  readonly what: string;
  readonly ids: RegExp;
  readonly measure: keyof typeof measures;
  readonly bound: { readonly most: number } | { readonly least: number };
}

const NUMPY = 'NumPy';

/** What we want to hold. */
export const targets: readonly Target[] = [
  {
    what: 'a call in process, against the original',
    ids: /^api\/apply_/,
    measure: 'ours / theirs',
    bound: { most: 1 / 50 },
  },
  { what: 'a call in process, 100 elements', ids: /^api\/apply_100$/, measure: 'ours', bound: { most: 5e-6 } },
  {
    what: 'HTTP, the same client',
    ids: /^http\/apply_/,
    measure: 'ours / theirs',
    bound: { most: 1 },
  },
  {
    what: 'HTTP, the same client, 1,000',
    ids: /^http\/apply_1,000$/,
    measure: 'ours / theirs',
    bound: { most: 1 / 2 },
  },
  {
    what: 'HTTP, the same client, ours in a worker thread',
    ids: /^http-apart\/apply_/,
    measure: 'ours / theirs',
    bound: { most: 1 },
  },
  { what: 'HTTP, each its own client', ids: /^http-client\/apply_/, measure: 'ours / theirs', bound: { most: 1 / 3 } },
  {
    what: 'HTTP, sixteen connections: throughput, of that of a bare server',
    ids: /^http-load\/apply_1,000$/,
    measure: 'limit / ours',
    bound: { least: 0.6 },
  },
  { what: 'command line, against the original', ids: /^cli\/apply_/, measure: 'ours / theirs', bound: { most: 1 / 5 } },
  { what: 'command line, against a bare node', ids: /^cli\/apply_/, measure: 'ours / limit', bound: { most: 3.5 } },
  {
    what: 'base64 and binref',
    ids: /^(encoding|decoding)\/(base64|binref)_/,
    measure: 'ours / theirs',
    bound: { most: 1 },
  },
  {
    what: 'base64 and binref, 1,000',
    ids: /^(encoding|decoding)\/(base64|binref)_1,000$/,
    measure: 'ours / theirs',
    bound: { most: 1 / 2 },
  },
  { what: 'json', ids: /^(encoding|decoding)\/json_/, measure: 'ours / theirs', bound: { most: 1 / 2 } },
  { what: 'lz4', ids: /^(encoding|decoding)\/\w+\+lz4_/, measure: 'ours / theirs', bound: { most: 1.5 } },
  {
    what: `a product with the author's own Jacobian, against ${NUMPY}`,
    ids: /^contraction\/(vjp|jvp)_4000x4000$/,
    measure: 'ours / theirs',
    bound: { most: 2.6 },
  },
  {
    what: "v·J with the author's own Jacobian, against ml-matrix",
    ids: /^contraction\/vjp_4000x4000$/,
    measure: 'ml-matrix / ours',
    bound: { least: 15 },
  },
  {
    what: `products with a kept Jacobian, against ${NUMPY}`,
    ids: /^contraction\/kept_(vjp|jvp)_(1000x1000|4000x4000)$/,
    measure: 'ours / theirs',
    bound: { most: 1.5 },
  },
  { what: 'a product, 3×4', ids: /^contraction\/.*_3x4$/, measure: 'ours', bound: { most: 0.5e-6 } },
  {
    what: `a product, 3×4, against ${NUMPY}`,
    ids: /^contraction\/.*_3x4$/,
    measure: 'theirs / ours',
    bound: { least: 20 },
  },
  {
    what: 'a probe of a sweep, beyond one pass over its data',
    ids: /^(sweep\/perProbe_|jacobianFrom(Jvp|Vjp)\/(1000x1000|4000x4000)$)/,
    measure: 'ours − limit, per probe',
    bound: { most: 1e-6 },
  },
  {
    what: 'the memory of a sweep',
    ids: /^jacobianFrom(Jvp|Vjp)\/(1000x1000|4000x4000|10x1000000|1000000x10)$/,
    measure: 'peak / result and one probe',
    bound: { most: 1.1 },
  },
];

/** What became of a target: the figure of the worst of its ids. */
export interface Verdict {
  readonly what: string;
  readonly measure: string;
  /** `≤ 0.50`. */
  readonly bound: string;
  readonly met: boolean;
  readonly figure: string;
  readonly worst: string;
  readonly ids: number;
}

/** The verdicts on those targets that the results say something about. */
export function judge(results: readonly Result[], among: readonly Target[] = targets): Verdict[] {
  return among.flatMap((target) => {
    const { what, ids, measure, bound } = target;
    const { of, text }: Measure = measures[measure];
    const found = results.flatMap((result) => {
      const value = ids.test(result.id) ? of(result) : undefined;
      return value === undefined ? [] : [{ id: result.id, value }];
    });
    const [sign, sense, limit] = 'most' in bound ? (['≤', 1, bound.most] as const) : (['≥', -1, bound.least] as const);
    const [worst] = found.toSorted((a, b) => sense * (b.value - a.value));
    if (!worst) return [];
    const met = sense * worst.value <= sense * limit;
    return [
      {
        what,
        measure,
        bound: `${sign} ${text(limit)}`,
        met,
        figure: text(worst.value),
        worst: worst.id,
        ids: found.length,
      },
    ];
  });
}

/** The verdicts as lines. */
export function verdictLines(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(
    ({ what, measure, bound, met, figure, worst, ids }) =>
      `${met ? 'met   ' : 'MISSED'} ${what}: ${measure} ${bound} is ${figure} (${ids > 1 ? `${worst}, the worst of ${ids}` : worst})`,
  );
  const missed = verdicts.filter(({ met }) => !met).length;
  return [...lines, `${verdicts.length - missed} of ${verdicts.length} targets met`].join('\n');
}
