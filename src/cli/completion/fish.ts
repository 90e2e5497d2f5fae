/** Completion for fish. */
import { type CompletedOption, type Completion, quoted } from './completion.js';

/** A script for `~/.config/fish/completions`. */
export function fishScript(commands: readonly Completion[]): string {
  const lines = commands.flatMap(({ name, summary, words, options }) => [
    `complete -c cotangent -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...(words.length > 0 ? [`complete -c cotangent -n ${within(name)} -f -a ${quoted(words.join(' '))}`] : []),
    ...options.map((option) => optionLine(name, option)),
  ]);
  return `# Completion of cotangent for fish.\n${lines.join('\n')}\n`;
}

function within(name: string): string {
  return quoted(`__fish_seen_subcommand_from ${name}`);
}

function optionLine(command: string, { name, short, summary, takesValue, words, folder }: CompletedOption): string {
  const parts = [
    `complete -c cotangent -n ${within(command)} -l ${name}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(takesValue
      ? [
          words.length > 0
            ? `-x -a ${quoted(words.join(' '))}`
            : folder
              ? "-x -a '(__fish_complete_directories)'"
              : '-r',
        ]
      : []),
    `-d ${quoted(summary)}`,
  ];
  return parts.join(' ');
}
