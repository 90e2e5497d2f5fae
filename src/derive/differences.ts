/**
 * Derivatives out of apply alone, by differences: `difference/` does the arithmetic on flat vectors, this file takes a
 * request apart for it and puts the answer together.
 */
import { isZero } from '../array/contraction.js';
import { dtypes } from '../array/dtype.js';
import { NdArray } from '../array/ndarray.js';
import type { Arrays, Blocks, Point, SeededPoint } from '../operators/endpoints.js';
import { complexJvp } from './difference/complexStep.js';
import { jvpSteps } from './difference/directional.js';
import type { TakeError } from './difference/flat.js';
import { dot, type TakeColumn } from './difference/jacobian.js';
import { nothing } from './difference/sampling.js';
import { differenceEstimate } from './difference/stochastic.js';
import {
  complexDot,
  emptyBlocks,
  flat,
  gradients,
  imaginaryFree,
  setColumn,
  split,
  zeroLike,
} from './differenceArrays.js';
import type { EstimateOptions } from './differenceOptions.js';
import {
  type Approximation,
  approximation,
  evaluationOf,
  inPasses,
  liveOf,
  outputPlaces,
  type Source,
  settingOf,
  sumOf,
  wanted,
} from './differenceSource.js';
import { columns, confirmComplex, explain } from './differenceSweep.js';
import type { Stepwise } from './drive.js';
import { evaluationAt, placeAt } from './evaluation.js';
import { refuseMixed } from './probe.js';

/** J column by column: each from differences along one element of the inputs. */
export function* differenceJacobian(source: Source, point: Point): Stepwise<Approximation<Blocks>> {
  return yield* inPasses(source, point, jacobianPass, (blocks) => Object.assign({}, ...blocks));
}

function* jacobianPass(source: Source, point: Point): Stepwise<Approximation<Blocks>> {
  refuseMixed('jacobianFromApply', point.of, point.wrt);
  const evaluation = evaluationOf(source, point);
  const { inputs } = evaluation;
  const limit = point.options?.memoryLimit;
  const found = { value: undefined as Blocks | undefined, errors: undefined as Blocks | undefined };
  const take: TakeColumn = (j, column, errors) => {
    const { place, element } = placeAt(inputs, j);
    const outputs = evaluation.outputs()!;
    found.value ??= emptyBlocks(outputs, inputs, limit);
    setColumn(found.value, outputs, place, element, column);
    if (!errors) return;
    found.errors ??= emptyBlocks(outputs, inputs, limit);
    setColumn(found.errors, outputs, place, element, errors);
  };
  const revise: TakeError = (j, i, error) => {
    const { place, element } = placeAt(inputs, j);
    const { place: output, element: row } = placeAt(evaluation.outputs()!, i);
    const block = found.errors?.[output.variable.path]?.[place.variable.path];
    if (block && dtypes[block.dtype].components === 1)
      (block as NdArray).data[row * place.array.size + element] = error;
  };
  const report = yield* columns('jacobianFromApply', source, point, evaluation, { take, revise });
  const value = found.value ?? emptyBlocks(yield* outputPlaces(source, point), inputs, limit);
  return approximation(value, found.errors ?? (source.errors ? value : undefined), report, evaluation);
}

/** ẏ = J·t from differences along t. */
export function* differenceJvp(source: Source, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  return yield* inPasses(source, point, jvpPass, (products) => Object.assign({}, ...products));
}

function* jvpPass(source: Source, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  const wrt = point.wrt.filter(({ path }) => !isZero(point.seed[path]!));
  refuseMixed('jvpFromApply', point.of, wrt);
  if (wrt.length === 0) {
    const value = Object.fromEntries(
      (yield* outputPlaces(source, point)).map(({ variable, array }) => [variable.path, zeroLike(array)]),
    );
    return approximation(value, source.errors ? value : undefined, nothing);
  }
  const evaluation = evaluationOf(source, { ...point, wrt });
  const { oracle, x, inputs } = evaluation;
  const direction = new Float64Array(x.length);
  for (const { variable, start } of inputs) direction.set(flat(point.seed[variable.path]!), start);
  const present = (values: Float64Array) => split(values, evaluation.outputs()!);
  const setting = yield* settingOf(source, { ...point, wrt }, evaluation);
  if (source.options.complexStep) {
    const product = yield* complexJvp(oracle, x, direction, setting);
    const real = { direction, product, size: product.map(Math.abs) };
    const more = yield* confirmComplex(source, { ...point, wrt }, setting, real);
    const values = imaginaryFree(product, evaluation.outputs()!);
    return approximation(values, undefined, { ...nothing, evaluations: 1 + more }, evaluation);
  }
  const { values, errors, report } = yield* jvpSteps(oracle, x, direction, { ...setting, ...wanted(source) });
  explain('jvpFromApply', evaluation, report, 1);
  return approximation(present(values), errors && present(errors), report, evaluation);
}

/** x̄ = Jᵀ·c: element j is the product of c with column j. No more than one column is held. */
export function* differenceVjp(source: Source, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  return yield* inPasses(source, liveOf(point), vjpPass, sumOf);
}

function* vjpPass(source: Source, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  const { of } = point;
  refuseMixed('vjpFromApply', of, point.wrt);
  const evaluation = evaluationOf(source, { ...point, of });
  const { inputs } = evaluation;
  const value = gradients(inputs);
  const errors = source.errors ? gradients(inputs) : undefined;
  if (of.length === 0) return approximation(value, errors, nothing, evaluation);
  const cotangent = Float64Array.from(of.flatMap(({ path }) => [...flat(point.seed[path]!)]));
  const sizes = cotangent.map(Math.abs);
  const complex = inputs.some(({ array }) => dtypes[array.dtype].components === 2);
  const take: TakeColumn = (j, column, error) => {
    const { place, element } = placeAt(inputs, j);
    const into = (value[place.variable.path] as NdArray).data;
    if (complex) [into[2 * element], into[2 * element + 1]] = complexDot(cotangent, column);
    else into[element] = dot(cotangent, column);
    if (error && errors)
      (errors[place.variable.path] as NdArray).data[complex ? 2 * element : element] = dot(sizes, error);
  };
  const revise: TakeError = (j, i, error) => {
    const { place, element } = placeAt(inputs, j);
    if (errors && !complex) (errors[place.variable.path] as NdArray).data[element]! += sizes[i]! * error;
  };
  const report = yield* columns('vjpFromApply', source, point, evaluation, { take, revise, weights: cotangent });
  return approximation(value, errors, report, evaluation);
}

/** An estimate of x̄ = Jᵀ·c from differences along k random directions, and the standard error of each element. */
export function* estimatedVjp(source: Source<EstimateOptions>, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  return yield* inPasses(source, liveOf(point), estimatePass, sumOf);
}

function* estimatePass(source: Source<EstimateOptions>, point: SeededPoint): Stepwise<Approximation<Arrays>> {
  const { of } = point;
  const evaluation = evaluationAt(source.apply, point);
  const { oracle, x, inputs } = evaluation;
  refuseMixed('vjpEstimateFromApply', of, point.wrt);
  const cotangent = Float64Array.from(of.flatMap(({ path }) => [...flat(point.seed[path]!)]));
  const setting = of.length > 0 ? yield* settingOf(source, point, evaluation) : {};
  const { samples, seed } = source.options;
  const asked = seed === undefined ? { samples } : { samples, seed };
  const estimate = yield* differenceEstimate(oracle, x, cotangent, { ...setting, ...asked });
  explain('vjpEstimateFromApply', evaluation, estimate.report, estimate.samples);
  const [value, errors] = [split(estimate.values, inputs), split(estimate.standardError, inputs)];
  return approximation(value, errors, estimate.report, evaluation);
}
