/** The command `abstract-eval`. */
import type { Command } from '../command.js';
import { endpointCommand } from './endpoint.js';

/** Sends a request to abstract_eval. */
export const abstractEval: Command = endpointCommand('abstract-eval', 'abstractEval', [
  {
    command:
      'cotangent abstract-eval \'{"inputs": {"x": {"shape": [], "dtype": "float32"}, "y": {"shape": [], "dtype": "float32"}}}\'',
    says: 'The shape and dtype of each output.',
  },
]);
