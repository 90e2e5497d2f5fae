/** The command `jacobian`. */
import type { Command } from '../command.js';
import { endpointCommand } from './endpoint.js';

/** Sends a request to jacobian. */
export const jacobian: Command = endpointCommand('jacobian', 'jacobian', [
  {
    command: 'cotangent jacobian \'{"inputs": {"x": 1}, "jac_inputs": ["x", "y"], "jac_outputs": ["result"]}\'',
    says: 'The derivatives of result by x and y.',
  },
]);
