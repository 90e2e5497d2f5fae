/** The command `jacobian-vector-product`. */
import type { Command } from '../command.js';
import { endpointCommand } from './endpoint.js';

/** Sends a request to jacobian_vector_product. */
export const jacobianVectorProduct: Command = endpointCommand('jacobian-vector-product', 'jvp', [
  {
    command:
      'cotangent jacobian-vector-product \'{"inputs": {"x": 1}, "jvp_inputs": ["x"], "jvp_outputs": ["result"], "tangent_vector": {"x": 1}}\'',
    says: 'The derivative of result along x.',
  },
]);
