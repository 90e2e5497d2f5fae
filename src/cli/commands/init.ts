/** The command `init`. */
import { type Command, exitCodes } from '../command.js';

/** Writes a new project. */
export const init: Command = {
  description: 'Writes a project with one component and its tests into a folder, which must be empty or not there yet.',
  args: [{ name: 'folder', summary: 'Where to; . is the working folder.', complete: 'folder' }],
  options: ['commonjs', 'standard'],
  examples: [
    { command: 'cotangent init spring', says: 'A project of ES modules with experimentalDecorators.' },
    { command: 'cotangent init spring-cjs --commonjs --standard', says: 'CommonJS, with standard decorators.' },
  ],
  run: async ({ options, args, write }) => {
    const { createProject } = await import('../project.js');
    const folder = args[0] ?? '.';
    const files = createProject(folder, options);
    await write(
      `${files.map((file) => `created ${file}\n`).join('')}\nNext: cd ${folder} && npm install && npm test\n`,
    );
    return exitCodes.ok;
  },
};
