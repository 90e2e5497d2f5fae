/** The operator `jvp`: the pushforward J·t. */
import type { Operator } from './operator.js';
import { product } from './product.js';

/** The Jacobian-vector product: an array of each output's shape. */
export const jvp: Operator<'jvp'> = product({
  name: 'jvp',
  route: 'jacobian_vector_product',
  decorator: 'Jvp',
  summary: 'The Jacobian-vector product: the pushforward of a tangent.',
  wire: { of: 'jvp_outputs', wrt: 'jvp_inputs', seed: 'tangent_vector' },
  seed: 'tangent',
  side: 'output',
});
