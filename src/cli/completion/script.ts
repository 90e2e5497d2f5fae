/**
 * Completion scripts. They are static text: a shell starts no program to complete a word.
 *
 * To add a shell, add its file here and its row to `shells`, and its name to the command `completion`.
 */
import { ruleNames } from '../../derive/rules.js';
import { fail } from '../../errors.js';
import type { CommandRow } from '../command.js';
import { type OptionName, optionOf } from '../options.js';
import { bashScript } from './bash.js';
import type { CompletedOption, Completion } from './completion.js';
import { fishScript } from './fish.js';
import { zshScript } from './zsh.js';

const shells: Readonly<Record<string, (commands: readonly Completion[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The script for `shell`. */
export async function completionScript(shell: string, table: Readonly<Record<string, CommandRow>>): Promise<string> {
  const expected = `one of ${Object.keys(shells).join(', ')}`;
  const script =
    (Object.hasOwn(shells, shell) ? shells[shell] : undefined) ??
    fail('E_CLI_VALUE', { path: 'The shell', received: shell, expected });
  const commands = Object.entries(table).map(async ([name, { summary, load }]): Promise<Completion> => {
    const { args, options } = await load();
    const names: readonly OptionName[] = [...options, 'debug', 'help'];
    const words = args.flatMap((arg) => arg.choices ?? []);
    return { name, summary, words, options: names.map(completedOption) };
  });
  return script(await Promise.all(commands));
}

function completedOption(name: OptionName): CompletedOption {
  const { kind, short, summary, choices, complete } = optionOf(name);
  const words = complete === 'rule' ? ruleNames : (choices ?? []);
  return { name, short, summary, takesValue: kind !== 'flag', words, folder: complete === 'folder' };
}
