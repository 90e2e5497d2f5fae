/** The command `vector-jacobian-product`. */
import type { Command } from '../command.js';
import { endpointCommand } from './endpoint.js';

/** Sends a request to vector_jacobian_product. */
export const vectorJacobianProduct: Command = endpointCommand('vector-jacobian-product', 'vjp', [
  {
    command:
      'cotangent vector-jacobian-product \'{"inputs": {"x": 1}, "vjp_inputs": ["x", "y"], "vjp_outputs": ["result"], "cotangent_vector": {"result": 1}}\'',
    says: 'The gradient of result.',
  },
]);
