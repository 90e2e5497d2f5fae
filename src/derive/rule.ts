/** What a derivation rule is: a row of the table in `rules.ts`. */
import type {
  DifferenceWarning,
  EndpointName,
  Endpoints,
  MaybePromise,
  Point,
  RequestOf,
  ResultOf,
  Variable,
} from '../operators/endpoints.js';
import type { Stepwise } from './drive.js';
import type { KnownPaths } from './optionChecks.js';
import type { Behind } from './planner/behind.js';
import type { Plan } from './planner/plan.js';

/** How often a base is called: once, or once for each element of `wrt` (n) or of `of` (m). */
export type CallCount = '1' | 'n' | 'm';

/** How often a base is called: the number, and in words, where `%s` is the base. */
export interface Cost {
  readonly count: (n: number, m: number) => number;
  readonly text: string;
}

/** The outputs of a point with their actual shapes. */
export type ShapeSource = (point: Point) => MaybePromise<readonly Variable[]>;

/** What a derivation has besides its base and its request. */
export interface Context<Options = unknown> {
  readonly shapes: ShapeSource;
  /** Outputs as the author's apply gives them, before they are checked against the schema. */
  readonly evaluate: (inputs: object) => MaybePromise<unknown>;
  /** What the decorator was given. */
  readonly options: Options;
  /** The component behind it, and what is kept between its requests; where there is one. */
  readonly behind?: Behind | undefined;
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
  /** The promised number of calls of each base, for a seed that is not zero; it may depend on the options. */
  readonly calls: { readonly [N in From]: CallCount | ((options: Options) => Cost) };
  /** How many times over they are made, for these outputs; once unless it says so. */
  readonly passes?: (of: readonly Variable[]) => number;
  /** In words, what may be called besides, and when. */
  readonly besides?: string;
  /** What is known beforehand to go less than well. Nothing is called. */
  readonly foresee?: (request: RequestOf[To], context: Context<Options>) => readonly DifferenceWarning[];
  /** Whether the result is a random estimate, which no other rule may build on. */
  readonly estimate?: boolean;
  /** The options that the decorator must be given. */
  readonly requires?: readonly (keyof Options & string)[];
  /** One sentence for people, with the formula. */
  readonly summary: string;
  readonly derive: (
    base: Pick<Endpoints, From>,
    request: RequestOf[To],
    context: Context<Options>,
  ) => Stepwise<ResultOf[To]>;
  /** How a request would be answered, where that takes a plan. It calls no more than what finds shapes and patterns. */
  readonly plan?: (
    base: Pick<Endpoints, From>,
    request: RequestOf[To],
    context: Context<Options>,
  ) => Stepwise<Plan | undefined>;
  /** Whether a request takes a plan; it is answered probe by probe otherwise. */
  readonly planned?: (context: Context<Options>) => boolean;
  /** Raises what is wrong with the options, whatever the request. */
  readonly checkOptions?: (options: Options, known: KnownPaths) => void;
}

/** A row, its types inferred: `derive` is refused by the compiler if it uses an endpoint that `from` does not name. */
export function rule<To extends EndpointName, const From extends EndpointName, Options = unknown>(
  row: Rule<To, From, Options>,
): Rule<To, From, Options> {
  return Object.freeze(row);
}

const perRequest: Readonly<Record<CallCount, Cost>> = {
  '1': { count: () => 1, text: '1 %s call per request' },
  n: { count: (n) => n, text: '1 %s call for each element of wrt' },
  m: { count: (_n, m) => m, text: '1 %s call for each element of the outputs' },
};

type Priced = Pick<Rule, 'calls' | 'from' | 'passes'>;

function price({ calls }: Priced, base: EndpointName, options: object): Cost {
  const promised = calls[base];
  return typeof promised === 'function' ? promised(options) : perRequest[promised];
}

/**
 * The promised number of base calls for n elements of `wrt` and m of `of`, with the decorator's options; `of` tells how
 * many passes they take.
 */
export function callsOf(
  row: Priced,
  n: number,
  m: number,
  options: object = {},
  of: readonly Variable[] = [],
): Partial<Record<EndpointName, number>> {
  const passes = row.passes?.(of) ?? 1;
  return Object.fromEntries(row.from.map((base) => [base, passes * price(row, base, options).count(n, m)]));
}

/** What a rule costs, in words, with the decorator's options. */
export function costOf(row: Priced, options: object = {}): string {
  return row.from.map((base) => price(row, base, options).text.replace('%s', base)).join(', ');
}
