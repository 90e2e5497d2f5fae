/** Mistakes on the command line: each is told with what was given, on standard error, and ends with 2. */
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CommandName, commandNames, commands } from '../../src/cli/commands/index.js';
import { optionNames, optionOf } from '../../src/cli/options.js';
import { explain } from '../../src/cli/report.js';
import { cotangent } from './cotangent.js';
import { inProcess } from './inProcess.js';

const cwd = mkdtempSync(join(tmpdir(), 'cotangent-mistakes-'));
mkdirSync(join(cwd, 'folder.ts'));
mkdirSync(join(cwd, 'no tests'));
writeFileSync(join(cwd, 'file'), '');
symlinkSync('loop.ts', join(cwd, 'loop.ts'));
symlinkSync('nowhere', join(cwd, 'dangling'));
const run = (...words: string[]) => inProcess(words, cwd);

describe('a command line that is wrong ends with 2, names the mistake, and prints no result', () => {
  const rows: readonly (readonly [readonly string[], string, string])[] = [
    // Names of every object are no commands, shells, exports or rules.
    [['toString'], 'E_CLI_UNKNOWN', 'toString'],
    [['__proto__'], 'E_CLI_UNKNOWN', '__proto__'],
    [['constructor', '{}'], 'E_CLI_UNKNOWN', 'constructor'],
    [['help', 'hasOwnProperty'], 'E_CLI_UNKNOWN', 'hasOwnProperty'],
    [['completion', 'toString'], 'E_CLI_VALUE', 'bash, zsh, fish'],
    [['completion', '__proto__'], 'E_CLI_VALUE', 'bash, zsh, fish'],
    [['check', '--toString'], 'E_CLI_UNKNOWN', '--toString'],
    // Names that are near.
    [['APLY'], 'E_CLI_UNKNOWN', 'Did you mean apply?'],
    [['helth'], 'E_CLI_UNKNOWN', 'Did you mean health?'],
    [['check-gradient'], 'E_CLI_UNKNOWN', 'Did you mean check-gradients?'],
    [['openapi'], 'E_CLI_UNKNOWN', 'The commands are apply'],
    [['jacobian_vector_product'], 'E_CLI_UNKNOWN', 'Did you mean jacobian-vector-product?'],
    [['apply', '{}', '--output_format', 'json'], 'E_CLI_UNKNOWN', 'Did you mean --output-format?'],
    [['serve', '--Port', '1'], 'E_CLI_UNKNOWN', 'Did you mean --port?'],
    [['serve', '--no-debug'], 'E_CLI_UNKNOWN', '--no-debug'],
    [['apply', '-x', '{}'], 'E_CLI_UNKNOWN', '-x'],
    [['ünïcode'], 'E_CLI_UNKNOWN', 'ünïcode'],
    [[''], 'E_CLI_UNKNOWN', 'is no command'],
    // Values.
    [['apply', '{}', '-f', ''], 'E_CLI_VALUE', '--output-format is empty'],
    [['apply', '{}', '-f=json'], 'E_CLI_VALUE', 'did you mean json?'],
    [['apply', '{}', '-f', 'JSON'], 'E_CLI_VALUE', 'did you mean json?'],
    [['apply', '-c', '-x.ts', '{}'], 'E_CLI_VALUE', '--component is not given a value'],
    [['serve', '--port', '１'], 'E_CLI_VALUE', '--port'],
    [['serve', '--port', '1_000'], 'E_CLI_VALUE', '--port'],
    [['serve', '--port', '-0.5'], 'E_CLI_VALUE', '--port'],
    [['serve', '--workers', '99999'], 'E_CLI_VALUE', 'from 0 to 1024'],
    [['serve', '--timeout', '1e300'], 'E_CLI_VALUE', '--timeout'],
    [['serve', '--timeout', '0'], 'E_CLI_VALUE', '--timeout'],
    [['serve', '--body-limit', '-1'], 'E_CLI_VALUE', '--body-limit'],
    [['serve', '--body-limit', '1e6'], 'E_CLI_VALUE', '--body-limit'],
    [['serve', '--body-limit', '1TB'], 'E_CLI_VALUE', '--body-limit'],
    [['serve', '--log', 'verbose'], 'E_CLI_VALUE', 'debug'],
    [['check', '--debug=1'], 'E_CLI_VALUE', 'no value'],
    [['inspect', '--cost'], 'E_CLI_VALUE', '--cost is not given a value'],
    [['check-gradients', '--noise', '2'], 'E_CLI_VALUE', 'from 0 to 1'],
    [['check-gradients', '--seed', '0.5'], 'E_CLI_VALUE', 'whole number'],
    // Numbers of arguments.
    [['apply'], 'E_CLI_ARGUMENTS', 'apply was given 0 arguments'],
    [['apply', 'a.ts', '{}', '{}'], 'E_CLI_ARGUMENTS', 'apply was given 3 arguments'],
    [['init'], 'E_CLI_ARGUMENTS', 'cotangent init <folder>'],
    [['completion'], 'E_CLI_ARGUMENTS', 'cotangent completion <shell>'],
    [['health', 'a', 'b'], 'E_CLI_ARGUMENTS', 'health was given 2 arguments'],
    [['proxy'], 'E_CLI_ARGUMENTS', 'cotangent proxy <url>'],
    // Requests.
    [['apply', ''], 'E_CLI_VALUE', 'The request of apply is missing'],
    [['apply', 'component.ts'], 'E_CLI_VALUE', 'The request of apply is missing'],
    [['jacobian', 'component.ts'], 'E_CLI_VALUE', 'The request of jacobian is missing'],
    [['apply', '@'], 'E_CLI_VALUE', 'ENOENT'],
    [['apply', '@.'], 'E_CLI_VALUE', 'EISDIR'],
    [['apply', '@file/x'], 'E_CLI_VALUE', 'ENOTDIR'],
    [['apply', '@loop.ts'], 'E_CLI_VALUE', 'ELOOP'],
    [['apply', `@${'x'.repeat(5000)}`], 'E_CLI_VALUE', 'ENAMETOOLONG'],
    // Components.
    [['health', 'folder.ts'], 'E_LOAD_MISSING', 'folder.ts'],
    [['health', '.'], 'E_LOAD_MISSING', 'There is no file'],
    [['health', 'dangling'], 'E_LOAD_MISSING', 'dangling'],
    [['health', 'loop.ts'], 'E_LOAD_FAILED', 'ELOOP'],
    [['health', `${'x'.repeat(5000)}.ts`], 'E_LOAD_FAILED', 'ENAMETOOLONG'],
    [['health'], 'E_LOAD_MISSING', 'component.ts'],
    // New projects.
    [['init', 'file'], 'E_CLI_VALUE', 'which holds file'],
    [['init', '.'], 'E_CLI_VALUE', 'which holds dangling, file, folder.ts, …'],
    [['init', ''], 'E_CLI_VALUE', 'the working folder'],
    // Servers elsewhere.
    [['proxy', 'ftp://127.0.0.1'], 'E_REMOTE_ADDRESS', 'ftp'],
  ];
  test.each(rows)('%j', async (words, code, named) => {
    const outcome = await run(...words);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(code);
    expect(outcome.stderr).toContain(named);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  test('words at random end with 0 and a result, or with 1 or 2 and a reason; nothing is thrown', async () => {
    const word = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...commandNames.filter((name) => !/serve|proxy|init/.test(name))) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(...optionNames.filter((name) => name !== 'version').map((name) => `--${name}`)),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('{}', '@file', 'file', '', '=', '--', '-c', '-h', '-pf', 'help', '--x=1'),
      },
      { weight: 1, arbitrary: fc.string() },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
        const { code, stdout, stderr } = await run(...words.filter((one) => one !== '-'));
        if (code === 0) expect(stdout).not.toBe('');
        else {
          expect([1, 2]).toContain(code);
          expect(stdout).toBe('');
          expect(stderr).toMatch(/^error: .*E_[A-Z_]+: |^cotangent: /);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('variables', () => {
  const rows = optionNames.flatMap((name) =>
    optionOf(name)
      .env.filter(() => optionOf(name).kind !== 'text' || optionOf(name).choices)
      .filter(() => optionOf(name).kind !== 'list')
      .map((variable) => [variable, name] as const),
  );
  const taking = async (option: string): Promise<CommandName> => {
    for (const name of commandNames) {
      const { options } = await commands[name].load();
      if (option === 'debug' || (options as readonly string[]).includes(option)) return name;
    }
    throw new Error(option);
  };

  test.each(rows)(
    '%s with nonsense is refused by the name of its option, and by nobody who does not take it',
    async (variable, option) => {
      const words = { apply: ['{}'], proxy: ['http://127.0.0.1:9'], serve: [] } as Record<string, string[]>;
      const name = await taking(option);
      const outcome = await inProcess([name, ...(words[name] ?? [])], cwd, { [variable]: 'nonsense' });
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain(`E_CLI_VALUE: --${option} is nonsense`);
      if (option === 'debug') return;
      expect((await inProcess(['completion', 'fish'], cwd, { [variable]: 'nonsense' })).code).toBe(0);
    },
  );
});

describe('help and completion', () => {
  test.each(['bash', 'zsh', 'fish'])('the script for %s names every command and every option', async (shell) => {
    const { code, stdout, stderr } = await run('completion', shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of commandNames) expect(stdout).toContain(name);
    const forms = optionNames
      .filter((name) => name !== 'version')
      .map((name) => (shell === 'fish' ? `-l ${name}` : `--${name}`));
    for (const form of forms) expect(stdout).toContain(form);
  });

  test.each([[['--help']], [['-h']], [['help']]])('%j lists every command on standard output', async (words) => {
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of commandNames) expect(stdout).toContain(`  ${name}`);
  });

  test.each(commandNames)('help %s is what %s --help prints, and no line is wider than a page', async (name) => {
    const help = await run('help', name);
    expect(await run(name, '--help')).toEqual(help);
    const prose = help.stdout.slice(0, help.stdout.indexOf('Examples:')).split('\n');
    const wide = prose.filter((line) => line.length > 120 && !/^(Usage|cotangent)/.test(line));
    expect(wide).toEqual([]);
  });
});

describe('init', () => {
  const made = mkdtempSync(join(tmpdir(), 'cotangent-init-'));
  test.each([
    ['Größe & Maß 7', 'gr-e-ma-7'],
    ['.hidden', 'hidden'],
    ['日本', 'component'],
    ['UPPER_case', 'upper_case'],
    ['a/b/c', 'c'],
  ])('a folder called %s makes a package called %s', async (name, expected) => {
    const { code, stdout } = await cotangent(['init', name], { cwd: made });
    expect(code).toBe(0);
    expect(stdout).toContain(`created ${join(name, 'package.json')}`);
    const manifest = JSON.parse(readFileSync(join(made, name, 'package.json'), 'utf8'));
    // What npm takes as a name.
    expect(manifest.name).toMatch(/^[a-z0-9][a-z0-9._-]*$/);
    expect(manifest.name.replace(/-+/g, '-')).toBe(expected);
  });

  test('a second time the folder is occupied, and nothing in it changes', async () => {
    const file = join(made, 'a/b/c/package.json');
    writeFileSync(file, 'mine');
    expect((await cotangent(['init', 'a/b/c'], { cwd: made })).code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test.each([
    ['a file', 'a/b/c/package.json/x'],
    ['a system that takes no folders, which must not be waited for', '/proc/nowhere'],
  ])('a folder inside %s is refused', async (_, name) => {
    const outcome = await cotangent(['init', name], { cwd: made });
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('E_CLI_VALUE') });
  });

  test('a folder with nothing but a repository is as good as empty', async () => {
    mkdirSync(join(made, 'cloned/.git'), { recursive: true });
    expect((await cotangent(['init', 'cloned'], { cwd: made })).code).toBe(0);
  });
});

describe('what was thrown, in words', () => {
  const trapped = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no');
      },
      getPrototypeOf: () => {
        throw new Error('no');
      },
    },
  );
  test.each([
    ['a text', 'plain', 'plain'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a big integer', 10n, '10'],
    ['a symbol', Symbol('odd'), 'Symbol(odd)'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['an error without a stack', Object.assign(new Error('a'), { stack: undefined }), 'Error: a'],
    ['an object without a prototype', Object.create(null), 'cannot be told as text'],
    [
      'an object that is told by throwing',
      {
        toString() {
          throw new Error('no');
        },
      },
      'cannot be told as text',
    ],
    ['an object with traps', trapped, 'cannot be told as text'],
  ])('%s', (_, thrown, words) => {
    for (const debug of [false, true]) expect(explain(thrown, debug)).toContain(words);
  });
});
