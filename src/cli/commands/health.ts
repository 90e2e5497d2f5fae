/** The command `health`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** What a server's /health answers, of a component that is loaded for it. */
export const health: Command = {
  args: [componentArgument],
  options: componentOptions,
  examples: [{ command: 'cotangent health', says: 'Prints {"status":"ok"} if ./component.ts can be loaded.' }],
  run: async ({ options, args, write }) => {
    const { openTarget } = await import('../component.js');
    await openTarget(options, args[0]);
    await write('{"status":"ok"}');
    return exitCodes.ok;
  },
};
