/** The command `inspect`. */
import type { Target } from '../../runtime/invoke.js';
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';
import type { CostReport } from '../cost.js';

async function costsAt(target: Target, request: string): Promise<readonly CostReport[]> {
  const [{ costsOf }, { readRequestBytes }] = await Promise.all([import('../cost.js'), import('../payload.js')]);
  return costsOf(target, readRequestBytes(request));
}

/** Prints what a component offers. */
export const inspect: Command = {
  args: [componentArgument],
  options: [...componentOptions, 'cost', 'json'],
  examples: [
    {
      command: 'cotangent inspect',
      says: 'The endpoints, their provenance and cost, and the paths of ./component.ts.',
    },
    { command: 'cotangent inspect --json', says: 'The same for programs.' },
    {
      command: `cotangent inspect --cost '{"inputs":{"x":1,"y":2}}'`,
      says: 'How each derivative would be answered at these inputs, in how many calls, and in how much memory.',
    },
  ],
  run: async ({ options, args, write }) => {
    const [{ openTarget }, { reportOn, reportText }, { styleFor }] = await Promise.all([
      import('../component.js'),
      import('../inspect.js'),
      import('../terminal.js'),
    ]);
    const target = await openTarget(options, args[0]);
    const costs = options.cost === undefined ? {} : { costs: await costsAt(target, options.cost) };
    const report = { ...reportOn(target.compiled), ...costs };
    const text = options.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : reportText(report, styleFor(process.stdout, 'bold'));
    await write(text);
    return exitCodes.ok;
  },
};
