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
    const [{ openTarget }, { explain }] = await Promise.all([import('../component.js'), import('../report.js')]);
    try {
      const { compiled } = await openTarget(options, args[0]);
      const { operators } = await import('../../operators/index.js');
      const offered = [...compiled.plan.keys()].map((endpoint) => operators[endpoint].route).join(', ');
      await write(`ok: ${compiled.name} ${compiled.version} offers ${offered}\n`);
      return exitCodes.ok;
    } catch (error) {
      say(explain(error, options.debug).trimEnd());
      return exitCodes.failed;
    }
  },
};
