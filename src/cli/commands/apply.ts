/** The command `apply`. */
import type { Command } from '../command.js';
import { endpointCommand } from './endpoint.js';

/** Sends a request to apply. */
export const apply: Command = endpointCommand('apply', 'apply', [
  {
    command: 'cotangent apply \'{"inputs": {"x": 1, "y": 2}}\'',
    says: 'Evaluate ./component.ts; fields that are left out have their defaults.',
  },
  {
    command: 'cotangent apply component.ts @request.json --output-format json+base64',
    says: 'Read the request from a file, and write arrays as base64.',
  },
  {
    command: 'echo \'{"inputs": {"x": 1}}\' | cotangent apply component.ts - | head -c 80',
    says: 'Read the request from standard input.',
  },
]);
