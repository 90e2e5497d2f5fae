import { describe, expect, jest, test } from '@jest/globals';
import type { Command } from '../../src/cli/command.js';
import { commandNames, commands } from '../../src/cli/commands/index.js';
import { optionNames } from '../../src/cli/options.js';
import { cotangent, execute, rosenbrockFolder } from './cotangent.js';

// Each test starts programs, on a machine that may be busy.
jest.setTimeout(60_000);

const loaded: { readonly name: string; readonly command: Command }[] = [];
for (const name of commandNames) loaded.push({ name, command: await commands[name].load() });
const examples = loaded.flatMap(({ name, command }) => command.examples.map((example) => ({ name, ...example })));
const ending = examples.filter(({ name }) => name !== 'serve' && name !== 'proxy');

describe('the command table', () => {
  test.each(loaded)('$name has an example and takes only options that exist', ({ command }) => {
    expect(command.examples.length).toBeGreaterThan(0);
    expect(command.options.filter((name) => !optionNames.includes(name))).toEqual([]);
  });

  test('every option belongs to a command, or is one of the three that need none', () => {
    const used = new Set(loaded.flatMap(({ command }) => command.options));
    expect(optionNames.filter((name) => !used.has(name))).toEqual(['debug', 'help', 'version']);
  });

  const cwd = rosenbrockFolder();
  test.each(ending)('$command: runs as its help says', async ({ command }) => {
    const env = { PATH: `${cwd}/node_modules/.bin:${process.env['PATH']}` };
    const { code, stderr } = await execute('sh', ['-c', command], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each(loaded)('cotangent $name --help prints its usage and each of its options', async ({ name, command }) => {
    const { code, stdout, stderr } = await cotangent([name, '--help'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const option of command.options) expect(stdout).toContain(`--${option}`);
    for (const example of command.examples) expect(stdout).toContain(example.command);
  });
});
