/** Running the command line as its users do: as a program, in a folder of its own. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The folder of this repository. */
export const root: string = resolve('.');

const program = join(root, 'dist/bundle/cli/main.js');

/** What a program left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Run `file` to its end. The environment has none of the variables that set options. */
export function execute(file: string, args: readonly string[], { cwd, input, env }: RunOptions): Promise<Outcome> {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(COTANGENT|TESSERACT|npm_|NODE_OPTIONS|FORCE_COLOR)/.test(name),
  );
  const options: SpawnOptions = { cwd, env: { ...Object.fromEntries(clean), ...env }, stdio: 'pipe', timeout: 60_000 };
  return new Promise((done, failed) => {
    const child = spawn(file, args, options);
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    child.on('error', failed).on('close', (code) => done({ code, ...texts }));
    child.stdin?.on('error', () => {}).end(input ?? '');
  });
}

/** Run `cotangent` with these words. */
export function cotangent(words: readonly string[], options: RunOptions): Promise<Outcome> {
  return execute(process.execPath, [program, ...words], options);
}

/** A folder with `cotangent` on its path: `node_modules/.bin`. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const made = mkdtempSync(join(tmpdir(), 'cotangent-cli-'));
  mkdirSync(join(made, 'node_modules/.bin'), { recursive: true });
  symlinkSync(root, join(made, 'node_modules/cotangent'));
  for (const name of ['class-validator', 'ml-matrix']) {
    symlinkSync(join(root, 'node_modules', name), join(made, 'node_modules', name));
  }
  writeFileSync(
    join(made, 'node_modules/.bin/cotangent'),
    `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made, name)), { recursive: true });
    writeFileSync(join(made, name), text);
  }
  return made;
}

/** A folder with the first example in it, and the files that the examples of the commands name. */
export function rosenbrockFolder(): string {
  const made = folder({ 'package.json': '{ "type": "module" }', 'request.json': '{"inputs": {"x": 1}}' });
  cpSync(join(root, 'examples/rosenbrock/component.ts'), join(made, 'component.ts'));
  cpSync(join(root, 'tsconfig.json'), join(made, 'tsconfig.json'));
  cpSync(join(root, 'examples/rosenbrock/requests'), join(made, 'test_cases'), { recursive: true });
  return made;
}
