/** Programs that serve, each in a process of its own: what ends them would end the tests too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { post } from './client.js';

const root = new URL('../../', import.meta.url);

/** A program that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly said: string;
}

/** A program that serves. */
export interface Program {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on its standard error output. */
  readonly said: () => string;
}

/** Run a module until it ends; what it prints is what it says. `serve` is there. */
export function runProgram(source: string): Promise<Ended> {
  const entry = new URL('dist/bundle/server/index.js', root).href;
  return watch(spawn(process.execPath, ['--input-type=module', '-e', `import { serve } from '${entry}';\n${source}`]))
    .ended;
}

/** `cotangent serve` with these words, once it listens. */
export async function serveProgram(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const main = new URL('dist/bundle/cli/main.js', root).pathname;
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', ...words], { env: { ...process.env, ...env } });
  const { ended, said } = watch(child);
  const url = await new Promise<string>((done, failed) => {
    child.stderr.on('data', () => {
      const [, found] = /documentation: (\S+)\/docs/.exec(said()) ?? [];
      if (found !== undefined) done(found);
    });
    void ended.then((how) => failed(new Error(JSON.stringify(how))));
  });
  return { url, child, ended, said };
}

function watch(child: ChildProcess): { ended: Promise<Ended>; said: () => string } {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const ended = new Promise<Ended>((done) => {
    child.on('close', (code, signal) => done({ code, signal, said: text }));
  });
  return { ended, said: () => text };
}

/** Ask the moody component for a mood; gives the status, or why there is none. */
export async function ask(url: string, mode: string): Promise<number | string> {
  try {
    return (await post(`${url}/apply`, { inputs: { mode } })).status;
  } catch (error) {
    return String(error);
  }
}
