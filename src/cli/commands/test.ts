/** The command `test`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** Runs regression tests. */
export const test: Command = {
  description:
    'Runs the files test_cases/*.json and requests/*.json beside the component, or those that are named. Each holds one ' +
    'request and what is to come of it: { "endpoint", "payload", "expected_outputs" or "expected_exception", "atol", ' +
    '"rtol" }. Of a single @file, or - for standard input, the result is printed as JSON. Exit code 1 where a test fails.',
  args: [
    componentArgument,
    {
      name: 'tests',
      summary: 'Files and folders of tests, or @file.',
      optional: true,
      several: true,
      complete: 'file',
    },
  ],
  options: [...componentOptions, 'input-path', 'json'],
  examples: [
    { command: 'cotangent test', says: 'Run the tests beside ./component.ts.' },
    { command: 'cotangent test component.ts test_cases/apply.json', says: 'Run one of them.' },
    { command: 'cotangent test @test_cases/apply.json', says: 'Print {"status", "message", "endpoint"} of one.' },
  ],
  run: async (invocation) => {
    const { runTests } = await import('../regression.js');
    return (await runTests(invocation)) ? exitCodes.ok : exitCodes.failed;
  },
};
