/** What a check of derivatives may be asked. To add an option, add it here and, if it has a range, to `ranges`. */
import { fail } from '../../errors.js';
import { type DerivativeName, derivativeNames } from '../../operators/endpoints.js';

/** What a check of derivatives may be asked. A path may be a pattern: `loads.[]`, `rates.{}`. */
export interface CheckOptions {
  /** The outputs to differentiate: all differentiable ones unless given. */
  readonly of?: readonly string[];
  /** The inputs to differentiate by: all differentiable ones unless given. */
  readonly wrt?: readonly string[];
  /** The endpoints to check: all that are offered, except those derived by differences. */
  readonly endpoints?: readonly DerivativeName[];
  /** What decides the random directions. 0 unless given. */
  readonly seed?: number;
  /** The relative deviation allowed: one for all paths, or by path of an output or input, `*` for the others; never below rounding. */
  readonly tolerance?: number | { readonly [path: string]: number };
  /** The relative error of apply, where it is above rounding: the tolerance of a solver inside. */
  readonly noise?: number;
  /** Typical magnitudes of inputs by path: the steps of differences are relative to them. */
  readonly magnitudes?: { readonly [path: string]: number };
  /** Bounds on inputs by path that no evaluation crosses. */
  readonly bounds?: { readonly [path: string]: readonly [lower: number, upper: number] };
  /** Compare every element with differences, instead of random directions: (6n + n + m) calls. */
  readonly exhaustive?: boolean;
  /** How many faults an exhaustive check names: 10 unless given. Otherwise one is searched for. */
  readonly faults?: number;
  /** How many calls finding a fault may take: 32 unless given. */
  readonly searchCalls?: number;
  /** The jacobian is called only if it has at most so many elements: 4 million unless given. */
  readonly jacobianSize?: number;
  /** Also sample what a page draws: 40 calls for each input, and 6 or 7 for each column of the Jacobian that is shown. */
  readonly pictures?: boolean;
  /** How many elements of each array the pictures of the Jacobian show: 48 unless given. */
  readonly samples?: number;
  readonly signal?: AbortSignal;
  /** Told before each call: how many were made, of which endpoint this one is, and how many are expected in all. */
  readonly onCall?: (made: number, endpoint: string, expected: number) => void;
}

interface OptionRange {
  readonly holds: (value: number) => boolean;
  readonly text: string;
}

const size: OptionRange = { holds: (value) => value >= 0 && value < Infinity, text: 'a number ≥ 0' };
const count: OptionRange = { holds: (value) => value >= 0, text: 'a number ≥ 0' };
const ranges = {
  seed: { holds: Number.isFinite, text: 'a number' },
  tolerance: size,
  noise: size,
  magnitudes: { holds: (value) => value > 0 && value < Infinity, text: 'a number > 0' },
  faults: count,
  searchCalls: count,
  jacobianSize: count,
  samples: count,
} as const satisfies { readonly [N in keyof CheckOptions]?: OptionRange };

/** Raise what is wrong with options: `E_OPTION`, with the path of the option. */
export function mustBeSound(options: CheckOptions): void {
  for (const name of Object.keys(ranges) as (keyof typeof ranges)[]) {
    const { holds, text }: OptionRange = ranges[name];
    for (const [path, value] of valuesOf(name, options[name])) {
      if (typeof value !== 'number' || !holds(value)) refuse(path, value, text);
    }
  }
  for (const [path, pair] of Object.entries(options.bounds ?? {})) {
    if (!(pair[0] <= pair[1])) refuse(`bounds["${path}"]`, pair, 'two numbers, the lower one first');
  }
  for (const name of options.endpoints ?? []) {
    if (!derivativeNames.includes(name)) refuse('endpoints', name, derivativeNames.join(', '));
  }
}

function valuesOf(name: string, value: CheckOptions[keyof CheckOptions]): readonly (readonly [string, unknown])[] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [[name, value]];
  return Object.entries(value).map(([path, one]) => [`${name}["${path}"]`, one]);
}

function refuse(path: string, received: unknown, expected: string): never {
  return fail('E_OPTION', { path, received: String(received), expected });
}
