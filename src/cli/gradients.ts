/** Checking derivatives on the command line: from words to a report on standard output, and a page. */
import { writeFileSync } from 'node:fs';
import { arrayFiles } from '../codec/node/files.js';
import { fail } from '../errors.js';
import { type DerivativeName, derivativeNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { type AnyComponent, type ComponentHandle, openComponent } from '../runtime/handle.js';
import { checkGradients } from '../testing/check/checkGradients.js';
import { formatReport } from '../testing/check/format.js';
import type { CheckOptions } from '../testing/check/options.js';
import type { GradientReport } from '../testing/check/report.js';
import type { Invocation } from './command.js';
import { openTarget } from './component.js';
import { readInputs } from './inputs.js';
import type { OptionValues } from './options.js';
import { isRequest } from './payload.js';
import { progressBar } from './progress.js';
import { styleFor } from './terminal.js';

/** Checks, and reports. Whether something was checked, and nothing is wrong. */
export async function runGradientCheck({ options, args, write, signal }: Invocation): Promise<boolean> {
  const [file, source] = args.length === 1 && isRequest(args[0] ?? '') ? [undefined, args[0]] : args;
  const handle = await open(options, file);
  const inputs = readInputs(source, handle, arrayFiles({ input: options['input-path'] }));
  const progress = progressBar(process.stderr, options['no-show-progress']);
  let report: GradientReport;
  try {
    report = await checkGradients(handle, inputs, { ...checkOptions(options, handle), signal, onCall: progress.show });
  } finally {
    progress.clear();
  }
  if (options.report !== undefined) await writePage(report, options.report);
  await write(options.json ? `${JSON.stringify(report, null, 2)}\n` : asText(report, options));
  return report.ok && report.endpoints.some(({ checked }) => checked);
}

async function open(options: OptionValues, file: string | undefined): Promise<ComponentHandle> {
  if (file !== undefined && /^https?:\/\//.test(file)) {
    const { connect } = await import('../client/index.js');
    return connect(file) as Promise<ComponentHandle>;
  }
  const { instance } = await openTarget(options, file);
  return openComponent(instance as AnyComponent) as ComponentHandle;
}

function checkOptions(options: OptionValues, handle: ComponentHandle): CheckOptions {
  const { exhaustive, seed, noise, samples } = options;
  const [of, wrt, endpoints] = [options['output-paths'], options['input-paths'], options.endpoints];
  return {
    exhaustive,
    pictures: options.report !== undefined,
    tolerance: tolerances(options),
    magnitudes: byPath('magnitudes', options.magnitudes, 'a number above 0', numberIn(Number.MIN_VALUE)),
    bounds: byPath('bounds', options.bounds, 'two numbers, the lower one first: x=0,10, x=0, or x=,10', bothSides),
    faults: Math.max(1, options['max-failures'] ?? 10),
    ...(of.length > 0 && { of }),
    ...(wrt.length > 0 && { wrt }),
    ...(endpoints.length > 0 && { endpoints: endpoints.map((name) => endpointNamed(name, handle)) }),
    ...(seed !== undefined && { seed }),
    ...(noise !== undefined && { noise }),
    ...(samples !== undefined && { samples }),
    ...(options['max-evals'] !== undefined && { searchCalls: options['max-evals'] }),
  };
}

function endpointNamed(given: string, { provenance, name: component }: ComponentHandle): DerivativeName {
  const name = derivativeNames.find((one) => one === given || operators[one].route === given.replaceAll('-', '_'));
  if (name && provenance[name]) return name;
  const offered = derivativeNames.filter((one) => provenance[one]).join(', ');
  const expected = offered === '' ? `none, as ${component} offers no derivative` : `one of ${offered}`;
  return fail('E_CLI_VALUE', { path: '--endpoints', received: given, expected });
}

function tolerances({ rtol, tolerance }: OptionValues): Readonly<Record<string, number>> {
  const given = byPath('tolerance', tolerance, 'a number from 0', numberIn(0));
  return { ...given, ...(rtol !== undefined && { '*': rtol }) };
}

/** The values of an option of the form path=value. */
function byPath<T>(
  name: 'tolerance' | 'magnitudes' | 'bounds',
  words: readonly string[],
  needed: string,
  read: (text: string) => T | undefined,
): Readonly<Record<string, T>> {
  const entries = words.map((given): [string, T] => {
    // A path may have = in it, a value may not.
    const cut = given.lastIndexOf('=');
    const value = cut < 1 ? undefined : read(given.slice(cut + 1).trim());
    if (value !== undefined) return [given.slice(0, cut), value];
    return fail('E_CLI_VALUE', { path: `--${name}`, received: given, expected: `a path, = and ${needed}` });
  });
  return Object.fromEntries(entries);
}

function numberIn(least: number): (text: string) => number | undefined {
  return (text) => (text !== '' && Number(text) >= least ? Number(text) : undefined);
}

// A side that is left out is open.
function bothSides(text: string): readonly [lower: number, upper: number] | undefined {
  const [low, high, ...more] = text.split(',').map((side) => side.trim());
  if (low === undefined || high === undefined || more.length > 0) return undefined;
  const [lower, upper] = [low === '' ? -Infinity : Number(low), high === '' ? Infinity : Number(high)];
  return lower <= upper ? [lower, upper] : undefined;
}

const colors = { '✓': 'green', '✗': 'red', '?': 'yellow', '-': 'dim' } as const;

function asText(report: GradientReport, options: OptionValues): string {
  const faults = report.faults.slice(0, options['max-failures'] ?? 10);
  const text = formatReport({ ...report, faults }).replace(
    /^( *)([✓✗?-])(?= )/gm,
    (_, indent: string, mark: string) => {
      const style = styleFor(process.stdout, colors[mark as keyof typeof colors]);
      return `${indent}${style(mark)}`;
    },
  );
  return `${text}\n${options.report === undefined ? '' : `  The pictures are in ${options.report}.\n`}`;
}

async function writePage(report: GradientReport, file: string): Promise<void> {
  const { gradientPage } = await import('../testing/page/page.js');
  try {
    writeFileSync(file, gradientPage(report, { rerun: commandLine(process.argv.slice(2), report.seed) }));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'not writable';
    fail(
      'E_CLI_VALUE',
      { path: '--report', received: `${file} (${code})`, expected: 'a file that can be written' },
      { cause },
    );
  }
}

/** The command that was given, for a shell; with its seed, which makes it the same check. */
function commandLine(words: readonly string[], seed: number): string {
  const seeded = words.some((word) => /^--seed(=|$)/.test(word)) ? words : [...words, '--seed', String(seed)];
  const quoted = seeded.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return ['cotangent', ...quoted].join(' ');
}
