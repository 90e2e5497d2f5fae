/** New projects: the files of `templates/project`, with names filled in. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../errors.js';
import { manifestPath } from '../loading/builtFile.js';
import { writeOutput } from './output.js';

const template = join(dirname(manifestPath), 'templates/project');
// npm leaves a .gitignore out of every package.
const renamed: Readonly<Record<string, string | undefined>> = { gitignore: '.gitignore' };

/** What kind of project. */
export interface ProjectOptions {
  readonly commonjs: boolean;
  readonly standard: boolean;
}

/** Writes a project into `folder`, and gives the names of its files. Raises `E_CLI_VALUE` where there are other files. */
export function createProject(folder: string, { commonjs, standard }: ProjectOptions): readonly string[] {
  const target = resolve(folder);
  refuseOccupied(target, folder);
  const facts: Readonly<Record<string, string>> = {
    name: packageName(basename(target)),
    version: versionOf(),
    type: commonjs ? 'commonjs' : 'module',
  };
  return filesIn(template).map((file) => {
    const filled = readFileSync(join(template, file), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, key) => facts[key] ?? '');
    const text = standard
      ? filled.replace(/("(?:experimentalDecorators|emitDecoratorMetadata)": )true/g, '$1false')
      : filled;
    const name = renamed[file] ?? file;
    writeOutput(target, name, text);
    return join(folder, name);
  });
}

function refuseOccupied(target: string, folder: string): void {
  const isFile = existsSync(target) && !statSync(target).isDirectory();
  const present = isFile ? [folder] : existsSync(target) ? readdirSync(target).filter((name) => name !== '.git') : [];
  if (present.length === 0) return;
  const received = `${folder || 'the working folder'}, which holds ${present.slice(0, 3).join(', ')}${present.length > 3 ? ', …' : ''}`;
  fail('E_CLI_VALUE', { path: 'The folder', received, expected: 'one that is empty or not there yet' });
}

function filesIn(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => statSync(join(folder, file)).isFile()).sort();
}

function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  return name === '' ? 'component' : name;
}

function versionOf(): string {
  return (JSON.parse(readFileSync(manifestPath, 'utf8')) as { readonly version: string }).version;
}
