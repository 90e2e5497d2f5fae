/** What `--help` prints. Everything in it comes from the tables. */
import type { ArgumentRow, Command } from './command.js';
import { type CommandName, commandNames, commands } from './commands/index.js';
import { type OptionName, optionOf } from './options.js';
import type { Style } from './terminal.js';

/** Help for the whole command line. */
export function generalHelp(style: Style): string {
  const rows = commandNames.map((name): [string, string] => [name, commands[name].summary]);
  return `${[
    'cotangent: run, serve and check differentiable components.',
    `${style('Usage:')} cotangent <command> [options]`,
    `${style('Commands:')}\n${columns(rows)}`,
    'cotangent <command> --help says more, with examples. cotangent --version prints the version.',
    `${style('Exit codes:')}\n${columns(exitCodeRows)}`,
  ].join('\n\n')}\n`;
}

/** What each exit code means. */
export const exitCodeRows: readonly (readonly [string, string])[] = [
  ['0', 'It worked.'],
  ['1', 'The component failed, a check failed, or a test failed.'],
  ['2', 'The command line, the request, or the definition of the component is wrong.'],
  ['130', 'It was interrupted.'],
];

/** Help for one command. */
export function commandHelp(name: CommandName, command: Command, style: Style): string {
  const { description, args, examples } = command;
  return `${[
    `cotangent ${name}: ${commands[name].summary}`,
    ...(description === undefined ? [] : [wrapped(description, WIDTH).join('\n')]),
    `${style('Usage:')} ${usageOf(name, command)}`,
    ...(args.length === 0
      ? []
      : [`${style('Arguments:')}\n${columns(args.map((arg) => [written(arg), arg.summary]))}`]),
    `${style('Options:')}\n${columns([...command.options, 'help' as const].map(optionRow))}`,
    `${style('Examples:')}\n${examples.map((one) => `  ${one.command}\n      ${one.says}`).join('\n')}`,
  ].join('\n\n')}\n`;
}

/** One line: how a command is called. */
export function usageOf(name: string, { args, options }: Command): string {
  return ['cotangent', name, ...args.map(written), ...(options.length > 0 ? ['[options]'] : [])].join(' ');
}

function written({ name, optional, several }: ArgumentRow): string {
  const many = several ? `${name}…` : name;
  return optional ? `[${many}]` : `<${many}>`;
}

function optionRow(name: OptionName): [string, string] {
  const { short, value, summary, choices, env, default: fallback } = optionOf(name);
  const facts = [
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(env[0] === undefined ? [] : [`environment: ${env[0]}`]),
  ];
  const form = `${short ? `-${short}, ` : '    '}--${name}${value ? ` <${value}>` : ''}`;
  return [form, facts.length === 0 ? summary : `${summary} (${facts.join('; ')})`];
}

const WIDTH = 110;

function columns(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(...rows.map(([form]) => form.length));
  const gap = `\n${' '.repeat(left + 4)}`;
  return rows.map(([form, text]) => `  ${form.padEnd(left)}  ${wrapped(text, WIDTH - left - 4).join(gap)}`).join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
