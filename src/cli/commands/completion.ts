/** The command `completion`. */
import { type Command, exitCodes } from '../command.js';

/** Prints a script for a shell. */
export const completion: Command = {
  args: [{ name: 'shell', summary: 'bash, zsh or fish.', choices: ['bash', 'zsh', 'fish'] }],
  options: [],
  examples: [
    { command: 'cotangent completion bash > completion.bash', says: 'For bash: source the file in ~/.bashrc.' },
    { command: 'cotangent completion zsh > _cotangent', says: 'For zsh: put the file into a folder of $fpath.' },
    {
      command: 'cotangent completion fish > cotangent.fish',
      says: 'For fish: put it into ~/.config/fish/completions.',
    },
  ],
  run: async ({ args, commands, write }) => {
    const { completionScript } = await import('../completion/script.js');
    await write(await completionScript(args[0] ?? '', commands));
    return exitCodes.ok;
  },
};
