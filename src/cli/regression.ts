/** Regression tests on the command line: which files, and how their results are told. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { arrayFiles } from '../codec/node/files.js';
import { ComponentError, fail } from '../errors.js';
import type { Target } from '../runtime/invoke.js';
import { type RegressionResult, readRegressionCase, runRegression } from '../testing/regression.js';
import type { Invocation } from './command.js';
import { componentFile, openTarget } from './component.js';
import { isRequest, readRequestBytes } from './payload.js';
import { styleFor } from './terminal.js';

const folders = ['test_cases', 'requests'];

/** Runs the tests that the arguments name, and says how they went. Whether all have passed. */
export async function runTests(invocation: Invocation): Promise<boolean> {
  const { options, args, write } = invocation;
  const named = args.length > 0 && !isRequest(args[0] ?? '') && !isTest(args[0] ?? '') ? args[0] : undefined;
  const tests = args.slice(named === undefined ? 0 : 1);
  const target = await openTarget(options, named);
  if (tests.length === 1 && isRequest(tests[0] ?? '')) {
    const result = await runOne(target, tests[0] ?? '', invocation);
    await write(JSON.stringify(result));
    return result.status === 'passed';
  }
  const files = filesOf(tests, componentFile(options, named));
  const results: (RegressionResult & { readonly file: string })[] = [];
  for (const file of files) {
    const result = { file, ...(await runOneOf(target, file, invocation)) };
    results.push(result);
    if (!options.json) await write(line(result));
  }
  const failed = results.filter(({ status }) => status !== 'passed').length;
  await write(
    options.json ? `${JSON.stringify(results, null, 2)}\n` : `${results.length - failed} passed, ${failed} failed\n`,
  );
  return failed === 0;
}

function runOne(target: Target, source: string, { options, signal }: Invocation): Promise<RegressionResult> {
  const files = arrayFiles({ input: options['input-path'] });
  return runRegression(target, readRegressionCase(readRequestBytes(source)), { files, signal });
}

// A file that holds no test is a failure of its own: the others are run all the same.
async function runOneOf(target: Target, file: string, invocation: Invocation): Promise<RegressionResult> {
  try {
    return await runOne(target, isRequest(file) ? file : `@${file}`, invocation);
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    return { status: 'error', message: error.message, endpoint: 'no test' };
  }
}

function isTest(argument: string): boolean {
  return argument.endsWith('.json') || statSync(argument, { throwIfNoEntry: false })?.isDirectory() === true;
}

function filesIn(argument: string): readonly string[] {
  if (!statSync(argument, { throwIfNoEntry: false })?.isDirectory()) return [argument];
  const entries = readdirSync(argument).filter((name) => name.endsWith('.json'));
  const paths = entries.sort().map((name) => join(argument, name));
  return paths.filter((path) => !statSync(path, { throwIfNoEntry: false })?.isDirectory());
}

function filesOf(tests: readonly string[], component: string): readonly string[] {
  const beside = folders.map((folder) => join(dirname(component), folder)).filter((folder) => existsSync(folder));
  const found = (tests.length > 0 ? tests : beside).flatMap(filesIn);
  if (found.length > 0) return found;
  const expected = `files in ${folders.join(' or ')} beside ${component}, or files that are named`;
  return fail('E_CLI_VALUE', { path: 'The list of tests', received: 'empty', expected });
}

function line({ file, status, message, endpoint }: RegressionResult & { readonly file: string }): string {
  if (status === 'passed') return `${styleFor(process.stdout, 'green')('ok  ')} ${file} (${endpoint})\n`;
  const lines = message.split('\n').map((one) => `     ${one}`);
  return `${styleFor(process.stdout, 'red')(status === 'failed' ? 'FAIL' : 'ERROR')} ${file} (${endpoint})\n${lines.join('\n')}\n`;
}
