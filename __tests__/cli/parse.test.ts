import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type OptionName, optionNames, optionOf } from '../../src/cli/options.js';
import { readOptions, readWords } from '../../src/cli/parse.js';

const read = (argv: readonly string[], env: NodeJS.ProcessEnv = {}, allowed: readonly OptionName[] = optionNames) => {
  const { positionals, given } = readWords(argv);
  return { positionals, ...readOptions('serve', allowed, given, env) };
};

describe('the words of a command line', () => {
  test('options may stand before, between and behind the arguments', () => {
    const words = ['serve', 'component.ts', '--port', '9', '--host=::1', '-w', '2', '--debug'];
    const expected = { positionals: ['serve', 'component.ts'], port: 9, host: '::1', workers: 2, debug: true };
    expect(read(words)).toMatchObject(expected);
    expect(read([...words.slice(2), ...words.slice(0, 2)])).toMatchObject(expected);
  });

  test('what follows -- is an argument, and - is one too', () => {
    expect(read(['apply', '-', '--', '--port']).positionals).toEqual(['apply', '-', '--port']);
  });

  test('a list gathers what is given; of anything else the last counts', () => {
    const given = read(['--derive', 'a', '--port', '1', '--derive', 'b', '--port', '2']);
    expect(given).toMatchObject({ derive: ['a', 'b'], port: 2 });
  });

  test('a value may start with a hyphen where it is a number, or stands behind =', () => {
    expect(read(['--name=--odd']).name).toBe('--odd');
    expect(() => read(['--port', '-1'])).toThrow(expect.objectContaining({ code: 'E_CLI_VALUE', path: '--port' }));
  });

  test.each([
    ['--port', ['--port']],
    ['--port', ['--port', '--host', 'x']],
    ['--debug', ['--debug=yes']],
    ['--port', ['--port', 'x']],
    ['--port', ['--port', '']],
    ['--port', ['--port', '65536']],
    ['--port', ['--port', '1.5']],
    ['--port', ['--port', 'NaN']],
    ['--workers', ['--workers', '1.5']],
    ['--timeout', ['--timeout', '-1']],
    ['--timeout', ['--timeout', 'Infinity']],
    ['--compression', ['--compression', 'gzip']],
    ['--body-limit', ['--body-limit', '10 parsecs']],
  ])('%s is refused in %j', (path, words) => {
    expect(() => read(words)).toThrow(expect.objectContaining({ code: 'E_CLI_VALUE', path }));
  });

  test.each([
    ['1000', 1000],
    ['100MB', 100e6],
    ['1.5 kB', 1500],
    ['1GiB', 2 ** 30],
    ['64KiB', 2 ** 16],
    ['2g', 2e9],
  ])('%s is %d bytes', (text, bytes) => {
    expect(read(['--body-limit', text])['body-limit']).toBe(bytes);
  });

  test('an option that the command does not take is refused, with those that it takes', () => {
    const refused = expect.objectContaining({
      code: 'E_CLI_UNKNOWN',
      fields: expect.objectContaining({ received: '--port' }),
    });
    expect(() => read(['--port', '1'], {}, ['host'])).toThrow(refused);
  });

  test('every option but one letter from its name is recognized', () => {
    const letters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
    const typo = fc.record({
      name: fc.constantFrom(...optionNames.filter((one) => one.length > 4)),
      at: fc.nat(3),
      letter: letters,
    });
    fc.assert(
      fc.property(typo, ({ name, at, letter }) => {
        const written = name.slice(0, at) + letter + name.slice(at);
        // Another option may be one letter away too.
        const shorter = [...written].map((_, k) => written.slice(0, k) + written.slice(k + 1));
        fc.pre(optionNames.every((one) => one === name || !shorter.includes(one)));
        expect(() => readWords([`--${written}`])).toThrow(
          expect.objectContaining({ fields: expect.objectContaining({ advice: `Did you mean --${name}?` }) }),
        );
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test('no words at all make it fail with anything but a ComponentError', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc.constantFrom(...optionNames.map((name) => `--${name}`)),
      fc.constantFrom('-', '--', '-p', '-hx', '--=', '--port=', '---', '-p=3'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        try {
          read(words);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ComponentError', code: expect.stringMatching(/^E_CLI_/) });
        }
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});

describe('the environment', () => {
  test('of the variables of an option the first that is set counts, and the option before them', () => {
    const env = { TESSERACT_RUNTIME_SERVE_PORT: '2', COTANGENT_PORT: '' };
    expect(read([], env).port).toBe(2);
    expect(read([], { ...env, COTANGENT_PORT: '1' }).port).toBe(1);
    expect(read(['--port', '3'], { ...env, COTANGENT_PORT: '1' }).port).toBe(3);
  });

  test('a flag is true or false there, and a list has commas', () => {
    expect(read([], { COTANGENT_DEBUG: '1' }).debug).toBe(true);
    expect(read([], { TESSERACT_DEBUG: 'false' }).debug).toBe(false);
    expect(() => read([], { COTANGENT_DEBUG: 'perhaps' })).toThrow(expect.objectContaining({ code: 'E_CLI_VALUE' }));
    expect(read([], { COTANGENT_DERIVE: 'a, b' }).derive).toEqual(['a', 'b']);
  });

  test('variables that belong to options of other commands are left alone', () => {
    expect(read([], { COTANGENT_PORT: 'x' }, ['host']).port).toBeUndefined();
  });

  test('no variable sets two options', () => {
    const variables = optionNames.flatMap((name) => optionOf(name).env);
    expect(new Set(variables).size).toBe(variables.length);
  });
});
