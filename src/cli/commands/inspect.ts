/** The command `inspect`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** Prints what a component offers. */
export const inspect: Command = {
  args: [componentArgument],
  options: [...componentOptions, 'json'],
  examples: [
    {
      command: 'cotangent inspect',
      says: 'The endpoints, their provenance and cost, and the paths of ./component.ts.',
    },
    { command: 'cotangent inspect --json', says: 'The same for programs.' },
  ],
  run: async ({ options, args, write }) => {
    const [{ openTarget }, { reportOn, reportText }, { styleFor }] = await Promise.all([
      import('../component.js'),
      import('../inspect.js'),
      import('../terminal.js'),
    ]);
    const report = reportOn((await openTarget(options, args[0])).compiled);
    const text = options.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : reportText(report, styleFor(process.stdout, 'bold'));
    await write(text);
    return exitCodes.ok;
  },
};
