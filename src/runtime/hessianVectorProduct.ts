/** Hessian-vector products of a scalar of a component's outputs. */
import { hvp } from '../derive/difference/hessian.js';
import { joinArrays, splitFlat } from '../derive/planner/flat.js';
import { presentArrays } from '../derive/present.js';
import type { ComponentError } from '../errors.js';
import type { Arrays, MaybePromise, ProductValue } from '../operators/endpoints.js';
import { raise } from '../operators/operator.js';
import { readSeed } from '../operators/request.js';
import { type Gradient, gradientOf, raiseFailure, type SecondOrderOptions, tellWarnings } from './gradient.js';
import type { ComponentHandle, DerivativeLiteral, Seed } from './handle.js';

/** A request for second derivatives of ⟨c, f⟩. */
export interface SecondOrderLiteral<I> extends DerivativeLiteral<I> {
  /** The weights c of the outputs; 1 where there is one output, a scalar. */
  readonly cotangent?: Seed;
}

/**
 * H·d, where H is the second derivative of ⟨c, f⟩ by `wrt`: an array for each path of `wrt`.
 *
 * From the author's own `hvp` where a linearization has one (this process only); else from central differences of the
 * gradient along d: 3 vjp calls (`richardson` 4), to about 1e-10 of ‖H·d‖. A direction of zeros costs no call. Rejects with
 * `E_HANDLE`, `E_SEED_KEYS` (several outputs and no weights), `E_MATRIX_DTYPE` (complex arrays), or as `vjp` does.
 */
export async function hessianVectorProduct<I extends object>(
  handle: Pick<ComponentHandle<I>, 'vjp' | 'provenance'>,
  request: SecondOrderLiteral<I> & { readonly direction: Seed },
  options: SecondOrderOptions = {},
): Promise<ProductValue> {
  const { direction, ...rest } = request;
  const wrt = rest.wrt ?? Object.keys(direction);
  const gradient = await gradientOf(handle, { ...rest, wrt }, options);
  const problems: ComponentError[] = [];
  const seed = readSeed('tangent', 'direction', direction, gradient.point.wrt, problems);
  raise('The direction', problems);
  const exact = await exactProduct(gradient, options);
  return presentArrays(await (exact ? exact(seed) : differences(gradient, seed, options)));
}

/** H·d by the author's own method, or undefined where there is none. */
export async function exactProduct(
  { offer, point }: Gradient,
  { method }: SecondOrderOptions,
): Promise<((direction: Arrays) => MaybePromise<Arrays>) | undefined> {
  return method === 'differences' ? undefined : offer.endpoints.hvp?.(point);
}

async function differences(gradient: Gradient, direction: Arrays, options: SecondOrderOptions): Promise<Arrays> {
  const { space, evaluation, setting } = gradient;
  const flat = joinArrays(space, direction).slice();
  const { values, report } = await hvp(evaluation.oracle, evaluation.x, flat, setting);
  raiseFailure(gradient, values);
  tellWarnings(gradient, 'hessianVectorProduct', report, options);
  return splitFlat(space, values);
}
