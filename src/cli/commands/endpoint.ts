/** What the commands of the endpoints have in common: a request in, the answer's bytes out. */

import { fail } from '../../errors.js';
import type { EndpointName } from '../../operators/endpoints.js';
import { type Command, componentArgument, componentOptions, type ExampleRow, type Invocation } from '../command.js';
import { isRequest, readRequestBytes, requestArgument } from '../payload.js';

/** The command that sends requests to `endpoint`. */
export function endpointCommand(name: string, endpoint: EndpointName, examples: readonly ExampleRow[]): Command {
  return {
    args: [componentArgument, requestArgument],
    options: [...componentOptions, 'output-format', 'output-file', 'output-path', 'compression', 'input-path'],
    examples,
    run: (invocation) => send(name, endpoint, invocation),
  };
}

async function send(
  name: string,
  endpoint: EndpointName,
  { options, args, write, signal }: Invocation,
): Promise<number> {
  const [file, request] = args.length === 2 ? args : isRequest(args[0] ?? '') ? [undefined, args[0]] : [args[0]];
  if (request === undefined) {
    return fail('E_CLI_VALUE', {
      path: `The request of ${name}`,
      received: 'missing',
      expected: 'its JSON, @file, or - for standard input',
    });
  }
  const body = readRequestBytes(request);
  const [target, { answer }, { arrayFiles }] = await Promise.all([
    import('../component.js').then(({ openTarget }) => openTarget(options, file)),
    import('../../runtime/wire.js'),
    import('../../codec/node/files.js'),
  ]);
  const { 'output-path': output = '.', 'input-path': input } = options;
  const bytes = await answer(target, endpoint, body, {
    format: options['output-format'],
    compression: options.compression,
    files: arrayFiles({ input, output }),
    signal,
  });
  await deliver(bytes, options['output-file'], output, write);
  return 0;
}

async function deliver(
  bytes: Uint8Array,
  name: string | undefined,
  folder: string,
  write: Invocation['write'],
): Promise<void> {
  if (name !== undefined) {
    const { writeOutput } = await import('../output.js');
    return writeOutput(folder, name, bytes);
  }
  await write(bytes);
  // Programs get the answer to the byte; people their prompt on a new line.
  if (process.stdout.isTTY) await write('\n');
}
