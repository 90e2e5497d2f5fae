/** The words of a command line, and the environment, as the values of options. Raises `E_CLI_…`. */
import { parseArgs } from 'node:util';
import { fail } from '../errors.js';
import { nearest } from '../schema/suggest.js';
import { type OptionName, type OptionRow, type OptionValues, optionNames, optionOf, options } from './options.js';

/** A command line, taken apart. */
export interface Words {
  readonly positionals: readonly string[];
  /** What was given for each option; a flag is given as `true`. */
  readonly given: ReadonlyMap<OptionName, readonly string[]>;
}

/** The options and arguments in `argv`. They may stand in any order, as long as each option exists. */
export function readWords(argv: readonly string[]): Words {
  const config = Object.fromEntries(
    optionNames.map((name) => {
      const { kind, short } = optionOf(name);
      return [name, { type: kind === 'flag' ? ('boolean' as const) : ('string' as const), ...(short && { short }) }];
    }),
  );
  const parsed = parseArgs({ args: [...argv], options: config, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<OptionName, readonly string[]>();
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    const name = knownName(token.name, token.rawName);
    given.set(name, [...(given.get(name) ?? []), valueGiven(name, token.value, token.inlineValue === true)]);
  }
  return { positionals: parsed.positionals, given };
}

function knownName(name: string, written: string): OptionName {
  if (Object.hasOwn(options, name)) return name as OptionName;
  const meant = nearest(name, optionNames);
  const advice = meant === undefined ? 'See --help.' : `Did you mean --${meant}?`;
  return fail('E_CLI_UNKNOWN', { kind: 'option', received: written, advice });
}

function valueGiven(name: OptionName, value: string | undefined, inline: boolean): string {
  const { kind, value: placeholder = 'value' } = optionOf(name);
  if (kind === 'flag') {
    if (value !== undefined) fail('E_CLI_VALUE', { path: `--${name}`, received: value, expected: 'no value' });
    return 'true';
  }
  if (value !== undefined && (inline || !/^--?[a-z]/.test(value))) return value;
  return fail('E_CLI_VALUE', { path: `--${name}`, received: 'not given a value', expected: `a ${placeholder}` });
}

/** The values of the options in `allowed`; an option of another command is refused. */
export function readOptions(
  command: string,
  allowed: readonly OptionName[],
  given: Words['given'],
  env: NodeJS.ProcessEnv,
): OptionValues {
  for (const name of given.keys()) {
    if (allowed.includes(name)) continue;
    const known = allowed.map((one) => `--${one}`).join(', ');
    fail('E_CLI_UNKNOWN', { kind: `option of ${command}`, received: `--${name}`, advice: `Its options are ${known}.` });
  }
  const entries = optionNames.map((name) => {
    const row = optionOf(name);
    const values = allowed.includes(name) ? (given.get(name) ?? fromEnvironment(row, env)) : undefined;
    return [name, worthOf(name, row, values)];
  });
  return Object.fromEntries(entries) as OptionValues;
}

function fromEnvironment({ kind, env: names }: OptionRow, env: NodeJS.ProcessEnv): readonly string[] | undefined {
  const value = names.map((name) => env[name]).find((one) => one !== undefined && one !== '');
  if (value === undefined) return undefined;
  return kind === 'list' ? value.split(',').map((one) => one.trim()) : [value];
}

function worthOf(name: string, row: OptionRow, values: readonly string[] | undefined): unknown {
  if (row.kind === 'list') return values ?? [];
  const value = values?.at(-1);
  if (value === undefined) return row.kind === 'flag' ? false : undefined;
  return readers[row.kind](value, `--${name}`, row);
}

const readers = { flag: readFlag, number: readNumber, size: readSize, text: readText } as const;

function readText(value: string, path: string, { choices }: OptionRow): string {
  if (!choices || choices.includes(value)) return value;
  const meant = nearest(value, choices);
  const expected = `one of ${choices.join(', ')}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
  return fail('E_CLI_VALUE', { path, received: value === '' ? 'empty' : value, expected });
}

function readFlag(value: string, path: string): boolean {
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  if (/^(0|false|no|off)$/i.test(value)) return false;
  return fail('E_CLI_VALUE', { path, received: value, expected: 'true or false' });
}

function readNumber(
  value: string,
  path: string,
  { range: [least, most] = [0, Infinity], fraction }: OptionRow,
): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  const whole = !fraction && Number.isInteger(least);
  if (number >= least && number <= most && (!whole || Number.isInteger(number))) return number;
  const expected = `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`;
  return fail('E_CLI_VALUE', { path, received: value, expected });
}

const factors: Readonly<Record<string, number | undefined>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

function readSize(value: string, path: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmg]?i?)b?$/i.exec(value.trim()) ?? [];
  const factor = factors[unit.toLowerCase()];
  if (digits !== '' && factor !== undefined) return Math.round(Number(digits) * factor);
  return fail('E_CLI_VALUE', { path, received: value, expected: 'a number of bytes: 1000, 100MB, 1GiB' });
}
