/** The rules from apply: differences with the context of a component, and their warnings told. */
import type {
  Arrays,
  Blocks,
  DifferenceWarning,
  Endpoints,
  JacobianValue,
  Point,
  ProductValue,
  SeededPoint,
  Variable,
} from '../operators/endpoints.js';
import { splitDirection } from './difference/line.js';
import { nothing } from './difference/sampling.js';
import { survey } from './difference/step.js';
import type { DifferenceOptions, EstimateOptions } from './differenceOptions.js';
import type { Approximation, Source } from './differenceSource.js';
import { differenceJacobian, differenceJvp, differenceVjp, estimatedVjp } from './differences.js';
import { announce, toldOf, warningsOf } from './differenceWarnings.js';
import type { Stepwise } from './drive.js';
import { byPrecision, type Evaluate, evaluationAt, leavesOf } from './evaluation.js';
import { presentArrays, presentBlocks } from './present.js';
import type { Context } from './rule.js';

type Deriving<T, R, O> = (base: Pick<Endpoints, 'apply'>, request: R, context: Context<O>) => Stepwise<T>;

function deriving<T extends Blocks | Arrays, R extends Point, O>(
  rule: string,
  by: (source: Source<O>, point: R) => Stepwise<Approximation<T>>,
  present: (value: T) => JacobianValue | ProductValue,
): Deriving<T, R, O> {
  return function* ({ apply }, point, context): Stepwise<T> {
    const { options } = point;
    const evaluated: Evaluate = (inputs) => apply({ inputs, options });
    const errors = options?.onErrors !== undefined;
    const found = yield* by({ ...context, apply: evaluated, errors }, point);
    if (context.behind) announce(rule, warningsOf(found), options, context.behind);
    if (found.errors) options?.onErrors?.(present(found.errors));
    return found.value;
  };
}

/** The rule jacobianFromApply. */
export const jacobianByApply: Deriving<Blocks, Point, DifferenceOptions> = deriving(
  'jacobianFromApply',
  differenceJacobian,
  presentBlocks,
);
/** The rule jvpFromApply. */
export const jvpByApply: Deriving<Arrays, SeededPoint, DifferenceOptions> = deriving(
  'jvpFromApply',
  differenceJvp,
  presentArrays,
);
/** The rule vjpFromApply. */
export const vjpByApply: Deriving<Arrays, SeededPoint, DifferenceOptions> = deriving(
  'vjpFromApply',
  differenceVjp,
  presentArrays,
);
/** The rule vjpEstimateFromApply. */
export const vjpByEstimate: Deriving<Arrays, SeededPoint, EstimateOptions> = deriving(
  'vjpEstimateFromApply',
  estimatedVjp,
  presentArrays,
);

/** How many times over a sweep is made: once for the outputs of each precision. */
export function passesOf(of: readonly Variable[]): number {
  return byPrecision(of).length;
}

/** What differences at a point are known to go less than well for, before anything is evaluated, and what was told so far. */
export function foresee(point: Point, { options, behind }: Context<DifferenceOptions>): readonly DifferenceWarning[] {
  const evaluation = evaluationAt(() => undefined, point);
  const { x, inputs } = evaluation;
  const seen = survey(x, { leaves: leavesOf(point.inputs, inputs, options) });
  const { stuck } = splitDirection(seen, new Float64Array(x.length).fill(1));
  const guessed = [...x.keys()].filter((j) => seen.guessed[j]);
  const now = warningsOf({ report: { ...nothing, guessed, noRoom: stuck }, inputs });
  const before = toldOf(behind).filter(({ kind }) => kind !== 'guessed scale' && kind !== 'no room');
  return [...now, ...before];
}
