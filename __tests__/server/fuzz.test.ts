/** A first part of the hostile requests; `npm run test:fuzz` sends them all. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

test('of 4000 hostile requests none gets a 5xx, a stack or a path of the machine, and every refusal says where and why', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/fuzz.mjs', '4000', '7']);
  expect(stdout).toMatch(/^4000 hostile requests/);
  expect(stdout).not.toContain('FAIL');
}, 60_000);
