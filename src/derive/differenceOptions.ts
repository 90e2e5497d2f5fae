/** What a derivation by differences may be told, and what it then costs. */
import type { Bounds } from '../operators/bounds.js';
import type { Scheme } from './difference/scheme.js';
import { schemes } from './difference/scheme.js';
import type { Cost } from './rule.js';

/** What a derivation by differences may be told. A path may be a pattern: `loads.[]`, `rates.{}`. */
export interface DifferenceOptions {
  /** Where it evaluates: `central` (2 for each direction, and 1 more) unless said otherwise, `forward` (1, and 3 more), `richardson` (4, and 1 more). */
  readonly scheme?: Scheme;
  /**
   * The relative error of an evaluation where it is above roundoff, such as the tolerance of a solver inside; steps grow
   * with it. `'estimate'` measures it with nine evaluations for each request.
   */
  readonly noise?: number | 'estimate';
  /** Typical magnitudes by path, for inputs that are 0 or of an untypical size: steps are relative to these. */
  readonly magnitudes?: { readonly [path: string]: number };
  /**
   * Bounds by path that no evaluation crosses, besides those that class-validator puts on the field of a number; of an
   * array, one number for all of its elements, or one for each, laid end to end. A point beyond them is refused.
   */
  readonly bounds?: { readonly [path: string]: Bounds };
  /**
   * Evaluate once for each direction at a complex point, exact to roundoff, and compare it along one direction with a
   * difference of real numbers (3 calls). The author's apply must compute with the
   * complex arrays it is then given for real fields, and give complex outputs.
   */
  readonly complexStep?: true;
}

/** What an estimate of a vjp must be told: how many directional derivatives it may take. */
export interface EstimateOptions extends Omit<DifferenceOptions, 'complexStep'> {
  /** The number k of random orthogonal directions, of n: the relative error is √(n/k − 1). */
  readonly samples: number;
  /** What decides the directions: the same seed, the same estimate. 0 unless given. */
  readonly seed?: number;
}

const noiseEvaluations = 9;
const complexCheck = 3;

interface PerDirection {
  /** Evaluations for each direction of its own. */
  readonly alone: number;
  /** Evaluations for each direction of a sweep. */
  readonly each: number;
  /** Evaluations besides. */
  readonly extra: number;
  /** Evaluations besides for a sweep. */
  readonly sweep: number;
}

function evaluations({ scheme = 'central', noise, complexStep }: DifferenceOptions): PerDirection {
  const measured = noise === 'estimate' ? noiseEvaluations : 0;
  if (complexStep) return { alone: 1, each: 1, extra: complexCheck + measured, sweep: 0 };
  // The one at x shows where a function bends, or has a kink. Forward differences need a node on the other side as well:
  // one for each direction of its own, and two for a sweep.
  const each = schemes[scheme].stencils[0]!.nodes.filter((node) => node !== 0).length;
  const isForward = scheme === 'forward';
  return { alone: isForward ? 2 : each, each, extra: 1 + measured, sweep: isForward ? 2 : 0 };
}

const calls = (count: number) => `${count} %s ${count === 1 ? 'call' : 'calls'}`;

/** The cost of differences along one direction. */
export function directionCost(options: DifferenceOptions): Cost {
  const { alone, extra } = evaluations(options);
  return { count: () => alone + extra, text: `${calls(alone + extra)} per request` };
}

/** The cost of differences along every element. */
export function sweepCost(options: DifferenceOptions): Cost {
  const { each, extra, sweep } = evaluations(options);
  const more = `, and ${extra + sweep} more`;
  return {
    count: (n) => (n === 0 ? 0 : each * n + extra + sweep),
    text: `${calls(each)} for each element of wrt${more}`,
  };
}

/** The cost of differences along k of n directions. */
export function estimateCost(options: EstimateOptions): Cost {
  const { alone, extra } = evaluations(options);
  const { samples = 0 } = options;
  const more = extra === 0 ? '' : `, and ${extra} more`;
  return {
    count: (n) => (n === 0 ? 0 : alone * Math.min(samples, n) + extra),
    text: samples === 0 ? `${calls(alone)} for each sample${more}` : `${calls(alone * samples + extra)} per request`,
  };
}

/** What may be called besides, and when. */
export const besides =
  'More where it has to look again. For an element: 2 where a bound or the domain allows one side only, 2 or 4 where it is ' +
  'next to nothing beside its neighbours, at most 18 where an output bends or jumps within the step. Where an element ' +
  'moves nothing, or nothing moves an output: 2 for all of them together, and at most 6 for each that turns out to be rounded.';
