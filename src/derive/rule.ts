/** What a derivation rule is: a row of the table in `rules.ts`. */
import type {
  EndpointName,
  Endpoints,
  MaybePromise,
  Point,
  RequestOf,
  ResultOf,
  Variable,
} from '../operators/endpoints.js';
import type { Stepwise } from './drive.js';

/** How often a base is called: a number, or that many for each element of `wrt` (n) or of `of` (m). */
export type CallCount = '1' | '2' | 'n' | '2n' | 'm';

/** The outputs of a point with their actual shapes. */
export type ShapeSource = (point: Point) => MaybePromise<readonly Variable[]>;

/** What a derivation has besides its base and its request. */
export interface Context<Options = unknown> {
  readonly shapes: ShapeSource;
  /** What the decorator was given. */
  readonly options: Options;
}

/** A way to answer one endpoint from others. It sees only the endpoints named in `from`. */
export interface Rule<
  To extends EndpointName = EndpointName,
  From extends EndpointName = EndpointName,
  Options = unknown,
> {
  readonly to: To;
  readonly from: readonly From[];
  /** Whether it must know the outputs' shapes beforehand: from `abstractEval`, the schema, or one `apply`. */
  readonly needsShapes: boolean;
  /** Whether the result is that of the base up to rounding. */
  readonly exact: boolean;
  /** The promised number of calls of each base, for a seed that is not zero. */
  readonly calls: { readonly [N in From]: CallCount };
  /** One sentence for people, with the formula. */
  readonly summary: string;
  readonly derive: (
    base: Pick<Endpoints, From>,
    request: RequestOf[To],
    context: Context<Options>,
  ) => Stepwise<ResultOf[To]>;
}

/** A row, its types inferred: `derive` is refused by the compiler if it uses an endpoint that `from` does not name. */
export function rule<To extends EndpointName, const From extends EndpointName, Options = unknown>(
  row: Rule<To, From, Options>,
): Rule<To, From, Options> {
  return Object.freeze(row);
}

const perRequest: Readonly<
  Record<CallCount, { readonly count: (n: number, m: number) => number; readonly text: string }>
> = {
  '1': { count: () => 1, text: '1 %s call per request' },
  '2': { count: () => 2, text: '2 %s calls per request' },
  n: { count: (n) => n, text: '1 %s call for each element of wrt' },
  '2n': { count: (n) => 2 * n, text: '2 %s calls for each element of wrt' },
  m: { count: (_n, m) => m, text: '1 %s call for each element of the outputs' },
};

/** The promised number of base calls for n elements of `wrt` and m of `of`. */
export function callsOf(
  row: Pick<Rule, 'calls' | 'from'>,
  n: number,
  m: number,
): Partial<Record<EndpointName, number>> {
  return Object.fromEntries(row.from.map((base) => [base, perRequest[row.calls[base]].count(n, m)]));
}

/** What a rule costs, in words. */
export function costOf(row: Pick<Rule, 'calls' | 'from'>): string {
  return row.from.map((base) => perRequest[row.calls[base]].text.replace('%s', base)).join(', ');
}
