/** A request to an endpoint of the component, and its answer written out: what the commands of the endpoints run. */
import { arrayFiles } from '../codec/node/files.js';
import type { EndpointName } from '../operators/endpoints.js';
import { answer } from '../runtime/wire.js';
import type { Invocation } from './command.js';
import { openTarget } from './component.js';
import { writeOutput } from './output.js';

/** What is sent where. */
export interface CommandRequest {
  readonly endpoint: EndpointName;
  /** The file of the component, where one is named. */
  readonly file: string | undefined;
  readonly body: Uint8Array;
}

/** Sends a request, and delivers the answer's bytes. */
export async function send({ endpoint, file, body }: CommandRequest, invocation: Invocation): Promise<void> {
  const { options, write, signal } = invocation;
  const { 'output-path': output = '.', 'input-path': input } = options;
  const bytes = await answer(await openTarget(options, file), endpoint, body, {
    format: options['output-format'],
    compression: options.compression,
    files: arrayFiles({ input, output }),
    signal,
  });
  const name = options['output-file'];
  if (name !== undefined) return writeOutput(output, name, bytes);
  await write(bytes);
  // Programs get the answer to the byte; people their prompt on a new line.
  if (process.stdout.isTTY) await write('\n');
}
