/** The gradient of a scalar of a component's outputs, by the vjp of a handle: a function of one flat vector. */
import { type DType, dtypes } from '../array/dtype.js';
import { NdArray } from '../array/ndarray.js';
import { sizeOf } from '../array/shape.js';
import type { Offer } from '../component/extend.js';
import type { Report } from '../derive/difference/sampling.js';
import type { Setting } from '../derive/difference/step.js';
import type { DifferenceOptions } from '../derive/differenceOptions.js';
import { announce, warningsOf } from '../derive/differenceWarnings.js';
import { coarsest, type Evaluation, evaluationAt, leavesOf } from '../derive/evaluation.js';
import type { Behind } from '../derive/planner/behind.js';
import { type Space, spaceOf } from '../derive/planner/flat.js';
import { warn } from '../derive/planner/warning.js';
import { type ComponentError, fail } from '../errors.js';
import type { Arrays, CallOptions, Point, SeededPoint, Variable } from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';
import { raise } from '../operators/operator.js';
import { readSeed } from '../operators/request.js';
import { describe } from '../schema/check.js';
import { foundationOf } from './handleOver.js';
import { type Addressee, pointAt } from './operatorAt.js';

/** How second derivatives are taken: what differences of the gradient may be told, and whether they are to be taken at all. */
export interface SecondOrderOptions extends CallOptions, Omit<DifferenceOptions, 'complexStep' | 'noise'> {
  /** The relative error of a gradient where it is above roundoff; steps grow with it. */
  readonly noise?: number;
  /** `differences` even where the author's linearization has an exact `hvp`. */
  readonly method?: 'differences';
}

/** A gradient near a point. */
export interface Gradient {
  readonly offer: Offer;
  /** The point: its seed is the weights c of the scalar ⟨c, f⟩. */
  readonly point: SeededPoint;
  readonly space: Space;
  readonly evaluation: Evaluation;
  readonly setting: Setting;
}

/** The gradient of ⟨c, f⟩ at the inputs of a request; c is 1 where there is one scalar output and no cotangent. */
export async function gradientOf(handle: object, raw: RawRequest, options: SecondOrderOptions = {}): Promise<Gradient> {
  const under = foundationOf(handle);
  if (!under) return fail('E_HANDLE', { received: describe(handle) });
  const offer = under.offer();
  const addressee: Addressee = { compiled: offer.compiled, send: under.sender(offer) };
  const point = await pointAt(addressee, raw, options);
  refuseComplex([...point.of, ...point.wrt]);
  const seeded = { ...point, seed: weightsOf(point, raw.cotangent) };
  const evaluation = evaluationAt(pullbackBy(addressee, seeded), { ...point, of: point.wrt.map(atTop) });
  const { scheme, noise } = options;
  const setting: Setting = {
    leaves: leavesOf(point.inputs, evaluation.inputs, options),
    output: coarsest(point.wrt),
    ...(scheme === undefined ? {} : { scheme }),
    ...(noise === undefined ? {} : { noise }),
  };
  return { offer, point: seeded, space: spaceOf(point.wrt), evaluation, setting };
}

function refuseComplex(variables: readonly Variable[]): void {
  for (const { dtype } of variables) {
    if (dtype === 'any' || dtypes[dtype].kind !== 'complex') continue;
    fail('E_MATRIX_DTYPE', { received: dtype, expected: 'float64' });
  }
}

function weightsOf({ of }: Point, raw: unknown): Arrays {
  if (raw !== undefined) {
    const problems: ComponentError[] = [];
    const seed = readSeed('cotangent', 'cotangent', raw, of, problems);
    raise('The cotangent', problems);
    return seed;
  }
  const [one, other] = of;
  if (!one || other || sizeOf(one.shape ?? []) !== 1) {
    return fail('E_SEED_KEYS', {
      path: 'cotangent',
      received: '{}',
      expected: `{${of.map(({ path }) => path).join(', ')}} (the weights that make one scalar of the outputs)`,
    });
  }
  return { [one.path]: new NdArray<DType>('float64', one.shape ?? [], Float64Array.of(1)) };
}

/** A pullback has its arrays under their paths, at the top. */
function atTop(variable: Variable): Variable {
  return { ...variable, steps: [{ kind: 'field', name: variable.path }] };
}

function pullbackBy(
  { send }: Addressee,
  { of, wrt, seed, options }: SeededPoint,
): (inputs: object) => Promise<unknown> {
  const paths = { of: of.map(({ path }) => path), wrt: wrt.map(({ path }) => path) };
  return (inputs) => send('vjp', { inputs, ...paths, cotangent: seed }, options);
}

const tables = new WeakMap<object, Behind['known']>();

/** Tell what differences of the gradient could not do well: the caller, or else the process, once for a component. */
export function tellWarnings(gradient: Gradient, rule: string, report: Report, options: SecondOrderOptions): void {
  const { offer, evaluation } = gradient;
  const known = tables.get(offer.compiled) ?? new Map();
  tables.set(offer.compiled, known);
  const found = { report, inputs: evaluation.inputs, outputs: evaluation.outputs() };
  announce(rule, warningsOf(found), options, { component: offer.compiled.signature.name, known, warn });
}

/** Raise what the gradient threw, where that is why a second derivative has no value. */
export function raiseFailure({ evaluation }: Gradient, values: Float64Array): void {
  const failure = evaluation.failure();
  if (failure !== undefined && values.some(Number.isNaN)) throw failure.cause;
}
