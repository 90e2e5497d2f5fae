/** The command `check-gradients`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** Checks derivatives. */
export const checkGradients: Command = {
  description:
    'Holds every derivative that the component offers against the others and against differences of apply, at the ' +
    'inputs that are given: in at most 20 calls, whatever the sizes, with more steps where those do not settle it, and ' +
    'some 30 more that find the wrong element if there is one. The inputs are their JSON, alone or as ' +
    '{"inputs": …} or in a regression test; those that are left out have their defaults. Exit code 1 where a ' +
    'derivative is wrong, or nothing was checked: of derivatives that are all made of differences the report says how ' +
    'accurate they are.',
  args: [
    {
      ...componentArgument,
      summary: 'The file of the component, as with --component, or the URL where one is served.',
    },
    { name: 'inputs', summary: 'The JSON of the inputs as it is, @file, or - for standard input.', optional: true },
  ],
  options: [
    ...componentOptions,
    'input-paths',
    'output-paths',
    'endpoints',
    'rtol',
    'tolerance',
    'noise',
    'magnitudes',
    'bounds',
    'seed',
    'exhaustive',
    'max-evals',
    'max-failures',
    'eps',
    'report',
    'samples',
    'json',
    'show-progress',
    'no-show-progress',
    'input-path',
  ],
  examples: [
    {
      command: 'cotangent check-gradients component.ts \'{"inputs": {"x": 1, "y": 2}}\'',
      says: 'Check all derivatives of ./component.ts at a point.',
    },
    {
      command: 'cotangent check-gradients component.ts @request.json --report gradients.html',
      says: 'Write a page with pictures too.',
    },
    {
      command: 'cotangent check-gradients \'{"x": 1}\' --endpoints vjp --input-paths x --exhaustive --json',
      says: 'Check every element of one derivative by one input, for programs.',
    },
  ],
  run: async (invocation) => {
    const { runGradientCheck } = await import('../gradients.js');
    return (await runGradientCheck(invocation)) ? exitCodes.ok : exitCodes.failed;
  },
};
