/** Tests of what not every machine has. Where it is missing they are skipped, and the last line of the run says how many. */
import { execFileSync } from 'node:child_process';
import { test } from '@jest/globals';

/** `test`, or where there is no `command` and this is not CI, `test.skip`. */
export function needing(command: string): typeof test | typeof test.skip {
  return isThere(command) || process.env['CI'] ? test : test.skip; // this machine lacks the command
}

function isThere(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
