/** A temporary project that has this package installed as it is built, for the tests of what users compile. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const start = promisify(execFile);

/** The root of this repository. */
export const root = process.cwd();

/** What a process said, and whether it failed. */
export interface Outcome {
  readonly failed: boolean;
  readonly stdout: string;
  readonly text: string;
}

/** Run a program of Node in `cwd` to its end. */
export async function runNode(cwd: string, ...args: string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await start(process.execPath, args, { cwd });
    return { failed: false, stdout, text: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { failed: true, stdout, text: `${stdout}${stderr}` || String(error) };
  }
}

/** Run this repository's TypeScript. */
export const tsc = (cwd: string, ...args: string[]): Promise<Outcome> =>
  runNode(cwd, join(root, 'node_modules/typescript/bin/tsc'), ...args);

/** An empty folder with every dependency of this repository beside it; `remove` deletes it. */
export function makeFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cotangent-test-'));
  mkdirSync(join(path, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(path, 'node_modules', name));
  }
  writeFileSync(join(path, 'package.json'), JSON.stringify({ type: 'module' }));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Build this package into the `node_modules` of `folder`, whatever the state of `dist` is. */
export async function installBuild(folder: string): Promise<Outcome> {
  const home = join(folder, 'node_modules/cotangent');
  mkdirSync(home);
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'));
  const types = await tsc(root, '-p', 'tsconfig.build.json', '--outDir', resolve(home, 'dist'));
  return types.failed ? types : runNode(root, join(root, 'scripts/bundle.mjs'), resolve(home, 'dist'));
}
