/** What the commands of the endpoints have in common: a request in, the answer's bytes out. */

import { fail } from '../../errors.js';
import type { EndpointName } from '../../operators/endpoints.js';
import {
  type Command,
  componentArgument,
  componentOptions,
  type ExampleRow,
  exitCodes,
  type Invocation,
} from '../command.js';
import { isRequest, readRequestBytes, requestArgument } from '../payload.js';

/** The command that sends requests to `endpoint`. */
export function endpointCommand(name: string, endpoint: EndpointName, examples: readonly ExampleRow[]): Command {
  return {
    args: [componentArgument, requestArgument],
    options: [...componentOptions, 'output-format', 'output-file', 'output-path', 'compression', 'input-path'],
    examples,
    run: (invocation) => run(name, endpoint, invocation),
  };
}

async function run(name: string, endpoint: EndpointName, invocation: Invocation): Promise<number> {
  const { args } = invocation;
  const [file, request] = args.length === 2 ? args : isRequest(args[0] ?? '') ? [undefined, args[0]] : [args[0]];
  if (request === undefined) {
    return fail('E_CLI_VALUE', {
      path: `The request of ${name}`,
      received: 'missing',
      expected: 'its JSON, @file, or - for standard input',
    });
  }
  const body = readRequestBytes(request);
  const { send } = await import('../answering.js');
  await send({ endpoint, file, body }, invocation);
  return exitCodes.ok;
}
