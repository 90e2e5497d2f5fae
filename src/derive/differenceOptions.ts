/** What a derivation by differences may be told, and what it then costs. */
import type { Scheme } from './difference/scheme.js';
import { schemes } from './difference/scheme.js';
import type { Cost } from './rule.js';

/** What a derivation by differences may be told. A path may be a pattern: `loads.[]`, `rates.{}`. */
export interface DifferenceOptions {
  /** Where it evaluates: `central` (2 for each direction) unless said otherwise, `forward` (1), `richardson` (4). */
  readonly scheme?: Scheme;
  /**
   * The relative error of an evaluation where it is above roundoff, such as the tolerance of a solver inside; steps grow
   * with it. `'estimate'` measures it with nine evaluations for each request.
   */
  readonly noise?: number | 'estimate';
  /** Typical magnitudes by path, for inputs that are 0 or of an untypical size: steps are relative to these. */
  readonly magnitudes?: { readonly [path: string]: number };
  /** Bounds by path that no evaluation crosses, besides those that class-validator puts on the field of a number. */
  readonly bounds?: { readonly [path: string]: readonly [lower: number, upper: number] };
  /**
   * Evaluate once for each direction at a complex point, exact to roundoff. The author's apply must compute with the
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

interface PerDirection {
  /** Evaluations for each direction. */
  readonly each: number;
  /** Evaluations besides. */
  readonly extra: number;
}

function evaluations({ scheme = 'central', noise, complexStep }: DifferenceOptions): PerDirection {
  if (complexStep) return { each: 1, extra: 0 };
  const nodes = schemes[scheme].stencils[0]!.nodes;
  const base = nodes.includes(0) ? 1 : 0;
  return { each: nodes.length - base, extra: base + (noise === 'estimate' ? noiseEvaluations : 0) };
}

const calls = (count: number) => `${count} %s ${count === 1 ? 'call' : 'calls'}`;

/** The cost of differences along one direction. */
export function directionCost(options: DifferenceOptions): Cost {
  const { each, extra } = evaluations(options);
  return { count: () => each + extra, text: `${calls(each + extra)} per request` };
}

/** The cost of differences along every element. */
export function sweepCost(options: DifferenceOptions): Cost {
  const { each, extra } = evaluations(options);
  const more = extra === 0 ? '' : `, and ${extra} more`;
  return {
    count: (n) => (n === 0 ? 0 : each * n + extra),
    text: `${calls(each)} for each element of wrt${more}`,
  };
}

/** The cost of differences along k of n directions. */
export function estimateCost(options: EstimateOptions): Cost {
  const { each, extra } = evaluations(options);
  const { samples = 0 } = options;
  // A scheme that needs the base evaluates it once for each direction: they are taken one by one.
  const perSample = each + (options.scheme === 'forward' ? 1 : 0);
  const besides = extra - (perSample - each);
  return {
    count: (n) => (n === 0 ? 0 : perSample * Math.min(samples, n) + besides),
    text: samples === 0 ? `${calls(perSample)} for each sample` : `${calls(perSample * samples + besides)} per request`,
  };
}
