/** The operator `vjp`: the pullback Jᵀ·c. */
import type { Operator } from './operator.js';
import { product } from './product.js';

/** The vector-Jacobian product: an array of each input's shape. */
export const vjp: Operator<'vjp'> = product({
  name: 'vjp',
  route: 'vector_jacobian_product',
  decorator: 'Vjp',
  summary: 'The vector-Jacobian product: the pullback of a cotangent.',
  wire: { of: 'vjp_outputs', wrt: 'vjp_inputs', seed: 'cotangent_vector' },
  seed: 'cotangent',
  side: 'input',
});
