/** The command `check`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** Loads the component: every mistake in its definition is found on the way. */
export const check: Command = {
  description: 'Loads the component and checks its definition. Exit code 1 where something is wrong with it.',
  args: [componentArgument],
  options: componentOptions,
  examples: [
    { command: 'cotangent check', says: 'Check ./component.ts.' },
    {
      command: 'cotangent check component.ts --export Rosenbrock',
      says: 'Check one of several components in a file.',
    },
  ],
  run: async ({ options, args, write, say }) => {
    const [{ openTarget, routesOf }, { explain }] = await Promise.all([
      import('../component.js'),
      import('../report.js'),
    ]);
    try {
      const target = await openTarget(options, args[0]);
      const { name, version } = target.compiled;
      await write(`ok: ${name} ${version} offers ${routesOf(target).join(', ')}\n`);
      return exitCodes.ok;
    } catch (error) {
      say(explain(error, options.debug).trimEnd());
      return exitCodes.failed;
    }
  },
};
