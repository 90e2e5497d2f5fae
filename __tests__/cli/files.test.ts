/** The files that commands read and write: tests that are none, and answers that cannot be written. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { cotangent, rosenbrockFolder } from './cotangent.js';

// Each test starts programs, on a machine that may be busy.
jest.setTimeout(60_000);

const cwd = rosenbrockFolder();
const good = { endpoint: 'apply', payload: { inputs: { x: 1 } }, expected_outputs: { result: 100 } };
const cases = { 'good.json': JSON.stringify(good), 'unfinished.json': '{', 'empty.json': '', 'notes.txt': 'no test' };
mkdirSync(join(cwd, 'cases/folder.json'), { recursive: true });
mkdirSync(join(cwd, 'none'));
for (const [name, text] of Object.entries(cases)) writeFileSync(join(cwd, 'cases', name), text);
symlinkSync('nowhere.json', join(cwd, 'cases/link.json'));

describe('cotangent test', () => {
  test('runs every test of a folder, though some files are none, and names those', async () => {
    const { code, stdout } = await cotangent(['test', 'component.ts', 'cases', '--json'], { cwd });
    expect(code).toBe(1);
    const results = JSON.parse(stdout).map(({ file, status }: Record<string, string>) => [file, status]);
    expect(results).toEqual([
      ['cases/empty.json', 'error'],
      ['cases/good.json', 'passed'],
      ['cases/link.json', 'error'],
      ['cases/unfinished.json', 'error'],
    ]);
  });

  test('does not pass a folder without tests', async () => {
    const outcome = await cotangent(['test', 'component.ts', 'none'], { cwd });
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('empty') });
  });
});

describe('--output-file', () => {
  const apply = (...words: string[]) => cotangent(['apply', '@request.json', ...words], { cwd });

  test('may be a whole path, and may name folders that are not there yet', async () => {
    for (const name of [join(cwd, 'whole.json'), 'deep/er/answer.json']) {
      expect(await apply('-o', name)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(JSON.parse(readFileSync(join(cwd, name.replace(cwd, '')), 'utf8')).result.data.buffer).toBe(100);
    }
  });

  test.each([
    ['a folder', ['-o', 'none'], 'EISDIR'],
    ['in a file', ['-o', 'component.ts/answer.json'], 'component.ts/answer.json'],
    ['in an output folder that is a file', ['-o', 'a.json', '--output-path', 'component.ts'], 'component.ts/a.json'],
    ['where no folder can be made', ['-o', 'a.json', '--output-path', '/proc/nowhere'], '/proc/nowhere'],
  ])('%s is refused as a wrong command line', async (_, words, named) => {
    const outcome = await apply(...words);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('E_CLI_VALUE');
    expect(outcome.stderr).toContain(named);
  });

  test('binref arrays where no folder can be made are refused, and not waited for', async () => {
    const outcome = await apply('-f', 'json+binref', '--output-path', '/proc/nowhere');
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('E_ARRAY_FILE_WRITE') });
  });

  test('runs at the same time write whole answers', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => apply('-o', 'together/answer.json')));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(JSON.parse(readFileSync(join(cwd, 'together/answer.json'), 'utf8')).result.data.buffer).toBe(100);
  });
});
