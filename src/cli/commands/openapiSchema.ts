/** The command `openapi-schema`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** Prints the OpenAPI document that a server gives at /openapi.json. */
export const openapiSchema: Command = {
  args: [componentArgument],
  options: [...componentOptions, 'name', 'description', 'component-version', 'output-path'],
  examples: [
    { command: 'cotangent openapi-schema > openapi.json', says: 'Write the document of ./component.ts to a file.' },
  ],
  run: async ({ options, args, write }) => {
    const [{ openTarget }, { describeComponent }, { settingsOf }] = await Promise.all([
      import('../component.js'),
      import('../../server/description.js'),
      import('../../server/options.js'),
    ]);
    const { name, description, 'component-version': version, 'output-path': outputPath } = options;
    const { compiled } = await openTarget(options, args[0]);
    const { document } = describeComponent(compiled, settingsOf({ name, description, version, outputPath }));
    await write(`${JSON.stringify(document, null, 2)}\n`);
    return exitCodes.ok;
  },
};
