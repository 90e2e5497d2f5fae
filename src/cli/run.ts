/** One run of the command line: from its words to an exit code. */
import { readFileSync } from 'node:fs';
import { fail } from '../errors.js';
import { manifestPath } from '../loading/builtFile.js';
import { nearest } from '../schema/suggest.js';
import { type Command, exitCodes } from './command.js';
import { type CommandName, commandNames, commands, isCommand } from './commands/index.js';
import { guardEnd } from './guard.js';
import { commandHelp, generalHelp, usageOf } from './help.js';
import type { OptionName } from './options.js';
import { readOptions, readWords, type Words } from './parse.js';
import { exitCodeOf, explain } from './report.js';
import { styleFor, takeStandardOutput } from './terminal.js';

/** Runs `argv`, and gives the exit code. Nothing is thrown: what goes wrong is said on standard error. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await runWords(readWords(argv));
  } catch (error) {
    process.stderr.write(explain(error, argv.includes('--debug')));
    return exitCodeOf(error);
  }
}

async function runWords({ positionals: [first, ...rest], given }: Words): Promise<number> {
  const bold = styleFor(process.stdout, 'bold');
  const [name, args] = first === 'help' ? [rest[0], []] : [first, rest];
  const wantsHelp = first === 'help' || given.has('help');
  if (name === undefined) return withoutCommand(wantsHelp, given);
  if (!isCommand(name)) return unknownCommand(name);
  const command = await commands[name].load();
  if (!wantsHelp) return runCommand(name, command, args, given);
  process.stdout.write(commandHelp(name, command, bold));
  return exitCodes.ok;
}

function withoutCommand(wantsHelp: boolean, given: Words['given']): number {
  if (given.has('version')) {
    process.stdout.write(`${versionOf()}\n`);
    return exitCodes.ok;
  }
  const stream = wantsHelp ? process.stdout : process.stderr;
  stream.write(generalHelp(styleFor(stream, 'bold')));
  return wantsHelp ? exitCodes.ok : exitCodes.usage;
}

/** The version of this package. */
function versionOf(): string {
  return (JSON.parse(readFileSync(manifestPath, 'utf8')) as { readonly version: string }).version;
}

function unknownCommand(name: string): never {
  const meant = nearest(name, commandNames);
  const advice = meant === undefined ? `The commands are ${commandNames.join(', ')}.` : `Did you mean ${meant}?`;
  return fail('E_CLI_UNKNOWN', { kind: 'command', received: name, advice });
}

async function runCommand(
  name: CommandName,
  command: Command,
  args: readonly string[],
  given: Words['given'],
): Promise<number> {
  const allowed: readonly OptionName[] = [...command.options, 'debug'];
  const options = readOptions(name, allowed, given, process.env);
  const most = command.args.some(({ several }) => several) ? Infinity : command.args.length;
  const least = command.args.filter(({ optional }) => !optional).length;
  if (args.length > most || args.length < least) {
    fail('E_CLI_ARGUMENTS', { command: name, received: String(args.length), usage: usageOf(name, command) });
  }
  const interrupt = new AbortController();
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const failed = (error: unknown) => say(explain(error, options.debug).trimEnd());
  const guard = command.serves ? undefined : guardEnd(say, failed);
  // Elsewhere the first interrupt ends the program: a handler would have to wait for a component that computes.
  if (command.serves) process.once('SIGINT', () => interrupt.abort());
  const write = takeStandardOutput((reason) => {
    guard?.release();
    if (reason !== undefined) say(`error: Standard output cannot be written to. ${reason}`);
    process.exit(reason === undefined ? exitCodes.ok : exitCodes.failed);
  });
  try {
    return await command.run({ options, args, write, say, signal: interrupt.signal, commands });
  } catch (error) {
    if (interrupt.signal.aborted) return exitCodes.interrupted;
    failed(error);
    return exitCodeOf(error);
  } finally {
    guard?.release();
  }
}
