/** The shapes of outputs without their values. */
import type { AbstractEvaluation, Endpoints } from '../operators/endpoints.js';
import { type Stepwise, settled } from './drive.js';

/** The abstract outputs: the schema's, where it fixes them, else the outputs of one apply on inputs of these shapes. */
export function* shapesByApply({ apply }: Pick<Endpoints, 'apply'>, request: AbstractEvaluation): Stepwise<object> {
  if (request.fixed) return request.fixed;
  return yield* settled(apply({ inputs: request.sample(), options: request.options }));
}
